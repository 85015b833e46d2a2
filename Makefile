# Each target sets itself up on a fresh machine: `.venv` from the locked requirements, and nothing outside this folder
# but what `.ci/ensure-system` says it needs for tests.

.DEFAULT_GOAL := help
.PHONY: help setup functions-app functions-runtime azurite demo test check trials bench pictures infra lock clean

PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
APP := build/functions
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
RUNTIME_READY := .venv/.runtime-ready
WORKER := .venv-functions/bin/python
WORKER_READY := .venv-functions/.ready
AZURITE_READY := .azurite/.ready
DEV_READY := .venv/.dev-ready
INFRA_READY := .venv-infra/.ready
# The demo is content with whichever of the two is there, and makes the small one.
DEMO_READY := $(if $(wildcard $(DEV_READY)),$(DEV_READY),$(RUNTIME_READY))
# Many tests start a program: without its bytecode each of them would compile all of it again.
KEEPS_BYTECODE := env -u PYTHONDONTWRITEBYTECODE
# Two more than there are processors: many tests wait for a clock, a disk or a program that they started.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 2)')
COMPILE := $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

help:
	@echo "make demo      an invented trust of two schools, loaded and run (SERVE=yes|no: with or without the pages)"
	@echo "make test      all tests          make check     format, lint, types, rooms"
	@echo "make trials    kills, cuts and floods, at full figures (TRIALS=tests/faults: only those)"
	@echo "make bench     measurements       make pictures  the README's screenshots"
	@echo "make infra     looks over the Azure templates (an environment of its own: it is large)"
	@echo "make setup     the environment    make lock      the locked requirements (UPGRADE=yes: newer ones)"
	@echo "make functions-app    build/functions: what is deployed to Azure Functions"
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

# Microsoft's worker library asks for a newer Python than it needs, so it has an environment of its own.
$(WORKER_READY): requirements/functions-runtime.txt functions/requirements.txt requirements/build.txt pyproject.toml
	test -x $(WORKER) || $(PYTHON) -m venv .venv-functions
	$(WORKER) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt -r functions/requirements.txt
	$(WORKER) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --ignore-requires-python \
		-r requirements/functions-runtime.txt
	$(WORKER) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

functions-runtime: $(WORKER_READY)

$(AZURITE_READY): tests/functions/azurite/package-lock.json tests/functions/azurite/package.json .npmrc
	mkdir -p .azurite
	cp tests/functions/azurite/package.json tests/functions/azurite/package-lock.json .npmrc .azurite/
	cd .azurite && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

azurite: $(AZURITE_READY)

# The folder as it stands, the wheel beside it, and the locked libraries: docs/functions.md says what to do with it.
functions-app: $(DEV_READY)
	rm -rf $(APP)
	mkdir -p $(APP)
	cp -R functions/. $(APP)/
	find $(APP) -name __pycache__ -type d -prune -exec rm -rf {} +
	$(BIN)/python -m build --wheel --no-isolation --skip-dependency-check --outdir $(APP) . >/dev/null
	cd $(APP) && for wheel in *.whl; do \
		printf './%s --hash=sha256:%s\n' "$$wheel" "$$(sha256sum "$$wheel" | cut -d' ' -f1)" >>requirements.txt; done

demo: $(DEMO_READY)
	@serve="$(SERVE)"; test -n "$$serve" || { test -t 1 && serve=yes || serve=no; }; \
	test "$$serve" = yes || set -- --no-serve; \
	exec $(BIN)/rp-connect demo --dir demo-trust "$$@"

test: $(DEV_READY) $(if $(shell command -v npm),$(WORKER_READY) $(AZURITE_READY))
	@.ci/ensure-system
	$(KEEPS_BYTECODE) $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal -m "not live"

check: $(DEV_READY)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

trials: $(DEV_READY)
	@.ci/ensure-system
	$(KEEPS_BYTECODE) RP_CONNECT_TRIALS=full $(BIN)/python -m pytest --numprocesses auto -m trial --timeout 0 $(TRIALS)

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
	$(COMPILE) pyproject.toml --all-extras requirements/dev.in --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --extra azure --extra openid --extra postgres --constraint requirements/dev.txt \
		--output-file functions/requirements.txt
	$(BIN)/uv pip compile --quiet --system-certs --python-version 3.13 --no-deps --generate-hashes --no-annotate \
		--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) \
		requirements/functions-runtime.in --output-file requirements/functions-runtime.txt
	$(COMPILE) requirements/infra.in --output-file requirements/infra.txt
	$(COMPILE) requirements/build.in --output-file requirements/build.txt

clean:
	rm -rf .venv .venv-functions .venv-infra .azurite demo-trust build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
