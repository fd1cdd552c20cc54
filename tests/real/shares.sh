# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For tests of shares, sourced after tap.sh and agent.sh: a file server, a session bus that starts
# GVfs, and what is mounted there.

gvfs_begin() {
    mkdir -p "$XDG_RUNTIME_DIR/services"
    cp /usr/share/dbus-1/services/org.gtk.vfs.Daemon.service "$XDG_RUNTIME_DIR/services"
    bus_begin
}

gvfs_pid() {
    dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / \
        org.freedesktop.DBus.GetConnectionUnixProcessID string:org.gtk.vfs.Daemon 2>/dev/null |
        awk '$1 == "uint32" {print $2; found = 1} END {exit !found}'
}

# share_is STATE NAME [OPTION...]: what list tells of it.
share_is() {
    local state=$1 name=$2 told
    shift 2
    told=$("$chatelaine" shares list --json "$@" |
        jq -r --arg name "$name" '.shares[] | select(.share == $name) | .state')
    [ "$told" = "$state" ] || {
        echo "share $name is $told"
        return 1
    }
}

# gvfs_has SHARE: is it mounted, as GVfs itself tells?
gvfs_has() {
    gdbus call --session --dest org.gtk.vfs.Daemon --object-path /org/gtk/vfs/mounttracker \
        --method org.gtk.vfs.MountTracker.ListMounts | grep -qF "'share': <b'$1'>"
}

# What the server's log has of tickets that it took, a line each.
tickets_taken() { grep -o 'principal name is \[.*\]' "$(files log)"; }

# hang_begin: a listener at hang.ad.lab.test that takes connections and never says anything.
hang_begin() {
    echo "10.99.1.100 hang.ad.lab.test" >>/etc/hosts
    /usr/bin/python3 -c '
import socket
listener = socket.create_server(("10.99.1.100", 445))
print("listens", flush=True)
taken = []
while True:
    taken.append(listener.accept())' >"$scratch/hang" &
    hang_pid=$!
    soon 5 grep -q listens "$scratch/hang"
}

hang_end() { kill "$hang_pid"; }

no_gio() { [ -z "$(pgrep -x 'gio|gdbus')" ]; }

export -f gvfs_pid share_is gvfs_has tickets_taken no_gio
