# SPDX-License-Identifier: MIT
"""An EAP-TLS authentication by wpa_supplicant's own code (eapol_test) at a RADIUS server (hostapd): with a key in a
token, by our URIs, and with one in a file."""
import os, subprocess, time

import measure
from measure import Side

PORT, SECRET = "18120", "bench"


def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def certificates(folder):
    """A root of the network's own, with its server and a person whose key is a file."""
    common = ["req", "-new", "-x509", "-days", "2", "-nodes", "-config", "/dev/null", "-newkey", "ec", "-pkeyopt",
              "ec_paramgen_curve:P-256"]
    openssl(folder, *common, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Bench Root", "-addext",
            "basicConstraints=critical,CA:TRUE")
    for name, use in (("radius", "serverAuth"), ("person", "clientAuth")):
        openssl(folder, *common, "-CA", "root.pem", "-CAkey", "root.key", "-keyout", name + ".key", "-out", name + ".pem",
                "-subj", "/CN=" + name, "-addext", "extendedKeyUsage=" + use)


class Radius:
    """It takes certificates of its own root and of the authority's."""

    def __init__(self, folder, authority):
        self.folder = folder
        certificates(folder)
        with open(folder + "/both.pem", "w") as both:
            for path in (folder + "/root.pem", authority):
                with open(path) as file:
                    both.write(file.read())
        self.write("users", "* TLS")
        self.write("clients", "127.0.0.1 " + SECRET)
        self.write("conf", "driver=none", "interface=lo", "eap_server=1", "eap_user_file=users", "ca_cert=both.pem",
                   "server_cert=radius.pem", "private_key=radius.key", "radius_server_clients=clients",
                   "radius_server_auth_port=" + PORT)
        with open(folder + "/log", "w") as log:
            self.process = subprocess.Popen(["hostapd", "conf"], cwd=folder, stdout=log, stderr=log)
        until = time.monotonic() + 10
        while "ENABLED" not in open(folder + "/log").read():
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit("bench: hostapd: " + open(folder + "/log").read())
            time.sleep(0.02)

    def write(self, name, *lines):
        with open(os.open(f"{self.folder}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")

    def side(self, name, env, certificate, key):
        self.write(name, "network={", "key_mgmt=IEEE8021X", "eap=TLS", 'identity="alice"',
                   f'ca_cert="{self.folder}/root.pem"', f'client_cert="{certificate}"', f'private_key="{key}"', "}")
        side = Side(name, (["eapol_test", "-c", f"{self.folder}/{name}", "-a", "127.0.0.1", "-p", PORT, "-s", SECRET, "-r0",
                            "-t10"], ""), env=env)
        (words, text), = side.prepared()
        measure.checked(words, text, env)  # it is let in, or there is nothing to measure
        return side

    def end(self):
        self.process.terminate()
        self.process.wait()
