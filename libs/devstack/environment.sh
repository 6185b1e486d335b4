#!/bin/sh
# Creates or repairs .venv in the current directory (the clone): everything from requirements.lock, by hash, and the
# members of the workspace in editable form. Does nothing when the environment is already the one that the lock and
# the members' pyproject.toml files describe.
set -eu

stamp=.venv/complete
members="libs/common libs/devstack libs/tidings services/catalog services/identity services/incidents services/maintenance services/public-api services/realtime-gateway"

# The path is part of it: the scripts of an environment hold absolute paths, so a moved clone needs a new one.
wanted=$({ pwd; cat requirements.lock; for member in $members; do cat "$member/pyproject.toml"; done; } | cksum)

is_complete() {
	[ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]
}
if is_complete; then
	exit 0
fi
if [ -L .venv ]; then
	echo ".venv is a link, and the environment that it leads to is another clone's. Remove the link and try again." >&2
	exit 1
fi

# One at a time: another terminal may be here too, and a pip whose make was killed goes on writing for a while. It
# inherits the lock, so waiting for the lock is waiting for it.
if command -v flock >/dev/null; then
	exec 9>.venv.lock
	flock --nonblock 9 || { echo "Waiting for another make that is creating the environment …"; flock 9; }
	if is_complete; then
		exit 0
	fi
fi

# A candidate must really run: version managers put commands on the PATH that only print an error.
without_venv=
for python in python3.14 python3.13 python3.12 python3.11 python3 ""; do
	[ -n "$python" ] || break
	"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
	"$python" -c 'import ensurepip, venv' 2>/dev/null && break
	without_venv="${without_venv:-$python}"
done
if [ -z "$python" ]; then
	if [ -n "$without_venv" ]; then
		echo "$without_venv has no venv module: install it (on Debian and Ubuntu: apt install $without_venv-venv)." >&2
	else
		found=$(python3 --version 2>/dev/null || echo "no Python 3 at all")
		echo "Tidings needs Python 3.11 or newer, and this machine has $found: install one so that python3 finds it." >&2
	fi
	exit 1
fi

log=.venv.log
fail() {
	tail -n 5 "$log" >&2
	echo "The environment could not be created: $1. All of the output is in $log; run the same command to try again." >&2
	exit 1
}

echo "Creating the environment in .venv with $("$python" --version) …"
began=$(date +%s)
# Without a stamp an earlier attempt was interrupted somewhere; only a fresh start is sure to be whole.
[ -f "$stamp" ] && clear= || clear=--clear
rm -f "$stamp"
"$python" -m venv $clear .venv >"$log" 2>&1 || fail "$python -m venv failed"
pip() {
	.venv/bin/python -m pip --disable-pip-version-check --quiet "$@" >>"$log" 2>&1
}
# The lock is whole, so there is nothing to resolve; and all cores compile faster than pip does.
pip install --require-hashes --no-deps --no-compile -r requirements.lock ||
	fail "not everything in requirements.lock could be installed"
.venv/bin/python -m compileall -qq -j 0 .venv/lib & # fails for files of other versions of Python, which some packages hold
editable=
for member in $members; do editable="$editable -e $member"; done
# shellcheck disable=SC2086 # several arguments on purpose
pip install --no-deps --no-build-isolation $editable || fail "the packages of this workspace could not be installed"
wait
echo "$wanted" >"$stamp"
rm -f "$log"
echo "  Environment … $(($(date +%s) - began)) s"
