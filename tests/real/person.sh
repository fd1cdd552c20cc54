# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sourced first by a test, or demo, of a person with an account on this computer: in the box it makes the account
# paula (in the box's own /etc) and runs the test again as her, who has no rights; `as_root COMMAND...`
# there does something with the box. Only root can become somebody else: others skip the test.
set -u
PERSON=paula PERSON_UID=4242

person_account() { # the stack of passwd is what a fresh Debian has
    printf '%s:x:%d:%d::/nonexistent:/bin/sh\n' $PERSON $PERSON_UID $PERSON_UID >>/etc/passwd
    printf '%s:x:%d:\n' $PERSON $PERSON_UID >>/etc/group
    printf '%s:*:19000:0:99999:7:::\n' $PERSON >>/etc/shadow
    printf 'password [success=1 default=ignore] pam_unix.so obscure sha512 rounds=1000\n%s\n%s\n' \
        'password requisite pam_deny.so' 'password required pam_permit.so' >/etc/pam.d/common-password
    printf '@include common-password\n' >/etc/pam.d/passwd
}

person_serve() { # a line a command; its output and its status go back
    local line status
    while read -r line <&8; do
        eval "$line" >"$person/output" 2>&1
        status=$?
        printf '%s\n' $status >&9
    done
}

if [ -z "${PERSON_FOLDER:-}" ]; then
    if ! setpriv --reuid=$PERSON_UID --regid=$PERSON_UID --clear-groups true 2>/dev/null; then
        echo "ok 1 - a person with an account on this computer # SKIP only root can become another user"
        echo 1..1
        exit
    fi
    person=$(mktemp -d)
    trap 'rm -rf "$person"' EXIT
    mkdir -p "$person/build" "$person/tmp"
    cp -r "${CHATELAINE%/usr/bin/*}" "$person/build/stage"
    mkdir "$person/build/tests"
    cp "${CHATELAINE%/stage/*}"/tests/{keychain-ask,local-ask,fake-passwd} "$person/build/tests"
    mkdir "$person/tests"
    cp -r "$(dirname "${BASH_SOURCE[0]}")"/../{real,command,demo} "$person/tests"
    mkfifo "$person/ask" "$person/told"
    : >"$person/output"
    person_account
    chown -R $PERSON_UID:$PERSON_UID "$person"
    exec 8<>"$person/ask" 9<>"$person/told"
    person_serve &
    setpriv --reuid=$PERSON_UID --regid=$PERSON_UID --clear-groups env PERSON_FOLDER="$person" \
        TMPDIR="$person/tmp" CHATELAINE="$person/build/stage/usr/bin/chatelaine" "$person/tests/$(basename "$(dirname "$0")")/$(basename "$0")"
    status=$?
    kill %1
    exit $status
fi

as_root() {
    printf '%s\n' "$(printf '%q ' "$@")" >"$PERSON_FOLDER/ask"
    local status
    read -r status <"$PERSON_FOLDER/told"
    cat "$PERSON_FOLDER/output"
    return "$status"
}

admin() {
    as_root admin "$@"
}

account_is() { # account_is PASSWORD: of paula on this computer
    # shellcheck disable=SC2016 # python's
    as_root /usr/bin/python3 -W ignore -c 'import crypt, spwd, sys
h = spwd.getspnam(sys.argv[1]).sp_pwdp
sys.exit(crypt.crypt(sys.argv[2], h) != h)' $PERSON "$1"
}

account_set() {
    as_root eval "printf '%s:%s\n' $PERSON $(printf %q "$1") | chpasswd -c SHA512"
}
