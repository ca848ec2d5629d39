# Everything that a newcomer needs: make demo, make test. Each can be run again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Tests begin hundreds of Pythons; where nothing may be kept, each compiles the whole project before it does anything.
test test-services unit: export PYTHONDONTWRITEBYTECODE =

.PHONY: help setup demo test test-services unit lint bench lock docs train clean

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMP) ## Make .venv with the sirekap command in it

$(STAMP): requirements/dev.txt pyproject.toml
	@echo "Setting up $(VENV) with the pinned, hashed requirements …"
	@$(PYTHON) -c 'import sys; sys.exit("Sirekap needs Python 3.11 or newer; set PYTHON=…") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Install the venv module first: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: setup ## A small election: photographed, read, checked, tallied, published, verified, served
	$(BIN)/sirekap demo demo $(DEMO)

test: setup ## Every test
	$(BIN)/python -m pytest -n 2 --dist loadgroup

test-services: setup ## Every test (or TESTS) on PostgreSQL instead of SQLite, a server of its own
	$(BIN)/python tests/with_postgresql.py $(BIN)/python -m pytest -n 2 --dist loadgroup $(TESTS)

unit: setup ## The fast tests alone
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not browser"

lint: setup ## ruff, mypy strict, import contracts
	$(BIN)/ruff check src tests benchmarks training
	$(BIN)/ruff format --check src tests benchmarks training
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## The figures of docs/performance.md
	$(BIN)/python -m benchmarks

docs: setup ## Write docs/cli.md from --help
	$(BIN)/python -m sirekap.cli.docs

lock: ## Compile requirements/dev.txt anew (needs uv)
	sed -n 's/^-e .*//; /./p' requirements/dev.in > requirements/.dev.in
	$(PYTHON) requirements/extras.py >> requirements/.dev.in
	uv pip compile --quiet --generate-hashes --no-header --no-annotate --python-version 3.11 requirements/.dev.in -o requirements/dev.txt
	rm requirements/.dev.in

clean: ## Remove what the make targets made
	rm -rf $(VENV) demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
