#!/bin/sh
# Makes .venv with any Python 3.13 that this machine has, and installs a lock file into it when the lock has changed.
# Usage: tools/venv.sh local|dev
set -eu
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME PIP_USER || true
lock="requirements/$1.txt"

fits() {
    "$@" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-} python3.13 python3 python "$HOME"/.pyenv/versions/3.13*/bin/python /opt/homebrew/bin/python3.13 /usr/local/bin/python3.13; do
        if fits "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return 0
        fi
    done
    if fits py -3.13; then
        py -3.13 -c 'import sys; print(sys.executable)'
        return 0
    fi
    return 1
}

if ! fits .venv/bin/python; then
    if ! python=$(find_python); then
        echo "Homeroom needs Python 3.13 and found none: install it (apt install python3.13-venv, brew install python@3.13, pyenv install 3.13, or from python.org), or name it with PYTHON=/path/to/python3.13" >&2
        exit 2
    fi
    echo "Making .venv with $python"
    if ! "$python" -m venv --clear .venv; then
        echo "Homeroom: $python cannot make a virtual environment (on Debian and Ubuntu: apt install python3.13-venv)" >&2
        exit 2
    fi
fi

# The lock of the tests holds all that the local stack needs, so one stamp of either is enough for the stack.
sum() { cksum <"$1"; }
stamped() { [ "$(cat ".venv/.installed-$1" 2>/dev/null)" = "$(sum "requirements/$1.txt")" ]; }
if stamped "$1" || { [ "$1" = local ] && stamped dev; }; then
    exit 0
fi
packages=$(grep -c '==' "$lock")
echo "Installing $packages packages from $lock (once; a minute or two)…"
started=$(date +%s)
{
    code=0
    .venv/bin/python -m pip install --disable-pip-version-check --no-deps --require-hashes --only-binary :all: --progress-bar off -r "$lock" || code=$?
    echo "$code" >.venv/.installing
} | awk -v all="$packages" '
    /^(Collecting|Requirement already)/ { n++; if (n % 10 == 0 || n == all) { printf "  %d of %d packages\n", n, all; fflush() } }
    /^Installing collected/ { print "  unpacking…"; fflush() }'
if [ "$(cat .venv/.installing)" != 0 ]; then
    echo "Homeroom: the packages of $lock could not be installed; the lines above say why" >&2
    exit 1
fi
.venv/bin/python -m pip check --disable-pip-version-check >/dev/null || {
    echo "Homeroom: the packages of $lock do not fit each other; run .venv/bin/python -m pip check" >&2
    exit 1
}
sum "$lock" >".venv/.installed-$1"
echo "Installed in $(($(date +%s) - started)) s"
