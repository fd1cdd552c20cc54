# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # variables of the others
# For tests with a stand-in for an Okta org (tests/idp/okta), sourced after tap.sh, agent.sh, provider.sh and shapes.sh:
# $org is its address.
: "${scratch:?}" "${provider_folder:?}" "${conf:?}"

okta_begin() {
    provider_certificates
    python3 "$provider_folder/../okta/server.py" "$scratch" >"$scratch/provider.log" 2>&1 &
    provider=$!
    for _ in $(seq 200); do
        [ ! -s "$scratch/org" ] || break
        sleep 0.05
    done
    read -r org <"$scratch/org" || { cat "$scratch/provider.log"; exit 1; }
    desktop_begin
    mkdir -p /etc/chatelaine # the box's own
    rm "$XDG_CONFIG_HOME/chatelaine/chatelaine.conf"
}

control() { curl -sS --cacert "$scratch/ca.pem" "$org/-/$1"; }
asked() { control asked | grep -c -- "$1"; } # asked PATTERN: how often since it was forgotten
is_org() { # is_org LINE...: the settings; nobody is signed in
    ! [ -e "$conf" ] || forgets 2>/dev/null
    printf '[identity]\nprovider = okta\norg = %s\nca_file = %s/ca.pem\nkeyring_password = leave\n' "$org" "$scratch" >"$conf"
    printf '%s\n' "$@" >>"$conf"
    control again
}
typed() { ends "$1" "$2" sign-in "$3" --password-fd 9 9<<<"${4:-Okta-Passw0rd}"; } # typed STATUS REASON USER [PASSWORD]
# talks STATUS USER [QUESTION | ANSWER]...: at a terminal; what is asked after the password.
talks() {
    plays "env XDG_STATE_HOME=$XDG_STATE_HOME
        run sign-in $2
        talk Password of $2: | ${password:-Okta-Passw0rd}
$(printf '        talk %s\n' "${@:3}")
        exit $1"
}
