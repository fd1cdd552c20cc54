#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""AD CS Web Enrollment's stand-in, its web services (ces.py) and an EST server (est.py): server.py FOLDER ADDRESS. FOLDER has
keytab and NAME.{pem,key} for the certificates below, and gets ca.pem, other-ca.pem and, once all ports
listen, `ready`.

  8401 on loopback   plain, for Apache, which says who it is (X-Remote-User, X-Client-Cert)
  8400               plain, control: /set?KNOB=VALUE&..., /reset, /decide?id=N|last&as=issue|deny, /count,
                     /log: a line for each request
  8441 and up        TLS and SPNEGO of our own, with Extended Protection as PORTS says"""
import base64, hashlib, http.server, json, os, socket, ssl, sys, threading, urllib.parse

import gssapi
from cryptography import x509
from cryptography.hazmat.primitives import serialization

import ces
import est
import issue
import pages

FOLDER, ADDRESS = sys.argv[1:]
CA, REALM = "Lab Issuing CA", "ad.lab.test"
# Port: what is asked of the client's channel binding, the certificate that is shown, and the one
# that is to be bound to: another one behind a relay.
PORTS = {8441: ("off", "pki", "pki"), 8442: ("supported", "pki", "pki"), 8443: ("required", "pki", "pki"),
         8444: ("required", "sha384", "sha384"), 8445: ("required", "sha512", "sha512"),
         8446: ("required", "pss", "pss"), 8447: ("required", "pki", "sha384"),
         8448: ("supported", "pki", "sha384"), 8449: ("off", "pki", "sha384")}
# decide: issue pending deny; language: en de; make: right other-key other-person other-ca other-use future past
# century escape; seconds: how long it is valid, 0 for a year; fault, at (submit fetch cacerts csrattrs
# policy enrol all): what goes wrong with pages; auth, of the acceptor: right, ntlm-only, basic-only, loop, no-proof,
# bad-proof, persist (once a connection, as IIS may); words: the CA's own sentence of a denial, "" for
# what it usually says, so many bytes for a number; attributes, wait, body, old: of EST, soap: of the web
# services, see there.
KNOBS = {"decide": "issue", "language": "en", "make": "right", "seconds": "0", "fault": "none", "at": "all",
         "auth": "right", "words": "", **est.KNOBS, **ces.KNOBS}
# Name: E or O, the fewest bits of a key, and whom it is for.
TEMPLATES = {"User": ("E", 2048, None), "Web": ("O", 2048, None), "Small": ("E", 256, None),
             "Kölner Straße": ("E", 256, None), "Bobs": ("E", 256, "bob")}
UNKNOWN = ("Denied by Policy Module  0x80094800, The request was for a certificate template that is "
           "not supported by the Active Directory Certificate Services policy: {}.\r\n")
SHORT = ("Denied by Policy Module  0x80094811, The public key does not meet the minimum size required "
         "by the specified certificate template.")
FORBIDDEN = ("Denied by Policy Module  0x80094012, The permissions on the certificate template do not "
             "allow the current user to enroll for this type of certificate.")
NO_REQUEST = ("Error Parsing Request  ASN1 bad tag value met. 0x8009310b (ASN: 267 "
              "CRYPT_E_ASN1_BADTAG)")
EMPTY = "The requested property value is empty. 0x80094004 (-2146877436 CERTSRV_E_PROPERTY_EMPTY)"

NTLM = bytes.fromhex("2b06010401823702020a")  # 1.3.6.1.4.1.311.2.2.10, among the mechanisms offered

knobs, requests, log, lock = dict(KNOBS), {}, [], threading.Lock()


def attributes(text):
    return dict(line.split(":", 1) for line in text.replace("\r", "").split("\n") if ":" in line)


def words():
    told = knobs["words"]
    return "x" * int(told) if told.isdigit() else told


def decide(user, request, name):
    """Disposition, the CA's words and the certificate for a request by the template of that name."""
    if not request:
        return pages.DENIED, NO_REQUEST, None
    if name not in TEMPLATES:
        return pages.DENIED, UNKNOWN.format(name), None
    kind, least, only = TEMPLATES[name]
    if only and user != only:
        return pages.DENIED, FORBIDDEN, None
    if issue.bits(request) < least:
        return pages.DENIED, SHORT, None
    certificate = issue.issue(request, kind, user, REALM, knobs["make"], int(knobs["seconds"]))
    if knobs["decide"] == "deny":
        return pages.DENIED, words() or pages.WORDS[pages.DENIED][0], None
    return pages.PENDING if knobs["decide"] == "pending" else pages.ISSUED, "", certificate


def read_renewal(asked, text):
    """In PKCS#7, as openssl judges it; the request, or None, and the words of a denial."""
    body = "".join(line for line in text.replace("\r", "").split("\n") if "-----" not in line)
    try:
        request, signer = ces.renewal(base64.b64decode(body), None)
    except ces.Fault as fault:
        return None, fault.text
    asked.note += f"signed={signer.serial_number:040x} "
    return request if request.is_signature_valid else None, ""


def submit(asked, form, with_script):
    name, text = attributes(form.get("CertAttrib", "")).get("CertificateTemplate", ""), form.get("CertRequest", "")
    request, wrong, user = issue.read_request(text), "", asked.user
    if not request and "BEGIN PKCS7" in text:
        request, wrong = read_renewal(asked, text)
    disposition, words, certificate = decide(user, request, name)
    words = wrong or words
    with lock:
        number = len(requests) + 17
        requests[number] = [disposition, certificate, user]
    if disposition == pages.ISSUED:
        return pages.issued(CA, knobs["language"], number, with_script)
    if disposition == pages.PENDING:
        return pages.pending(CA, knobs["language"], number)
    return pages.denied(CA, knobs["language"], number, words)


def fetch(kind, query):
    """Content type and body of certnew.cer and certnew.p7b."""
    number, as_der = query.get("ReqID", ""), query.get("Enc") == "bin"
    authority = issue.right.certificate
    if number == "CACert":
        certificate = authority
    elif not number.isdigit() or int(number) not in requests:
        return "text/html", pages.not_there(CA, knobs["language"], 0, EMPTY)
    else:
        disposition, certificate = requests[int(number)][:2]
        if disposition != pages.ISSUED:
            return "text/html", pages.not_there(CA, knobs["language"], disposition, words=words())
    if kind == "cer":
        return "application/pkix-cert", (issue.der if as_der else issue.pem)(certificate)
    chain = [certificate] if certificate is authority else [certificate, authority]
    body = (issue.chain_der if as_der else issue.chain_pem)(chain)
    if knobs["fault"] == "text-p7b": # asked for DER, and called a page
        return "text/html", issue.chain_pem(chain)
    if knobs["fault"] == "cut-p7b":
        body = body[:len(body) // 2]
    return "application/x-pkcs7-certificates", body


class Pages(http.server.BaseHTTPRequestHandler):
    """The pages, for a user who is known."""
    protocol_version, server_version, sys_version = "HTTP/1.1", "Microsoft-IIS/10.0", ""
    disable_nagle_algorithm, wbufsize = True, -1
    user, old, note, body = None, None, "", b""
    extra = ()

    def log_message(self, *_):
        pass

    def answer(self, status, kind, body, *headers):
        log.append(f"{self.server.server_port} {self.command} {self.path} {status} "
                   f"user={self.user} {self.note}agent={self.headers.get('User-Agent', '')}")
        self.send_response(status)
        for name, value in [("Content-Type", kind), *headers, *self.extra,
                            ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        if knobs["fault"] == "cut" and status == 200:
            body = body[:len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)

    def fault(self):
        """True if that was the answer."""
        name, wrong = self.path.split("?")[0].rsplit("/", 1)[1], knobs["fault"]
        here = {"submit": name in ("certfnsh.asp", "simpleenroll", "simplereenroll"),
                "fetch": name.startswith("certnew."), "cacerts": name == "cacerts",
                "csrattrs": name == "csrattrs", "policy": name == "CEP", "enrol": name == "CES"}
        if wrong in ("none", "cut", "cut-p7b", "text-p7b") or not here.get(knobs["at"], True):
            return False
        if wrong == "lost":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif wrong == "proxy":
            self.answer(200, "text/html", pages.PROXY)
        elif wrong == "huge":
            self.answer(200, "text/html", pages.HUGE)
        elif wrong == "busy":  # for so many seconds (wait)
            self.answer(503, "text/html", b"", ("Retry-After", knobs["wait"]))
        elif wrong == "empty":
            self.answer(200, "text/html", b"")
        elif wrong == "redirect":
            self.answer(302, "text/html", b"", ("Location", "https://elsewhere.ad.lab.test/certsrv/"))
        else:
            self.answer(int(wrong), "text/html", f"<h2>{wrong} - Server Error</h2>".encode())
        return True

    def do_GET(self):
        if self.may_pass():
            self.serve({})

    def do_POST(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        form = dict(urllib.parse.parse_qsl(self.body.decode(), True))
        if self.may_pass():
            self.serve(form)

    def may_pass(self):
        self.user = self.headers.get("X-Remote-User", "").split("@")[0]
        self.old = est.certificate_of(self.headers.get("X-Client-Cert", ""))
        self.note = f"old={f'{self.old.serial_number:040x}' if self.old else '-'} "
        return True

    def serve_est(self, operation):
        with lock:
            answer = est.answer(self, operation, REALM, knobs, requests)
        if not self.fault():
            self.answer(*answer)

    def serve_ces(self, place):
        with lock:
            answer = ces.answer(self, place[1] or place[2], place[3], knobs, requests, decide, TEMPLATES)
        if not self.fault():
            self.answer(*answer)

    def serve(self, form):
        place = ces.PLACES.match(self.path)
        if place:
            self.serve_ces(place)
            return
        if self.path.startswith(est.PLACE):
            self.serve_est(self.path.removeprefix(est.PLACE))
            return
        at = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(at.query))
        browser = self.headers.get("User-Agent", "").startswith("Mozilla")
        name = at.path.removeprefix("/certsrv/") if at.path.startswith("/certsrv/") else "?"
        body = None
        if self.command == "POST" and name == "certfnsh.asp" and form.get("Mode") == "newreq":
            body = submit(self, form, browser)
        if self.fault():
            return
        if at.path == "/certsrv":
            self.answer(301, "text/html", b"", ("Location", "/certsrv/"))
        elif body is not None:
            self.answer(200, "text/html", body)
        elif name in ("certnew.cer", "certnew.p7b"):
            kind, body = fetch(name[-3:], query)
            self.answer(200, kind if browser else "text/html", body)
        elif name == "certckpn.asp":
            mine = [n for n, (state, _, user, *_) in requests.items()
                    if state == pages.PENDING and user == self.user]
            self.answer(200, "text/html", pages.pending_list(CA, knobs["language"], mine))
        elif name in ("", "certrqxt.asp"):
            names = [(kind, cn) for cn, (kind, _, only) in TEMPLATES.items() if only in (None, self.user)]
            self.answer(200, "text/html", pages.templates(CA, names))
        elif name == "certcarc.asp":
            self.answer(200, "text/html", pages.renewals(CA))
        else:
            self.answer(404, "text/html", b"<h2>404 - File or directory not found.</h2>")


class Acceptor(Pages):
    """Takes the ticket itself, and knows of channel bindings (RFC 5929 tls-server-end-point)."""
    proved = False

    def refuse(self, *offers):
        self.extra = [("WWW-Authenticate", offer) for offer in offers or ("Negotiate", "NTLM")]
        self.answer(401, "text/html", pages.IIS_401)
        self.extra = ()
        return False

    def may_pass(self):
        how = knobs["auth"]
        self.user, self.note, self.extra = None, "", ()
        told = self.headers.get("Authorization", "")
        scheme, _, token = told.partition(" ")
        self.note = f"scheme={scheme or '-'} "
        if how in ("ntlm-only", "basic-only", "loop"):
            return self.refuse({"ntlm-only": "NTLM", "basic-only": "Basic realm=\"lab\"",
                                "loop": "Negotiate"}[how])
        if how == "persist" and self.proved:
            self.user = self.proved
            return True
        if scheme != "Negotiate":
            return self.refuse()
        try:
            mode, _, certificate = PORTS[self.server.server_port]
            return self.accept(base64.b64decode(token), mode, certificate, how)
        except gssapi.exceptions.GSSError as error:
            self.note += f"error={type(error).__name__} "
            return self.refuse()

    def accept(self, token, mode, certificate, how):
        bound_to = None if mode == "off" else gssapi.raw.ChannelBindings(
            application_data=b"tls-server-end-point:" + end_point(certificate))
        context = gssapi.SecurityContext(
            creds=gssapi.Credentials(usage="accept", store={"keytab": f"FILE:{FOLDER}/keytab"}),
            usage="accept", channel_bindings=bound_to)
        self.note += f"ntlm={NTLM in token} "
        proof = context.step(token)
        if not context.complete:  # SPNEGO does not raise, but says no in a token
            self.note += "refused "
            return self.refuse("Negotiate " + base64.b64encode(proof or b"").decode())
        flags = int(context.actual_flags)
        is_bound = bool(flags & gssapi.RequirementFlag.channel_bound)
        self.note += (f"bound={is_bound} mutual={bool(flags & 2)} delegated={bool(flags & 1)} ")
        if mode == "required" and not is_bound:
            return self.refuse()
        self.user = self.proved = str(context.initiator_name).split("@")[0]
        if how == "bad-proof":
            proof = proof[:-8] + bytes(8)
        if how != "no-proof":
            self.extra = [("WWW-Authenticate", "Negotiate " + base64.b64encode(proof).decode())]
        return True


def end_point(name):
    with open(f"{FOLDER}/{name}.pem", "rb") as file:
        certificate = x509.load_pem_x509_certificate(file.read())
    # This library does not read the hash of RSA-PSS.
    hashing = "sha256" if name == "pss" else certificate.signature_hash_algorithm.name
    return hashlib.new(hashing, certificate.public_bytes(serialization.Encoding.DER)).digest()


class Control(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        at = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(at.query))
        text, status = "", 200
        if at.path == "/set" and query.keys() <= KNOBS.keys():
            knobs.update(query)
        elif at.path == "/reset":
            knobs.update(KNOBS)
            log.clear()
        elif at.path == "/decide":
            number = max(requests) if query["id"] == "last" else int(query["id"])
            requests[number][0] = pages.ISSUED if query["as"] == "issue" else pages.DENIED
        elif at.path == "/count":
            text = json.dumps({"requests": len(requests)})
        elif at.path == "/log":
            text = "".join(line + "\n" for line in log)
        else:
            status = 404
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())


def listen(address, port, handler, certificate=None):
    server = http.server.ThreadingHTTPServer((address, port), handler)
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(f"{FOLDER}/{certificate}.pem", f"{FOLDER}/{certificate}.key")
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def main():
    for name, authority in (("ca", issue.right), ("other-ca", issue.other)):
        with open(f"{FOLDER}/{name}.pem", "wb") as file:
            file.write(authority.certificate.public_bytes(issue.PEM))
    listen("127.0.0.1", 8401, Pages)
    listen(ADDRESS, 8400, Control)
    for port, (_, shown, _) in PORTS.items():
        listen(ADDRESS, port, Acceptor, shown)
    with open(f"{FOLDER}/ready", "w"):
        pass
    threading.Event().wait()


main()
