# Every command of the project. `make` alone lists them; each builds what it needs from nothing but python3.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

SEEDS ?= 300
# Processes that tests run in, file by file; each starts a broker of its own.
SIDE_BY_SIDE ?= 2
ARGS ?=
PROFILES ?=

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(READY) ## the whole flow on this machine, nothing to install: make demo ARGS="--outputs 200 --seed 3"
	$(PY) -m sentuh demo $(ARGS)

.PHONY: test
test: $(READY) ## every test, on real Apache Kafka where there is Java or Docker: make test ARGS="-k lanes"
	$(PY) -m pytest -n $(SIDE_BY_SIDE) --dist loadfile $(ARGS)

.PHONY: test-fast
test-fast: $(READY) ## the tests that need neither broker nor patience
	$(PY) -m pytest -n $(SIDE_BY_SIDE) --dist loadfile -m "not slow and not real_kafka" $(ARGS)

.PHONY: test-compose
test-compose: $(READY) ## the compose file on a Docker engine: 1,000 outputs, a service killed, audited, down
	$(PY) -m pytest -m compose -s tests/compose $(ARGS)

.PHONY: lint
lint: $(READY) ## ruff, mypy --strict, import-linter
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache --no-logo

.PHONY: format
format: $(READY) ## let ruff sort imports and lay out the code
	$(VENV)/bin/ruff check --fix-only --quiet .
	$(VENV)/bin/ruff format .

.PHONY: bench
bench: $(READY) ## measured claims as ratios, into bench/results/; beside another checkout: make bench ARGS="--against DIR"
	$(PY) -m bench $(ARGS)

.PHONY: peers
peers: $(READY) build/peers/.ready ## the router's core job beside a stream processor's; one table: make peers ARGS="--pairs 3"
	$(PY) -m bench.peers $(ARGS)

build/peers/.ready: bench/peers/requirements.lock
	@$(PYTHON) -m venv build/peers
	@build/peers/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.PHONY: simulate
simulate: $(READY) ## seeded schedules with crashes, rollbacks and zombies: make simulate SEEDS=10000
	$(PY) -m tests.simulation --seeds $(SEEDS) $(ARGS)

.PHONY: fuzz
fuzz: $(READY) ## broken outputs for intake, for as long as one likes: make fuzz ARGS="--inputs 1000000"
	$(PY) -m tests.fuzz $(ARGS)

.PHONY: reported
reported: $(READY) ## what people reported of other tools, tried on real Kafka; one table: make reported ARGS="--samples"
	$(PY) -m tests.reported $(ARGS)

.PHONY: faults
faults: $(READY) ## every fault there is, on real Kafka and Redis; one table: make faults ARGS="--only broker"
	$(PY) -m tests.faults $(ARGS)

.PHONY: up
up: ## everything in containers, and what runs where: make up PROFILES="demo observability"
	@deploy/up $(PROFILES)

.PHONY: down
down: ## stop and remove those containers, their data and their network
	@docker compose --profile '*' down --volumes --remove-orphans

.PHONY: alerts
alerts: $(READY) ## real faults in a compose stack of its own: each alert fires and is over; prints one table
	$(PY) -m tests.alerts $(ARGS)

.PHONY: acls
acls: $(READY) ## each principal x topic x operation, tried on a real broker with the generated rights
	$(PY) -m tests.secure.matrix

.PHONY: kafka
kafka: ## one Apache Kafka node in the foreground, on the local JDK: make kafka ARGS="--port 9092"
	deploy/kafka/start $(ARGS)

.PHONY: redis
redis: $(READY) ## one Valkey in the foreground, append-only, never evicting: make redis ARGS="--port 6379"
	@$(PY) -m sentuh.embedded.valkey $(ARGS)

.PHONY: docs
docs: $(READY) ## the docs as a site in build/docs/site; fails on a dead link
	@$(PY) -m tests.docs $(ARGS)

.PHONY: doctor
doctor: $(READY) ## what is installed here, and which Kafka and Redis the tests will use
	@$(PY) -m tests.doctor

.PHONY: lock
lock: $(READY) ## resolve the locks anew after a change of dependencies
	$(VENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-header --quiet --output-file requirements/runtime.lock
	$(VENV)/bin/uv pip compile pyproject.toml --all-extras --constraint requirements/runtime.lock \
	  --universal --python-version 3.11 --generate-hashes --no-header --quiet --output-file requirements/dev.lock
	$(VENV)/bin/uv pip compile pyproject.toml --extra demo --constraint requirements/dev.lock \
	  --universal --python-version 3.11 --generate-hashes --no-header --quiet --output-file requirements/demo.lock
	$(VENV)/bin/uv pip compile --group image --constraint requirements/dev.lock --universal --python-version 3.11 \
	  --generate-hashes --no-header --quiet --output-file requirements/image.lock

.PHONY: clean
clean: ## remove the virtual environment and every cache of this directory
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements/dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Sentuh needs Python 3.11 or newer as $(PYTHON): install it, or say make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments: install its venv package (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@echo "building $(VENV) from requirements/dev.lock ..."
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@set -o pipefail; $(PY) -um pip install --progress-bar off --disable-pip-version-check --require-hashes \
	  -r requirements/dev.lock | awk -v all=$$(grep -c '^[^ ].*==' requirements/dev.lock) ' \
	  /^Collecting/ && ++n % 10 == 0 { printf "  %d of at most %d packages fetched\n", n, all; fflush() } \
	  /^Installing/ { print "  installing them ..."; fflush() }' || { \
	  echo "the packages could not be installed: see pip's message above; behind a mirror or proxy, tell pip (pip config set global.index-url ...)" >&2; exit 1; }
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
