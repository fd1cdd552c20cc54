# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For tests of the real thing, sourced inside the domain in a box: TAP, a throw-away home, helpers.
set -u
chatelaine=$CHATELAINE
number=0
failures=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch/home XDG_CONFIG_HOME=$scratch/home/.config XDG_STATE_HOME=$scratch/home/.state
export KRB5CCNAME=FILE:$scratch/cc/ticket
mkdir -p "$XDG_CONFIG_HOME/chatelaine" "$XDG_STATE_HOME" "$scratch/cc"

# fact TITLE COMMAND...: true if the command succeeds; its output is shown if not.
fact() {
    local title=$1 output
    shift
    number=$((number + 1))
    if output=$("$@" 2>&1); then
        echo "ok $number - $title"
    else
        failures=$((failures + 1))
        echo "not ok $number - $title"
        printf '%s\n' "$*" "$output" | sed 's/^/# /'
    fi
}

# A skip that tests/skips must name.
skip() {
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

plan() {
    echo "1..$number"
    exit $((failures > 0))
}

# sign_in USER [OPTION...]: with the password that the box knows.
sign_in() {
    local user=$1
    shift
    "$chatelaine" sign-in "$@" "$user@ad.lab.test" --password-fd 9 9< <(admin told "$user" password)
}

# gives STATUS COMMAND...: true if the command ends with that status.
gives() {
    local expected=$1 status
    shift
    "$@"
    status=$?
    [ "$status" = "$expected" ] || {
        echo "exit status $status instead of $expected"
        return 1
    }
}

says() { # says TEXT COMMAND...: true if the text is in what the command prints
    local text=$1
    shift
    local output
    output=$("$@" 2>&1)
    [[ $output == *"$text"* ]] || {
        printf '%s\n' "$output"
        return 1
    }
}

begin_display() { # a screen that nobody sees, of the process $xvfb
    Xvfb -displayfd 5 -screen 0 800x600x24 -nolisten tcp 5>"$scratch/display" 2>/dev/null &
    xvfb=$!
    until [ -s "$scratch/display" ]; do
        kill -0 "$xvfb" || return
        sleep 0.05
    done
    DISPLAY=:$(cat "$scratch/display")
    export DISPLAY
}

# plays TEXT: a case of the command, see tests/command/play.
plays() {
    printf '= one\n%s\n' "$1" >"$scratch/one.cases"
    "$(dirname "$0")/../command/play" "$scratch/one.cases" | tee "$scratch/played"
    grep -q '^ok 1' "$scratch/played"
}

# with_clock OFFSET: prints a command whose worker sees another time. The command finds its worker
# beside itself. A build with sanitizers does not like to be preloaded.
with_clock() {
    local copy worker
    copy=$(mktemp -d -p "$scratch")
    cp -r "$(dirname "$chatelaine")/.." "$copy/usr"
    worker=$copy/usr/libexec/chatelaine/chatelaine-worker
    mv "$worker" "$worker-itself"
    printf '#!/bin/sh\nexport LD_PRELOAD=%s FAKETIME=%s ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0\nexec %s-itself\n' \
        "$(find /usr/lib -name libfaketime.so.1 | head -n 1)" "$1" "$worker" >"$worker"
    chmod +x "$worker"
    echo "$copy/usr/bin/chatelaine"
}
