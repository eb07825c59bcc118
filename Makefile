# `make demo` and `make test` need python3.11 or newer and nothing else; once installed they need no network.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
PY := $(VENV)/bin/python
# The stamp is named after what was installed and where: the environment is reused until a file or the folder changes.
INSTALLED := $(VENV)/installed-$(shell { cat pyproject.toml constraints.txt; pwd; } | cksum | cut -d' ' -f1)
PIP := $(PY) -m pip --disable-pip-version-check

export PYTHONUTF8 := 1
export HF_HUB_OFFLINE ?= 1
export TOKENIZERS_PARALLELISM := false

.PHONY: help demo test install lint types contracts format docs clean

help:
	@echo 'make demo       an agent that learns, in under two minutes'
	@echo 'make test       style, types, import contracts, the whole suite'
	@echo 'make install    the environment both of them use ($(VENV))'
	@echo 'make lint types contracts   the checks one by one'
	@echo 'make docs       write docs/cli.md and the made parts of README.md'
	@echo 'make clean      remove caches and build output, keep $(VENV)'

install: $(INSTALLED)

$(INSTALLED):
	@test -n "$(PYTHON)" || { echo 'memos needs Python 3.11 or newer; none was found' >&2; exit 2; }
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@# torch goes first: what needs it then finds it, and no second build is fetched
	$(PIP) install --quiet --constraint constraints.txt setuptools torch
	$(PIP) install --quiet --constraint constraints.txt --no-build-isolation --editable '.[dev]'
	@rm -f $(VENV)/installed-*
	@touch $@

demo: install
	@$(PY) -m memos.apps.demo

test: install lint contracts types
	@# a process for each core, each with one thread: they would only wait for one another
	OMP_NUM_THREADS=1 $(PY) -m pytest --numprocesses logical --dist loadscope

lint: install
	$(VENV)/bin/ruff check .

types: install
	$(VENV)/bin/mypy

contracts: install
	$(VENV)/bin/lint-imports --no-cache

format: install
	$(VENV)/bin/ruff check --fix .

docs: install
	$(PY) scripts/cli_reference.py
	$(PY) scripts/readme.py

clean:
	rm -rf build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
