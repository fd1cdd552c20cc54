# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For tests with a real OpenID provider (npm oidc-provider) over TLS on loopback, sourced after
# tap.sh: $issuer, its $control, the authority $scratch/ca.pem, and one that nobody knows, other.pem.
: "${scratch:?}"
provider_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/../idp/provider" && pwd)

provider_certificates() {
    (
        cd "$scratch" || exit
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=lab
        openssl req -newkey rsa:2048 -nodes -keyout key.pem -out csr -subj /CN=localhost
        openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out cert.pem \
            -extfile <(printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n')
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.pem -days 2 -subj /CN=other
    ) 2>/dev/null
}

# provider_ready: waits for what the started one ($provider) says of itself.
provider_ready() {
    for _ in $(seq 200); do
        [ ! -s "$scratch/ports" ] || break
        sleep 0.05
    done
    read -r issuer control <"$scratch/ports" || { cat "$scratch/provider.log"; exit 1; }
    export issuer control
}

provider_begin() {
    provider_certificates
    (cd "$provider_folder" && exec node server.mjs "$scratch") >"$scratch/provider.log" 2>&1 &
    provider=$!
    provider_ready
}

provider_end() { kill "$provider"; } 2>/dev/null

tell_provider() { curl -s "$control/$1" >/dev/null; } # tell_provider WORD: at its control
asked() { # asked GRANT: how often tokens were asked for by it
    curl -s "$control/count" | jq -r --arg grant "$1" '.[$grant] // 0'
}
export -f tell_provider asked
export provider_folder scratch
