# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2119,SC2120 # arguments are for the callers
# For tests of the command with a keychain, sourced after tap.sh: one desktop session with
# gnome-keyring (keychain/session.sh), and what is in it. The functions work in the commands of a
# case, too (tests/command/play).
. "$(dirname "${BASH_SOURCE[0]}")/keychain/session.sh"

desktop_begin() {
    begin_session
    export session DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus
    start_gnome
}

keychain_kill() { # as if it had crashed
    kill -9 "$(bus_call org.freedesktop.DBus / org.freedesktop.DBus.GetConnectionUnixProcessID \
        string:org.freedesktop.secrets | awk '$1 == "uint32" {print $2}')"
    wait_for gone
}

gone() {
    ! there
}

keychain_again() { # after it was killed or locked: unlocked
    ! there || keychain_kill
    start_gnome
}

keychain_lock() {
    lock_default >/dev/null
}

# keychain_items: what is kept of ours, a line USER REALM ID each; locked or not.
keychain_items() {
    tool search --all kind password xdg:schema org.chatelaine.Item 2>&1 </dev/null | awk '
        function tell() { if ("id" in of) print of["user"], of["realm"], of["id"]; delete of }
        /^\[/ {tell()}
        /^attribute\./ {of[substr($1, 11)] = $3}
        END {tell()}' | sort
}

keychain_put() { # keychain_put USER REALM [ID]: keeps standard input, as Chatelaine does
    tool store --label="Company password of $1" kind password user "$1" realm "$2" \
        id "${3:-$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')}" xdg:schema org.chatelaine.Item
}

keychain_told() { # keychain_told USER: the password that is kept
    tool lookup kind password user "$1" xdg:schema org.chatelaine.Item
}

keychain_holds() { # keychain_holds [USER...]: of these there is one item each, and no other
    [ "$(keychain_items | cut -d' ' -f1 | xargs)" = "$*" ] || { keychain_items; return 1; }
}

keychain_clear() {
    tool clear kind password xdg:schema org.chatelaine.Item || keychain_holds
}

mapfile -t desktop_functions < <(compgen -A function)
export -f "${desktop_functions[@]}"
