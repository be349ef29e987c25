# Everything somebody does with this checkout. `make help` lists it; `make run` is all a newcomer
# needs: Python 3.11+, make and a network are enough to begin with.

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
CATALOGUES := $(wildcard lms/translations/*/LC_MESSAGES/*.po)
LANGUAGES := en

# The cheap ones first, so that a mistake shows early; browsers last.
TESTS := $(wildcard $(addprefix tests/,unit integration storage chaos site engines video journeys))
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest $(if $(filter-out 0,$(WORKERS)),-n $(WORKERS) --dist loadfile)
# The system's node serves the browser tests where it is new enough; else the one of the package.
NODE := $(shell node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null && command -v node)
ifneq ($(NODE),)
export PLAYWRIGHT_NODEJS_PATH ?= $(NODE)
endif
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

.PHONY: help install install-test run demo test test-all chaos bench lint types format translations lock clean

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

# --- install ----------------------------------------------------------------------------------

install: $(VENV)/.run-installed $(VENV)/.translated ## Install all that running needs (part of run)
	@$(PYTHON) tools/system_packages.py run

install-test: install $(VENV)/.test-installed ## Install all that the tests need (part of test)
	@$(PYTHON) tools/system_packages.py test

$(BIN)/python:
	@$(PYTHON) tools/system_packages.py run
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run-installed: requirements/faster.txt pyproject.toml hatch_build.py | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/faster.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test-installed: requirements/dev.txt $(VENV)/.run-installed
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.translated: $(CATALOGUES) hatch_build.py | $(VENV)/.run-installed
	@$(BIN)/python hatch_build.py
	@touch $@

# --- run --------------------------------------------------------------------------------------

run: install ## Start the site with demo data and say where it is; Ctrl-C stops it
	@$(BIN)/lms run --demo

demo: install ## Erase the demo and build it again
	@$(BIN)/lms demo --reset

# --- check ------------------------------------------------------------------------------------

test: install-test lint types ## Everything that fits in 20 minutes, on SQLite and PostgreSQL
	@$(BIN)/python -c 'from importlib.util import find_spec; find_spec("whisper") or print("not run: openai-whisper is not installed (requirements/whisper.txt)")'
	@$(BIN)/python tools/private_postgres.py -- $(PYTEST) -m "not matrix" $(TESTS)

test-all: install-test lint types ## The same with the long matrices
	@$(BIN)/python -c 'from importlib.util import find_spec; find_spec("whisper") or print("not run: openai-whisper is not installed (requirements/whisper.txt)")'
	@$(BIN)/python tools/private_postgres.py -- $(PYTEST) $(TESTS)

lint: $(VENV)/.test-installed ## Style, templates and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint lms/templates --lint --quiet
	$(BIN)/lint-imports --no-logo

types: $(VENV)/.test-installed ## mypy, strict
	$(BIN)/mypy

chaos: install-test ## Kill web and worker 200 times on each database, fill the disk, stop the database
	@LMS_TEST_KILLS=200 LMS_TEST_OUTAGE_SECONDS=60 $(BIN)/python tools/private_postgres.py -- $(BIN)/python -m pytest -q tests/chaos

bench: install-test ## Print the figures this version must reach
	@$(BIN)/python tools/bench.py

# --- work -------------------------------------------------------------------------------------

format: $(VENV)/.test-installed ## Format the code
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .

translations: $(VENV)/.test-installed ## Collect new sentences into the catalogues and compile them
	$(BIN)/pybabel extract --mapping pyproject.toml --add-location file --sort-by-file --omit-header --no-wrap -k lazy_gettext -k _l --output .messages.pot .
	for language in $(LANGUAGES); do \
	  file=lms/translations/$$language/LC_MESSAGES/messages.po; \
	  if [ -f $$file ]; then \
	    $(BIN)/pybabel update --ignore-pot-creation-date --no-fuzzy-matching --input-file .messages.pot --output-file $$file --locale $$language --no-wrap --no-fuzzy-matching --ignore-obsolete; \
	  else \
	    mkdir -p $$(dirname $$file); \
	    $(BIN)/pybabel init --input-file .messages.pot --output-file $$file --locale $$language --no-wrap; \
	  fi; \
	done
	rm .messages.pot
	$(BIN)/python hatch_build.py

lock: $(VENV)/.test-installed ## Pin the requirements anew from pyproject.toml
	$(LOCK) pyproject.toml requirements/build.in --upgrade -o requirements/base.txt
	$(LOCK) pyproject.toml requirements/build.in --extra faster -c requirements/base.txt -o requirements/faster.txt
	$(LOCK) pyproject.toml requirements/build.in --extra s3 -c requirements/base.txt -o requirements/s3.txt
	$(LOCK) pyproject.toml requirements/build.in --extra faster --extra s3 --group dev -c requirements/faster.txt -c requirements/s3.txt -o requirements/dev.txt

clean: ## Remove what tools leave behind; the data in var/ stays
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results dist build
	find lms courses media migrations tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
