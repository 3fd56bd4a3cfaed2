# Everything a developer runs. The first `make setup` needs a package index; the rest needs no network.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test cover mutants soak soak-daemon lint bench facts docs clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP)  ## Make .venv with the locked packages and opsync itself (PYTHON=python3.12 to choose)

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "opsync needs Python 3.11 or newer: make setup PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --requirement requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@

demo: $(STAMP)  ## Watch two sandbox CRMs become equal
	$(BIN)/opsync demo

test: $(STAMP)  ## Run all tests
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

cover: $(STAMP)  ## Check that the tests of sync/domain reach every branch of it
	$(BIN)/python -m pytest tests/domain --cov=sync.domain --cov-branch --cov-fail-under=100

mutants: $(STAMP)  ## Change sync/domain in 3,500 small ways: each must fail a test (MODULES="merge plan" for some)
	$(BIN)/python -m tests.domain.mutants $(MODULES)

soak: $(STAMP)  ## Play 50,000 random histories, faults included (SEED=n for others)
	$(BIN)/python -m tests.simulation.soak --histories 50000 --first-seed $(or $(SEED),0)

soak-daemon: $(STAMP)  ## Ten minutes of daemons, people, faults and kills (MINUTES=n SEED=n)
	$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),10) --seed $(or $(SEED),1)

lint: $(STAMP)  ## Check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(STAMP)  ## Measure against bare loops and promised numbers (ONLY=contests, calls, latency or weight)
	$(BIN)/python -m tests.bench.run $(if $(ONLY),--only $(ONLY))

facts: $(STAMP)  ## Write .github/docs/facts.md, what opsync believes about the vendors
	$(BIN)/python -m tests.docs.facts

docs: $(STAMP)  ## Write .github/docs/decision-table.md and operations.md from the code that decides and shows
	$(BIN)/python -m tests.docs.decision_table
	$(BIN)/python -m tests.daemon.shown

clean:  ## Remove .venv and everything else that is generated
	rm -rf $(VENV) build dist *.egg-info .coverage .hypothesis mutants
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find sync migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +
