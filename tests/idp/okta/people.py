# SPDX-License-Identifier: MIT
"""Who signs in at the stand-in, what factors there are, and what befalls each person. All have the password Okta-Passw0rd."""

FACTORS = {  # word: factorType, provider, profile
    'push': ('push', 'OKTA', {'credentialId': 'test@example.com', 'deviceType': 'SmartPhone_IPhone', 'keys': [
        {'kty': 'PKIX', 'use': 'sig', 'kid': 'default', 'x5c': ['MIIB']}], 'name': 'Test phone', 'platform': 'IOS',
        'version': '8.1.3'}),
    'totp-okta': ('token:software:totp', 'OKTA', {'credentialId': 'test@example.com'}),
    'totp-google': ('token:software:totp', 'GOOGLE', {'credentialId': 'test@example.com'}),
    'hotp': ('token:hotp', 'CUSTOM', {'credentialId': 'test@example.com'}),
    'yubikey': ('token:hardware', 'YUBICO', {'credentialId': '000001'}),
    'rsa': ('token', 'RSA', {'credentialId': 'test@example.com'}),
    'symantec': ('token', 'SYMANTEC', {'credentialId': 'VSHM1'}),
    'sms': ('sms', 'OKTA', {'phoneNumber': '+1 XXX-XXX-1337'}),
    'call': ('call', 'OKTA', {'phoneNumber': '+1 XXX-XXX-1338'}),
    'email': ('email', 'OKTA', {'email': 't...t@example.com'}),
    'question': ('question', 'OKTA', {'question': 'disliked_food',
                                      'questionText': 'What is the food you least liked as a child?'}),
    # Their credentials are those of the key of that name, see key.py.
    'webauthn': ('webauthn', 'FIDO', {'credentialId': 'first', 'authenticatorName': 'A key'}),
    'webauthn-2': ('webauthn', 'FIDO', {'credentialId': 'second', 'authenticatorName': 'Another key'}),
    'u2f': ('u2f', 'FIDO', {'credentialId': 'first', 'version': 'U2F_V2'}),
    'duo': ('web', 'DUO', {'credentialId': 'test@example.com'}),
    'password': ('password', 'OKTA', {}),
    'saml': ('assertion:saml2', 'GENERIC_SAML', {'credentialId': 'test@example.com', 'name': 'Another'}),
    'oidc': ('assertion:oidc', 'GENERIC_OIDC', {'credentialId': 'test@example.com', 'name': 'Another'}),
    'claims': ('claims_provider', 'CUSTOM', {'credentialId': 'test@example.com', 'name': 'Another'}),
    'new': ('hologram', 'OKTA', {}),
}

APPS = {  # what the authorization server answers about each client
    'lab': {}, 'access': {'people': ['alice', 'bob', 'f-question']}, 'admins': {'people': ['alice']},
    'others': {'people': []}, 'busy': {'status': 429}, 'page': {'status': 200},
    'elsewhere': {'where': 'https://evil.example/callback'}, 'state': {'state': 'A' * 43},
    'consent': {'error': 'consent_required'}, 'login': {'error': 'login_required'}, 'new-error': {'error': 'hologram'},
    'grant': {'error': 'invalid_grant'}, 'misled': {'error': 'access_denied', 'told': 'AADSTS50126: no'},
}

COOKIES = {  # of whom the session's cookie is set in another way
    'c-none': [], 'c-plain': ['sid={}; Path=/'], 'c-host': ['sid={}; Path=/; Secure; Domain=evil.example'],
    'c-huge': ['sid={}' + 'x' * 5000 + '; Path=/; Secure'], 'c-control': ['sid={}\x01; Path=/; Secure'],
    'c-quoted': ['sid="{}"; Path=/; Secure'],
    'c-several': ['sid=old; Path=/; Secure', 'sid={}; Path=/; Secure', 'sid="";Version=1;Path=/;Max-Age=0',
                  'sid=other; Domain=evil.example; Secure'],
    'c-many': ['sid={}; Path=/; Secure', *('x=1; Secure' for _ in range(100))],
}

QUESTIONS = [{'question': f'question_{n}', 'questionText': f'What is the answer to question {n}?'} for n in range(20)]

ALL_TYPED = ['totp-okta', 'totp-google', 'hotp', 'yubikey', 'rsa', 'symantec', 'sms', 'call', 'email', 'question']
ENROLL = ['question', 'rsa', 'totp-google', 'totp-okta', 'sms', 'push']

PEOPLE = {
    'alice': {'real': ('Alice', "O'Example")},
    'bob': {},
    'umlaut': {'password': 'Pässw0rd"\\€'},
    'locked': {'states': ['LOCKED_OUT']},
    'refused': {'error': 'E0000085'},
    'limited': {'limited': 1},
    'limited-long': {'limited': 9, 'for': 600},
    'limited-ever': {'limited': 99, 'for': 1},
    'broken': {'error': 'E0000009'},
    'html': {'plain': (200, '<html>Sign in to the network</html>')},
    'blocked': {'plain': (403, '<html>no</html>')},
    'expired': {'states': ['PASSWORD_EXPIRED']},
    'expired-bare': {'states': ['PASSWORD_EXPIRED'], 'bare': True},
    'expired-lost': {'states': ['PASSWORD_EXPIRED'], 'drops': True},
    'expired-mfa': {'factors': ['sms'], 'states': ['PASSWORD_EXPIRED']},
    'warned': {'states': ['PASSWORD_WARN']},
    'reset': {'states': ['PASSWORD_RESET']},
    'recovery': {'states': ['RECOVERY']},
    'unknown': {},
    'forgot-plain': {'no-question': True, 'bare': True},
    'forgot-mfa': {'factors': ['totp-okta']},
    'forgot-trusted': {'trusted': True},
    'never': {'never': True},
    'consent': {'states': ['CONSENT_REQUIRED']},
    'brand-new': {'states': ['BRAND_NEW']},
    'push': {'factors': ['push']},
    'push-slow': {'factors': ['push'], 'takes': 10},
    'push-busy': {'factors': ['push'], 'busy': True},
    'push-no': {'factors': ['push'], 'push': ['REJECTED']},
    'push-late': {'factors': ['push', 'totp-okta'], 'push': ['TIMEOUT', 'SUCCESS']},
    'push-after': {'factors': ['push', 'totp-okta'], 'push': ['TIMEOUT'], 'after': True},
    'push-ever': {'factors': ['push'], 'push': 'WAITING'},
    'number': {'factors': ['push'], 'number': 34},
    'all': {'factors': ['push', *ALL_TYPED, 'webauthn', 'u2f', 'duo', 'saml', 'oidc', 'claims', 'new']},
    'recorded': {'factors': ['question', 'totp-google', 'totp-okta', 'push', 'sms'], 'bare': True},
    'two': {'factors': ['totp-okta', 'sms'], 'policy': {'allowRememberDevice': True,
            'rememberDeviceLifetimeInMinutes': 0, 'rememberDeviceByDefault': False}},
    'strict': {'factors': ['totp-okta'], 'strict': True},
    'too-soon': {'factors': ['sms'], 'every': 30},
    'dies': {'factors': ['totp-okta'], 'dies': 1},
    'away': {'factors': ['sms'], 'away': True},
    'vanishes': {'factors': ['sms', 'totp-okta'], 'vanishes': 'sms'},
    'only-key': {'factors': ['webauthn', 'u2f', 'duo']},
    'key-or-code': {'factors': ['webauthn', 'totp-okta']},
    'two-keys': {'factors': ['webauthn', 'webauthn-2', 'totp-okta']},
    'two-keys-old': {'factors': ['webauthn', 'webauthn-2'], 'bare': True},
    'verified': {'factors': ['webauthn'], 'verified': True},
    'app-id': {'factors': ['webauthn'], 'app-id': True},
    'other-app-id': {'factors': ['u2f'], 'app-id': 'https://evil.example'},
    'hasty': {'factors': ['webauthn', 'u2f'], 'seconds': 1},
    'doubts': {'factors': ['webauthn'], 'doubts': 1},
    'enroll': {'states': ['MFA_ENROLL'], 'enroll': [*ENROLL, 'call', 'email']},
    'enroll-bare': {'states': ['MFA_ENROLL'], 'enroll': ENROLL, 'bare': True},
    'enroll-two': {'states': ['MFA_ENROLL'], 'enroll': ENROLL, 'need': 2},
    'enroll-none': {'states': ['MFA_ENROLL'], 'enroll': ['rsa', 'hotp']},
    'enroll-push': {'states': ['MFA_ENROLL'], 'enroll': ['push']},
    'enroll-late': {'states': ['MFA_ENROLL'], 'enroll': ['push', 'totp-okta'], 'late': 1},
    'enroll-ever': {'states': ['MFA_ENROLL'], 'enroll': ['push'], 'late': 9, 'phone-by': ['qrcode']},
    'enroll-blind': {'states': ['MFA_ENROLL'], 'enroll': ['push'], 'no-picture': True, 'phone-by': ['qrcode']},
    'enroll-mute': {'states': ['MFA_ENROLL'], 'enroll': ['push'], 'phone-by': []},
    **{who: {} for who in COOKIES},
    **{'f-' + word: {'factors': [word]} for word in FACTORS},
}
for person in PEOPLE.values():
    person.setdefault('password', 'Okta-Passw0rd')
