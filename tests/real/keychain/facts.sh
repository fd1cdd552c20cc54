# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # the rest is in tap.sh and session.sh
# What holds with every keychain.
marker=Keychain-Marker-7d41c9
alice=(password alice CORP.EXAMPLE)
other_id=0123456789abcdef0123456789abcdef

everyday() { # everyday PROVIDER [--prompt]: what works with each of them; removing may need a prompt
    local may=("${@:2}")
    fact "$1: nothing stored yet" answers not-stored find "${alice[@]}"
    fact "$1: stored" stores "$marker" "${alice[@]}"
    first=$(the_id)
    fact "$1: found" finds "$marker" "${alice[@]}"
    fact "$1: by its id" test "$(the_id)" = "$first"
    fact "$1: another person, kind or realm has none" eval \
        'answers not-stored find password bob CORP.EXAMPLE &&
         answers not-stored find pin alice CORP.EXAMPLE &&
         answers not-stored find password alice OTHER.EXAMPLE'
    fact "$1: a second secret takes the place of the first" stores "new $marker" "${alice[@]}"
    second=$(the_id)
    fact "$1: it is found" finds "new $marker" "${alice[@]}"
    fact "$1: under a new id" eval '[ "$(the_id)" = "$second" ] && [ "$second" != "$first" ]'
    fact "$1: there is one item, not two" test "$(tool search --all user alice 2>/dev/null | grep -c ^label)" = 1
    fact "$1: another label is no other item" eval \
        'stores "third $marker" "${alice[@]}" --label "Other label" && finds "third $marker" "${alice[@]}"'
    third=$(the_id)
    fact "$1: the id of an earlier secret removes nothing" eval \
        'answers ok remove "${alice[@]}" --id "$first" && finds "third $marker" "${alice[@]}"'
    fact "$1: its own id removes it" eval \
        'answers ok remove "${alice[@]}" --id "$third" "${may[@]}" && answers not-stored find "${alice[@]}"'
    fact "$1: removing what is not there is fine" answers ok remove "${alice[@]}"
    fact "$1: quotes, spaces and other letters in names" eval \
        'stores "$marker" password "o'"'"'Neill é:x" "CORP:EXAMPLE" &&
         finds "$marker" password "o'"'"'Neill é:x" "CORP:EXAMPLE"'
    printf 'é%.0s' {1..8192} >"$scratch/large"
    fact "$1: 16 KiB" eval \
        'ask store pin carol CORP.EXAMPLE <"$scratch/large" && ask find pin carol CORP.EXAMPLE &&
         cmp "$scratch/large" "$scratch/secret"'
    fact "$1: what is no text is refused" eval \
        '! stores $'"'"'\xff\xfe'"'"' pin carol CORP.EXAMPLE && grep -q cannot-write "$scratch/answer"'
    fact "$1: removed without an id" answers ok remove pin carol CORP.EXAMPLE "${may[@]}"
}

# What a client that is not ours stores and finds.
# In one of a hundred sessions KWallet does not understand secret-tool, which does not try again.
tool_stores() {
    local _
    for _ in 1 2 3; do
        ! printf %s "$1" | tool store --label=Test xdg:schema org.chatelaine.Item kind password \
            user "$2" realm CORP.EXAMPLE id "$3" || return 0
    done
    return 1
}
tool_finds() {
    local _
    for _ in 1 2 3; do
        [ "$(tool lookup kind password user "$2" realm CORP.EXAMPLE id "$3")" != "$1" ] || return 0
    done
    return 1
}
next_second() { # the times of items are seconds
    local now
    now=$(date +%s)
    wait_for eval '[ "$(date +%s)" != '"$now ]"
}
neighbours() {
    fact "$1: secret-tool finds what the helper stored" eval \
        'stores "$marker" "${alice[@]}" && tool_finds "$marker" alice "$(the_id)"'
    fact "$1: the helper finds what secret-tool stored" eval \
        'tool_stores foreign bob $other_id && finds foreign password bob CORP.EXAMPLE &&
         [ "$(the_id)" = $other_id ]'
    fact "$1: of several it finds the newest" eval \
        'stores first password erin CORP.EXAMPLE && next_second &&
         tool_stores second erin $other_id && finds second password erin CORP.EXAMPLE && next_second &&
         tool_stores third erin ${other_id//0/1} && finds third password erin CORP.EXAMPLE'
}
