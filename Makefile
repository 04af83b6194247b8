# Two targets are all a newcomer needs: `make demo` and `make test`. Both install what they need and may be repeated.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: demo test unit lint types check browser golden docs bench clean help

help:
	@echo "make demo     install, load the samples, serve http://127.0.0.1:8000"
	@echo "make test     install and run every test"
	@echo "make check    tests, lint and types (what CI runs)"
	@echo "make bench    measure (needs the real releases, see docs/measurements.md)"

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

test: $(VENV)/.test browser
	$(BIN)/python -m pytest

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

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
