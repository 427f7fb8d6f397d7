# make run     start Parley on http://localhost:8080
# make test    everything: lint, types, layers, all Python tests, the web client's checks, real browsers
# make check   the quick part of it: lint, types, layers, unit tests
# make e2e     real browsers against a real server
# make chaos   kill a server 500 times while people talk; make chaos KILLS=5000 does it longer
# make pictures  take the README's pictures anew
# make bench   measurements, into bench/results.json
# make web     build the web client
# make clean   remove what was built (never ./data)
#
# Each sets up what it needs. Only Python 3.11 or newer must be there: make PYTHON=/path/to/python3 names one.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -path web/coverage -prune -o -type f -print)
PYTEST := $(PY) -m pytest -p no:cacheprovider
KILLS ?= 500

.PHONY: help run test check lint web web-check e2e chaos pictures bench clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

run: .venv/.installed-run web/dist/.built
	@exec $(PY) -m parley run

test: .venv/.installed-dev web/dist/.built lint web-check
	@scripts/system chromium redis-server postgresql mariadb-server
	$(PY) -m scripts.cores
	$(PYTEST) -q -n 2 tests --ignore=tests/e2e --ignore=tests/chaos
	$(PYTEST) -q -s tests/chaos
	$(PYTEST) -q tests/e2e

check: lint
	$(PYTEST) -q -n 2 tests/unit

lint: .venv/.installed-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports

web: web/dist/.built

web-check: web/node_modules/.installed
	scripts/node npm run --silent check

e2e: .venv/.installed-dev web/dist/.built
	@scripts/system chromium
	$(PYTEST) -q tests/e2e

chaos: .venv/.installed-dev
	CHAOS_KILLS=$(KILLS) $(PYTEST) -q -s tests/chaos

pictures: .venv/.installed-dev web/dist/.built
	@scripts/system chromium
	$(PY) -m scripts.pictures

bench: .venv/.installed-dev
	$(PY) -m bench

clean:
	rm -rf .venv web/node_modules web/dist build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# ------------------------------------------------------------------------------------------------------------ set-up

.venv/.installed-run: requirements/run.txt scripts/venv
	@scripts/venv run

.venv/.installed-dev: requirements/dev.txt .venv/.installed-run
	@scripts/venv dev

web/node_modules/.installed: web/package-lock.json | .venv/.installed-run
	@echo "Installing the web client's packages ..."
	@scripts/node npm ci --no-progress --loglevel=error
	@touch $@

web/dist/.built: web/node_modules/.installed scripts/compress.mjs $(WEB_SOURCES)
	@echo "Building the web client ..."
	@scripts/node npm run --silent build
	@scripts/node node ../scripts/compress.mjs dist
	@touch $@
