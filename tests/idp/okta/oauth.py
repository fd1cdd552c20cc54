# SPDX-License-Identifier: MIT
"""The authorization server of the stand-in's org: a session's token becomes a code without a page, a code tokens. Client
"lab" is public; "others" has nobody assigned to it; of the rest people.py says who is. The session's token opens a
session, which has a cookie from then on."""
import base64, hashlib, json, secrets, time, urllib.parse

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from people import APPS, COOKIES

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
        self.tokens_of, self.sessions, self.codes, self.refresh = {}, {}, {}, {}

    def session(self, person):
        token = '20' + secrets.token_urlsafe(30)
        self.tokens_of[token] = person
        return token

    def opened(self, cookies):
        """Whose session these cookies are of."""
        pairs = [pair.strip().partition('=') for pair in (cookies or '').split(';')]
        return next((self.sessions[value] for name, _, value in pairs if name == 'sid' and value in self.sessions), None)

    def close(self, cookies):
        """Was there one?"""
        person = self.opened(cookies)
        self.sessions = {sid: other for sid, other in self.sessions.items() if other is not person}
        return person is not None

    def open(self, person):
        """The lines of cookies."""
        sid = '102' + secrets.token_urlsafe(20)
        self.sessions[sid] = person
        lines = COOKIES.get(person['login'].split('@')[0], ['sid={}; Path=/; Secure; HttpOnly'])
        return ['JSESSIONID=0; Path=/; Secure', *(line.replace('{}', sid) for line in lines)]

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

    def authorize(self, query, cookies):
        """Status, where the browser is sent, cookies. A session that is open counts before a token."""
        asked = dict(urllib.parse.parse_qsl(query))
        app = APPS.get(asked.get('client_id'))
        if app is None or asked.get('redirect_uri') != REDIRECT:
            return 400, None, []
        if 'status' in app:
            return app['status'], None, []
        person, lines = self.opened(cookies), []
        if not person and (person := self.tokens_of.pop(asked.get('sessionToken'), None)):
            lines = self.open(person)
        if not person:
            said = {'error': 'login_required', 'error_description': 'The client specified not to prompt.'}
        elif 'error' in app:
            said = {'error': app['error'], 'error_description': app.get('told', '')}
        elif person['login'].split('@')[0] not in app.get('people', [person['login'].split('@')[0]]):
            said = {'error': 'access_denied', 'error_description': 'User is not assigned to the client application.'}
        else:
            code = secrets.token_urlsafe(20)
            self.codes[code] = (person, asked)
            said = {'code': code}
        said['state'] = app.get('state', asked.get('state', ''))
        return 302, app.get('where', REDIRECT) + '?' + urllib.parse.urlencode(said), lines

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
