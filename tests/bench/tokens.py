#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""tokens --rounds N: the steps of a certificate in a token of the person's own, in SoftHSM and in a TPM, against the
tools that do the same: p11tool and certtool of GnuTLS, pkcs11-tool of OpenSC, and of tpm2-tools what comes nearest: a
key below a primary one, which is kept in files, and a signature. Each step is a process, and all are in turn; each
token has one key and at most its certificate, beside which ours stores that of the authority. Nothing here fails for a
time."""
import os, shutil, subprocess, sys, tempfile

import measure
from measure import Side
from table import head, load, ratio, title

PIN = "bench-PIN-0123456789-0123456789"
PACKAGES = "softhsm2 libtpm2-pkcs11-1 swtpm tpm2-abrmd gnutls-bin opensc tpm2-tools"
LIBRARIES = {"softhsm": "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
             "tpm": "/usr/lib/x86_64-linux-gnu/pkcs11/libtpm2_pkcs11.so"}
STEPS = {"make": "a key, P-256", "sign": "a request, signed", "store": "its certificate stored", "list": "a list"}


class Place:
    """A home of its own, with a token."""

    def __init__(self, kind):
        self.kind, self.folder = kind, tempfile.mkdtemp(prefix="bench-tokens-")
        os.makedirs(self.folder + "/.config/softhsm2/tokens")
        with open(self.folder + "/.config/softhsm2/softhsm2.conf", "w") as file:
            file.write(f"directories.tokendir = {self.folder}/.config/softhsm2/tokens\nobjectstore.backend = file\n"
                       "log.level = ERROR\n")
        self.env = {"HOME": self.folder, "TPM2_PKCS11_STORE": self.folder + "/tpm", "GNUTLS_PIN": PIN, "TSS2_LOG": "all+NONE",
                    "TPM2_PKCS11_LOG_LEVEL": "0"}
        os.mkdir(self.env["TPM2_PKCS11_STORE"], 0o700)

    def run(self, *words, text=""):
        done = subprocess.run(words, env=dict(os.environ, **self.env), cwd=self.folder, input=text, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"bench: {' '.join(words)}: {done.stdout[-300:]}{done.stderr[-600:]}")
        return done.stdout

    def words(self, step):
        """In that folder."""
        return ["env", "-C", self.folder, *self.tool(step)]

    def again(self, step):
        """As before the step."""
        if step == "make":
            self.remove()
        elif step == "store":
            self.remove_certificate()

    def side(self, step):
        return Side(self.name, (self.words(step), PIN), env=self.env, before=lambda: self.again(step))

    def certify(self):
        """By an authority that is the same for all."""
        self.run("openssl", "x509", "-req", "-in", "request.pem", "-CA", authority + "/ca.pem", "-CAkey", authority + "/ca.key",
                 "-days", "2", "-out", "own.pem")
        with open(self.folder + "/certificate.pem", "w") as chain:
            for path in self.folder + "/own.pem", authority + "/ca.pem":
                with open(path) as one:
                    chain.write(one.read())


class Ours(Place):
    name = "ours"

    def __init__(self, kind):
        super().__init__(kind)
        self.run(*self.tool("token"), text=PIN)

    def tool(self, step):
        return [measure.TOOLS + "/keep", self.kind, step]

    def remove(self):
        if os.path.exists(self.folder + "/id"):
            self.run(*self.tool("remove"), text=PIN)

    def remove_certificate(self):
        """With its key, which there is anew."""
        for step in "remove", "make", "sign":
            self.run(*self.tool(step), text=PIN)
        self.certify()


class Opensc(Place):
    name = "pkcs11-tool"

    def __init__(self, kind):
        super().__init__(kind)
        self.base = ["pkcs11-tool", "--module", LIBRARIES[kind]]
        self.run(*self.base, "--slot-index", "0", "--init-token", "--label", "Bench", "--so-pin", PIN)
        self.run(*self.base, "--token-label", "Bench", "--init-pin", "--so-pin", PIN, "--pin", PIN)
        self.base += ["--token-label", "Bench"]
        self.secret = ["--login", "--pin", PIN]

    def tool(self, step):
        return {"make": [*self.base, *self.secret, "--keypairgen", "--key-type", "EC:prime256v1", "--id", "01", "--label", "bench"],
                "store": [*self.base, *self.secret, "--write-object", "own.der", "--type", "cert", "--id", "01", "--label", "bench"],
                "list": [*self.base, "-O", "--type", "cert"]}[step]

    def remove(self):
        for kind in "privkey", "pubkey", "cert":
            subprocess.run([*self.base, *self.secret, "--delete-object", "--type", kind, "--id", "01"],
                           env=dict(os.environ, **self.env), capture_output=True)

    def remove_certificate(self):
        subprocess.run([*self.base, *self.secret, "--delete-object", "--type", "cert", "--id", "01"],
                       env=dict(os.environ, **self.env), capture_output=True)


class Gnutls(Opensc):
    """In a token that pkcs11-tool has made."""
    name = "p11tool"

    def __init__(self, kind):
        super().__init__(kind)
        self.url = "pkcs11:token=Bench"
        with open(self.folder + "/template", "w") as file:
            file.write("cn=alice\nsigning_key\n")

    def tool(self, step):
        base = ["p11tool", "--provider", LIBRARIES[self.kind], "--batch"]
        return {"make": [*base, "--login", "--generate-privkey=ecc", "--curve=secp256r1", "--id=01", "--label=bench",
                         "--outfile=public.pem", self.url],
                "sign": ["certtool", "--provider", LIBRARIES[self.kind], "--generate-request", "--load-privkey",
                         self.url + ";id=%01;type=private", "--load-pubkey", self.url + ";id=%01;type=public", "--template", "template",
                         "--outfile", "request.pem"],
                "store": [*base, "--login", "--write", "--load-certificate=own.pem", "--id=01", "--label=bench", self.url],
                "list": [*base, "--list-all-certs", self.url]}[step]


class Tpm2(Place):
    """Its keys are files that only this TPM can open."""
    name = "tpm2-tools"

    def __init__(self):
        super().__init__("tpm")
        self.run("tpm2_createprimary", "-Q", "-C", "o", "-c", "primary.ctx")

    def tool(self, step):
        return {"make": ["tpm2_create", "-Q", "-C", "primary.ctx", "-G", "ecc256:ecdsa", "-u", "key.pub", "-r", "key.priv", "-c", "key.ctx",
                         "-p", PIN],
                "sign": ["tpm2_sign", "-Q", "-c", "key.ctx", "-p", PIN, "-g", "sha256", "-o", "signature", "template"]}[step]

    def remove(self):
        for name in "key.pub", "key.priv", "key.ctx":
            if os.path.exists(f"{self.folder}/{name}"):
                os.remove(f"{self.folder}/{name}")


def first(place):
    """Once all the way, to where each step can be done again."""
    for step in STEPS:
        if step == "store":
            place.certify()
            place.run("openssl", "x509", "-in", "own.pem", "-outform", "DER", "-out", "own.der")
        place.run(*place.tool(step), text=PIN)


def compare(kind):
    ours, gnutls, opensc = Ours(kind), Gnutls(kind), Opensc(kind)
    first(ours)
    first(gnutls)
    for name in "own.pem", "own.der":
        shutil.copy(f"{gnutls.folder}/{name}", opensc.folder)
    for step in "make", "store":
        opensc.run(*opensc.tool(step))
    peers = [gnutls, opensc]
    if kind == "tpm":
        peers.append(Tpm2())
        shutil.copy(gnutls.folder + "/template", peers[2].folder)
        peers[2].run(*peers[2].tool("make"))
    able = {"make": peers, "sign": [gnutls, *peers[2:]], "store": peers[:2], "list": peers[:2]}
    seen = {step: measure.in_turn([side.side(step) for side in (ours, *able[step])], rounds) for step in ("list", "sign", "make", "store")}
    for peer in peers:
        title(f"in {'a TPM (swtpm, tpm2-abrmd)' if kind == 'tpm' else 'SoftHSM'}", peer.name)
        for step, text in STEPS.items():
            if peer in able[step]:
                ratio(text, seen[step]["ours"][0], seen[step][peer.name][0])
                ratio("  the least", seen[step]["ours"][2], seen[step][peer.name][2])


rounds = max(10, int(sys.argv[sys.argv.index("--rounds") + 1]))
os.environ["LANG"] = "C.UTF-8"
authority = tempfile.mkdtemp(prefix="bench-tokens-")
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Bench CA",
                "-days", "2", "-keyout", authority + "/ca.key", "-out", authority + "/ca.pem"], check=True, capture_output=True)
head("tokens", f"{rounds} rounds in turn, medians", os.environ["CHATELAINE"], PACKAGES)
for where in "softhsm", "tpm":
    compare(where)
print(f"   load now {load()}")
