# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034 # the variables are for the tests
# For tests with a real OpenID provider (npm oidc-provider) over TLS on loopback, sourced after tap.sh: certificates
# and the provider, in the folder $scratch. It ends with the test.
: "${scratch:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../idp/provider" && pwd)
asker=${CHATELAINE%/stage/*}/tests/openid-ask
trap 'kill "$provider" 2>/dev/null; rm -rf "$scratch"' EXIT

cd "$scratch" || exit
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=lab 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout key.pem -out csr -subj /CN=localhost 2>/dev/null
openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out cert.pem \
    -extfile <(printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n') 2>/dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.pem -days 2 -subj /CN=other 2>/dev/null
(cd "$here" && exec node server.mjs "$scratch") >provider.log 2>&1 &
provider=$!
for _ in $(seq 200); do
    [ ! -s ports ] || break
    sleep 0.05
done
read -r issuer control <ports || { cat provider.log; exit 1; }
