#!/bin/sh
# Creates .venv with all packages: sh setup.sh [PYTHON]
set -eu
python=${1:-python3}

fail() { printf '\nset-up failed: %s\n  fix: %s\n' "$1" "$2" >&2; exit 1; }

command -v "$python" >/dev/null || fail "no '$python' on PATH" "install Python 3.11 or later, or run: make PYTHON=/path/to/python3 ..."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    || fail "$("$python" --version) is too old" "install Python 3.11 or later, or run: make PYTHON=/path/to/python3.11 ..."
echo "set-up: .venv with $("$python" --version), then about 350 MB of packages (the CDK library and Node among them)" >&2
[ -x .venv/bin/python ] || "$python" -m venv .venv \
    || fail "'$python -m venv' does not work" "on Debian and Ubuntu: apt-get install python3-venv"
.venv/bin/python -m pip install -q uv || fail "pip could not install uv" "check that the Python package index is reachable"
VIRTUAL_ENV=$PWD/.venv .venv/bin/uv pip install $([ -t 2 ] || echo -q) -r requirements.txt \
    || fail "the packages of requirements.txt could not be installed" "read the error above, correct requirements.txt, and run the same command again"
touch .venv/.ready
