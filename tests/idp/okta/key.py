#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""key.py ORG FOLDER NAME [WORD...]: a security key in software, written from CTAP 2.0 and U2F: reports over the socket
FOLDER/NAME, its credential in FOLDER/NAME.json, what it was told in FOLDER/NAME.log, a line each. Words: pin=PIN; always
(wants the PIN for everything); finger; old (CTAP 1 alone); bound (set up by U2F, in the org's name); not-touched;
tires (says itself that nobody touches it); refuses; pulled (out, instead of a touch); mute; other (knows nobody here)."""
import base64, contextlib, hashlib, hmac, json, os, secrets, select, socket, struct, sys
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

MSG, INIT, CBOR, CANCEL, KEEPALIVE, ERROR = 0x83, 0x86, 0x90, 0x91, 0xbb, 0xbf
OK, TIMEOUT, DENIED, NO_CREDENTIALS, CANCELLED = 0, 0x2f, 0x27, 0x2e, 0x2d
PIN_INVALID, PIN_AUTH_INVALID, PIN_AUTH_BLOCKED, PIN_REQUIRED = 0x31, 0x33, 0x34, 0x36

org, folder, name = sys.argv[1:4]
words = dict(w.partition('=')[::2] for w in sys.argv[4:])
host = org.removeprefix('https://').partition(':')[0]
scope = org if {'old', 'bound'} & set(words) else host
secret = ec.generate_private_key(ec.SECP256R1())
agreement = ec.generate_private_key(ec.SECP256R1())
identity, pin_token = secrets.token_bytes(64), secrets.token_bytes(32)
state = {'counter': 7, 'wrong': 0, 'retries': 8}


def sha256(data):
    return hashlib.sha256(data).digest()


def encode(value):
    """CBOR (RFC 8949), canonical as CTAP wants it; the order of members is the caller's."""
    def head(kind, n):
        size = 0 if n < 24 else 1 if n < 256 else 2
        return bytes([kind << 5 | (n if not size else 23 + size)]) + (n.to_bytes(size, 'big') if size else b'')
    if isinstance(value, bool):
        return bytes([0xf5 if value else 0xf4])
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b''.join(map(encode, value))
    return head(5, len(value)) + b''.join(encode(k) + encode(v) for k, v in value.items())


def decode(data, at=0):
    kind, n = data[at] >> 5, data[at] & 31
    at += 1
    if kind == 7:
        return {20: False, 21: True}[n], at
    if n >= 24:
        size = 1 << (n - 24)
        n, at = int.from_bytes(data[at:at + size], 'big'), at + size
    if kind < 2:
        return n if kind == 0 else -1 - n, at
    if kind < 4:
        return data[at:at + n] if kind == 2 else data[at:at + n].decode(), at + n
    if kind == 4:
        made = []
        for _ in range(n):
            value, at = decode(data, at)
            made.append(value)
        return made, at
    made = {}
    for _ in range(n):
        key, at = decode(data, at)
        made[key], at = decode(data, at)
    return made, at


def point(public):
    numbers = public.public_numbers()
    return numbers.x.to_bytes(32, 'big'), numbers.y.to_bytes(32, 'big')


def aes(key, data, encrypts):
    cipher = Cipher(algorithms.AES(key), modes.CBC(bytes(16)))
    worker = cipher.encryptor() if encrypts else cipher.decryptor()
    return worker.update(data) + worker.finalize()


def log(line):
    with open(f'{folder}/{name}.log', 'a', encoding='ascii') as told:
        told.write(line + '\n')


class Wire:
    def __init__(self, connection):
        self.connection = connection

    def report(self, wait=None):
        if wait is not None and not select.select([self.connection], [], [], wait)[0]:
            return None
        report = self.connection.recv(100)
        if not report:
            raise EOFError
        if len(report) != 65 or report[0]:
            raise ValueError('a report of another form')
        return report[1:]

    def message(self):
        first = self.report()
        channel, command, size = struct.unpack('>IBH', first[:7])
        data = first[7:]
        while len(data) < size:
            data += self.report()[5:]
        return channel, command, data[:size]

    def answer(self, channel, command, data):
        self.connection.send((struct.pack('>IBH', channel, command, len(data)) + data[:57]).ljust(64, b'\0'))
        for number, at in enumerate(range(57, len(data), 59)):
            self.connection.send((struct.pack('>IB', channel, number) + data[at:at + 59]).ljust(64, b'\0'))

    def touched(self, channel):
        """OK once it is, or why not. It says all the time that it waits."""
        log('touch?')
        if 'pulled' in words:
            raise EOFError
        for beat in range(1000):
            with contextlib.suppress(BrokenPipeError):  # what it said before it went is still read
                self.answer(channel, KEEPALIVE, b'\2')
            report = self.report(0.01)
            if report and report[4] == CANCEL:
                log('cancelled')
                return CANCELLED
            if beat > 2 and 'not-touched' not in words:
                return TIMEOUT if 'tires' in words else DENIED if 'refuses' in words else OK
        return TIMEOUT


def signed(data, client_hash):
    return secret.sign(data + client_hash, ec.ECDSA(hashes.SHA256()))


def counter():
    state['counter'] += 1
    return struct.pack('>I', state['counter'])


def get_assertion(wire, channel, request):
    options, verified = request.get(5, {}), False
    known = request[1] == scope and any(c['id'] == identity for c in request[3]) and 'other' not in words
    log(f'assert {request[1]} up={options.get("up", True)} uv={options.get("uv", False)} pin={6 in request}')
    if 6 in request:
        if not hmac.compare_digest(hmac.digest(pin_token, request[2], 'sha256')[:16], request[6]):
            return bytes([PIN_AUTH_INVALID])
        verified = True
    elif 'always' in words and options.get('up', True):
        return bytes([PIN_REQUIRED])
    elif options.get('uv'):
        if 'finger' not in words:
            return bytes([0x2c])
        verified = True
    if not known:
        return bytes([NO_CREDENTIALS])
    if options.get('up', True) and (why := wire.touched(channel)):
        return bytes([why])
    flags = (1 if options.get('up', True) else 0) | (4 if verified else 0)
    data = sha256(request[1].encode()) + bytes([flags]) + counter()
    return b'\0' + encode({1: {'id': identity, 'type': 'public-key'}, 2: data, 3: signed(data, request[2])})


def client_pin(request):
    if request[2] == 1:
        return b'\0' + encode({3: state['retries']})
    if request[2] == 2:
        x, y = point(agreement.public_key())
        return b'\0' + encode({1: {1: 2, 3: -25, -1: 1, -2: x, -3: y}})
    if state['wrong'] == 3:
        return bytes([PIN_AUTH_BLOCKED])
    theirs = ec.EllipticCurvePublicNumbers(int.from_bytes(request[3][-2], 'big'), int.from_bytes(request[3][-3], 'big'),
                                           ec.SECP256R1()).public_key()
    shared = sha256(agreement.exchange(ec.ECDH(), theirs))
    if aes(shared, request[6], False) != sha256(words['pin'].encode())[:16]:
        state['wrong'] += 1
        state['retries'] -= 1
        return bytes([PIN_AUTH_BLOCKED if state['wrong'] == 3 else PIN_INVALID])
    state['wrong'], state['retries'] = 0, 8
    return b'\0' + encode({2: aes(shared, pin_token, True)})


def ctap2(wire, channel, data):
    request = decode(data, 1)[0] if len(data) > 1 else {}
    if data[0] == 4:
        options = {'rk': True, 'up': True, **({'uv': True} if 'finger' in words else {}),
                   **({'clientPin': True} if 'pin' in words else {'clientPin': False})}
        return b'\0' + encode({1: ['U2F_V2', 'FIDO_2_0'], 3: bytes(16), 4: options, 5: 1200, 6: [1]})
    if data[0] == 2:
        return get_assertion(wire, channel, request)
    return client_pin(request) if data[0] == 6 else b'\1'


def ctap1(data):
    if data[1] == 3:
        return b'U2F_V2\x90\0'
    if data[1] != 2:
        return b'\x6d\0'
    body = data[7:7 + int.from_bytes(data[5:7], 'big')]
    challenge, application, handle = body[:32], body[32:64], body[65:65 + body[64]]
    log(f'u2f {data[2]}')
    if handle != identity or application != sha256(scope.encode()) or 'other' in words:
        return b'\x6a\x80'
    state['asked'] = state.get('asked', 0) + (data[2] == 3)
    if data[2] != 3 or 'not-touched' in words or state['asked'] < 2:
        return b'\x69\x85'
    said = b'\1' + counter()
    return said + signed(application + said, challenge) + b'\x90\0'


def serve(wire):
    while True:
        channel, command, data = wire.message()
        if 'mute' in words:
            continue
        if command == INIT:
            caps = 0 if 'old' in words else 4
            wire.answer(channel, INIT, data + struct.pack('>I5B', 0x1234, 2, 1, 0, 0, caps))
        elif command == CBOR and 'old' not in words:
            wire.answer(channel, CBOR, ctap2(wire, channel, data))
        elif command == MSG:
            wire.answer(channel, MSG, ctap1(data))
        elif command == CANCEL:
            log('cancelled')
        else:
            wire.answer(channel, ERROR, b'\1')


def main():
    x, y = point(secret.public_key())
    with open(f'{folder}/{name}.json', 'w', encoding='ascii') as told:
        json.dump({'id': base64.urlsafe_b64encode(identity).rstrip(b'=').decode(), 'x': x.hex(), 'y': y.hex()}, told)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(f'{folder}/{name}.new')
    listener.listen()
    os.rename(f'{folder}/{name}.new', f'{folder}/{name}')
    while True:
        connection, _ = listener.accept()
        try:
            serve(Wire(connection))
        except (EOFError, ConnectionError):
            connection.close()


if __name__ == '__main__':
    main()
