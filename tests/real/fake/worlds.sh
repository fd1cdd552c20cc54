# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For tests with stand-ins of servers, sourced after tap.sh in a box of tests/realm/run --two: what
# happens in a world of good and bad ones.
fake=$(dirname "${BASH_SOURCE[0]}")
hq=10.99.1.50 # a stand-in in our site; to clients it is dc1 where its host matters
: "${REALM_DC2:?wants a box of tests/realm/run --two}"
relay=relay:$REALM_DC_ADDRESS
live=dc2=$REALM_DC2_ADDRESS,BRANCH
settings=/etc/chatelaine/chatelaine.conf # of the box: /etc is thrown away with it
mkdir -p "${settings%/*}"
cp /etc/resolv.conf "$scratch/resolv.conf"

# world WORD...: the stand-ins, see `world`; those of before end.
world() {
    calm
    echo 'nameserver 127.0.0.1' >/etc/resolv.conf
    rm -f "$scratch/world"
    "$fake/world" "$scratch/world" "$@" >"$scratch/world.err" 2>&1 &
    echo $! >"$scratch/world.pid"
    until grep -qs ready "$scratch/world"; do
        kill -0 $! || { cat "$scratch/world.err"; return 1; }
        sleep 0.02
    done
}

calm() { # no stand-ins: the real servers
    local pid
    if [ -e "$scratch/world.pid" ]; then # started by a fact, in a subshell: no child to wait for
        read -r pid <"$scratch/world.pid"
        rm "$scratch/world.pid"
        kill "$pid"
        tail --pid="$pid" -f /dev/null
    fi
    cp "$scratch/resolv.conf" /etc/resolv.conf
}

settings() { # settings LINE...: of the administrator; the time for an errand is short for all
    printf '%s\n' '[identity]' 'time_limit = 6s' "$@" >"$settings"
}

# good DC WORD...: in this world alice signs in at DC, in one attempt.
good() {
    local dc=$1
    shift
    (($# == 0)) || world "$@" || return
    plays 'run sign-in --json alice@ad.lab.test
        fd $alice
        json (.dc | test("^'"$dc"'[.]ad[.]lab[.]test$")) and .mail != null
        cache alice@AD.LAB.TEST
        tries alice 0'
}

# bad STATUS REASON TEXT WORD...: in this world nobody signs in, for a reason that has the text, and
# nothing is changed.
bad() {
    local status=$1 reason=$2 text=$3
    shift 3
    (($# == 0)) || world "$@" || return
    plays 'run sign-in --json alice@ad.lab.test
        fd $alice
        exit '"$status"'
        json .reason == "'"$reason"'" and (.detail | contains("'"$text"'"))
        no-err Password
        tries alice 0
        unchanged'
}

# wrong STATUS REASON TRIES DC WORD...: the same with a wrong password: the DCs have counted TRIES in
# all, and the last one that was asked is DC.
wrong() {
    local status=$1 reason=$2 tries=$3 dc=$4
    shift 4
    world "$@" || return
    plays 'run sign-in --json bob@ad.lab.test
        fd wrong
        exit '"$status"'
        json .reason == "'"$reason"'" and (.detail | contains("'"$dc"'.ad.lab.test"))
        tries bob '"$tries"'
        unchanged' && admin unlock bob && admin unlock bob dc2
}

connections() { # connections PORT N: so many were made to the stand-in's port
    [ "$(grep -c " $1 connection" "$scratch/world")" = "$2" ] || {
        cat "$scratch/world"
        return 1
    }
}

# certificate NAME DAYS_AGO DAYS [OPENSSL'S OPTION...]: by the lab's authority, unless the options differ
lab=$REALM_BOX/domain
certificate() {
    local name=$1 ago=$2 days=$3
    shift 3
    (($#)) || set -- -CA "$lab/ca.pem" -CAkey "$lab/ca-key.pem"
    faketime -f "-${ago}d" openssl req -new -x509 -days "$days" -nodes -config /dev/null -newkey ec \
        -pkeyopt ec_paramgen_curve:P-256 -keyout "$scratch/key.pem" -out "$scratch/cert.pem" \
        -subj "/CN=$name" -addext "subjectAltName=DNS:$name" \
        -addext extendedKeyUsage=serverAuth "$@" 2>/dev/null
}
