# Two targets are all a newcomer needs: `make demo` and `make test`. Both install what they need and may be repeated.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: demo test unit lint types check browser golden docs screenshots bench soak clean help

help:
	@echo "make demo     install, load the samples, serve http://127.0.0.1:8000"
	@echo "make test     install and run every test"
	@echo "make check    tests, lint and types (what CI runs)"
	@echo "make soak     killed loaders, full disks, hostile files and requests, at full size (an hour or more)"
	@echo "make screenshots   pictures of the pages in their main states, in screenshots/"
	@echo "make bench    measure (needs the real releases, see docs/measurements.md); FULL_SIZE=1: SNOMED CT too"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --constraint constraints.txt --editable .
	touch $@

$(VENV)/.test: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --constraint constraints.txt --editable '.[test]'
	touch $@ $(VENV)/.demo

demo: $(VENV)/.demo
	$(BIN)/termservice --home var/demo demo

# Debian's browser where it can be installed; elsewhere the browser tests skip and say why.
browser:
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null \
	    || echo "chromium could not be installed: browser tests will skip"; fi

# Files of tests side by side: what one of them sets up serves all of it.
test: $(VENV)/.test browser
	$(BIN)/python -m pytest -q -n auto --dist loadfile

unit: $(VENV)/.test
	$(BIN)/python -m pytest -q -m "not live and not browser"

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

check: lint types test

golden: $(VENV)/.test
	$(BIN)/python -m codesystems.golden --force

docs: $(VENV)/.test
	$(BIN)/python -m termservice.cli.document > docs/cli.md

# The main states of the pages, light and dark, wide and on a phone, pictured with the samples.
screenshots: $(VENV)/.test browser
	$(BIN)/python -m benchmarks.screenshots

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks $(if $(FULL_SIZE),--full-size)

# All of what `make test` runs a sample of: killed loaders, full disks, hostile files and requests, loads under traffic.
soak: $(VENV)/.test
	SOAK=full $(BIN)/python -m pytest -q -s -m soak

clean:
	rm -rf $(VENV) build dist screenshots *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
