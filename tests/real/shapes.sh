# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154 # variables are of and for the others
# For tests with a stand-in of OpenID providers (tests/idp/shapes), sourced after tap.sh, agent.sh and
# provider.sh: $issuer is its address, without a path.
: "${scratch:?}" "${provider_folder:?}" "${programs:?}" "${usr:?}"
conf=/etc/chatelaine/chatelaine.conf
tenant=11111111-2222-3333-4444-555555555555
object=aaaaaaaa-0000-0000-0000-00000000000a
trap 'desktop_end; provider_end; rm -rf "$scratch"' EXIT

shapes_begin() {
    provider_certificates
    "$provider_folder/../shapes" "$scratch" >"$scratch/provider.log" 2>&1 &
    provider=$!
    provider_ready
    desktop_begin
    mkdir -p /etc/chatelaine # the box's own
    rm "$XDG_CONFIG_HOME/chatelaine/chatelaine.conf"
    shapes_worker
    shapes_browser
}

# Tells where each worker runs.
shapes_worker() {
    mv "$programs/chatelaine-worker-web" "$programs/itself-worker-web"
    printf '#!/bin/sh\necho "worker $$" >>%s/started\nexec %s/itself-worker-web\n' "$scratch" "$programs" \
        >"$programs/chatelaine-worker-web"
    chmod +x "$programs/chatelaine-worker-web"
}

# The browser that the desktop opens: the provider sends it back at once. curl would read a redirect as one of the web.
shapes_browser() {
    cat >"$scratch/browser" <<'END_OF_BROWSER'
#!/bin/sh
echo "$1" >>"$scratch/pages"
exec "$chatelaine" callback "$(curl -s --cacert "$scratch/ca.pem" -o /dev/null -D - "$1" | sed -n 's/\r$//; s/^Location: //p')"
END_OF_BROWSER
    chmod +x "$scratch/browser"
    export DISPLAY=:none XDG_DATA_HOME=$scratch/data XDG_DATA_DIRS=$scratch/data
    mkdir -p "$scratch/data/applications"
    printf '[Desktop Entry]\nType=Application\nName=Browser\nExec=%s %%u\nMimeType=x-scheme-handler/https;\n' \
        "$scratch/browser" >"$scratch/data/applications/browser.desktop"
    printf '[Default Applications]\nx-scheme-handler/https=browser.desktop\n' >"$XDG_CONFIG_HOME/mimeapps.list"
    : >"$scratch/pages"
}

# is_at PROVIDER PATH LINE...: the settings of the identity; nobody is signed in.
is_at() {
    ! [ -e "$conf" ] || forgets 2>/dev/null
    printf '[identity]\nprovider = %s\nissuer = %s\nclient_id = lab\nca_file = %s/ca.pem\nremember = always\n' \
        "$1" "$issuer$2" "$scratch" >"$conf"
    printf '%s\n' "${@:3}" >>"$conf"
}

# at_entra TENANTS LINE...: the same at Entra ID.
at_entra() { is_at entra '/{tenant}/v2.0' "tenant = $1" "${@:2}"; }

behaves() { curl -sf --data "$1" "$control/now" >/dev/null; } # behaves JSON: see NOW in tests/idp/shapes
asked_by() { curl -s "$control/asked" | jq -r ".$1"; }  # asked_by PARAMETER: of the page
pages() { wc -l <"$scratch/pages"; }                    # how often the browser was opened

# no_more WORD COMMAND...: the provider is not asked for this meanwhile, see asked.
no_more() { more 0 "$@"; }

# more N WORD COMMAND...: it is so often. The command's own end counts, too.
more() {
    local before after status
    before=$(asked "$2")
    "${@:3}"
    status=$?
    after=$(asked "$2")
    [ $((after - before)) = "$1" ] || {
        echo "$2: $((after - before)) times"
        return 1
    }
    return $status
}

# ends STATUS REASON ARGUMENT...: how chatelaine ends.
ends() {
    local told status
    told=$("$chatelaine" "${@:3}" --json)
    status=$?
    [ "$status $(jq -r .reason <<<"$told")" = "$1 $2" ] || {
        echo "exit status $status, $told"
        return 1
    }
}

is_true() { jq -en "input | $1"; } # is_true EXPRESSION: of what comes; nothing is not true

# tells EXPRESSION: true of status.
tells() {
    "$chatelaine" status --json >"$scratch/told"
    is_true "$1" <"$scratch/told" || {
        cat "$scratch/told"
        return 1
    }
}

# by_password USER PASSWORD: of a program; nothing of it is kept.
by_password() { "$chatelaine" sign-in "$1" --json --password-fd 9 9<<<"$2"; }

# refuses STATUS REASON [ARGUMENT...]: a sign-in with a password that a program gives.
refuses() { ends "$1" "$2" sign-in alice@corp.example --password-fd 9 "${@:3}" 9<<<Alice-Passw0rd; }

# types STATUS PASSWORD: alice at a terminal.
types() {
    plays "env XDG_STATE_HOME=$XDG_STATE_HOME
        run sign-in alice
        talk Password of alice: | $2
        exit $1"
}

forgets() { "$chatelaine" sign-out --forget >/dev/null; }
kept() { secret-tool search --all kind "$1" 2>&1 | grep -c "^attribute.user"; } # kept KIND: how many items

export CHATELAINE=$chatelaine tenant object
