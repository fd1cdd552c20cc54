# SPDX-License-Identifier: MIT
"""The authorization server of the stand-in's org: a session's token becomes a code without a page, a code tokens. Client
"lab" is public; "others" has nobody assigned to it."""
import base64, hashlib, json, secrets, time, urllib.parse

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

REDIRECT = 'org.chatelaine:/callback'
key = rsa.generate_private_key(65537, 2048)


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def number(value):
    return text(value.to_bytes((value.bit_length() + 7) // 8, 'big'))


def sign(claims):
    parts = [text(json.dumps(p).encode()) for p in ({'alg': 'RS256', 'kid': 'lab'}, claims)]
    made = key.sign('.'.join(parts).encode(), padding.PKCS1v15(), hashes.SHA256())
    return '.'.join([*parts, text(made)])


class Server:
    def __init__(self):
        self.sessions, self.codes, self.refresh = {}, {}, {}

    def session(self, person):
        token = '20' + secrets.token_urlsafe(30)
        self.sessions[token] = person
        return token

    def published(self, org):
        return {'issuer': org, **{word + '_endpoint': f'{org}/oauth2/v1/{path}' for word, path in (
            ('authorization', 'authorize'), ('token', 'token'), ('userinfo', 'userinfo'), ('revocation', 'revoke'))},
            'jwks_uri': f'{org}/oauth2/v1/keys', 'response_types_supported': ['code'],
            'subject_types_supported': ['public'], 'id_token_signing_alg_values_supported': ['RS256'],
            'code_challenge_methods_supported': ['S256'], 'token_endpoint_auth_methods_supported': ['none']}

    def keys(self):
        numbers = key.public_key().public_numbers()
        return {'keys': [{'kty': 'RSA', 'alg': 'RS256', 'use': 'sig', 'kid': 'lab', 'n': number(numbers.n),
                          'e': number(numbers.e)}]}

    def authorize(self, query):
        """Where the browser is sent; None: nowhere."""
        asked = dict(urllib.parse.parse_qsl(query))
        if asked.get('client_id') not in ('lab', 'others') or asked.get('redirect_uri') != REDIRECT:
            return None
        person = self.sessions.pop(asked.get('sessionToken'), None)
        if not person:
            said = {'error': 'login_required', 'error_description': 'The client specified not to prompt.'}
        elif asked['client_id'] == 'others':
            said = {'error': 'access_denied', 'error_description': 'User is not assigned to the client application.'}
        else:
            code = secrets.token_urlsafe(20)
            self.codes[code] = (person, asked)
            said = {'code': code}
        return REDIRECT + '?' + urllib.parse.urlencode({**said, 'state': asked.get('state', '')})

    def tokens(self, org, body):
        """Status and answer."""
        asked = dict(urllib.parse.parse_qsl(body))
        person, nonce = None, {}
        if asked.get('grant_type') == 'authorization_code' and asked.get('code') in self.codes:
            person, first = self.codes.pop(asked['code'])
            proof = text(hashlib.sha256(asked.get('code_verifier', '').encode()).digest())
            if proof != first.get('code_challenge'):
                person = None
            nonce, scope = {'nonce': first.get('nonce')}, first['scope']
        elif asked.get('grant_type') == 'refresh_token' and asked.get('refresh_token') in self.refresh:
            person, scope = self.refresh.pop(asked['refresh_token'])
        if not person:
            return 400, {'error': 'invalid_grant', 'error_description': 'The code or token is invalid or has expired.'}
        now = int(time.time())
        made = {'token_type': 'Bearer', 'expires_in': 3600, 'scope': scope, 'access_token': secrets.token_urlsafe(40),
                'id_token': sign({'iss': org, 'aud': 'lab', 'sub': person['id'], 'iat': now, 'exp': now + 3600, 'ver': 1,
                                  'preferred_username': person['login'], 'name': person['name'], 'amr': person['amr'], 'nick': person['login'].split('@')[0],
                                  'address': person['login'],
                                  'groups': ['Everyone', 'staff'], **nonce})}
        if 'offline_access' in scope.split():
            made['refresh_token'] = secrets.token_urlsafe(30)
            self.refresh[made['refresh_token']] = (person, scope)
        return 200, made

    def revoke(self, body):
        self.refresh.pop(dict(urllib.parse.parse_qsl(body)).get('token'), None)
