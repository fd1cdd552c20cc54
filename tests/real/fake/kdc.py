# SPDX-License-Identifier: MIT
"""A hostile KDC, a mode of `world`: 88=kdc:WHAT. Each proof of a password is a line "proof" in the log.

To the first request, which has no proof:
    work:N          N rounds of key derivation are wanted (0: 2^32)
    ticket:N        at once a made-up ticket, under a key of so many rounds
    padata:N        N bytes of a kind that nobody knows
    cookie:N        N bytes that are to be sent back
    etypes:N        N encryption types that nobody has, then one that we have
    only:N          the same without that one
    error:CODE      that error and nothing more, to every request
    flood:CODE      that error, and 8 MiB of errors behind it
    away:REALM      the account is in that realm; asked there: it is in ours
    in:REALM:WHAT   the same as WHAT in that realm; in another one the connection is reset
To the second one, with a proof:
    after:CODE[:N]  that error, with all that is needed for one more proof, of N rounds
    gone:REALM      the account is in that realm
    made            a ticket that is made up
    half, long, empty, noise, reset, shut
                    half a frame, one of 2 GiB, an empty one, one of noise, or none
    edit:OLD:NEW:ADDRESS    what the KDC there answers, with NEW in the place of OLD (hexadecimal)
"""
import os, socket, struct, time

REALM, USER = b"AD.LAB.TEST", b"alice"
AES256, PREAUTH_REQUIRED, WRONG_REALM = 18, 25, 68
ENC_TIMESTAMP, ETYPE_INFO2, COOKIE, UNKNOWN = 2, 19, 133, 2000
AS_REQ, AS_REP, ERROR = 0x6a, 0x6b, 0x7e


def der(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    told = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(told)]) + told + content


def number(value):
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def text(value):
    return der(0x1b, value)


def name(kind, *words):
    return der(0x30, der(0xa0, number(kind)), der(0xa1, der(0x30, *map(text, words))))


def elements(data):
    """The tags and contents of what lies one after the other."""
    while data:
        size, at = data[1], 2
        if size & 0x80:
            at += size & 0x7f
            size = int.from_bytes(data[2:at], "big")
        yield data[0], data[at:at + size]
        data = data[at + size:]


def inner(data):
    return next(elements(data))[1]


def has_proof(request):
    for tag, content in elements(inner(inner(request))):
        if request[0] == AS_REQ and tag == 0xa3:
            for _, pa in elements(inner(content)):
                fields = dict(elements(pa))
                if int.from_bytes(inner(fields[0xa1]), "big") == ENC_TIMESTAMP:
                    return True
    return False


def pa(kind, value):
    return der(0x30, der(0xa1, number(kind)), der(0xa2, der(4, value)))


def entry(etype, rounds):
    return der(0x30, der(0xa0, number(etype)), der(0xa1, text(REALM + USER)),
               der(0xa2, der(4, struct.pack(">I", rounds % 2**32))))


def wanted(rounds=4096, *more, etypes=(AES256,)):
    """What is needed for a proof."""
    return [pa(ETYPE_INFO2, der(0x30, *(entry(etype, rounds) for etype in etypes))),
            pa(ENC_TIMESTAMP, b""), *more]


def error(code, padata=(), realm=REALM):
    now = time.strftime("%Y%m%d%H%M%SZ", time.gmtime()).encode()
    return der(ERROR, der(
        0x30, der(0xa0, number(5)), der(0xa1, number(30)), der(0xa4, der(0x18, now)),
        der(0xa5, number(0)), der(0xa6, number(code)), der(0xa7, text(realm)),
        der(0xa8, name(1, USER)), der(0xa9, text(REALM)), der(0xaa, name(2, b"krbtgt", REALM)),
        der(0xac, der(4, der(0x30, *padata))) if padata else b""))


def ticket(padata=()):
    sealed = der(0x30, der(0xa0, number(AES256)), der(0xa2, der(4, os.urandom(200))))
    return der(AS_REP, der(
        0x30, der(0xa0, number(5)), der(0xa1, number(11)),
        der(0xa2, der(0x30, *padata)) if padata else b"", der(0xa3, text(REALM)),
        der(0xa4, name(1, USER)),
        der(0xa5, der(0x61, der(0x30, der(0xa0, number(5)), der(0xa1, text(REALM)),
                                der(0xa2, name(2, b"krbtgt", REALM)), der(0xa3, sealed)))),
        der(0xa6, sealed)))


def framed(message):
    return struct.pack(">I", len(message)) + message


def first(request, what, words):
    """The frames that answer a request without a proof."""
    n = int(words[0]) if words and words[0].isdigit() else 0
    unknown = range(1000, 1000 + n)
    if what == "error":
        return framed(error(n))
    if what == "flood":
        return framed(error(n)) * (8 * 2**20 // len(framed(error(n))))
    if what == "away":
        away = words[0].encode()
        return framed(error(WRONG_REALM, realm=REALM if away in request else away))
    if what == "ticket":
        return framed(ticket(wanted(n)))
    padata = {"work": lambda: wanted(n), "padata": lambda: wanted(4096, pa(UNKNOWN, bytes(n))),
              "cookie": lambda: wanted(4096, pa(COOKIE, bytes(n))),
              "etypes": lambda: wanted(etypes=[*unknown, AES256]),
              "only": lambda: wanted(etypes=unknown)}.get(what, wanted)
    return framed(error(PREAUTH_REQUIRED, padata()))


def second(what, words):
    """The same to one with a proof; None: the connection is reset."""
    if what == "after":
        return framed(error(int(words[0]), wanted(*map(int, words[1:]))))
    if what == "gone":
        return framed(error(WRONG_REALM, realm=words[0].encode()))
    return {"made": framed(ticket()), "half": framed(ticket())[:100], "empty": framed(b""),
            "long": struct.pack(">I", 2**31 - 1) + bytes(1000), "noise": framed(os.urandom(200)),
            "reset": None, "shut": b""}.get(what, framed(error(60)))


def relayed(request, old, new, address):
    with socket.create_connection((address, 88)) as server:
        server.sendall(framed(request))
        answer = server.makefile("rb")
        reply = answer.read(int.from_bytes(answer.read(4), "big"))
    if reply[0] == AS_REP:
        reply = reply.replace(bytes.fromhex(old), bytes.fromhex(new))
    return framed(reply)


def serve(client, words, log):
    """Answers one connection; false if it is to be reset."""
    what, *words = words
    asked = client.makefile("rb")
    while size := int.from_bytes(asked.read(4), "big"):
        request = asked.read(size)
        proof = has_proof(request)
        log("proof" if proof else "request")
        if what == "in" and words[0].encode() not in request:
            return False
        if what == "in":
            _, what, *words = words
        if what == "edit":
            reply = relayed(request, *words)
        elif proof and what not in ("error", "flood", "away", "ticket"):
            reply = second(what, words)
        else:
            reply = first(request, what, words)
        if reply is None:
            return False
        client.sendall(reply)
        if what == "shut" and proof:
            client.shutdown(socket.SHUT_WR)
    return True
