# SPDX-License-Identifier: MIT
"""An EST server (RFC 7030) in front of the same authority: what it answers."""
import base64

from cryptography import x509
from cryptography.hazmat.primitives import serialization

import issue
import pages

PLACE = "/.well-known/est/"
# attributes: those of ATTRIBUTES; wait: seconds of Retry-After; body: right, lines, pem, html (its
# type), half, chain (the authority in front of the certificate); old: whether a certificate is believed: yes, no.
KNOBS = {"attributes": "none", "wait": "0", "body": "right", "old": "yes"}
ATTRIBUTES = {
    "empty": "MAA=",
    # RFC 7030 4.5.2: challengePassword, the curve secp384r1, macAddress, ecdsa-with-SHA384
    "rfc": "MEEGCSqGSIb3DQEJBzASBgcqhkjOPQIBMQcGBSuBBAAiMBYGCSqGSIb3DQEJDjEJ\r\n"
           "BgcrBgEBAQEWBggqhkjOPQQDAw==\r\n",
    "unknown": "MAkGBysGAQEBARY=",
    "p-384": "MBQwEgYHKoZIzj0CATEHBgUrgQQAIg==",
    "garbage": "MAUGCSqGSA==",
}
BUNDLE = "application/pkcs7-mime; smime-type=certs-only"


def certificate_of(header):
    """What Apache says of the client's certificate, in one line; or None."""
    if "BEGIN CERTIFICATE" not in header:
        return None
    body = header.replace("-----BEGIN CERTIFICATE-----", "").replace("-----END CERTIFICATE-----", "")
    return x509.load_der_x509_certificate(base64.b64decode(body))


def bundle(certificates, how):
    if how == "pem":
        return issue.chain_pem(certificates)
    body = base64.b64encode(issue.chain_der(certificates))
    if how == "lines":  # as RFC 7030 has it, RFC 8951 no more
        body = base64.encodebytes(issue.chain_der(certificates)).replace(b"\n", b"\r\n")
    return body[:len(body) // 2 // 4 * 4] if how == "half" else body


def certs(certificates, knobs):
    kind = "text/html" if knobs["body"] == "html" else BUNDLE
    return (200, kind, bundle(certificates, knobs["body"]), ("Content-Transfer-Encoding", "base64"))


def names(of):
    """Subject and alternative names of a certificate or a request."""
    try:
        others = of.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        others = None
    return of.subject, others


def refuse(status, text):
    return (status, "text/plain", (text + "\r\n").encode())


def decide(request, user, realm, knobs):
    certificate = issue.issue(request, "E", user, realm, knobs["make"], int(knobs["seconds"]))
    state = {"issue": pages.ISSUED, "pending": pages.PENDING, "deny": pages.DENIED}[knobs["decide"]]
    return [state, certificate, user, request.public_bytes(serialization.Encoding.DER)]


def enrol(asked, again, realm, knobs, requests):
    if asked.headers.get("Content-Type") != "application/pkcs10":
        return refuse(400, "The request is of another type.")
    request = issue.read_request(asked.body.decode())
    old = asked.old if knobs["old"] == "yes" else None
    if not request:
        return refuse(400, "The request cannot be read.")
    if not asked.user and not old:
        return refuse(403, "The certificate is not believed.")
    if again and (not old or names(old) != names(request)):
        return refuse(403 if not old else 400, "It renews no certificate of these names.")
    if issue.bits(request) < 256:
        return refuse(400, "The key is too short.")
    user = asked.user or old.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
    der = request.public_bytes(serialization.Encoding.DER)
    same = [number for number, known in requests.items() if known[3:] == [der]]
    number = same[0] if same else len(requests) + 17
    if not same:
        requests[number] = decide(request, user, realm, knobs)
    state, certificate = requests[number][:2]
    if state == pages.PENDING:
        return (202, "text/plain", b"Somebody decides.\r\n", ("Retry-After", knobs["wait"]))
    if state == pages.DENIED:
        return refuse(400, "Denied by the\r\nlaboratory.")
    authority = [issue.right.certificate] if knobs["body"] == "chain" else []
    return certs([*authority, certificate], knobs)


def answer(asked, operation, realm, knobs, requests):
    """Status, type, body and headers for a request."""
    if operation == "cacerts" and asked.command == "GET":
        other = [issue.other.certificate]
        return certs(other if knobs["make"] == "other-ca" else [*other, issue.right.certificate], knobs)
    if operation == "csrattrs" and asked.command == "GET":
        wanted = ATTRIBUTES.get(knobs["attributes"])
        return (200, "application/csrattrs", wanted.encode()) if wanted else (204, "text/plain", b"")
    if operation in ("simpleenroll", "simplereenroll") and asked.command == "POST":
        return enrol(asked, operation == "simplereenroll", realm, knobs, requests)
    return (404, "text/plain", b"")
