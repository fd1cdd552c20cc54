# SPDX-License-Identifier: MIT
"""The OpenID provider of the tests, over TLS on loopback, and what curl says to it."""
import base64, json, os, shutil, ssl, subprocess, tempfile, urllib.parse, urllib.request

import session

BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
SERVER = os.path.dirname(os.path.realpath(__file__)) + "/../idp/provider"
SCOPES = "openid profile email groups offline_access"
CURL = ["curl", "-q", "-K", "-"]
CURVE = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
CERTIFICATES = [
    f"openssl req -x509 {CURVE} -keyout ca.key -out ca.pem -days 2 -subj /CN=lab",
    "openssl req -newkey rsa:2048 -nodes -keyout key.pem -out csr -subj /CN=localhost",
    "openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out cert.pem -extfile uses"]


class Provider:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="bench-provider-")
        self.ca, self.every_ca = self.folder + "/ca.pem", self.folder + "/all.pem"
        self.certify()
        with open(self.folder + "/log", "w") as log:
            self.process = subprocess.Popen(["node", "server.mjs", self.folder], cwd=SERVER,
                                            stdout=log, stderr=log)
        ports = self.folder + "/ports"
        session.wait_for("the provider", lambda: os.path.exists(ports))
        with open(ports) as file:
            self.issuer, self.control = file.read().split()
        self.discovery = self.issuer + "/.well-known/openid-configuration"
        told = json.loads(self.ask(self.discovery))
        self.token, self.keys = told["token_endpoint"], told["jwks_uri"]

    def certify(self):
        with open(self.folder + "/uses", "w") as uses:
            uses.write("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
        for words in CERTIFICATES:
            subprocess.run(words.split(), cwd=self.folder, check=True, capture_output=True)
        with open(self.every_ca, "wb") as every, open(BUNDLE, "rb") as system, \
                open(self.ca, "rb") as one:
            every.write(system.read() + one.read())

    def ask(self, url, form=None, client=None):
        headers = {"Authorization": "Basic " + base64.b64encode(client.encode()).decode()} if client else {}
        request = urllib.request.Request(url, urllib.parse.urlencode(form).encode() if form else None, headers)
        with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=self.ca)) as answer:
            return answer.read()

    def tokens(self, user, password, client="lab:"):
        """By the password grant, for a client "ID:SECRET"."""
        form = {"grant_type": "password", "username": user, "password": password, "scope": SCOPES}
        name, secret = client.split(":")
        return self.ask(self.token, dict(form, client_id=name), client if secret else None)

    def tell(self, words):
        with urllib.request.urlopen(f"{self.control}/{words}") as answer:
            return answer.read()

    def count(self, what):
        return json.loads(self.tell("count")).get(what, 0)

    def cpu_s(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            return sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        session.end(self.process)
        shutil.rmtree(self.folder)


def curl(ca, *exchanges):
    """What curl reads from standard input: exchanges on one connection. Each is a URL, and perhaps a form
    and where the answer goes."""
    told = []
    for url, form, to in exchanges:
        told.append(f'url = "{url}"\noutput = "{to or "/dev/null"}"\ncacert = "{ca}"\nsilent\nfail\n' +
                    (f'data = "{form}"\n' if form else ""))
    return "next\n".join(told)
