# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For tests of smart cards, sourced after tap.sh inside the box: an authority of RSA, which Samba's KDC
# wants, a KDC that takes its certificates, and tokens of SoftHSM as the cards.
: "${scratch:?}" "${REALM_BOX:?}"
kdc_home=/var/lib/samba/dc1
CARD_PIN=271828

# authority NAME
authority() {
    openssl req -new -x509 -days 30 -nodes -config /dev/null -newkey rsa:2048 -keyout "$1.key" -out "$1.pem" \
        -subj "/CN=Lab $1" -addext basicConstraints=critical,CA:TRUE \
        -addext keyUsage=critical,keyCertSign,cRLSign -addext subjectKeyIdentifier=hash 2>/dev/null
}

# signed NAME AUTHORITY SUBJECT PURPOSES [EXTENSION...]: for 20 days, which began so many days ago: $ago
signed() {
    local name=$1 by=$2 extensions=() extension
    for extension in "extendedKeyUsage=$4" "${@:5}"; do extensions+=(-addext "$extension"); done
    ${ago:+env LD_PRELOAD="$(find /usr/lib -name libfaketime.so.1 | head -n 1)" FAKETIME="-${ago}d"} \
        openssl req -new -x509 -days 20 -nodes -config /dev/null -newkey rsa:2048 -keyout "$name.key" \
        -out "$name.pem" -CA "$by.pem" -CAkey "$by.key" -subj "$3" -addext basicConstraints=critical,CA:FALSE \
        -addext keyUsage=critical,digitalSignature "${extensions[@]}" 2>/dev/null
}

# person NAME UPN [AUTHORITY [PURPOSES]]: a certificate to sign in with
person() {
    signed "$1" "${3:-cards}" "/CN=$1" "${4:-clientAuth,1.3.6.1.4.1.311.20.2.2}" \
        "subjectAltName=otherName:1.3.6.1.4.1.311.20.2.3;UTF8:$2"
}

# kdc_has NAME: the KDC proves itself by that one from now on; "": it takes no certificates
kdc_has() {
    sed -i '/^\[kdc\]/,$d' "$kdc_home/private/krb5.conf"
    [ -z "$1" ] || printf '[kdc]\n\tenable-pkinit = yes\n\tpkinit_identity = FILE:%s,%s\n\tpkinit_anchors = FILE:%s\n' \
        "$PWD/$1.pem" "$PWD/$1.key" "$PWD/cards.pem" >>"$kdc_home/private/krb5.conf"
    admin stop-dc dc1 && admin start-dc dc1
}

# kdc_certificate NAME AUTHORITY HOST PURPOSES
kdc_certificate() { signed "$1" "$2" "/CN=$1" "$4" "subjectAltName=DNS:$3"; chmod 600 "$1.key"; }

# card TOKEN NAME [ID]: a token with this person's key and certificate
card() {
    local token=$1 name=$2 id=${3:-01}
    softhsm2-util --show-slots | grep -q "Label: *$token *$" ||
        softhsm2-util --init-token --free --label "$token" --pin $CARD_PIN --so-pin 314159 >/dev/null
    softhsm2-util --import "$name.key" --token "$token" --label "$name" --id "$id" --pin $CARD_PIN >/dev/null
    GNUTLS_PIN=$CARD_PIN p11tool --provider /usr/lib/softhsm/libsofthsm2.so --login --batch --write \
        --load-certificate "$name.pem" --label "$name" --id "$id" "pkcs11:token=$token" >card.out 2>&1 ||
        { cat card.out; exit 1; }
}

cards_begin() {
    cd "$scratch" || exit
    export SOFTHSM2_CONF=$scratch/softhsm2.conf
    mkdir -p tokens
    printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$scratch/tokens" >"$SOFTHSM2_CONF"
    authority cards
    : >revoked.pem
    kdc_certificate kdc cards dc1.ad.lab.test serverAuth,clientAuth,1.3.6.1.5.2.3.5
}
