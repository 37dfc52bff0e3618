# Everything a contributor or a first visitor needs. `make help` lists it.
PYTHON ?= python3
PORT ?= 5000
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test check format texts docs lock wheel clean browser

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/.base: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv 2>/dev/null || { echo "The venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --no-deps --editable .
	@touch $@

.venv/.dev: .venv/.base requirements-dev.lock
	@$(BIN)/pip install --quiet --require-hashes --requirement requirements-dev.lock
	@touch $@

demo: .venv/.base ## serve the portal with demo data on http://127.0.0.1:$PORT
	@PORT=$(PORT) $(BIN)/portal db upgrade
	@PORT=$(PORT) $(BIN)/portal demo load
	@PORT=$(PORT) $(BIN)/portal serve --port $(PORT)

browser: # the browser that the journeys drive
	@if ! command -v chromium >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 >/dev/null; \
	  else echo "chromium is missing: the browser tests are skipped (Debian: apt-get install chromium fonts-noto-cjk)"; fi; fi

test: .venv/.dev browser ## run all tests
	@$(BIN)/python hatch_build.py
	@$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

check: .venv/.dev ## linters, types, import contracts, texts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/bandit --quiet --recursive portal --configfile pyproject.toml
	@$(BIN)/deptry . --no-ansi
	@$(BIN)/portal thesaurus check
	@$(BIN)/python -m tests.support.catalogues check

format: .venv/.dev ## put the code into its form
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format --quiet .

texts: .venv/.dev ## extract texts and update the catalogues
	@$(BIN)/python -m tests.support.catalogues update

docs: .venv/.dev ## write the pages of docs/ that are read from the code
	@$(BIN)/python -m tests.support.handbook

lock: .venv/.dev ## pin all packages with hashes
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --group test --group lint --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements-dev.lock

wheel: .venv/.dev ## build the wheel into dist/
	@$(BIN)/python -m hatchling build -t wheel

clean: ## remove what can be made again (keeps instance/)
	@rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache
