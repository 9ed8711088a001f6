# Two commands do all the set-up on a fresh machine: `make demo` and `make test`. Each makes the environment first.

SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The first Python from 3.11 to 3.13 that is here.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do "$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
export UV_LINK_MODE := copy
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help env demo app test check fix bench train weaviate lock sample clean

help:  ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

env: .venv/ready  ## the environment in .venv, from the lock file
.venv/ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Strata needs Python 3.11, 3.12 or 3.13: install one, or name it: make env PYTHON=/path/to/python3.12" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.5'
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	# Importing it once writes the bytecode of all that Strata loads, so that its first command starts as fast as the next.
	$(BIN)/python -c "import strata.demo, strata.llama, strata.screens.frame, ingestion.reader, onnxruntime, tokenizers, pandas"
	touch .venv/ready

demo: env  ## the main job on the sample papers: ingest, tree, cited answers, one refusal
	@$(BIN)/python -m strata.demo

app: env  ## the research chat in a browser, on the sample papers
	@$(BIN)/python -m strata.demo --quiet
	$(BIN)/strata app --project wetland-calls

test: env  ## all tests, without a network
	home=$$(mktemp -d)
	trap 'rm -rf "$$home"' EXIT
	STRATA_HOME=$$home $(BIN)/python -m pytest

check: env  ## style, types, one-way imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tests benchmarks training
	$(BIN)/lint-imports
	$(BIN)/nbstripout --verify notebooks/*.ipynb

fix: env  ## mends style where a program can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout notebooks/*.ipynb

bench: env  ## the measurements that the README names; some need ../shared/data
	$(BIN)/python -m benchmarks

DATA ?= ../shared/data
DATE ?= $(shell date +%F)
train: env  ## learns reader, ranker and confidence anew from DATA (an hour on two cores; needs PyTorch, which it installs)
	$(BIN)/uv pip install --quiet --python $(BIN)/python -e ".[train]"
	$(BIN)/python -m training.encoder $(DATA)/train --every --date $(DATE)
	$(BIN)/python -m training.ranker $(DATA)/qasper --date $(DATE)
	$(BIN)/python -m training.confidence $(DATA)/qasper --date $(DATE)

weaviate: env  ## a Weaviate server: the one that is set, else by Docker, else built by Go; says what to export
	@$(BIN)/python -m strata.local_weaviate run

lock: env  ## renews requirements.lock from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate --extra dev --extra bench pyproject.toml -o requirements.lock

sample: env  ## renders the sample papers and what goes with them from their sources
	$(BIN)/python data/sample/render.py
	$(BIN)/python data/sample/extra.py

clean:  ## removes what was made here
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
