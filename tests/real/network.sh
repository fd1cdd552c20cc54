# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For tests of the network's own programs, sourced after certificate.sh: NetworkManager,
# wpa_supplicant and a switch with its RADIUS server (hostapd), on a system bus of their own, in the
# box's own namespaces. What they would write of the machine is empty memory.
: "${scratch:?}" "${folder:?}" "${state:=}"
radius=radius.corp.example
uplink=net-a outlet=net-b # the computer's end of a cable, and the switch's

system_bus_begin() {
    export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$scratch/system-bus
    cat >"$scratch/system-bus.conf" <<END
<busconfig>
  <type>system</type>
  <listen>$DBUS_SYSTEM_BUS_ADDRESS</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
    <allow own="*"/></policy>
</busconfig>
END
    dbus-daemon --config-file="$scratch/system-bus.conf" --fork --print-pid >"$scratch/system-bus.pid"
}

# An empty store of the system's SoftHSM, for programs of root and for whoever may read its settings.
system_tokens_begin() {
    mount -t tmpfs -o mode=1770 tokens /var/lib/softhsm/tokens
}

cable_begin() {
    ip link add "$uplink" type veth peer name "$outlet"
    ip link set "$outlet" up
}

# As a service of root: nothing of the person's environment. In the background, or a subshell.
as_service() { exec env -i HOME=/root PATH="$PATH" DBUS_SYSTEM_BUS_ADDRESS="$DBUS_SYSTEM_BUS_ADDRESS" "$@"; }

manager_begin() {
    if [ ! -e "$scratch/nm" ]; then
        mkdir -p "$scratch/nm/conf.d" /run/NetworkManager
        mount -t tmpfs -o mode=755 nm /run/NetworkManager
        mount -t tmpfs -o mode=755 nm /var/lib/NetworkManager
        mount --bind /sys /sys # read-only: no udev tells of devices here, and none is waited for
        mount -o remount,bind,ro /sys
        mkdir -m 700 "$scratch/nm/connections"
        cat >"$scratch/nm/nm.conf" <<END
[main]
plugins=keyfile
auth-polkit=root-only
dhcp=internal
dns=none
rc-manager=unmanaged
no-auto-default=*
[keyfile]
path=$scratch/nm/connections
unmanaged-devices=*,except:interface-name:$uplink
[device]
match-device=interface-name:$uplink
managed=1
[connection]
802-1x.auth-timeout=4
[logging]
level=INFO
END
    fi
    as_service NetworkManager --debug --config="$scratch/nm/nm.conf" --config-dir="$scratch/nm/conf.d" \
        --system-config-dir="$scratch/nm/conf.d" --intern-config="$scratch/nm/intern.conf" \
        --state-file="$scratch/nm/state" --pid-file="$scratch/nm/pid" >>"$scratch/nm/log" 2>&1 &
    echo $! >"$scratch/nm/main"
    wait_for nmcli -t general
}

manager_end() { # as if it had been stopped
    local pid
    pid=$(cat "$scratch/nm/main") && kill "$pid" && tail --pid="$pid" -f /dev/null
} 2>/dev/null

# Its settings, as D-Bus has them: connection NAME KEY...
setting() { nmcli -e no -s -g "$2" connection show "$1"; }

network_end() {
    manager_end
    switch_end
    supplicant_end
    kill "$(cat "$scratch/system-bus.pid")"
} 2>/dev/null

# A switch at the other end of the cable that lets nobody in but by EAP-TLS, with the company's
# certificates, and who answers there: its own root and certificate.
switch_files() {
    openssl req -new -x509 -days 30 -nodes -config /dev/null -newkey rsa:2048 -keyout radius-root.key \
        -out radius-root.pem -subj "/CN=Lab RADIUS Root" -addext basicConstraints=critical,CA:TRUE
    openssl req -new -x509 -days 30 -nodes -config /dev/null -newkey rsa:2048 -keyout radius.key -out radius.pem \
        -CA radius-root.pem -CAkey radius-root.key -subj "/CN=$radius" -addext "subjectAltName=DNS:$radius" \
        -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=serverAuth
    printf '* TLS\n' >radius.users
    printf '127.0.0.1 secret\n' >radius.clients
    cat >switch.conf <<END
interface=$outlet
driver=wired
logger_stdout=-1
logger_stdout_level=1
ieee8021x=1
use_pae_group_addr=1
eap_server=1
eap_user_file=$PWD/radius.users
ca_cert=$folder/ca.pem
server_cert=$PWD/radius.pem
private_key=$PWD/radius.key
own_ip_addr=127.0.0.1
radius_server_clients=$PWD/radius.clients
radius_server_auth_port=18120
END
} 2>/dev/null

switch_begin() {
    [ -e switch.conf ] || switch_files
    hostapd switch.conf >>switch.log 2>&1 &
    echo $! >switch.pid
    wait_for grep -q AP-ENABLED switch.log
}

switch_end() {
    local pid
    pid=$(cat switch.pid) && kill "$pid" && tail --pid="$pid" -f /dev/null
} 2>/dev/null

# The system's supplicant, which NetworkManager tells what to do.
supplicant_begin() {
    as_service wpa_supplicant -u >>"$scratch/supplicant.log" 2>&1 &
    echo $! >"$scratch/supplicant.pid"
    wait_for gdbus call --address "$DBUS_SYSTEM_BUS_ADDRESS" -d fi.w1.wpa_supplicant1 -o /fi/w1/wpa_supplicant1 \
        -m org.freedesktop.DBus.Peer.Ping
}

supplicant_end() {
    local pid
    pid=$(cat "$scratch/supplicant.pid") && kill "$pid" && tail --pid="$pid" -f /dev/null
} 2>/dev/null
