# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What `inside` and `admin` both do with machines and servers. Needs $here and $box.
: "${here:?}" "${box:?}"

DOMAIN=/var/lib/samba # in every box; see inside

# Is this a box with two domain controllers?
two() { [[ -e $box/two ]]; }

# Name, address and rest of the line for all machines of this box (''); of one kind: names only.
machines() {
    awk -v kind="$1" -v set="$(two && echo two)" \
        '!/^#/ && ($5 == "" || $5 == set) && (!kind || $4 == kind) { print kind ? $1 : $0 }' \
        "$here/machines"
}

site() { awk -v name="$1" '$1 == name { print $3 }' "$here/machines"; }
address() { awk -v name="$1" '$1 == name { print $2 }' "$here/machines"; }

# on MACHINE COMMAND...
on() {
    local machine=$1
    shift
    nsenter --net="$box/top/net/$machine" -- "$@"
}

# The same for another client than c1, which names the servers in the order of its own site.
# shellcheck disable=SC2016 # expanded by the inner shell
on_client() {
    local machine=$1
    shift
    on "$machine" unshare --mount --uts bash -euc '
        hostname "$1"; mount --bind "$2" /etc/resolv.conf; shift 2; exec "$@"' \
        client "$machine" "$box/top/resolv-$machine" "$@"
}

# A server sees itself as name server, Samba's own krb5.conf, and nothing of the caller's settings.
# shellcheck disable=SC2016 # expanded by the inner shell
on_server() {
    local machine=$1
    shift
    on "$machine" unshare --mount --uts env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/nonexistent \
        KRB5_CONFIG="$DOMAIN/$machine/private/krb5.conf" \
        bash -euc 'hostname "$1"; mount --bind "$2" /etc/resolv.conf; shift 2; exec "$@"' \
        server "$machine" "$DOMAIN/$machine/resolv.conf" "$@"
}

# The name servers that a machine asks: those of its own site first.
name_servers() {
    machines '' | awk -v site="$(site "$1")" '
        $4 == "server" && $3 == site { print "nameserver " $2 }
        $4 == "server" && $3 != site { others = others "nameserver " $2 "\n" }
        END { printf "%s", others }'
}

# smb.conf is written anew for every start: it is the only file that holds options and addresses.
configure() {
    local dc=$1 home=$DOMAIN/$1
    mkdir -p "$home"/{private,state,cache,lock,pid,log,ncalrpc,bind,ntp,winbind}
    chmod 700 "$home/private"
    chmod 750 "$home/ntp" "$home/winbind"
    name_servers "$dc" >"$home/resolv.conf"
    cat >"$home/smb.conf" <<END
[global]
	netbios name = ${dc^^}
	realm = AD.LAB.TEST
	workgroup = LAB
	server role = active directory domain controller
	server services = rpc, ldap, cldap, kdc, dns, drepl, kcc
	interfaces = $(address "$dc")/16
	bind interfaces only = yes
	private dir = $home/private
	state directory = $home/state
	cache directory = $home/cache
	lock directory = $home/lock
	pid directory = $home/pid
	ncalrpc dir = $home/ncalrpc
	binddns dir = $home/bind
	ntp signd socket directory = $home/ntp
	winbindd socket directory = $home/winbind
	tls keyfile = $home/key.pem
	tls certfile = $home/cert.pem
	tls cafile = $DOMAIN/ca.pem
	ldap server require strong auth = allow_sasl_over_tls
	log file = $home/log/samba.log
	max log size = 0
	log level = 1 auth_audit:3 auth_json_audit:3
END
    if two; then # what one hears, the other hears within a second
        printf '\tdreplsrv:%s\n' 'notify_interval = 1' 'periodic_interval = 3' >>"$home/smb.conf"
    fi
    cat "$box/options" >>"$home/smb.conf" 2>/dev/null || true
    # Nobody serves these shares; provisioning insists on them.
    printf '[sysvol]\n\tpath = %s\n[netlogon]\n\tpath = %s\n' "$home/state/sysvol" \
        "$home/state/sysvol/ad.lab.test/scripts" >>"$home/smb.conf"
}

provision() {
    configure "$1"
    on_server "$1" /usr/bin/python3 -B "$here/provision" "$1" "$(address "$1")" \
        >"$DOMAIN/$1/log/provision.log" 2>&1 ||
        { tail -n 30 "$DOMAIN/$1/log/provision.log" >&2; return 1; }
    rm -rf "${DOMAIN:?}/$1/pid"
}

# A second server of a domain whose first one runs. It then runs, too, and both know each other.
join() {
    configure "$1"
    on_server "$1" "$here/join" "$1" "$(address "$1")" \
        "$(site "$1")" \
        >"$DOMAIN/$1/log/join.log" 2>&1 ||
        { tail -n 30 "$DOMAIN/$1/log/join.log" >&2; return 1; }
    start_dc "$1"
    on_server "$1" "$here/join" --replicate "$1" >>"$DOMAIN/$1/log/join.log" 2>&1 ||
        { tail -n 30 "$DOMAIN/$1/log/join.log" >&2; return 1; }
}

start_dc() {
    configure "$1"
    on_server "$1" setsid samba -s "$DOMAIN/$1/smb.conf" -D -M "${REALM_MODEL:-standard}" </dev/null \
        >>"$DOMAIN/$1/log/start.log" 2>&1 || true
    on c1 /usr/bin/python3 -B "$here/ready" "$(address "$1")" ||
        { tail -n 30 "$DOMAIN/$1"/log/{start,samba}.log >&2; return 1; }
}

# A process that nobody has waited for yet is a zombie, and gone for our purposes.
running() { [[ $(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) == [!Z] ]]; }

stop_dc() {
    local pid
    pid=$(cat "$DOMAIN/$1/pid/samba.pid" 2>/dev/null) || return 0
    kill -TERM -- "-$pid" 2>/dev/null || return 0
    while running "$pid"; do sleep 0.02; done
}
