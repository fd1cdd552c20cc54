# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For tests of certificates in a TPM, sourced after certificate.sh: a TPM 2.0 in software (swtpm) behind
# the resource manager tpm2-abrmd, on a system bus of this box.
: "${scratch:?}" "${state:=}"
tpm_pids=()
tpm_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

tpm_begin() {
    [ -d /run/dbus ] || { mount -t tmpfs tpm /run && mkdir /run/dbus; } # the box's own
    mount -t tmpfs tpm /run/dbus || return
    mkdir -p "$scratch/tpm"
    cat >"$scratch/tpm/bus.conf" <<END
<busconfig>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
    <allow own="*"/></policy>
</busconfig>
END
    ip link set lo up
    tpm_run swtpm socket --tpm2 --tpmstate dir="$scratch/tpm" --flags not-need-init,startup-clear \
        --server type=tcp,port=2321,bindaddr=127.0.0.1 --ctrl type=tcp,port=2322,bindaddr=127.0.0.1
    tpm_run dbus-daemon --config-file="$scratch/tpm/bus.conf" --nofork --nosyslog
    wait_for test -S /run/dbus/system_bus_socket || return
    wait_for eval 'ss -ltn | grep -q 127.0.0.1:2322' || return
    tpm_run tpm2-abrmd --allow-root --tcti=swtpm:host=127.0.0.1,port=2321
    export TPM2_PKCS11_TCTI=tabrmd TPM2TOOLS_TCTI=tabrmd
    wait_for tpm_says LOCKOUT_COUNTER
}

tpm_device() { # another TPM, as /dev/tpmrm0 of this box
    local dev=$scratch/tpm/dev name
    mkdir -p "$scratch/tpm/second" "$dev"
    tpm_run swtpm socket --tpm2 --tpmstate dir="$scratch/tpm/second" --flags not-need-init,startup-clear \
        --server type=tcp,port=2331,bindaddr=127.0.0.1 --ctrl type=tcp,port=2332,bindaddr=127.0.0.1
    wait_for eval 'ss -ltn | grep -q 127.0.0.1:2332' || return
    tpm_run "$tpm_here/tpm-device" 2331 "$scratch/tpm/device"
    wait_for test -s "$scratch/tpm/device" || return
    mount -t tmpfs tpm "$dev" || return
    mkdir "$dev/pts" "$dev/shm"
    ln -s /proc/self/fd "$dev/fd"
    mount --rbind /dev/pts "$dev/pts"
    for name in null zero full random urandom tty; do
        : >"$dev/$name"
        mount --bind "/dev/$name" "$dev/$name" || return
    done
    : >"$dev/tpmrm0"
    mount --bind "$(cat "$scratch/tpm/device")" "$dev/tpmrm0" && mount --rbind "$dev" /dev &&
        umount -Rl "$dev" # of which $scratch is rid before it is removed
}

tpm_run() {
    "$@" >>"$scratch/tpm/log" 2>&1 &
    tpm_pids+=($!)
    disown
}

tpm_end() {
    local pid
    for pid in "${tpm_pids[@]}"; do
        ! grep -qsx "PPid:.$$" "/proc/$pid/status" || kill -9 "$pid"
    done
    tpm_pids=()
}

tpm_says() { # tpm_says PATTERN: one of its properties
    timeout 10 tpm2_getcap properties-variable 2>&1 | grep -E "$1"
}

tpm_wrong() { # tpm_wrong: how many wrong PINs it has counted
    tpm_says LOCKOUT_COUNTER | sed 's/.*0x//'
}

tpm_empty() { # nothing of a program that has ended is loaded any more
    [ -z "$(tpm2_getcap handles-transient; tpm2_getcap handles-loaded-session)" ]
}

tpm_tool() { # pkcs11-tool with the TPM's library
    pkcs11-tool --module /usr/lib/x86_64-linux-gnu/pkcs11/libtpm2_pkcs11.so "$@"
}
