# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # certificate.sh has them
# For certificate-browser.test, sourced after certificate.sh: real browsers on a screen that nobody
# sees, and a server whose page has as its title whose certificate it was shown.

pages_begin() {
    openssl req -new -x509 -days 2 -nodes -newkey rsa:2048 -keyout tls.key -out tls.pem -subj '/CN=Authority of the pages' \
        2>/dev/null
    openssl req -new -nodes -newkey rsa:2048 -keyout server.key -subj /CN=localhost 2>/dev/null |
        openssl x509 -req -days 2 -CA tls.pem -CAkey tls.key -extfile <(echo subjectAltName=DNS:localhost) \
            -out server.pem 2>/dev/null
    python3 - "$folder/ca.pem" >pages.port 2>pages.log <<'END' &
import http.server, ssl, sys

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = dict(pair for part in self.connection.getpeercert()["subject"] for pair in part)["commonName"]
        body = f"<!doctype html><title>You are {name}</title>{name}\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("server.pem", "server.key")
context.load_verify_locations(sys.argv[1])
context.verify_mode = ssl.CERT_REQUIRED
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_port, flush=True)
server.serve_forever()
END
    pages=$!
    wait_for test -s pages.port
    port=$(cat pages.port)
}

# With nobody's bus, and no name but ours: nothing leaves for anywhere else.
browser_run() { # browser_run COMMAND...: as $browser
    DBUS_SESSION_BUS_ADDRESS=disabled: DBUS_SYSTEM_BUS_ADDRESS=${system_bus:-disabled:} setsid "$@" >>browser.log 2>&1 &
    browser=$!
}
browser_end() {
    kill -- "-$browser" 2>/dev/null
    wait "$browser" 2>/dev/null
    pkill -KILL -s "$browser" # its children of that session alone
    browser=
}
chromium_run() {
    browser_run chromium --no-sandbox --no-first-run --password-store=basic --user-data-dir="$scratch/chromium" \
        --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE localhost' "https://localhost:$port/"
}
firefox_run() { browser_run firefox-esr --no-remote "$@"; }

window() { xdotool search --onlyvisible --name "$1" | tail -n 1 | grep .; }
types_pin() { # types_pin WINDOW: what standard input has
    wait_for window "$1" && xdotool windowfocus --sync "$(window "$1")" && sleep 0.5 && xdotool type --file -
}
sees() { # sees NAME: a window shows the page that the server has for that person
    wait_for window "You are $1" || { xdotool search --onlyvisible --name . getwindowname %@; tail -n 3 browser.log; return 1; }
}

ssh_begin() { # a real sshd, for root of this box
    mount -t tmpfs ssh /run && mkdir -m 755 /run/sshd /run/dbus || return
    ssh-keygen -q -t ed25519 -N '' -f host
    printf '%s\n' 'ListenAddress 127.0.0.1' 'Port 2222' "HostKey $scratch/host" "AuthorizedKeysFile $scratch/authorized" \
        'StrictModes no' 'UsePAM no' 'PermitRootLogin yes' 'PidFile none' >sshd.conf
    /usr/sbin/sshd -D -e -f sshd.conf 2>sshd.log &
    sshd=$!
    wait_for grep -q listening sshd.log
    # shellcheck disable=SC2016 # for the script
    printf '#!/bin/sh\necho "$1" >>%q\nexec %q certificate pin web\n' "$scratch/asked" "$chatelaine" >askpass
    chmod +x askpass
    export SSH_ASKPASS=$scratch/askpass SSH_ASKPASS_REQUIRE=force
}
ssh_says() { # ssh_says [OPTION...]: hello from there
    timeout 30 ssh -F none -p 2222 -o StrictHostKeyChecking=no -o UserKnownHostsFile="$scratch/known" -o IdentityFile=none \
        -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no "$@" root@127.0.0.1 echo hello 2>ssh.log |
        grep -x hello || { tail -n 3 ssh.log; return 1; }
}
