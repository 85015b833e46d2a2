# Each target sets itself up on a fresh machine: `.venv` from the locked requirements, and nothing outside this folder
# but what `.ci/ensure-system` says it needs for tests.

.DEFAULT_GOAL := help
.PHONY: help setup demo test check trials bench pictures infra lock clean

PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
RUNTIME_READY := .venv/.runtime-ready
DEV_READY := .venv/.dev-ready
INFRA_READY := .venv-infra/.ready
# The demo is content with whichever of the two is there, and makes the small one.
DEMO_READY := $(if $(wildcard $(DEV_READY)),$(DEV_READY),$(RUNTIME_READY))
COMPILE := $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

help:
	@echo "make demo      an invented trust of two schools, loaded and run (SERVE=yes|no: with or without the pages)"
	@echo "make test      all tests          make check     format, lint, types, rooms"
	@echo "make trials    kills, cuts and floods, at full figures (TRIALS=tests/faults: only those)"
	@echo "make bench     measurements       make pictures  the README's screenshots"
	@echo "make infra     looks over the Azure templates (an environment of its own: it is large)"
	@echo "make setup     the environment    make lock      the locked requirements (UPGRADE=yes: newer ones)"
	@echo "make clean     removes what the others made"

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed, and none is on the PATH." >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(RUNTIME_READY): requirements/runtime.txt requirements/build.txt pyproject.toml | .venv/bin/python
	$(PIP_INSTALL) --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_READY): requirements/dev.txt pyproject.toml | .venv/bin/python
	$(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(DEV_READY)

demo: $(DEMO_READY)
	@serve="$(SERVE)"; test -n "$$serve" || { test -t 1 && serve=yes || serve=no; }; \
	test "$$serve" = yes || set -- --no-serve; \
	exec $(BIN)/rp-connect demo --dir demo-trust "$$@"

test: $(DEV_READY)
	@.ci/ensure-system
	$(BIN)/python -m pytest --numprocesses auto -m "not live"

check: $(DEV_READY)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

trials: $(DEV_READY)
	@.ci/ensure-system
	RP_CONNECT_TRIALS=full $(BIN)/python -m pytest --numprocesses auto -m trial --timeout 0 $(TRIALS)

bench: $(DEV_READY)
	@.ci/ensure-system
	$(BIN)/python -m tests.benchmarks

pictures: $(DEV_READY)
	@.ci/ensure-system
	$(BIN)/python -m tests.pictures

$(INFRA_READY): requirements/infra.txt | .venv/bin/python
	.venv/bin/python -m venv .venv-infra
	.venv-infra/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/infra.txt
	@touch $@

infra: $(INFRA_READY)
	.venv-infra/bin/python tests/infra/look_over.py

lock: $(DEV_READY)
	$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) requirements/build.in --output-file requirements/build.txt
	$(COMPILE) pyproject.toml --all-extras requirements/dev.in --output-file requirements/dev.txt
	$(COMPILE) requirements/infra.in --output-file requirements/infra.txt

clean:
	rm -rf .venv .venv-infra demo-trust build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
