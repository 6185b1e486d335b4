#!/bin/sh
# The first process of our containers: turns files with secrets into variables, then becomes what was asked for, or
# without arguments the service that the image was built for.
#
# The file TIDINGS_X becomes the variable TIDINGS_X unless there is one already, so an operator's own value wins:
#   the environment
#   /run/secrets      where Docker and Kubernetes mount the secrets of an operator
#   /secrets/<name>   what the `secrets` service of docker-compose.yml made; only <name> can read its own
set -eu

for file in /run/secrets/[A-Z]* /secrets/*/[A-Z]*; do
	name=${file##*/}
	if [ -r "$file" ] && ! printenv "$name" >/dev/null; then
		export "$name=$(cat "$file")"
	fi
done

if [ $# -eq 0 ]; then
	set -- python -m "$(echo "$TIDINGS_SERVICE" | tr - _).app"
fi
exec "$@"
