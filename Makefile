# theratwin. Needs only python3 (3.11 or newer) with its venv module, and make.

PYTHON = python3
VENV = .venv
WORKERS = 2
BIN = $(VENV)/bin
# Bytecode is kept, whatever the shell says: else every process compiles its libraries anew.
RUN = PYTHONDONTWRITEBYTECODE= $(BIN)/python
TEST = $(RUN) -m pytest -n $(WORKERS) --dist worksteal
SETUP = sh tools/setup.sh "$(PYTHON)" "$(VENV)"

# The locks are written by one version of one program, from pyproject.toml.
UV = uv==0.13.9
COMPILE = $(VENV)-lock/bin/uv pip compile pyproject.toml --quiet --upgrade --extra images \
	--universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-build \
	--no-config --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help demo test fast verify bench lint docs lock clean runtime dev

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: runtime ## simulate, calibrate, plan and report a patient: out/demo/report.html
	@$(BIN)/theratwin demo

test: dev ## every test of the first ring (minutes)
	$(TEST)

fast: dev ## the first ring less the build of the documentation
	$(TEST) --ignore=tests/test_docs.py

verify: dev ## the second ring (hours; goes on where it was stopped)
	$(RUN) -m pytest -m verify

bench: dev ## speed and memory against named peers
	@set -e; for study in benchmarks/*.py; do echo "== $$study"; $(BIN)/python "$$study"; done

lint: dev ## ruff, pyright and the floors of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-cache

docs: dev ## docs/_build/html/index.html
	$(RUN) -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

lock: ## write requirements.lock and requirements-dev.lock anew
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet "$(UV)"
	$(COMPILE) --group build --output-file requirements.lock
	$(COMPILE) --group dev --constraints requirements.lock --output-file requirements-dev.lock
	rm -rf $(VENV)-lock

clean: ## remove what was built, the virtual environment too
	rm -rf $(VENV) $(VENV)-lock build dist out docs/_build docs/reference/rooms
	rm -rf .pytest_cache .ruff_cache .hypothesis .import_linter_cache

runtime:
	@$(SETUP) requirements.lock

dev:
	@$(SETUP) requirements-dev.lock
