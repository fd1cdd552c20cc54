# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For keychain.test: sessions of their own, each with a bus, a home and a runtime folder that are thrown
# away, and the three keychains in them. Nothing of the machine's own session is seen or touched.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
asker=${CHATELAINE%/stage/*}/tests/keychain-ask
helper=$(dirname "$CHATELAINE")/../libexec/chatelaine/chatelaine-keyring
sessions=0
pids=() # of what runs in this session
unset DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY
trap 'end_session; [ -z "${xvfb:-}" ] || kill "$xvfb"; rm -rf "$scratch"' EXIT

# begin_session [NAME=VALUE]...: with these in the environment of what the bus starts.
begin_session() {
    end_session
    sessions=$((sessions + 1))
    session=$scratch/session$sessions
    export HOME=$session/home XDG_RUNTIME_DIR=$session/run TMPDIR=$session/tmp
    export XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share XDG_CACHE_HOME=$HOME/.cache
    mkdir -p -m 700 "$HOME" "$XDG_RUNTIME_DIR" "$TMPDIR" "$XDG_CONFIG_HOME" "$session/services"
    # gnome-keyring's own prompt is a program that the bus starts.
    cp /usr/share/dbus-1/services/org.gnome.keyring.*Prompter.service "$session/services"
    cat >"$session/bus.conf" <<END
<busconfig>
  <type>session</type>
  <listen>unix:path=$XDG_RUNTIME_DIR/bus</listen>
  <auth>EXTERNAL</auth>
  <servicedir>$session/services</servicedir>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
    <allow own="*"/></policy>
</busconfig>
END
    env "$@" dbus-daemon --config-file="$session/bus.conf" --nofork --nosyslog 2>"$session/bus.log" &
    pids+=($!)
    wait_for test -S "$XDG_RUNTIME_DIR/bus"
}

end_session() {
    local pid
    for pid in "${pids[@]}"; do # a number may be another's by now
        ! grep -qsx "PPid:.$$" "/proc/$pid/status" || kill -9 "$pid"
    done
    [ ${#pids[@]} = 0 ] || wait "${pids[@]}" 2>/dev/null
    pids=()
}

wait_for() { # wait_for COMMAND...: until it succeeds, 10 s at most
    local _
    for _ in $(seq 200); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.05
    done
    echo "# waited in vain for: $*"
    return 1
}

# bus_call DESTINATION PATH INTERFACE.METHOD [ARGUMENT]...: by dbus-send, which starts nothing here.
bus_call() {
    DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus \
        dbus-send --session --print-reply --dest="$1" "$2" "$3" "${@:4}"
}

there() { # is there a keychain on the bus?
    bus_call org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets |
        grep -q 'boolean true'
}

secrets() { # secrets METHOD [ARGUMENT]...: a call of the Secret Service
    bus_call org.freedesktop.secrets /org/freedesktop/secrets "org.freedesktop.Secret.Service.$1" "${@:2}"
}

has_default() {
    secrets ReadAlias string:default | grep -q /collection/
}

default_path() {
    secrets ReadAlias string:default | sed -n 's/.*"\(.*\)"/\1/p'
}

is_open() {
    bus_call org.freedesktop.secrets "$(default_path)" org.freedesktop.DBus.Properties.Get \
        string:org.freedesktop.Secret.Collection string:Locked | grep -q 'boolean false'
}

lock_default() {
    secrets Lock "array:objpath:$(default_path)"
}

tool() { # secret-tool, a client that is not ours
    DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus secret-tool "$@"
}

set_trap() { # the bus starts something where a keychain is asked for: it leaves a file
    printf '[D-BUS Service]\nName=org.freedesktop.secrets\nExec=/usr/bin/touch %s\n' "$scratch/started" \
        >"$session/services/org.freedesktop.secrets.service"
    bus_call org.freedesktop.DBus / org.freedesktop.DBus.ReloadConfig >/dev/null
}

start_gnome() {
    printf master | DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus gnome-keyring-daemon \
        --foreground --unlock --components=secrets --control-directory="$XDG_RUNTIME_DIR/keyring" \
        >"$session/gnome.log" 2>&1 &
    provider=$!
    pids+=("$provider")
    wait_for has_default && wait_for is_open
}

# start_keepassxc [CONFIRM [PLATFORM]]: its two questions are off unless it is told "true".
start_keepassxc() {
    local confirm=${1:-false} base=$session/keepass
    printf 'master\nmaster\n' | keepassxc-cli db-create -p "$base.new.kdbx"
    printf 'master\n' | keepassxc-cli export -f xml "$base.new.kdbx" >"$base.xml"
    "$here/expose" "$base.xml"
    printf 'master\nmaster\n' | keepassxc-cli import -p "$base.xml" "$base.kdbx"
    cat >"$base.ini" <<END
[General]
ConfigVersion=2
UpdateCheckMessageShown=true
[GUI]
CheckForUpdates=false
[FdoSecrets]
Enabled=true
ConfirmDeleteItem=$confirm
ConfirmAccessItem=$confirm
END
    printf master | DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus QT_QPA_PLATFORM=${2:-offscreen} \
        keepassxc --config "$base.ini" --localconfig "$base.local.ini" --pw-stdin "$base.kdbx" &
    provider=$!
    pids+=("$provider")
    wait_for has_default && wait_for is_open
} >"$session/keepassxc.log" 2>&1

# start_kwallet HOW [PLATFORM]: by "login", as its PAM module does, or "plain".
start_kwallet() {
    printf '[org.freedesktop.secrets]\napiEnabled=true\n[Wallet]\nFirst Use=false\nEnabled=true\n' \
        >"$XDG_CONFIG_HOME/kwalletrc"
    DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus QT_QPA_PLATFORM=${2:-offscreen} \
        "$here/kwallet" "$1" master >>"$session/kwallet.log" 2>&1 &
    provider=$!
    pids+=("$provider")
    wait_for there
}

stop_kwallet() { # closed first, for it writes only now and then
    bus_call org.kde.kwalletd5 /modules/kwalletd5 org.kde.KWallet.closeAllWallets >/dev/null
    kill "$provider"
    wait "$provider" 2>/dev/null
}

# ask ACTION... : the helper's answer: reason, id, why. A secret found goes to $scratch/secret.
ask() {
    : >"$scratch/secret"
    timeout 90 "$asker" "$helper" "$@" 4>"$scratch/secret" >"$scratch/answer"
    cat "$scratch/answer"
}

answers() { # answers REASON ACTION...
    ask "${@:2}" </dev/null
    [ "$(head -n 1 "$scratch/answer")" = "$1" ]
}

stores() { # stores SECRET KIND USER REALM [OPTION]...; its id is then $(the_id)
    printf %s "$1" >"$scratch/stdin"
    ask store "${@:2}" <"$scratch/stdin"
    [ "$(head -n 1 "$scratch/answer")" = ok ] && [[ $(the_id) =~ ^[0-9a-f]{32}$ ]]
}

finds() { # finds SECRET KIND USER REALM [OPTION]...
    answers ok find "${@:2}" && [ "$(cat "$scratch/secret")" = "$1" ]
}

rekeys() { # rekeys REASON OLD NEW: of the login keyring's own password; OLD may be empty
    printf '%s\n%s\n' "$2" "$3" >"$scratch/stdin"
    ask rekey login login login <"$scratch/stdin"
    [ "$(head -n 1 "$scratch/answer")" = "$1" ]
}

the_id() { # of the last answer
    sed -n 2p "$scratch/answer"
}

types() { # types TITLE KEY...: into the window with this title, once it is there and has settled
    local window
    window=$(timeout 20 xdotool search --sync --onlyvisible --name "$1" | tail -n 1) &&
        xdotool windowfocus --sync "$window" && sleep 0.5 && xdotool key "${@:2}"
}
