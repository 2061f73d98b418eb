# `make run` and `make test` are all that a fresh clone needs; `make help` lists the rest.

PYTHON ?= python3
BIN := .venv/bin
# Each has a Redis, a MariaDB and a browser of its own; most of a test is waiting for one of them.
TEST_PROCESSES ?= 2
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
LOCK := $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras --no-header --no-emit-options \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# What is compiled once is not compiled again by each of the many processes that serve and test.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run test test-setup lint audit tidy bench bench-100k bench-peers chaos attack fuzz lock clean

help:  ## say what there is to make
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1	\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

setup: .venv/installed  ## install Claps into .venv and HTMX into static/vendor
	@$(BIN)/python -E tools/install_vendor.py

run: setup  ## serve on http://127.0.0.1:8000, with its own Redis, SQLite and a demo
	@exec $(BIN)/claps serve

test: test-setup  ## run every test (PYTEST="-k word" narrows it)
	@$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder $(PYTEST)

test-setup: setup .venv/installed-bench  ## install what the tests need, and run none
	@tools/install_test_parts.sh
	@$(BIN)/python -E tools/install_vendor.py clients

lint: setup .venv/installed-dev  ## mypy, flake8, isort and the floors
	@$(BIN)/mypy
	@$(BIN)/flake8
	@$(BIN)/isort --check-only --quiet .
	@$(BIN)/lint-imports --config setup.cfg

audit: .venv/installed-dev  ## look whether something installed is known to be unsafe
	@$(BIN)/python -E tools/audit.py

tidy: .venv/installed-dev  ## put imports in order
	@$(BIN)/isort --quiet .

bench: setup .venv/installed-bench  ## measure; figures, bounds and ratios (BENCH="name" narrows it)
	@$(BIN)/python -m benchmarks $(BENCH)

bench-100k: setup .venv/installed-bench  ## 100,000 readers of one server, and plots (RECORD=one-post, RECORD=million)
	@$(BIN)/python -m benchmarks.hundred $(or $(RECORD),100k)

bench-peers: setup .venv/installed-bench  ## measure beside Nchan, ws, Socket.IO, … (PEERS="readers polls claps" narrows it)
	@tools/install_peers.sh $(BIN)/python
	@$(BIN)/python -m benchmarks.side_by_side $(PEERS)

chaos: test-setup  ## kill, freeze and cut everything in turn while a crowd uses it (TOWN=galera FAULTS=40 SEED=7 KEEP=1, or ADD=1)
	@$(if $(TOWN),true,$(BIN)/python -m tests.chaos promises $(if $(KEEP),--keep))
	@for town in $(or $(TOWN),one-redis sentinels cluster replica galera); do $(BIN)/python -m tests.chaos $$town \
		--faults $(or $(FAULTS),40) $(if $(SEED),--seed $(SEED)) $(if $(KEEP),--keep) $(if $(ADD),--add) || exit 1; done
	@$(if $(KEEP)$(ADD),$(BIN)/python -m tests.chaos report,true)

attack: test-setup  ## 20,000 idle sockets and more, and what others get meanwhile (SOCKETS=20000; as root also half-open ones)
	@$(BIN)/python -m tests.attacks --sockets $(or $(SOCKETS),20000)

fuzz: .venv/installed-fuzz  ## feed fuzz tests for a while each (FUZZ="since cookie markdown" or all, SECONDS=60; none names them)
	@$(BIN)/python -m tests.attacks.fuzzing "$(or $(FUZZ),?)" $(or $(SECONDS),60)

lock: .venv/installed-dev  ## make requirements/*.txt from *.in
	@for part in run test bench dev fuzz; do $(LOCK) --output-file requirements/$$part.txt requirements/$$part.in || exit 1; done
	@$(LOCK) --output-file benchmarks/peers/requirements.txt benchmarks/peers/requirements.in

clean:  ## remove everything that was installed or built; var/ with its data stays
	rm -rf .venv build node_modules static/vendor claps.egg-info .mypy_cache .pytest_cache .import_linter_cache .hypothesis
	find claps tests benchmarks migrations tools -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: each is touched last, so that an interrupted installation is taken up again.

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Claps needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "This Python cannot make environments; on Debian: apt-get install python3-venv"; exit 1; }

.venv/installed: requirements/run.txt setup.cfg pyproject.toml | .venv/bin/python
	@echo "Installing Claps into .venv"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) --quiet install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-test: requirements/test.txt .venv/installed
	@echo "Installing what the tests need into .venv"
	@$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

.venv/installed-bench: requirements/bench.txt .venv/installed-test
	@echo "Installing what the benchmarks need into .venv"
	@$(PIP) install --require-hashes -r requirements/bench.txt
	@touch $@

.venv/installed-fuzz: requirements/fuzz.txt .venv/installed-test
	@echo "Installing what fuzzes into .venv"
	@$(PIP) install --require-hashes -r requirements/fuzz.txt
	@touch $@

.venv/installed-dev: requirements/dev.txt .venv/installed-test
	@echo "Installing the linters into .venv"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
