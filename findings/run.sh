#!/usr/bin/env bash
# Runs the findings named (all, where none is), one after the other, and tells which still hold: run.sh [NAME...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

names=("$@")
if [[ $# == 0 ]]; then
    for script in *.sh; do
        [[ $script == lib.sh || $script == run.sh ]] || names+=("${script%.sh}")
    done
fi
changed=0
for name in "${names[@]}"; do
    log=$(mktemp)
    if ./"${name%.sh}.sh" > "$log" 2>&1; then
        echo "holds    ${name%.sh}"
    else
        echo "CHANGED  ${name%.sh}"
        sed 's/^/    /' "$log" | tail -n 20
        changed=$((changed + 1))
    fi
    rm -f "$log"
done
echo "${#names[@]} run, $changed changed"
exit $((changed > 0))
