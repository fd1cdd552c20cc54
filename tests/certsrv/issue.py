# SPDX-License-Identifier: MIT
"""The authority behind the pages: a throw-away CA that signs what it is asked to, rightly or not."""
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)
UPN = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER


def common_name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def utf8(text):
    """As DER, for an otherName."""
    data = text.encode()
    return bytes([0x0C, len(data)]) + data if len(data) < 128 else b"\x0c\x81" + bytes([len(data)]) + data


class Authority:
    def __init__(self, name):
        self.key = rsa.generate_private_key(65537, 2048)
        now = datetime.datetime.utcnow()
        self.certificate = (
            x509.CertificateBuilder().subject_name(common_name(name)).issuer_name(common_name(name))
            .public_key(self.key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY).not_valid_after(now + 3650 * DAY)
            .add_extension(x509.BasicConstraints(True, 0), True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), False)
            .add_extension(x509.KeyUsage(True, False, False, False, False, True, True, False, False),
                           True).sign(self.key, hashes.SHA256()))

    def sign(self, key, subject, names, begin, end, uses):
        use = x509.KeyUsage(True, False, isinstance(key, rsa.RSAPublicKey), False, False, False, False,
                            False, False)
        return (x509.CertificateBuilder().subject_name(subject)
                .issuer_name(self.certificate.subject).public_key(key)
                .serial_number(x509.random_serial_number())
                .not_valid_before(begin).not_valid_after(end)
                .add_extension(x509.SubjectAlternativeName(names), False)
                .add_extension(x509.BasicConstraints(False, None), True).add_extension(use, True)
                .add_extension(x509.ExtendedKeyUsage(uses), False)
                .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(
                    self.key.public_key()), False).sign(self.key, hashes.SHA256()))


right, other = Authority("Lab Issuing CA"), Authority("Other Issuing CA")


def read_request(text):
    """PEM with or without its lines, or None. The CA checks that the key signed it."""
    body = "".join(line for line in text.replace("\r", "").split("\n") if "-----" not in line)
    pem = f"-----BEGIN CERTIFICATE REQUEST-----\n{body}\n-----END CERTIFICATE REQUEST-----\n"
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        return request if request.is_signature_valid else None
    except Exception:
        return None


def bits(request):
    return request.public_key().key_size


def issue(request, kind, user, realm, make, seconds):
    """kind E: who it is for is what the directory says of the user; O: what the request says. make is
    what is to be wrong with it; seconds, how long it is valid, 0 for a year and an hour before."""
    now = datetime.datetime.utcnow()
    begin, end = now - DAY / 24, now + 365 * DAY
    if seconds:
        begin, end = now - datetime.timedelta(seconds=1), now + datetime.timedelta(seconds=seconds)
    key, authority = request.public_key(), right
    if make == "other-key":
        key = ec.generate_private_key(ec.SECP256R1()).public_key()
    if make == "other-ca":
        authority = other
    if make == "other-person":
        user = "mallory"
    if make == "future":
        begin += 30 * DAY
    if make == "century":
        end += 36500 * DAY
    if make == "past":
        begin, end = begin - 400 * DAY, end - 400 * DAY
    subject = common_name(f"{user}\x1b]0;x\x07\x1b[2J\u202egnp" if make == "escape" else user)
    names = [x509.OtherName(UPN, utf8(f"{user}@{realm}")), x509.RFC822Name(f"{user}@corp.example")]
    if kind == "O":
        subject = request.subject
        try:
            names = list(request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
        except x509.ExtensionNotFound:
            pass
    uses = [ExtendedKeyUsageOID.EMAIL_PROTECTION]
    if make != "other-use":
        uses.append(ExtendedKeyUsageOID.CLIENT_AUTH)
    return authority.sign(key, subject, names, begin, end, uses)


def pem(certificate):
    return certificate.public_bytes(PEM).replace(b"\n", b"\r\n")


def der(certificate):
    return certificate.public_bytes(DER)


def chain_der(certificates):
    return pkcs7.serialize_certificates(certificates, DER)


def chain_pem(certificates):
    """PKCS#7 between the lines of a certificate, as the server has it."""
    return (pkcs7.serialize_certificates(certificates, PEM).replace(b" PKCS7-", b" CERTIFICATE-")
            .replace(b"\n", b"\r\n"))
