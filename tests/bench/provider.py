# SPDX-License-Identifier: MIT
"""The OpenID provider and the Okta org of the tests, over TLS on loopback, and what curl says to them."""
import base64, json, os, re, shutil, ssl, subprocess, tempfile, urllib.parse, urllib.request

import session

BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
IDP = os.path.dirname(os.path.realpath(__file__)) + "/../idp"
SCOPES = "openid profile email groups offline_access"
CURL = ["curl", "-q", "-K", "-"]
CURVE = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
CERTIFICATES = [
    f"openssl req -x509 {CURVE} -keyout ca.key -out ca.pem -days 2 -subj /CN=lab",
    "openssl req -newkey rsa:2048 -nodes -keyout key.pem -out csr -subj /CN=localhost",
    "openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out cert.pem -extfile uses"]


class Server:
    """One of the two, with an authority of its own."""

    def __init__(self, words, cwd, file):
        self.folder = tempfile.mkdtemp(prefix="bench-provider-")
        self.ca, self.every_ca = self.folder + "/ca.pem", self.folder + "/all.pem"
        self.certify()
        with open(self.folder + "/log", "w") as log:
            self.process = subprocess.Popen([*words, self.folder], cwd=cwd, stdout=log, stderr=log)
        path = f"{self.folder}/{file}"
        session.wait_for("the provider", lambda: os.path.exists(path))
        with open(path) as told:
            self.told = told.read().split()

    def certify(self):
        with open(self.folder + "/uses", "w") as uses:
            uses.write("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
        for words in CERTIFICATES:
            subprocess.run(words.split(), cwd=self.folder, check=True, capture_output=True)
        with open(self.every_ca, "wb") as every, open(BUNDLE, "rb") as system, \
                open(self.ca, "rb") as one:
            every.write(system.read() + one.read())

    def ask(self, url, data=None, headers=None):
        request = urllib.request.Request(url, data, headers or {})
        with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=self.ca)) as answer:
            return answer.read()

    def cpu_s(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            return sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        session.end(self.process)
        shutil.rmtree(self.folder)


class Provider(Server):
    def __init__(self):
        super().__init__(["node", "server.mjs"], IDP + "/provider", "ports")
        self.issuer, self.control = self.told
        self.discovery = self.issuer + "/.well-known/openid-configuration"
        told = json.loads(self.ask(self.discovery))
        self.token, self.keys = told["token_endpoint"], told["jwks_uri"]

    def tokens(self, user, password, client="lab:"):
        """By the password grant, for a client "ID:SECRET"."""
        form = {"grant_type": "password", "username": user, "password": password, "scope": SCOPES}
        name, secret = client.split(":")
        headers = {"Authorization": "Basic " + base64.b64encode(client.encode()).decode()} if secret else {}
        return self.ask(self.token, urllib.parse.urlencode(dict(form, client_id=name)).encode(), headers)

    def tell(self, words):
        with urllib.request.urlopen(f"{self.control}/{words}") as answer:
            return answer.read()

    def count(self, what):
        return json.loads(self.tell("count")).get(what, 0)


class Org(Server):
    def __init__(self):
        super().__init__(["python3", "server.py"], IDP + "/okta", "org")
        self.address, = self.told

    def control(self, words):
        return self.ask(f"{self.address}/-/{words}").decode()

    def asked(self, word):
        """How often since /-/again; TLS: connections."""
        return len(re.findall(word, self.control("asked")))

    def authn(self, body):
        """The answer to the first question of a sign-in."""
        return json.loads(self.ask(self.address + "/api/v1/authn", json.dumps(body).encode(),
                                   {"Content-Type": "application/json"}))


def curl(ca, *exchanges):
    """What curl reads from standard input: exchanges on one connection. Each is a URL, and perhaps a form
    and where the answer goes."""
    told = []
    for url, form, to in exchanges:
        told.append(f'url = "{url}"\noutput = "{to or "/dev/null"}"\ncacert = "{ca}"\nsilent\nfail\n' +
                    (f'data = "{form}"\n' if form else ""))
    return "next\n".join(told)
