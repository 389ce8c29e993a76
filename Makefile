# Everything that is done with this checkout. `make` alone lists it.
#
# The environment is .venv, made from the lock files alone. It is made anew when the lock or the
# interpreter that it was made with changes, or when it is gone.

VENV := .venv
BIN := $(VENV)/bin
# Stamps: the locked dependencies, the program itself, the tools for working on it.
LOCKED := $(VENV)/locked
PROGRAM := $(VENV)/program
TOOLS := $(VENV)/tools

PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV ?= uv

# The first interpreter on the path that runs and is new enough; `make PYTHON=... run` takes another.
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
ABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
first-that-can = $(shell for python in $(CANDIDATES); do \
	$$python -c '$(1)' >/dev/null 2>&1 && { echo $$python; break; }; done)
PYTHON ?= $(or $(call first-that-can,$(ABLE)),$(call first-that-can,$(NEW_ENOUGH)))

.DEFAULT_GOAL := help
.PHONY: help run test check format lock pictures snapshots clean
.DELETE_ON_ERROR:

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: $(PROGRAM) ## open the panel on a made-up demo database
	@$(BIN)/customjobs demo

test: $(TOOLS) ## run all tests, on all cores
	$(BIN)/pytest --numprocesses auto --dist worksteal

check: $(TOOLS) ## format, lint, types and layers, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(TOOLS) ## format the code and sort its imports
	$(BIN)/ruff check --fix-only --select I .
	$(BIN)/ruff format .

snapshots: $(TOOLS) ## take the pictures that the snapshot tests compare with
	$(BIN)/pytest --snapshot-update -k snapshot

pictures: $(TOOLS) ## take the pictures of the documentation anew
	$(BIN)/python docs/make_pictures.py

lock: ## lock the dependencies again with uv; LOCK=--upgrade takes the newest of all
	$(COMPILE) --group build --output-file requirements.txt
	$(COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt

clean: ## remove the environment and what tools left behind
	rm -rf $(VENV) .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache dist
	rm -f snapshot_report.html
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Versions and hashes only, for every platform and every Python from 3.11 on.
COMPILE = $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command 'make lock' $(LOCK)

$(LOCKED): requirements.txt $(BIN)/python
	@$(if $(PYTHON),,$(error Python 3.11 or newer is needed: install it, or name it as in `make PYTHON=/path/to/python3 run`))
	@$(PYTHON) -c '$(ABLE)' 2>/dev/null || { \
		echo "$(PYTHON) must be Python 3.11 or newer with its venv module: on Debian and Ubuntu," \
			"install python3-venv." >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP_INSTALL) --require-hashes --requirement requirements.txt
	@touch $@

# Gone, dangling or newer than the environment: then the environment is made anew.
$(BIN)/python: ;

$(PROGRAM): $(LOCKED) pyproject.toml
	@$(PIP_INSTALL) --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(TOOLS): $(PROGRAM) requirements-dev.txt
	@echo "Installing the tools for tests and checks ..."
	@$(PIP_INSTALL) --require-hashes --requirement requirements-dev.txt
	@touch $@
