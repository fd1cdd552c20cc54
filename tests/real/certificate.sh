# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For tests of certificates, sourced after tap.sh and desktop.sh: the authority, a session with a
# keychain, and what was told.
: "${scratch:?}" "${chatelaine:?}"
ca=$(cd "$(dirname "${BASH_SOURCE[0]}")/../certsrv" && pwd)/ca
folder=$("$ca" folder)

certificates_begin() {
    trap '"$ca" stop; end_session; rm -rf "$scratch"' EXIT
    "$ca" start || exit
    "$ca" plant
    desktop_begin
    cd "$scratch" || exit
    printf '[libdefaults]\nrdns = false\ndns_canonicalize_hostname = false\n' >krb5.conf
    export KRB5_CONFIG=$scratch/krb5.conf XDG_STATE_HOME=$HOME/.state
    conf=$XDG_CONFIG_HOME/chatelaine/chatelaine.conf
    state=$XDG_STATE_HOME/chatelaine/certificates
    mkdir -p /etc/chatelaine "$(dirname "$conf")" # /etc is the box's own
    printf '[identity]\nca_file = %s\n' "$folder/tls-ca.pem" >/etc/chatelaine/chatelaine.conf
}

settings() { printf '%s\n' "$@" >"$conf"; }
certificate() { # with nobody to ask; what it tells is in the file told
    local status
    setsid -w "$chatelaine" certificate "$@" </dev/null >told 2>&1
    status=$?
    cat told
    return $status
}
told() { # told TEXT...: all of them were
    local text
    for text; do grep -qF -- "$text" told || { cat told; "$ca" log | tail -n 3; return 1; }; done
}
knobs() { "$ca" reset && "$ca" set "$@"; }
count() { "$ca" count | jq .requests; }
row() { # row NAME COLUMN: of the first row of that name in the JSON
    jq -r --arg name "$1" "[.certificates[] | select(.certificate == \$name)][0].$2" told
}
is() { # is NAME COLUMN VALUE...
    local name=$1
    shift
    while [ $# -gt 0 ]; do
        [ "$(row "$name" "$1")" = "$2" ] || { cat told; return 1; }
        shift 2
    done
}
pin() { tool lookup kind pin xdg:schema org.chatelaine.Item; }
objects() { # objects TYPE: how many are in the person's own token ($own), of however many have its name
    GNUTLS_PIN=$(pin) p11tool --login --list-all-"$1" \
        "${own:-$(cat "$state/own.token" 2>/dev/null || echo pkcs11:token=Chatelaine)}" 2>/dev/null | grep -c '^Object'
}
keys() { [ "$(objects privkeys)" = "$1" ] || { objects privkeys; return 1; }; }
nothing_left() { # as if nobody had ever asked
    rm -rf "$state" "$HOME/.config/softhsm2" "$HOME/.tpm2_pkcs11"
    tool clear kind pin xdg:schema org.chatelaine.Item
}
uris() { # uris NAME: of the certificate and of its key
    local both
    mapfile -t both < <("$chatelaine" certificate uri "$1")
    uri=${both[0]:-} key_uri=${both[1]:-}
    export uri key_uri
}

# With the agent (agent.sh), whose log is $log.
rows() { # rows [IDENTITY]: what the session bus knows
    bus --json=short get-property org.chatelaine.Agent "/org/chatelaine/identity/${1:-default}" \
        org.chatelaine.Identity certificates | jq .data
}
has_row() { # has_row FILTER [IDENTITY]: jq says so of one of them
    rows "${2:-default}" | jq -e "any(.[]; $1)" || { rows "${2:-default}"; tail -n 3 "${log:?}"; return 1; }
}
works() { pgrep -x chatelaine-worker-cert || pgrep -f "${programs:?}/itself-worker-cert"; }
idle() { ! works; }
nobody_asks() { # nobody_asks COMMAND...: no request and no poll comes to the authority meanwhile
    local before
    before=$("$ca" log | wc -l)
    "$@" && soon 10 idle && [ "$("$ca" log | wc -l)" = "$before" ] || { "$ca" log | tail -n 3; false; }
}
small() { # small NAME [LINE...]: a section
    printf '%s\n' "[certificate $1]" 'key = p-256' 'template = Small' "${@:2}"
}

# A web server that is not ours, which wants a certificate of the authority and tells whose it has seen.
web_begin() {
    openssl req -new -x509 -days 2 -nodes -config /dev/null -newkey rsa:2048 -keyout server.key \
        -out server.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
    openssl s_server -accept 127.0.0.1:0 -cert server.pem -key server.key -CAfile "$folder/ca.pem" \
        -Verify 1 -verify_return_error -www >server.out 2>&1 &
    server=$!
    wait_for grep -q '^ACCEPT' server.out
    port=$(sed -n 's/^ACCEPT 127.0.0.1:\([0-9]*\).*/\1/p' server.out)
}
web_end() { kill "$server"; }
seen_there() { # who the server has seen
    grep -o 'Subject: CN=.*' page || { tail -n 3 error; return 1; }
}
by_gnutls_cli() { # by_gnutls_cli [URI KEY-URI]
    printf 'GET / HTTP/1.0\r\n\r\n' | GNUTLS_PIN=$(pin) timeout 20 gnutls-cli --x509cafile server.pem \
        --port "$port" localhost ${1:+--x509certfile "$1" --x509keyfile "$2"} >page 2>error
    seen_there
}
by_curl() { # by_curl [URI KEY-URI]: the PIN is in no argument and no file
    {
        printf 'url = "https://localhost:%s/"\ncacert = "server.pem"\n' "$port"
        [ $# = 0 ] || printf 'cert = "%s"\nkey = "%s"\npass = "%s"\n' "$@" "$(pin)"
    } | timeout 20 curl -sS -K - >page 2>error
    seen_there
}
