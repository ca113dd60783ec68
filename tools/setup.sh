#!/bin/sh
# Make the virtual environment VENV hold what LOCK asks for, and theratwin itself (editable).
#
#     sh tools/setup.sh PYTHON VENV LOCK
#
# A stamp in VENV is a checksum of what its step was made from. It is removed before the step and
# written after it, so what was interrupted is done again, and a second call returns at once.
# requirements-dev.lock holds all of requirements.lock, in the same versions.
set -eu
python=$1 venv=$2 lock=$3

fail() {
    echo "theratwin: $1" >&2
    exit 1
}

done_before() { # STAMP KEY
    [ -f "$venv/$1" ] && [ "$(cat "$venv/$1")" = "$2" ]
}

create_environment() {
    echo "theratwin: creating $venv" >&2
    "$python" -m venv --clear "$venv" >&2 ||
        fail "$python cannot make a virtual environment (Debian, Ubuntu: apt install python3-venv)"
    echo "$environment" >"$venv/.environment"
}

install_lock() {
    echo "theratwin: installing $lock into $venv (once; a minute or two)" >&2
    rm -f "$venv"/.*.lock "$venv/.project"
    pip install --require-hashes -r "$lock" || fail "the installation of $lock failed"
    checksum requirements.lock >"$venv/.requirements.lock"
    checksum "$lock" >"$venv/.$(basename "$lock")"
}

install_project() {
    rm -f "$venv/.project"
    pip install --no-deps --no-build-isolation -e . || fail "the installation of theratwin failed"
    echo "$project" >"$venv/.project"
}

pip() { # modules are compiled when they are first imported: most never are
    "$venv/bin/python" -m pip --disable-pip-version-check -qq "$@" --no-compile
}

checksum() {
    cksum <"$1"
}

command -v "$python" >/dev/null 2>&1 ||
    fail "no $python found: install Python 3.11 or newer, or name one: make demo PYTHON=/path/to/python3"
version=$("$python" -c 'import sys; print(sys.version.split()[0], "in", sys.prefix)') ||
    fail "$python does not start"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed; $python is $version. Name another: make demo PYTHON=python3.12"

environment="$version $(pwd)/$venv"
project=$(checksum pyproject.toml)
done_before .environment "$environment" || create_environment
done_before ".$(basename "$lock")" "$(checksum "$lock")" || install_lock
done_before .project "$project" || install_project
