# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For tests of the agent, sourced after tap.sh: an installation of its own, in which each start of a
# worker, but for those of OpenID providers, or of the keychain's helper is told in $scratch/started, and a desktop session.
export XDG_RUNTIME_DIR=$scratch/run DBUS_SESSION_BUS_ADDRESS=unix:path=$scratch/run/bus
export DESKTOP_HOME=$HOME
unset DISPLAY WAYLAND_DISPLAY
mkdir -m 700 "$XDG_RUNTIME_DIR"
usr=$scratch/usr
cp -r "$(dirname "$chatelaine")/.." "$usr"
chatelaine=$usr/bin/chatelaine
agent_socket=$XDG_RUNTIME_DIR/chatelaine/agent
programs=$usr/libexec/chatelaine
for program in worker worker-cert keyring; do # with $scratch/PROGRAM.stop it stops before it begins
    mv "$programs/chatelaine-$program" "$programs/itself-$program"
    cat >"$programs/chatelaine-$program" <<END
#!/bin/sh
echo "$program \$\$" >>$scratch/started
[ ! -e $scratch/$program.stop ] || kill -STOP \$\$
exec $programs/itself-$program
END
    chmod +x "$programs/chatelaine-$program"
done
: >"$scratch/started"
trap 'agent_kill 2>/dev/null; desktop_end; rm -rf "$scratch"' EXIT

mkdir -p "$XDG_CONFIG_HOME/chatelaine"
printf '[identity]\nremember = never\n' >"$XDG_CONFIG_HOME/chatelaine/chatelaine.conf"

desktop_begin() {
    bus_begin
    keychain_again
}

# The bus starts the services that are in $XDG_RUNTIME_DIR/services, at first none.
bus_begin() {
    mkdir -p "$XDG_RUNTIME_DIR/services"
    cat >"$XDG_RUNTIME_DIR/bus.conf" <<END
<busconfig>
  <type>session</type>
  <listen>$DBUS_SESSION_BUS_ADDRESS</listen>
  <auth>EXTERNAL</auth>
  <servicedir>$XDG_RUNTIME_DIR/services</servicedir>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
    <allow own="*"/></policy>
</busconfig>
END
    dbus-daemon --config-file="$XDG_RUNTIME_DIR/bus.conf" --fork --print-pid \
        >"$XDG_RUNTIME_DIR/bus.pid"
}

desktop_end() {
    local pid
    keychain_kill
    read -r pid <"$XDG_RUNTIME_DIR/bus.pid" && kill "$pid"
} 2>/dev/null

keychain_again() { # the provider, unlocked
    printf login | env HOME="$DESKTOP_HOME" gnome-keyring-daemon --unlock --components=secrets \
        --control-directory="$XDG_RUNTIME_DIR/keyring" >/dev/null 2>&1
    soon 5 keychain_pid >/dev/null
}

keychain_pid() {
    dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / \
        org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets 2>/dev/null |
        awk '$1 == "uint32" {print $2; found = 1} END {exit !found}'
}

keychain_kill() {
    local pid
    pid=$(keychain_pid) && kill -9 "$pid" && tail --pid="$pid" -f /dev/null
}

keychain_items() { # a line USER ID each
    secret-tool search --all kind password xdg:schema org.chatelaine.Item 2>&1 </dev/null |
        awk '/^attribute.user/ {user = $3} /^attribute.id/ {id = $3}
            /^\[/ {if (id) print user, id; id = ""} END {if (id) print user, id}'
}

keychain_put() { # keychain_put USER: keeps standard input, as Chatelaine does, with a new id
    secret-tool clear kind password user "$1" xdg:schema org.chatelaine.Item
    secret-tool store --label="Company password of $1" kind password user "$1" realm AD.LAB.TEST \
        id "$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')" xdg:schema org.chatelaine.Item
}

# agent_begin [NAME=VALUE]...: starts it, with these variables; true once it listens.
agent_begin() {
    rm -f "$agent_socket"
    env "$@" "$chatelaine-agent" </dev/null >/dev/null 2>>"$scratch/agent.log" &
    echo $! >"$scratch/agent.pid"
    until [ -S "$agent_socket" ]; do
        kill -0 $! 2>/dev/null || return 1
        sleep 0.01
    done
}

agent_pid() { cat "$scratch/agent.pid"; }

# agent_kill [SIGNAL]: ends it, by SIGTERM if not by another one.
agent_kill() {
    local pid
    pid=$(agent_pid) && rm "$scratch/agent.pid" && kill "-${1:-TERM}" "$pid" || return
    ! ps -o stat= -p "$pid" | grep -q '^T' || kill -CONT "$pid" # left stopped, it would never hear of it
    tail --pid="$pid" -f /dev/null
}

agent_runs() { kill -0 "$(agent_pid)"; }

# alone COMMAND...: without the agent.
alone() { env -u XDG_RUNTIME_DIR "$@"; }

uptime_ms() { awk '{printf "%.0f", $1 * 1000}' /proc/uptime; }

# soon SECONDS COMMAND...: true as soon as the command is.
soon() {
    local end=$(($(uptime_ms) + $1 * 1000))
    shift
    until "$@" >/dev/null 2>&1; do
        if [ "$(uptime_ms)" -gt "$end" ]; then
            "$@"
            return 1
        fi
        sleep 0.03
    done
}

fails() { ! "$@"; }

started() { grep -c "^$1 " "$scratch/started"; } # started PROGRAM: how often

# no_more_workers COMMAND...: true if the command succeeds, and no worker was started meanwhile.
no_more_workers() {
    local before after
    before=$(started worker)
    "$@" || return
    after=$(started worker)
    [ "$before" = "$after" ] || {
        echo "$((after - before)) workers were started"
        return 1
    }
}

# state_is STATE [OPTION...]: what status tells.
state_is() {
    local state=$1 told
    shift
    told=$("$chatelaine" status --json "$@" | jq -r .state)
    [ "$told" = "$state" ] || {
        echo "the state is $told"
        [ ! -e "$scratch/agent.pid" ] || ps -o pid,stat,wchan:20,args --ppid "$(agent_pid)"
        return 1
    }
}

# What the session bus knows of the agent, and of its first identity.
object=/org/chatelaine/identity/default
bus() { busctl --address="$DBUS_SESSION_BUS_ADDRESS" --timeout=20 "$@"; }

identity() { bus call org.chatelaine.Agent $object org.chatelaine.Identity "$1"; } # identity METHOD

owned() { # is the agent's name on the bus?
    bus call org.freedesktop.DBus / org.freedesktop.DBus NameHasOwner s org.chatelaine.Agent |
        grep -q true
}

ends_in() { # ends_in USER DAYS: the password, and an hour; the agent hears of it
    admin set "$1" pwdLastSet $((($(date +%s) + 11644473600 - (42 - $2) * 86400 + 3600) * 10000000)) &&
        identity Refresh
}

kinit_as() { # kinit_as USER [OPTION...]
    local user=$1
    shift
    admin told "$user" password | kinit "$@" "$user@AD.LAB.TEST" >/dev/null
}

descriptors() { find "/proc/$(agent_pid)/fd" -mindepth 1 | wc -l; }
memory() { awk '/^VmRSS/ {print $2}' "/proc/$(agent_pid)/status"; }              # KiB
wakes() { awk '/^voluntary/ {print $2}' "/proc/$(agent_pid)/status"; }
settled() { [ -z "$(pgrep -P "$(agent_pid)")" ]; } # no worker is at work

export -f agent_begin agent_pid agent_kill agent_runs alone uptime_ms soon fails started no_more_workers state_is \
    kinit_as keychain_pid keychain_kill keychain_again keychain_items keychain_put descriptors memory wakes settled sign_in gives says
export chatelaine scratch agent_socket programs usr
