# Tidings on one machine. `make run` needs Python 3.11 or newer and nothing else.

PORT = 8080
ORG = acme
ROLE = admin
SECONDS = 600
EXAMPLES = 20
ARGS = --help
NAME =
EMAIL =
REMOVE =

python := .venv/bin/python
node := .venv/bin/node

.PHONY: help run hello tidings admin-link password-link nats-access logs stop clean token test test-most test-soak test-web console check-types check-lint screens lighthouse attack soak lock environment tools

help:
	@echo "make run [PORT=8080]             start everything and watch it until Ctrl-C"
	@echo "make hello                       say again what to open and what to type"
	@echo "make tidings ARGS=doctor         the operator's command line (ARGS=--help lists what it does)"
	@echo "make admin-link                  print a code that makes an admin with an account and an organization"
	@echo "make password-link EMAIL=ada@example.org   print a link by which they choose a new password, without any mail"
	@echo "make nats-access ORG=acme NAME=billing   let another system read acme's public events on NATS (REMOVE=1: no more)"
	@echo "make logs                        follow the logs of all processes"
	@echo "make stop                        end what runs in this clone"
	@echo "make -s token ORG=acme ROLE=admin   print an access token of the demo (roles admin, responder, viewer), for 10 minutes"
	@echo "make test                        lint, check types, run all tests"
	@echo "make screens                     pictures of every state of the page and of the console, to be looked at"
	@echo "make lighthouse                  what Lighthouse says of the page (npm fetches it)"
	@echo "make attack [EXAMPLES=20]        schemathesis against every API of what runs (pip fetches it)"
	@echo "make soak [SECONDS=600]          put every fault on two replicas of everything, and count what is lost"
	@echo "make clean                       remove all data, keys and logs below .tidings"
	@echo "make lock                        resolve the dependencies again"

# exec, so that Ctrl-C reaches the supervisor without a shell between.
run: environment
	@exec $(python) -m devstack run --port "$(PORT)"

hello: environment
	@$(python) -m devstack hello

tidings: environment
	@exec $(python) -m devstack tidings $(ARGS)

admin-link: environment
	@$(python) -m devstack admin-link

password-link: environment
	@$(python) -m devstack password-link "$(EMAIL)"

nats-access: environment
	@exec $(python) -m devstack tidings nats-access "$(ORG)" "$(NAME)" $(if $(REMOVE),--remove)

logs: environment
	@exec $(python) -m devstack logs

stop: environment
	@$(python) -m devstack stop

clean: environment
	@$(python) -m devstack clean

# The token must be alone on the standard output, also when the environment has to be made first.
token:
	@sh libs/devstack/environment.sh >&2
	@$(python) -m devstack token --org "$(ORG)" --role "$(ROLE)"

test: console
	@$(MAKE) --no-print-directory --jobs=2 --output-sync check-types check-lint
	@$(MAKE) --no-print-directory --jobs=2 test-most test-soak
	@$(MAKE) --no-print-directory test-web
	$(python) -m pytest -m alone tests/failure

test-most:
	$(python) -m pytest -n 3 --dist worksteal -m "not alone" --ignore tests/soak

# Beside the others, because it mostly waits: for what was killed, paused or cut off.
test-soak:
	$(python) -m pytest -q tests/soak

# The console on a stack of its own.
test-web:
	cd web && ../$(node) node_modules/vitest/vitest.mjs run
	cd web && ../$(node) node_modules/@playwright/test/cli.js test

check-types:
	$(python) -m mypy
	$(python) -m mypy services/realtime-gateway/tests

check-lint:
	$(python) -m ruff check
	$(python) -m ruff format --check
	.venv/bin/lint-imports
	$(node) node_modules/@biomejs/biome/bin/biome ci --error-on-warnings
	$(node) node_modules/typescript/bin/tsc
	$(node) web/lib/api/generate.ts --check
	$(node) node_modules/typescript/bin/tsc -p web

# The page from states that are made up, the console from a stack of its own.
screens: console
	@$(python) -m devstack.screens
	cd web && ../$(node) node_modules/@playwright/test/cli.js test --config playwright.screens.config.ts

lighthouse: tools
	@exec $(python) -m devstack.lighthouse

attack: environment
	@exec $(python) -m devstack attack --examples "$(EXAMPLES)"

soak: environment
	@exec $(python) -m devstack.soak --seconds "$(SECONDS)"

# Needs uv, which only those who change dependencies use. requirements.lock is for people who work here; the others are
# parts of it, for the images: what a service needs to run, what operators need, and what builds our packages.
export := uv export --quiet --frozen --no-emit-workspace --no-header --no-annotate
services := catalog identity incidents maintenance public-api realtime-gateway

lock:
	uv lock
	$(export) --all-packages --output-file requirements.lock
	$(export) --no-default-groups $(services:%=--package tidings-%) --output-file requirements.run.lock
	$(export) --no-default-groups --package tidings-operator --output-file requirements.operator.lock
	$(export) --only-group build --output-file requirements.build.lock

environment:
	@sh libs/devstack/environment.sh

# The console as it ships, of the present sources.
console: tools
	$(python) -m devstack.console build

# What only tests, screens and Lighthouse need.
tools:
	@sh libs/devstack/tools.sh
