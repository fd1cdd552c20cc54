#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""server.py FOLDER: a stand-in for an Okta org with the Authentication API, on the loopback over TLS with FOLDER's
cert.pem and key.pem; its address goes into FOLDER/org. The people are in people.py. Of use to tests alone:
GET /-/code/USER  the code that would be right now     GET /-/asked  what was asked, a line each
GET /-/mail/USER  the link in the last e-mail
GET /-/forget     what was asked                       GET /-/again  forgets attempts, limits, new passwords, too
GET /-/sent       the bodies of requests               GET /-/said   those of answers, a line each, since /-/again
GET /-/hang/WORD  who asks for a path with it waits    GET /-/held   how many have; /-/hang/: they go on
POST /-/scanned   what a phone has read off a QR code: its app is set up for whom that is
GET /-/sessions   how many are open                    GET /-/assign/APP/USER...  those alone are, from now on
POST /-/password  {"user", "password", "code"}: another one from now on"""
import base64, hashlib, hmac, http.server, json, os, re, secrets, ssl, struct, sys, threading, time, urllib.parse
from email.utils import formatdate

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from oauth import Server
from people import APPS, PEOPLE, FACTORS, QUESTIONS
from picture import png

SHARED = 'JBSWY3DPEHPK3PXP'
CLOCK = -86400  # it lives a day ago: limits are told by its own clock
POLICY = {'minLength': 8, 'minLowerCase': 1, 'minUpperCase': 1, 'minNumber': 1, 'minSymbol': 0, 'excludeUsername': True}
SUMMARIES = {
    'E0000001': (400, 'Api validation failed'), 'E0000003': (400, 'The request body was not well-formed.'),
    'E0000004': (401, 'Authentication failed'), 'E0000007': (404, 'Not found'), 'E0000009': (500, 'Internal Server Error'),
    'E0000011': (401, 'Invalid token provided'), 'E0000014': (403, 'Update of credentials failed'),
    'E0000022': (405, 'The endpoint does not support the provided HTTP method'),
    'E0000047': (429, 'API call exceeded rate limit due to too many requests.'),
    'E0000068': (403, 'Invalid Passcode/Answer'), 'E0000069': (403, 'User Locked'),
    'E0000079': (403, 'This operation is not allowed in the current authentication state.'),
    'E0000080': (403, 'The password does meet the complexity requirements of the current password policy.'),
    'E0000082': (403, 'Each code can only be used once. Please wait for a new code and try again.'),
    'E0000098': (400, 'This phone number is invalid.'), 'E0000109': (429, 'An SMS message was recently sent.'),
    'E0000087': (403, 'The recovery question answer did not match our records.'),
    'E0000105': (403, 'You have accessed an account recovery link that has expired or been previously used.'),
    'E0000034': (403, 'Forgot password not allowed on specified user.'),
    'E0000085': (403, 'You do not have permission to access your account at this time.'),
}


class Refused(Exception):
    def __init__(self, code, cause=None, headers=()):
        super().__init__(code)
        self.code, self.cause, self.headers = code, cause, dict(headers)


class Plain(Exception):
    """An answer that is no JSON of ours: status, body."""


def totp(shared, when):
    digest = hmac.digest(base64.b32decode(shared), struct.pack('>Q', int(when) // 30), hashlib.sha1)
    at = digest[-1] & 15
    return f'{(struct.unpack(">I", digest[at:at + 4])[0] & 0x7fffffff) % 10**6:06d}'


class Transaction:
    def __init__(self, name, relay):
        self.name, self.person, self.relay = name, PEOPLE[name], relay
        self.token = '00' + secrets.token_urlsafe(30)
        self.status, self.factor, self.result = None, None, None
        self.by_type = self.challenge = self.recovers = self.by = self.recovery_token = None
        self.doubts = self.person.get('doubts', 0)
        self.polls, self.calls, self.enrolled, self.began = 0, 0, [], time.monotonic()
        self.todo = list(self.person.get('states', []))
        self.warn = False
        self.scan, self.scanned = None, False  # the token in the QR code of an app that is set up


class Org:
    def __init__(self):
        self.lock, self.asked, self.oauth = threading.RLock(), [], Server()
        self.moves, self.hangs, self.held = threading.Condition(), '', 0
        self.again()

    def again(self):
        self.changed = set()
        self.oauth.sessions.clear()
        self.open, self.wrong, self.limits, self.used = {}, {}, {}, set()
        self.mails, self.unlocked = {}, set()  # token: transaction, None once it is used
        self.codes, self.passwords, self.sent_at = {}, {n: p['password'] for n, p in PEOPLE.items()}, {}
        self.sent, self.said = [], []

    def hang(self, word):
        with self.moves:
            self.hangs = word
            self.moves.notify_all()

    def hold(self, path):
        with self.moves:
            if self.hangs and self.hangs in path:
                self.held += 1
                self.moves.wait_for(lambda: not self.hangs or self.hangs not in path)


org = Org()


def link(uri, path, name=None, verb='POST'):
    made = {'name': name} if name else {}
    return {**made, 'href': uri + path, 'hints': {'allow': [verb]}}


def user_of(tx):
    first, last = tx.person.get('real', ('Test', 'User'))
    return {'id': '00u' + tx.name.replace('-', '')[:17], 'profile': {
        'login': tx.name + '@example.com', 'firstName': first, 'lastName': last, 'locale': 'en_US',
        'timeZone': 'America/Los_Angeles'}}


def factor_of(tx, word):
    kind, provider, profile = FACTORS[word]
    identity = {'id': word.replace('-', '') + '0g3' + tx.name.replace('-', '')[:8]}
    if provider == 'FIDO':
        profile = {**profile, 'credentialId': key_of(word)['id'], **({'appId': app_id(tx)} if kind == 'u2f' else {})}
    return {**identity, 'factorType': kind, 'provider': provider, **({'profile': profile} if profile is not None else {})}


def key_of(word):
    """What is known of a security key; none is made yet: nothing that could be right."""
    path = f'{sys.argv[1]}/{FACTORS[word][2]["credentialId"]}.json'
    if not os.path.exists(path):
        return {'id': 'bm9uZQ'}
    with open(path, encoding='ascii') as told:
        return json.load(told)


def app_id(tx):
    other = tx.person.get('app-id')
    return other if isinstance(other, str) else org.uri


def challenge_of(tx):
    if FACTORS[tx.factor][0] == 'u2f':
        return {'nonce': tx.challenge, 'timeoutSeconds': tx.person.get('seconds', 20)}
    hasty = {'timeoutSeconds': tx.person['seconds']} if tx.person.get('seconds') else {}
    return {**hasty, 'challenge': tx.challenge, 'extensions': {'appid': org.uri} if tx.person.get('app-id') else {},
            **({'userVerification': 'required'} if tx.person.get('verified') else {})}


def types_of(tx, uri):
    kinds = {FACTORS[w][0] for w in tx.person['factors'] if FACTORS[w][1] == 'FIDO'}
    return [{'factorType': k, '_links': {'next': link(uri, f'/api/v1/authn/factors/{k}/verify', 'verify')}} for k in kinds]


def embedded(tx, uri):
    made = {'user': user_of(tx)}
    if tx.status == 'RECOVERY' and not tx.recovery_token:
        made['user']['recovery_question'] = {'question': "Who's a major player in the cowboy scene?"}
    if tx.status == 'MFA_REQUIRED':
        made['factors'] = [{**factor_of(tx, w), '_links': {'verify': link(
            uri, f'/api/v1/authn/factors/{factor_of(tx, w)["id"]}/verify')}} for w in tx.person['factors']]
        if tx.person.get('policy'):
            made['policy'] = tx.person['policy']
        if types_of(tx, uri) and not tx.person.get('bare'):
            made['factorTypes'] = types_of(tx, uri)
    elif tx.status == 'MFA_CHALLENGE' and tx.by_type:
        made['challenge'] = challenge_of(tx)
        made['factors'] = [factor_of(tx, w) for w in tx.person['factors'] if FACTORS[w][0] == tx.by_type]
    elif tx.status == 'MFA_CHALLENGE':
        made['factor'] = factor_of(tx, tx.factor)
        if tx.factor in ('sms', 'call', 'email'):
            made['factor']['_embedded'] = {'verification': None}
        if FACTORS[tx.factor][1] == 'FIDO':
            made['factor']['_embedded'] = {'challenge': challenge_of(tx)}
        if tx.person.get('number') and tx.result == 'WAITING' and tx.polls:
            made['factor']['_embedded'] = {'challenge': {'correctAnswer': tx.person['number']}}
    elif tx.status == 'MFA_ENROLL':
        made['factors'] = [offer(tx, w, uri) for w in tx.person['enroll']]
    elif tx.status == 'MFA_ENROLL_ACTIVATE':
        made['factor'] = factor_of(tx, tx.factor)
        if FACTORS[tx.factor][0].endswith('totp'):
            made['factor']['_embedded'] = {'activation': {
                'timeStep': 30, 'sharedSecret': SHARED, 'encoding': 'base32', 'keyLength': 6, '_links': {
                    'qrcode': {'href': uri + '/api/v1/users/x/factors/y/qr/z', 'type': 'image/png'}}}}
        elif tx.factor == 'push':
            made['factor']['profile'] = {}
            if tx.result == 'WAITING':
                made['factor']['_embedded'] = {'activation': {'expiresAt': ends_at(), '_links': phone_links(tx, uri)}}
    elif tx.status in ('PASSWORD_EXPIRED', 'PASSWORD_RESET') and not tx.person.get('bare'):
        made['policy'] = {'complexity': POLICY}
    elif tx.status == 'PASSWORD_WARN':
        made['user']['passwordChanged'] = '2026-01-02T03:04:05.000Z'
        made['policy'] = {'expiration': {'passwordExpireDays': 3},
                          'complexity': {k: v for k, v in POLICY.items() if k != 'excludeUsername'}}
    return made


def phone_links(tx, uri):
    """How a phone gets to know of whom its app is."""
    path = f'/api/v1/authn/factors/{factor_of(tx, "push")["id"]}/lifecycle/activate'
    told = {'qrcode': {'href': f'{uri}/api/v1/users/{user_of(tx)["id"]}/factors/{factor_of(tx, "push")["id"]}/qr/{tx.scan}',
                       'type': 'image/png'}, 'send': [link(uri, f'{path}/{by}', by) for by in ('email', 'sms')]}
    return {name: told[name] for name in tx.person.get('phone-by', ('qrcode', 'send'))}


def in_picture(tx):
    """What the QR code says to the phone."""
    return f'oktaverify://{user_of(tx)["profile"]["login"]}/?t={tx.scan}&s={org.uri}'


def picture_of(token):
    """Of whom that is; none of a code where something else lies there."""
    for tx in org.open.values():
        if tx.scan and tx.scan == token:
            return b'<html>Gone</html>' if tx.person.get('no-picture') else png(in_picture(tx))
    raise Refused('E0000007')


def scanned(text):
    for tx in org.open.values():
        if tx.scan and text.strip() == in_picture(tx):
            tx.scanned = True
            return b'yes\n'
    return b'no\n'


def offer(tx, word, uri):
    kind, provider, _ = FACTORS[word]
    links = {'enroll': link(uri, '/api/v1/authn/factors')}
    if kind == 'question':
        links = {'questions': link(uri, '/api/v1/users/00uoy3CXZHSMMJPHYXXP/factors/questions', verb='GET'), **links}
    told = {} if tx.person.get('bare') else {'status': 'ACTIVE' if word in tx.enrolled else 'NOT_SETUP',
                                             'enrollment': 'REQUIRED'}
    return {'factorType': kind, 'provider': provider, **told, '_links': links}


def links_of(tx, uri):
    base, made = '/api/v1/authn', {}
    identity = tx.by_type or (factor_of(tx, tx.factor)['id'] if tx.factor else '')
    if tx.status == 'MFA_CHALLENGE':
        polls = tx.result == 'WAITING'
        made['next'] = link(uri, f'{base}/factors/{identity}/verify', 'poll' if polls else 'verify')
    elif tx.status == 'MFA_ENROLL_ACTIVATE':
        polls = tx.factor == 'push' and tx.result == 'WAITING'
        made['next'] = link(uri, f'{base}/factors/{identity}/lifecycle/activate' + ('/poll' if polls else ''),
                            'poll' if polls else 'activate')
    elif tx.status in ('PASSWORD_EXPIRED', 'PASSWORD_WARN'):
        made['next'] = link(uri, base + '/credentials/change_password', 'changePassword')
    elif tx.status == 'PASSWORD_RESET':
        made['next'] = link(uri, base + '/credentials/reset_password', 'resetPassword')
    elif tx.status == 'RECOVERY_CHALLENGE':
        made['next'] = link(uri, f'{base}/recovery/factors/{tx.by}/verify', 'verify')
        made['resend'] = link(uri, f'{base}/recovery/factors/{tx.by}/resend', tx.by.lower())
    elif tx.status == 'RECOVERY':
        made['next'] = link(uri, base + '/recovery/' + ('token' if tx.recovery_token else 'answer'),
                            'recovery' if tx.recovery_token else 'answer')
    elif tx.status == 'LOCKED_OUT':
        made['next'] = link(uri, base + '/recovery/unlock', 'unlock')
    if tx.status == 'PASSWORD_WARN' or (tx.status == 'MFA_ENROLL' and tx.enrolled):
        made['skip'] = link(uri, base + '/skip', 'skip')
    made['cancel'] = link(uri, base + '/cancel')
    if tx.status in ('MFA_CHALLENGE', 'MFA_ENROLL_ACTIVATE'):
        made['prev'] = link(uri, base + '/previous')
        if tx.factor in ('sms', 'call', 'email') or tx.factor == 'push' and tx.status == 'MFA_CHALLENGE':
            what = 'verify' if tx.status == 'MFA_CHALLENGE' else 'lifecycle'
            made['resend'] = [link(uri, f'{base}/factors/{identity}/{what}/resend', tx.factor)]
    if tx.person.get('away'):
        made['next'] = {'name': 'verify', 'href': 'https://evil.example/api/v1/authn/factors/x/verify'}
    return made


def session_of(tx):
    user = user_of(tx)
    return org.oauth.session({
        'id': user['id'], 'login': user['profile']['login'],
        'name': user['profile']['firstName'] + ' ' + user['profile']['lastName'],
        'amr': ['pwd', 'mfa'] if tx.person.get('factors') else ['pwd']})


def ends_at():
    return time.strftime('%Y-%m-%dT%H:%M:%S.000Z', time.gmtime(time.time() + CLOCK + 300))


def body_of(tx, uri):
    ends = ends_at()
    if tx.status == 'RECOVERY_CHALLENGE':
        told = {'status': tx.status, 'factorType': tx.by, 'recoveryType': tx.recovers}
        return {**told, 'factorResult': 'WAITING'} if tx.by == 'EMAIL' else {
            **told, 'stateToken': tx.token, 'expiresAt': ends, '_links': links_of(tx, uri)}
    if tx.status == 'RECOVERY' and tx.recovery_token:
        return {'expiresAt': ends, 'status': tx.status, 'relayState': tx.relay, 'recoveryToken': tx.recovery_token,
                '_embedded': embedded(tx, uri), '_links': links_of(tx, uri)}
    if tx.status == 'SUCCESS' and tx.recovers == 'UNLOCK':
        org.open.pop(tx.token, None)
        return {'expiresAt': ends, 'status': 'SUCCESS', 'recoveryType': 'UNLOCK', '_embedded': {'user': user_of(tx)}}
    if tx.status == 'SUCCESS':
        org.open.pop(tx.token, None)
        return {'expiresAt': ends, 'status': 'SUCCESS', 'sessionToken': session_of(tx),
                '_embedded': {'user': user_of(tx)}, **({'relayState': tx.relay} if tx.relay else {})}
    if tx.status == 'LOCKED_OUT':
        org.open.pop(tx.token, None)
        return {'status': tx.status, '_embedded': {}, '_links': links_of(tx, uri)}
    made = {'stateToken': tx.token, 'expiresAt': ends, 'status': tx.status}
    if tx.relay is not None:
        made['relayState'] = tx.relay
    if tx.result:
        made['factorResult'] = tx.result
    return {**made, '_embedded': embedded(tx, uri), '_links': links_of(tx, uri)}


def go_on(tx):
    """The next state after the one that is done."""
    tx.factor = tx.result = tx.by_type = None
    while tx.todo:
        tx.status = tx.todo.pop(0)
        if tx.status == 'PASSWORD_WARN' and not tx.warn or tx.status == 'LOCKED_OUT' and tx.name in org.unlocked:
            continue
        return
    tx.status = 'SUCCESS'


def primary(request):
    name = re.sub('@example.com$', '', request.get('username') or '')
    if not name or not isinstance(request.get('password'), str):
        raise Refused('E0000001', 'username: The field cannot be left blank')
    person = PEOPLE.get(name)
    if person and person.get('limited') and org.limits.setdefault(name, 0) < person['limited']:
        org.limits[name] += 1
        raise Refused('E0000047', headers={'X-Rate-Limit-Limit': '4', 'X-Rate-Limit-Remaining': '0',
                                           'X-Rate-Limit-Reset': str(int(time.time() + CLOCK) + person.get('for', 2))})
    if person and person.get('plain'):
        raise Plain(*person['plain'])
    if person and person.get('error'):
        raise Refused(person['error'])
    if person and org.wrong.get(name, 0) >= 5:
        raise Refused('E0000004')
    if not person or request['password'] != org.passwords[name]:
        org.wrong[name] = org.wrong.get(name, 0) + 1
        raise Refused('E0000004')
    tx = Transaction(name, request.get('relayState'))
    tx.warn = (request.get('options') or {}).get('warnBeforePasswordExpired', False)
    if name in org.changed:
        tx.todo = [state for state in tx.todo if not state.startswith('PASSWORD')]
    if person.get('factors'):
        tx.todo.insert(0, 'MFA_REQUIRED')
    go_on(tx)
    org.open[tx.token] = tx
    return tx


def open_one(request):
    tx = org.open.get(request.get('stateToken'))
    if not tx:
        raise Refused('E0000011')
    tx.calls += 1
    if tx.person.get('dies') and tx.calls >= tx.person['dies']:
        del org.open[tx.token]
        raise Refused('E0000011')
    return tx


def allowed(tx, *states):
    if tx.status not in states:
        raise Refused('E0000079', SUMMARIES['E0000079'][1])


def send_code(tx):
    """Sends a text message, says the control."""
    if time.time() - org.sent_at.get(tx.name, 0) < tx.person.get('every', 0):
        raise Refused('E0000109', 'Please wait 30 seconds before trying again.')
    org.sent_at[tx.name] = time.time()
    org.codes[tx.name] = tx.person.get('code') or f'{secrets.randbelow(10**6):06d}'


def check_code(tx, request):
    given = request.get('answer' if tx.factor == 'question' else 'passCode')
    if FACTORS[tx.factor][0].endswith('totp'):
        right = given in (totp(SHARED, time.time() + off) for off in (-30, 0, 30))
        if right and (tx.name, given) in org.used:
            raise Refused('E0000082')
        org.used.add((tx.name, given if right else None))
    else:
        right = given == org.codes.get(tx.name, tx.person.get('code', '123456'))
    if not right:
        org.wrong[tx.name] = org.wrong.get(tx.name, 0) + 1
        if tx.person.get('strict'):
            del org.open[tx.token]
            raise Refused('E0000069')
        raise Refused('E0000068', "Your passcode doesn't match our records. Please try again.")


def bytes_of(text, is_url):
    """base64 with its padding, or base64url without: as Okta's own page sends what WebAuthn and U2F gave it."""
    form = '[A-Za-z0-9_-]+' if is_url else '[A-Za-z0-9+/]+={0,2}'
    if not isinstance(text, str) or not re.fullmatch(form, text) or (not is_url and len(text) % 4):
        raise Refused('E0000001', 'no base64')
    return base64.b64decode(text + '=' * (-len(text) % 4), b'-_' if is_url else None)


def key_said(tx, request):
    """What was signed, once everything but the signature is right; and the signature."""
    if FACTORS[tx.factor][0] == 'u2f':
        client, signature = (bytes_of(request[m], True) for m in ('clientData', 'signatureData'))
        said = json.loads(client)
        right = said['typ'] == 'navigator.id.getAssertion' and signature[0] == 1
        return said, right, hashlib.sha256(app_id(tx).encode()).digest() + signature[:5] + hashlib.sha256(
            client).digest(), signature[5:]
    client, signature, data = (
        bytes_of(request[m], False) for m in ('clientData', 'signatureData', 'authenticatorData'))
    said = json.loads(client)
    scope = org.uri if tx.person.get('app-id') else 'localhost'
    right = said['type'] == 'webauthn.get' and data[:32] == hashlib.sha256(scope.encode()).digest() and data[32] & 1 and (
        data[32] & 4 or not tx.person.get('verified'))
    return said, right, data + hashlib.sha256(client).digest(), signature


def check_key(tx, request, keys):
    said, right, signed, signature = key_said(tx, request)
    challenge, tx.challenge = tx.challenge, None
    if not right or not challenge or said['challenge'] != challenge or said['origin'] != org.uri:
        raise Refused('E0000068', 'not what was asked for')
    tx.doubts -= 1
    if tx.doubts >= 0:
        raise Refused('E0000068', 'once more')
    for word in keys:
        known = key_of(word)
        public = ec.EllipticCurvePublicNumbers(int(known['x'], 16), int(known['y'], 16), ec.SECP256R1()).public_key()
        try:
            return public.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            pass
    raise Refused('E0000068', 'no signature of a key that is known')


def poll(tx):
    tx.polls += 1
    if tx.person.get('busy') and tx.polls in (2, 3):
        raise Refused('E0000009')
    if tx.polls < 3 or time.monotonic() - tx.began < tx.person.get('takes', 0):
        return
    fate = tx.person.get('push', 'SUCCESS')
    if isinstance(fate, list):
        fate = fate[min(tx.pushes, len(fate)) - 1]
    if fate == 'SUCCESS':
        go_on(tx)
    elif fate != 'WAITING':
        tx.result = fate


def verify(tx, identity, request):
    allowed(tx, 'MFA_REQUIRED', 'MFA_CHALLENGE')
    found = [w for w in tx.person['factors'] if identity in (factor_of(tx, w)['id'], FACTORS[w][0])]
    if not found or tx.person.get('vanishes') == found[0]:
        raise Refused('E0000007', 'Not found: Resource not found: ' + identity)
    waits = tx.status == 'MFA_CHALLENGE' and tx.result == 'WAITING'
    tx.factor, tx.by_type = found[0], identity if identity == FACTORS[found[0]][0] else None
    if FACTORS[tx.factor][1] == 'FIDO':
        if 'clientData' in request:
            check_key(tx, request, found if tx.by_type else found[:1])
            return go_on(tx)
        tx.status, tx.challenge, tx.result = 'MFA_CHALLENGE', secrets.token_urlsafe(15), 'CHALLENGE'
        return None
    if tx.factor == 'push':
        if waits:
            return poll(tx)
        if tx.result == 'TIMEOUT' and tx.person.get('after'):  # the phone was slow, and said yes in the end
            return go_on(tx)
        tx.status, tx.result, tx.polls, tx.pushes = 'MFA_CHALLENGE', 'WAITING', 0, getattr(tx, 'pushes', 0) + 1
        return None
    if 'passCode' not in request and 'answer' not in request:
        if tx.factor in ('sms', 'call', 'email'):
            send_code(tx)
        tx.status = 'MFA_CHALLENGE'
        return None
    check_code(tx, request)
    return go_on(tx)


def enroll(tx, request):
    allowed(tx, 'MFA_ENROLL')
    found = [w for w in tx.person['enroll'] if FACTORS[w][:2] == (request.get('factorType'), request.get('provider'))]
    if not found:
        raise Refused('E0000001', 'factorType')
    profile = request.get('profile') or {}
    if found[0] in ('sms', 'call'):
        if not re.fullmatch(r'\+[0-9 ]{6,20}', profile.get('phoneNumber', '')):
            raise Refused('E0000098', 'Invalid Phone Number.')
        tx.factor, tx.status = found[0], 'MFA_ENROLL_ACTIVATE'
        return send_code(tx)
    if found[0] == 'question':
        if len(profile.get('answer', '')) < 4 or profile.get('question') not in [q['question'] for q in QUESTIONS]:
            raise Refused('E0000001', 'answer: must be at least 4 characters')
        return enrolled(tx, found[0])
    tx.factor, tx.status = found[0], 'MFA_ENROLL_ACTIVATE'
    if found[0] == 'push':
        return begin_push(tx)
    return send_code(tx) if found[0] == 'email' else None


def begin_push(tx):
    tx.result, tx.polls, tx.scan, tx.scanned = 'WAITING', 0, '00' + secrets.token_urlsafe(30), False
    tx.begun = getattr(tx, 'begun', 0) + 1


def activate_push(tx, what, request):
    """what: poll, or who is to send a link, which is opened on the phone at once; nothing: it begins anew."""
    allowed(tx, 'MFA_ENROLL_ACTIVATE')
    if tx.factor != 'push':
        raise Refused('E0000079')
    if not what:
        return begin_push(tx)
    if what != 'poll':
        if what == 'sms' and not re.fullmatch(r'\+[0-9 ]{6,20}', (request.get('profile') or {}).get('phoneNumber', '')):
            raise Refused('E0000098', 'Invalid Phone Number.')
        tx.scanned = True
        return None
    tx.polls += 1
    if tx.begun <= tx.person.get('late', 0) and tx.polls == 2:
        tx.result, tx.scan = 'TIMEOUT', None
    elif tx.scanned and tx.polls >= 2:
        tx.result = None
        return enrolled(tx, 'push')
    return None


def enrolled(tx, word):
    tx.enrolled.append(word)
    tx.factor = None
    if len(tx.enrolled) == tx.person.get('need', 1):
        return go_on(tx)
    tx.status = 'MFA_ENROLL'
    return None


def activate(tx, request):
    allowed(tx, 'MFA_ENROLL_ACTIVATE')
    check_code(tx, request)
    return enrolled(tx, tx.factor)


def change(tx, request, resets):
    allowed(tx, *(['PASSWORD_RESET'] if resets else ['PASSWORD_EXPIRED', 'PASSWORD_WARN']))
    new = request.get('newPassword') or ''
    if not resets and request.get('oldPassword') != org.passwords[tx.name]:
        raise Refused('E0000014', 'oldPassword: The credentials provided were incorrect.')
    if len(new) < 8 or not all(re.search(c, new) for c in ('[a-z]', '[A-Z]', '[0-9]')) or 'history' in new:
        raise Refused('E0000080', 'Password requirements were not met. It has been used too recently.')
    org.passwords[tx.name] = new
    org.changed.add(tx.name)
    if tx.person.get('drops'):
        raise Plain(None, None)
    tx.todo = [s for s in tx.todo if not s.startswith('PASSWORD')]
    return go_on(tx)


def previous(tx):
    allowed(tx, 'MFA_CHALLENGE', 'MFA_ENROLL_ACTIVATE')
    tx.status = 'MFA_REQUIRED' if tx.status == 'MFA_CHALLENGE' else 'MFA_ENROLL'
    tx.factor = tx.result = tx.by_type = None
    org.codes.pop(tx.name, None)


def recovery(request, recovers):
    """The same answer for everybody, known or not."""
    name = re.sub('@example.com$', '', request.get('username') or '')
    by = request.get('factorType')
    if not name or by not in ('SMS', 'CALL', 'EMAIL'):
        raise Refused('E0000001', 'factorType')
    if PEOPLE.get(name, {}).get('never'):
        raise Refused('E0000034')
    tx = Transaction(name if name in PEOPLE else 'unknown', request.get('relayState'))
    tx.recovers, tx.by, tx.status = recovers, by, 'RECOVERY_CHALLENGE'
    tx.todo = ([] if tx.person.get('no-question') else ['RECOVERY']) + (['PASSWORD_RESET'] if recovers == 'PASSWORD' else [])
    tx.todo += ['MFA_REQUIRED'] if recovers == 'PASSWORD' and tx.person.get('factors') else []
    token = secrets.token_urlsafe(15)
    if tx.person.get('trusted'):
        tx.status, tx.recovery_token = 'RECOVERY', token
    if by == 'EMAIL' or tx.recovery_token:
        org.mails[token] = tx
        return tx
    org.open[tx.token] = tx
    send_code(tx)
    return tx


def recovery_token(request):
    token = request.get('recoveryToken')
    if 'stateToken' in request or token not in org.mails:
        raise Refused('E0000011')
    tx, org.mails[token] = org.mails[token], None
    if not tx:
        raise Refused('E0000105')
    tx.recovery_token = None
    org.open[tx.token] = tx
    go_on(tx)
    return tx


def recover(tx, path, request):
    """A step of it."""
    if path == '/recovery/answer':
        allowed(tx, 'RECOVERY')
        if request.get('answer') != 'Cowgirl "Sue"':
            raise Refused('E0000087')
        org.wrong.pop(tx.name, None)
        org.unlocked.add(tx.name)
        return go_on(tx)
    allowed(tx, 'RECOVERY_CHALLENGE')
    if path.endswith('/resend'):
        return send_code(tx)
    if tx.name == 'unknown' or request.get('passCode') != org.codes.get(tx.name):
        raise Refused('E0000068', "Your token doesn't match our records. Please try again.")
    del org.codes[tx.name]
    return go_on(tx)


def answer(path, request):
    """The transaction after this call, or a body."""
    path = path.removeprefix('/api/v1/authn')
    if path == '' and 'stateToken' not in request:
        return primary(request)
    if path in ('/recovery/password', '/recovery/unlock'):
        return recovery(request, 'UNLOCK' if path.endswith('unlock') else 'PASSWORD')
    if path == '/recovery/token':
        return recovery_token(request)
    tx = open_one(request)
    if path == '':
        return tx
    if path == '/cancel':
        del org.open[tx.token]
        return {'relayState': tx.relay or ''}
    if match := re.fullmatch(r'/factors/(\w+)/verify', path):
        verify(tx, match.group(1), request)
    elif re.fullmatch(r'/factors/\w+/(verify|lifecycle)/resend', path):
        allowed(tx, 'MFA_CHALLENGE', 'MFA_ENROLL_ACTIVATE')
        if tx.factor != 'push':
            send_code(tx)
    elif path == '/factors':
        enroll(tx, request)
    elif (match := re.fullmatch(r'/factors/\w+/lifecycle/activate(?:/(poll|sms|email))?', path)) and (
            match.group(1) or tx.factor == 'push'):
        activate_push(tx, match.group(1), request)
    elif re.fullmatch(r'/factors/\w+/lifecycle/activate', path):
        activate(tx, request)
    elif path in ('/credentials/change_password', '/credentials/reset_password'):
        change(tx, request, path.endswith('reset_password'))
    elif path == '/recovery/answer' or re.fullmatch(r'/recovery/factors/(SMS|CALL)/(verify|resend)', path):
        recover(tx, path, request)
    elif path == '/previous':
        previous(tx)
    elif path == '/skip':
        allowed(tx, 'PASSWORD_WARN', 'MFA_ENROLL')
        go_on(tx)
    else:
        raise Refused('E0000007', 'Not found: ' + path)
    return tx


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True  # headers and body are two writes: the second one would wait 40 ms for an ACK

    def setup(self):
        super().setup()
        self.is_new = True

    def date_time_string(self, timestamp=None):
        return formatdate(time.time() + CLOCK, usegmt=True)

    def log_message(self, format, *args):
        pass

    def say(self, status, body, headers=(), kind='application/json'):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        if data is not body:
            org.said.append(data)
        self.send_response(status)
        several = headers.items() if isinstance(headers, dict) else headers
        for name, value in [('Content-Type', kind), ('Content-Length', str(len(data))), *several]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def control(self):
        """What is told of that path, if it is one of the tests'."""
        what, _, word = self.path.removeprefix('/-/').partition('/')
        if what == 'hang':
            org.hang(word)
        told = {'sent': org.sent, 'said': org.said, 'held': [str(org.held).encode()], 'hang': []}.get(what)
        return None if told is None else b''.join(line + b'\n' for line in told)

    def do_GET(self):
        if self.path.startswith('/-/') and (told := self.control()) is not None:
            return self.say(200, told, kind='text/plain')
        org.hold(self.path)
        with org.lock:
            if self.path == '/-/asked':
                return self.say(200, '\n'.join(org.asked).encode() + b'\n', kind='text/plain')
            if self.path.startswith('/-/assign/'):
                app, *people = self.path.split('/')[3:]
                APPS[app]['people'] = people
                return self.say(200, b'', kind='text/plain')
            if self.path == '/-/sessions':
                return self.say(200, f'{len(org.oauth.sessions)}\n'.encode(), kind='text/plain')
            if self.path == '/-/again':
                org.again()
                org.asked.clear()
                return self.say(200, b'', kind='text/plain')
            if self.path == '/-/forget':
                org.asked.clear()
                return self.say(200, b'', kind='text/plain')
            if self.path.startswith('/-/code/'):
                name = self.path.split('/')[-1]
                code = org.codes.get(name) or totp(SHARED, time.time())
                return self.say(200, code.encode() + b'\n', kind='text/plain')
            if self.path.startswith('/-/mail/'):
                links = [f'{org.uri}/signin/reset-password/{token}?from=mail' for token, tx in org.mails.items()
                         if tx and tx.name == self.path.split('/')[-1]]
                return self.say(200, (links[-1] if links else 'none').encode() + b'\n', kind='text/plain')
            path, _, query = self.path.partition('?')
            org.asked.extend((['TLS'] if self.is_new else []) + ['GET ' + path])
            self.is_new = False
            uri = 'https://' + self.headers['Host']
            if path == '/oauth2/v1/authorize':
                status, where, cookies = org.oauth.authorize(query, self.headers.get('Cookie'))
                org.asked.append(f'AUTHORIZE {dict(urllib.parse.parse_qsl(query)).get("client_id")} '
                                 f'{"cookie" if self.headers.get("Cookie") else "token"} {status}')
                return self.say(status, b'', [*([('Location', where)] if where else []),
                                              *(('Set-Cookie', line) for line in cookies)], kind='text/html')
            if path == '/.well-known/openid-configuration':
                return self.say(200, org.oauth.published(uri))
            if path == '/.well-known/okta-organization':
                return self.say(200, {'id': '00olab', 'pipeline': 'v1'})
            if path == '/oauth2/v1/keys':
                return self.say(200, org.oauth.keys())
            if self.path.endswith('/factors/questions'):
                return self.say(200, QUESTIONS)
            if match := re.fullmatch(r'/api/v1/users/\w+/factors/\w+/qr/([\w-]+)', path):
                try:
                    return self.say(200, picture_of(match.group(1)), kind='image/png')
                except Refused as refused:
                    return self.refuse(refused)
        return self.refuse(Refused('E0000022'))

    def do_DELETE(self):
        with org.lock:
            org.asked.append('DELETE ' + self.path)
            if self.path != '/api/v1/sessions/me':
                return self.refuse(Refused('E0000022'))
            if not org.oauth.close(self.headers.get('Cookie')):
                return self.refuse(Refused('E0000007', 'Not found: Resource not found: me (Session)'))
            self.send_response(204)
            return self.end_headers()

    def refuse(self, refused):
        status, summary = SUMMARIES[refused.code]
        causes = [{'errorSummary': refused.cause}] if refused.cause else []
        self.say(status, {'errorCode': refused.code, 'errorSummary': summary, 'errorLink': refused.code,
                          'errorId': 'oae' + secrets.token_urlsafe(16), 'errorCauses': causes}, refused.headers)

    def do_POST(self):
        length = int(self.headers.get('Content-Length') or 0)
        raw = self.rfile.read(length)
        path, _, query = self.path.partition('?')
        org.hold(path)
        with org.lock:
            org.sent.append(raw)
            org.asked.extend((['TLS'] if self.is_new else []) + [f'POST {self.path}'])
            self.is_new = False
            if path == '/-/password':
                asked = json.loads(raw)
                org.passwords[asked['user']] = asked['password']
                if 'code' in asked:
                    org.codes[asked['user']] = asked['code']
                return self.say(200, b'')
            if path == '/-/scanned':
                return self.say(200, scanned(raw.decode()))
            if path == '/oauth2/v1/token':
                return self.say(*org.oauth.tokens('https://' + self.headers['Host'], raw.decode()))
            if path == '/oauth2/v1/revoke':
                return self.say(200, org.oauth.revoke(raw.decode()) or b'')
            try:
                if self.headers.get_content_type() != 'application/json':
                    raise Refused('E0000003')
                try:
                    request = json.loads(raw)
                except ValueError:
                    raise Refused('E0000003') from None
                made = answer(path, request)
                uri = 'https://' + self.headers['Host']
                return self.say(200, made if isinstance(made, dict) else body_of(made, uri))
            except Refused as refused:
                return self.refuse(refused)
            except Plain as plain:
                status, body = plain.args
                if status is None:  # not a word
                    self.close_connection = True
                    return None
                return self.say(status, body.encode(), kind='text/html')


def main():
    folder = sys.argv[1]
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f'{folder}/cert.pem', f'{folder}/key.pem')
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with open(f'{folder}/org.new', 'w', encoding='ascii') as told:
        org.uri = f'https://localhost:{server.server_port}'
        told.write(org.uri + '\n')
    os.rename(f'{folder}/org.new', f'{folder}/org')
    server.serve_forever()


if __name__ == '__main__':
    main()
