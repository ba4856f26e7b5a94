# Sourced by every finding: `need PACKAGE==VERSION...` makes (or finds again) a virtual environment with just these, sets
# PY to its Python and enters an empty folder that goes when the script ends. Environments are kept in
# ${TMPDIR:-/tmp}/pose-findings; delete that folder to start anew. Set PYTHON to choose the interpreter (3.11 was used).

FINDINGS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

need() {
    local python=${PYTHON:-python3} home=${TMPDIR:-/tmp}/pose-findings key folder
    key=$(printf '%s\n' "$("$python" --version)" "$@" | sha256sum | cut -c1-12)
    folder=$home/$key
    if [[ ! -e $folder/done ]]; then
        rm -rf "$folder"
        mkdir -p "$home"
        "$python" -m venv "$folder"
        "$folder/bin/pip" install --quiet --disable-pip-version-check "$@"
        printf '%s\n' "$@" > "$folder/done"
    fi
    PY=$folder/bin/python
    export PYTHONPATH=$FINDINGS PYTHONDONTWRITEBYTECODE=1
    if [[ -z ${work:-} ]]; then
        work=$(mktemp -d)
        trap 'rm -rf "$work"' EXIT
        cd "$work"
    fi
}
