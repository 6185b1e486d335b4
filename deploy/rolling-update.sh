#!/bin/sh
# Replaces the containers of services by new ones, one service after the other, without a failed request:
#
#   deploy/rolling-update.sh                      every service, the console, and what watches the stream
#   deploy/rolling-update.sh incidents web        those
#
# Build or pull the new images first, and make tables and stream ready for them, as "Upgrade" of docs/operations.md says: old code runs on those.
# For each replica there is, a new one is started beside it; the old one is asked to stop once the new one is healthy. Callers are
# not told of it: the edge asks whichever answers. Run from where docker-compose.yml is.
set -eu

PATIENCE=${PATIENCE:-120} # seconds until a new container is healthy
STOP=25 # seconds, as stop_grace_period

if [ $# -eq 0 ]; then
	set -- catalog identity incidents maintenance public-api realtime-gateway web topology
fi

containers() {
	docker compose ps --quiet "$1"
}

# Healthy; or running, where nothing is known of its health (topology has no check).
is_well() {
	case $(docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$1") in
	healthy | running) return 0 ;;
	*) return 1 ;;
	esac
}

for service; do
	old=$(containers "$service")
	count=$(echo "$old" | grep -c .) || {
		echo "$service does not run: docker compose up --detach --wait" >&2
		exit 1
	}
	echo "$service: starting $count beside $count"
	# Made and started apart: `up` would run the jobs before it again, and with --no-deps it would make containers that the next
	# `up` takes for changed.
	docker compose create --no-recreate --scale "$service=$((2 * count))" "$service"
	for container in $(docker compose ps --all --quiet "$service"); do
		case $old in *"$container"*) continue ;; esac
		docker start "$container" >/dev/null
		waited=0
		until is_well "$container"; do
			if [ "$waited" -ge "$PATIENCE" ]; then
				echo "$service: $container is not healthy after $PATIENCE s; the old ones still answer. See docker logs $container," >&2
				echo "then docker rm --force $container" >&2
				exit 1
			fi
			sleep 1
			waited=$((waited + 1))
		done
	done
	for container in $old; do
		docker stop -t "$STOP" "$container" >/dev/null
		docker rm "$container" >/dev/null
	done
	echo "$service: replaced"
done

# What has ended and is of the images before. The next `up` would otherwise renew it, and with it whatever waits for it: everything.
docker compose rm --force secrets setup
