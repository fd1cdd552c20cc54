# SPDX-License-Identifier: MIT
"""AD CS' enrolment web services in front of the same authority, by MS-XCEP and MS-WSTEP: what they answer."""
import base64, datetime, os, re, subprocess, tempfile
import xml.etree.ElementTree as tree

from cryptography import x509
from cryptography.hazmat.primitives import serialization

import issue
import listed
import pages

# soap: right; of all answers: cr (literal carriage returns in base64), doctype, laughs, external, huge, deep,
# namespace, old (SOAP 1.1), cut, html, no-relates, other-relates, fault (nobody knows), sender (the message is to
# blame), no-login; of requests: no-id, no-token, two; of the policy: other-host, http, no-oid, long (keys).
KNOBS = {"soap": "right"}
PLACES = re.compile(r"^/(?:Lab%20Issuing%20CA_(CES)|ADPolicyProvider_(CEP))_(Kerberos|UsernamePassword|Certificate)"
                    r"/service\.svc/(?:\1|\2)$")
RENEWED = bytes.fromhex("06092b060104018237" "0d01")  # 1.3.6.1.4.1.311.13.1
USERS = {"alice": ("Est-Passw0rd", "alice"), "AD\\bob <&>": ("a'\"<&>b", "bob")}  # password and account

S, A = "{http://www.w3.org/2003/05/soap-envelope}", "{http://www.w3.org/2005/08/addressing}"
TRUST = "{http://docs.oasis-open.org/ws-sx/ws-trust/200512}"
WSTEP = "{http://schemas.microsoft.com/windows/pki/2009/01/enrollment}"
XCEP = "{http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy}"
WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE, WSU = "{%swssecurity-secext-1.0.xsd}" % WSS, "{%swssecurity-utility-1.0.xsd}" % WSS
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "application/soap+xml; charset=utf-8"
X509 = f"{WSS}x509-token-profile-1.0#X509v3"
ENVELOPE = ('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing">'
            '<s:Header><a:Action s:mustUnderstand="1">{action}</a:Action>{relates}</s:Header><s:Body>{body}</s:Body></s:Envelope>')


class Fault(Exception):
    def __init__(self, code, text, sub="", detail=""):
        self.code, self.text, self.sub, self.detail = code, text, sub, detail

    def body(self):
        sub = f'<s:Subcode><s:Value xmlns:q="{WSSE[1:-1]}">q:{self.sub}</s:Value></s:Subcode>' if self.sub else ""
        text = self.text.replace("&", "&amp;").replace("<", "&lt;")
        return (f'<s:Fault><s:Code><s:Value>s:{self.code}</s:Value>{sub}</s:Code><s:Reason><s:Text xml:lang="en-US">'
                f'{text}</s:Text></s:Reason>{self.detail}</s:Fault>')


def detail(code, is_denial, number):
    told = f"<RequestID>{number}</RequestID>" if number else '<RequestID i:nil="true"/>'
    return (f'<s:Detail><CertificateEnrollmentWSDetail xmlns="{WSTEP[1:-1]}" xmlns:i="{NIL[1:-4]}"><BinaryResponse i:nil="true"/>'
            f'<ErrorCode>{code - (1 << 32)}</ErrorCode><InvalidRequest>{str(is_denial).lower()}</InvalidRequest>{told}'
            '</CertificateEnrollmentWSDetail></s:Detail>')


def the(node, *path):
    """The one element there; a fault if there is none."""
    for name in path:
        found = node.findall(name)
        if len(found) != 1:
            raise Fault("Sender", f"There is not one {name}.")
        node = found[0]
    return node


def word(node, *path):
    return (the(node, *path).text or "").strip()


def check_login(envelope):
    """Of WS-Security: the user."""
    security = the(envelope, f"{S}Header", f"{WSSE}Security")
    begin, end = (datetime.datetime.strptime(word(security, f"{WSU}Timestamp", f"{WSU}{name}"), "%Y-%m-%dT%H:%M:%SZ")
                  for name in ("Created", "Expires"))
    now, slack = datetime.datetime.utcnow(), datetime.timedelta(minutes=5)
    if not begin - slack < now < end + slack:
        raise Fault("Sender", "An error occurred when verifying security for the message.", "InvalidSecurity")
    token = the(security, f"{WSSE}UsernameToken")
    user, password = word(token, f"{WSSE}Username"), the(token, f"{WSSE}Password")
    if password.get("Type") != f"{WSS}username-token-profile-1.0#PasswordText" or USERS.get(user, ("",))[0] != password.text:
        raise Fault("Sender", "At least one security token in the message could not be validated.", "FailedAuthentication")
    return USERS[user][1]


def renewal(der, old):
    """The request in PKCS#7 that the old key has signed, and its certificate; old: the one that was shown, or
    None; openssl judges."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("in", der),
                           ("ca", issue.right.certificate.public_bytes(serialization.Encoding.PEM))):
            with open(f"{folder}/{name}", "wb") as file:
                file.write(data)
        told = subprocess.run(["openssl", "cms", "-verify", "-inform", "DER", "-in", f"{folder}/in", "-CAfile", f"{folder}/ca",
                               "-purpose", "any", "-signer", f"{folder}/signer", "-binary", "-out", f"{folder}/out"],
                              capture_output=True, text=True, env=dict(os.environ, OPENSSL_CONF="/dev/null"))
        if told.returncode:
            raise Fault("Sender", "The signature of the renewal is wrong: " + told.stderr[:200])
        with open(f"{folder}/signer", "rb") as file:
            signer = x509.load_pem_x509_certificate(file.read())
            if old and signer != old:
                raise Fault("Sender", "Another key has signed the renewal.")
        with open(f"{folder}/out", "rb") as file:
            request = x509.load_der_x509_csr(file.read())
    if RENEWED + signer.public_bytes(serialization.Encoding.DER) not in re.sub(b"\x31\x82..", b"", request.tbs_certrequest_bytes,
                                                                           flags=re.S):
        raise Fault("Sender", "The request does not have the certificate that it renews.")
    return request, signer


def template_of(request):
    """By its OID and revision, or by its name; whichever the extension is of."""
    for extension in request.extensions:
        oid, value = extension.oid.dotted_string, getattr(extension.value, "value", b"")
        if oid == "1.3.6.1.4.1.311.20.2" and value[:1] == b"\x1e" and value[1] == len(value) - 2:
            return value[2:].decode("utf-16-be"), "name"
        if oid == "1.3.6.1.4.1.311.21.7":
            told = subprocess.run(["openssl", "asn1parse", "-inform", "DER"], input=value, capture_output=True,
                                  env=dict(os.environ, OPENSSL_CONF="/dev/null")).stdout.decode()
            named = re.findall(r"OBJECT\s+:(\S+)", told), [int(n, 16) for n in re.findall(r"INTEGER\s+:(\w+)", told)]
            for name, (_, number, *revision) in listed.TEMPLATES.items():
                if named == ([number], revision):
                    return name, "oid"
    return "", "none"


def token(kind, der, knobs):
    text = base64.encodebytes(der).decode() if knobs["soap"] == "cr" else base64.b64encode(der).decode()
    text = text.replace("\n", "&#xD;\n")
    return (f'<BinarySecurityToken ValueType="{kind}" EncodingType="{WSSE[1:-1]}#base64binary" xmlns="{WSSE[1:-1]}">{text}'
            '</BinarySecurityToken>')


def collection(message, bundle, inside, number):
    told = f'<RequestID xmlns="{WSTEP[1:-1]}">{number}</RequestID>' if number else ""
    one = (f'<RequestSecurityTokenResponse><TokenType>{X509}</TokenType><DispositionMessage xml:lang="en-US" xmlns="{WSTEP[1:-1]}">'
           f'{message}</DispositionMessage>{bundle}<RequestedSecurityToken>{inside}</RequestedSecurityToken>{told}'
           '</RequestSecurityTokenResponse>')
    return f'<RequestSecurityTokenResponseCollection xmlns="{TRUST[1:-1]}">{one}</RequestSecurityTokenResponseCollection>', one


def tell(number, knobs, requests):
    """What came of a request."""
    state, certificate, _, *words = requests[number]
    shown = None if knobs["soap"] == "no-id" else number
    if state == pages.DENIED:
        text = words[0] if words else pages.WORDS[state][1]
        code = re.search(r"0x(8[0-9a-f]{7})", text)
        raise Fault("Receiver", text, detail=detail(int(code[1], 16) if code else 0x80094014, True, number))
    if state == pages.PENDING:
        where = f'<SecurityTokenReference xmlns="{WSSE[1:-1]}"><Reference URI="{listed.SERVERS[0][3]}"/></SecurityTokenReference>'
        whole, one = collection(pages.WORDS[state][0], "", where, shown)
    else:
        bundle = token(f"{WSTEP[1:-1]}#PKCS7", issue.chain_der([certificate, issue.right.certificate]), knobs)
        leaf = token(X509, issue.der(certificate), knobs)
        whole, one = collection("Issued", bundle, "" if knobs["soap"] == "no-token" else leaf, shown)
    return whole.replace(one, one + one) if knobs["soap"] == "two" else whole


def enrol(asked, how, envelope, knobs, requests, decide):
    message = the(envelope, f"{S}Body", f"{TRUST}RequestSecurityToken")
    kind = word(message, f"{TRUST}RequestType")
    if word(message, f"{TRUST}TokenType") != X509:
        raise Fault("Sender", "The TokenType is invalid.")
    if kind == f"{WSTEP[1:-1]}/QueryTokenStatus":
        number = word(message, f"{WSTEP}RequestID")
        asked.note += f"query={number} "
        if not number.isdigit() or int(number) not in requests or requests[int(number)][2] != asked.user:
            raise Fault("Receiver", "The requested property value is empty.", detail=detail(0x80094004, False, None))
        return tell(int(number), knobs, requests)
    if kind != f"{TRUST[1:-1]}/Issue" or the(message, f"{WSTEP}RequestID").get(NIL) != "true":
        raise Fault("Sender", "The RequestType is invalid.")
    sent = the(message, f"{WSSE}BinarySecurityToken")
    if sent.get("EncodingType") != f"{WSSE[1:-1]}#base64binary" or sent.get(f"{WSU}Id") is None:
        raise Fault("Sender", "The EncodingType is invalid.")
    form, der = sent.get("ValueType").partition("#")[2], base64.b64decode(sent.text, validate=True)
    if how == "Certificate" and form != "PKCS7":
        raise Fault("Sender", "This service renews alone.")
    request, signer = renewal(der, asked.old) if form == "PKCS7" else (x509.load_der_x509_csr(der), None)
    name, by = template_of(request)
    asked.note += f"issue={form} template={name} by={by} "
    asked.note += f"signed={signer.serial_number:040x} " if signer else ""
    number = len(requests) + 17
    state, words, certificate = decide(asked.user, request if request.is_signature_valid else None, name)
    requests[number] = [state, certificate, asked.user, words or pages.WORDS[pages.DENIED][0]]
    return tell(number, knobs, requests)


def policy_of(name, reference, least, may):
    version, _, major, minor = listed.TEMPLATES.get(name, (1, None, 4, 1))
    nil = "".join(f'<{each} i:nil="true"/>' for each in (
        "supersededPolicies", "privateKeyFlags", "subjectNameFlags", "enrollmentFlags", "generalFlags",
        "hashAlgorithmOIDReference", "rARequirements", "keyArchivalAttributes", "extensions"))
    return (f'<policy><policyOIDReference>{reference}</policyOIDReference><cAs><cAReference>0</cAReference></cAs><attributes>'
            f'<commonName>{name}</commonName><policySchema>{version}</policySchema><certificateValidity><validityPeriodSeconds>'
            '31536000</validityPeriodSeconds><renewalPeriodSeconds>3628800</renewalPeriodSeconds></certificateValidity><permission>'
            f'<enroll>{str(may).lower()}</enroll><autoEnroll>false</autoEnroll></permission><privateKeyAttributes><minimalKeyLength>'
            f'{least}</minimalKeyLength><keySpec>1</keySpec><keyUsageProperty i:nil="true"/><permissions i:nil="true"/>'
            '<algorithmOIDReference i:nil="true"/><cryptoProviders i:nil="true"/></privateKeyAttributes><revision><majorRevision>'
            f'{major}</majorRevision><minorRevision>{minor}</minorRevision></revision>{nil}</attributes></policy>')


def policy(user, envelope, knobs, templates):
    asked = the(envelope, f"{S}Body", f"{XCEP}GetPolicies")
    for names, node in ((("client", "requestFilter"), asked), (("lastUpdate", "preferredLanguage"), the(asked, f"{XCEP}client")),
                        (("policyOIDs", "clientVersion", "serverVersion"), the(asked, f"{XCEP}requestFilter"))):
        if [child.tag for child in node] != [f"{XCEP}{name}" for name in names]:  # a sequence, in MS-XCEP
            raise Fault("Sender", "The GetPolicies is malformed.")
    versions = [word(asked, f"{XCEP}requestFilter", f"{XCEP}{name}Version") for name in ("client", "server")]
    shown = list(templates.items()) if versions == ["0", "0"] else []  # who names no version is not shown any
    policies = "".join(policy_of(name, number, 4096 if knobs["soap"] == "long" else least, only in (None, user))
                       for number, (name, (_, least, only)) in enumerate(shown))
    wrong = {"other-host": lambda url: url.replace("pki.", "elsewhere."), "http": lambda url: url.replace("https:", "http:")}
    uris = "".join(f"<cAURI><clientAuthentication>{kind}</clientAuthentication><uri>{wrong.get(knobs['soap'], str)(url)}</uri><priority>"
                   f"{priority}</priority><renewalOnly>{str(bool(only)).lower()}</renewalOnly></cAURI>"
                   for priority, kind, only, url in listed.SERVERS)
    certificate = base64.b64encode(issue.der(issue.other.certificate if knobs["make"] == "other-ca" else issue.right.certificate))
    oids = "".join(f"<oID><value>{listed.TEMPLATES[name][1]}</value><group>9</group><oIDReferenceID>{number}</oIDReferenceID><defaultName>"
                   f"{name}</defaultName></oID>" for number, (name, _) in enumerate(shown)
                   if name in listed.TEMPLATES and knobs["soap"] != "no-oid")
    return (f'<GetPoliciesResponse xmlns="{XCEP[1:-1]}" xmlns:i="{NIL[1:-4]}"><response><policyID>{{1}}</policyID><policyFriendlyName'
            ' i:nil="true"/><nextUpdateHours i:nil="true"/><policiesNotChanged i:nil="true"/><policies>'
            f'{policies}</policies></response><cAs><cA><uris>{uris}</uris><certificate>{certificate.decode()}</certificate>'
            f'<enrollPermission>true</enrollPermission><cAReferenceID>0</cAReferenceID></cA></cAs><oIDs>{oids}</oIDs>'
            '</GetPoliciesResponse>')


def spoil(text, wrong):
    """The answer as somebody else's, or as an attack."""
    entity = {"doctype": "<!DOCTYPE s:Envelope>", "external": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
              "laughs": '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'
                                                                  for n in range(20)) + "]>"}.get(wrong, "")
    if wrong in ("external", "laughs"):
        text = text.replace("</s:Header>", f"<x>&{'e' if wrong == 'external' else 'u'};</x></s:Header>")
    if wrong == "namespace":
        text = text.replace(TRUST[1:-1], "urn:other").replace(XCEP[1:-1], "urn:other")
    if wrong == "old":
        text = text.replace(S[1:-1], "http://schemas.xmlsoap.org/soap/envelope/")
    if wrong == "huge":
        text = text.replace("</s:Header>", f"<x>{'x' * (10 << 20)}</x></s:Header>")
    if wrong == "deep":
        text = text.replace("</s:Header>", "<x>" * 200 + "</x>" * 200 + "</s:Header>")
    return entity + (text[:len(text) * 2 // 3] if wrong == "cut" else text)


def answer(asked, place, how, knobs, requests, decide, templates):
    """Status, type and body for a message to a CEP or CES."""
    relates, status, wrong = "", 200, knobs["soap"]
    applies = knobs["at"] in ("all", {"CEP": "policy", "CES": "enrol"}[place])
    knobs = knobs if applies else dict(knobs, soap="right")
    action = (f"{XCEP[1:-1]}/IPolicy/GetPoliciesResponse" if place == "CEP" else f"{WSTEP[1:-1]}/RSTRC/wstep")
    if how == "Certificate" and (not asked.old or knobs["old"] != "yes"):
        return 403, "text/html", b"<h2>403 - Forbidden</h2>"
    if asked.command != "POST":
        return 405, "text/html", b""
    if asked.headers.get("Content-Type") != TYPE:
        return 415, "text/html", b""
    try:
        envelope = tree.fromstring(asked.body)
        number = word(envelope, f"{S}Header", f"{A}MessageID")
        relates = f"<a:RelatesTo>{number}</a:RelatesTo>"
        wanted = f"{XCEP[1:-1]}/IPolicy/GetPolicies" if place == "CEP" else f"{WSTEP[1:-1]}/RST/wstep"
        if envelope.tag != f"{S}Envelope" or word(envelope, f"{S}Header", f"{A}Action") != wanted:
            raise Fault("Sender", "The Action is not known.")
        if not word(envelope, f"{S}Header", f"{A}To").endswith(asked.path):
            raise Fault("Sender", "The To is another service's.")
        if how == "UsernamePassword":
            asked.user = check_login(envelope)
        if how == "Certificate":
            asked.user = asked.old.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
        if applies and wrong in ("fault", "sender", "no-login"):
            raise Fault("Receiver" if wrong == "fault" else "Sender", "Something <odd>\r\nhas\x1b happened.".replace("\x1b", "\u202e"),
                        "FailedAuthentication" if wrong == "no-login" else "")
        body = policy(asked.user, envelope, knobs, templates) if place == "CEP" else \
            enrol(asked, how, envelope, knobs, requests, decide)
    except Fault as fault:
        action, body, status = f"{WSTEP[1:-1]}/fault", fault.body(), 500
    if applies and wrong in ("no-relates", "other-relates"):
        relates = "" if wrong == "no-relates" else "<a:RelatesTo>urn:uuid:1</a:RelatesTo>"
    text = spoil(ENVELOPE.format(action=action, relates=relates, body=body), wrong if applies else "right")
    return status, "text/html" if applies and wrong == "html" else TYPE, text.encode()
