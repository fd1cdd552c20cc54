# SPDX-License-Identifier: MIT
"""Keys, and tokens good and forged, made by python3-jwcrypto and python3-cryptography (OpenSSL): none
of our own code is in it. Used by make-cases."""
import base64, hashlib, hmac, json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwcrypto import jwk, jws

NOW = 1800000000
ISSUER = "https://login.example.test/realms/staff"
CLIENT = "chatelaine-client"
NONCE = "n-0S6_WzA2Mj-8vTqQ"
ACCESS_TOKEN = "access-token.of.the.same.answer"
CODE = "code-SplxlOBeZQQYbYS6WxSbIA"
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
SIZES = {"P-256": 32, "P-384": 48, "P-521": 66}


def b64(data):
    data = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def unb64(text):
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def dump(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def half_hash(text, algorithm):
    """at_hash, by OpenID Connect Core 3.1.3.6; of Ed25519 the hash is SHA-512."""
    name = "sha512" if algorithm == "EdDSA" else "sha" + algorithm[2:]
    digest = hashlib.new(name, text.encode()).digest()
    return b64(digest[:len(digest) // 2]).decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8 or 1, "big")).decode()


def rsa_key(kid, bits=2048, **more):
    key = rsa.generate_private_key(65537, bits)
    numbers = key.public_key().public_numbers()
    return key, {"kty": "RSA", "kid": kid, "use": "sig", "n": number(numbers.n),
                 "e": number(numbers.e), **more}


def ec_key(kid, curve, **more):
    key = ec.generate_private_key(CURVES.get(curve) or ec.SECP256K1())
    point = key.public_key().public_numbers()
    size = SIZES.get(curve, 32)
    return key, {"kty": "EC", "kid": kid, "use": "sig", "crv": curve, "x": number(point.x, size),
                 "y": number(point.y, size), **more}


def ed_key(kid):
    key = ed25519.Ed25519PrivateKey.generate()
    x = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return key, {"kty": "OKP", "kid": kid, "use": "sig", "crv": "Ed25519", "x": b64(x).decode()}


RSA, RSA_JWK = rsa_key("rsa")
P256, P256_JWK = ec_key("p256", "P-256")
P384, P384_JWK = ec_key("p384", "P-384")
P521, P521_JWK = ec_key("p521", "P-521")
ED, ED_JWK = ed_key("ed25519")
STRANGER, STRANGER_JWK = rsa_key("stranger")
SET = [RSA_JWK, P256_JWK, P384_JWK, P521_JWK, ED_JWK]
OF = {"RS": (RSA, "rsa"), "PS": (RSA, "rsa"), "ES256": (P256, "p256"), "ES384": (P384, "p384"),
      "ES512": (P521, "p521"), "EdDSA": (ED, "ed25519")}
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
              "EdDSA"]


def key_for(algorithm):
    return OF.get(algorithm) or OF[algorithm[:2]]


def jwks(*keys):
    return dump({"keys": list(keys) or SET})


def claims(algorithm="RS256", **changes):
    """Those of a good token; a change to None leaves a claim out."""
    all_claims = {
        "iss": ISSUER, "sub": "248289761001", "aud": CLIENT, "exp": NOW + 3600, "iat": NOW - 5,
        "nonce": NONCE, "at_hash": half_hash(ACCESS_TOKEN, algorithm), "auth_time": NOW - 30,
        "acr": "urn:mfa", "amr": ["pwd", "mfa"], "name": "Alice CANARY Example",
        "preferred_username": "alice", "email": "alice@example.test", "groups": ["staff", "wheel"]}
    all_claims.update(changes)
    return {name: value for name, value in all_claims.items() if value is not None}


signers = {}


def good(algorithm="RS256", **changes):
    """By jwcrypto."""
    key, name = key_for(algorithm)
    if name not in signers:
        signers[name] = jwk.JWK.from_pyca(key)
    token = jws.JWS(dump(claims(algorithm, **changes)))
    header = {"alg": algorithm, "typ": "JWT", "kid": name}
    token.add_signature(signers[name], None, dump(header).decode())
    return token.serialize(compact=True).encode()


def ecdsa(data, key, hash_, size):
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hash_)))
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def sign(algorithm, data, key=None):
    """The raw signature, whatever it is good for."""
    if algorithm == "HS256":
        return hmac.digest(key, data, "sha256")
    key = key or key_for(algorithm)[0]
    if algorithm == "EdDSA":
        return key.sign(data)
    hash_ = HASHES[algorithm[2:]]
    if algorithm.startswith("ES"):
        return ecdsa(data, key, hash_, (key.key_size + 7) // 8)
    pad = padding.PKCS1v15() if algorithm.startswith("RS") else padding.PSS(
        padding.MGF1(hash_), hash_.digest_size)
    return key.sign(data, pad, hash_)


def forge(header=None, body=None, by="RS256", key=None, signature=None, **changes):
    """A token with any header (a dict to change the good one, or bytes) and body (bytes, else the
    good claims with changes), signed whole as by that algorithm, or with that signature."""
    if not isinstance(header, bytes):
        whole = {"alg": by, "typ": "JWT", "kid": "rsa" if by == "HS256" else key_for(by)[1]}
        whole.update(header or {})
        header = dump({name: value for name, value in whole.items() if value is not ...})
    if body is None:
        body = dump(claims(by if by in ALGORITHMS else "RS256", **changes))
    data = b64(header) + b"." + b64(body)
    if callable(signature):
        signature = signature(data)
    return data + b"." + b64(sign(by, data, key) if signature is None else signature)


def parts(token):
    return token.split(b".")


def resigned(token, signature):
    """The token with another signature."""
    return b".".join(parts(token)[:2] + [b64(signature)])
