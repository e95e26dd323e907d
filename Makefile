# `make help` lists what there is. Needs Python >= 3.11 with venv, and a package index for the first call.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ROOMS := cstagw csta_xml sip ctimgr_client

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test demo lint test-system faults bench clean

help:           ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: $(VENV)/.run        ## serve; without a configuration the simulated cluster is behind it
	$(BIN)/cstagw serve

test: $(VENV)/.dev       ## unit tests and journeys: no root, no third program
	$(BIN)/python -m pytest

demo: $(VENV)/.run       ## sign in and play every service on free ports, print the timeline
	$(BIN)/cstagw demo

lint: $(VENV)/.dev       ## ruff, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(ROOMS) tests bench

test-system: $(VENV)/.dev  ## tests against real third programs, installed with apt when root
	tests/system/install.sh
	$(BIN)/python -m pytest tests/system

faults: $(VENV)/.dev       ## break everything under load, write docs/reliability.md; ROWS=killed,hung: some rows
	$(BIN)/python -m tests.faults $(ROWS)

bench: $(VENV)/.dev        ## measure directory and bridge, print tables, write docs/performance.md; the bridge needs a JDK
	$(BIN)/python -m bench.directory
	$(BIN)/python -m bench.bridge

clean:          ## remove the environment and everything generated
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage

# The project itself is installed editable, with the locked setuptools: nothing unlocked is fetched.
$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or later is needed; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
