# `make help` lists what can be made. On a fresh clone, every target sets itself up first.
#
#   PYTHON=python3.13 make test     which Python makes the environment
#   make test ARGS="-k dimacs -x"   arguments for pytest
#   make bench ARGS="--data DIR"     arguments for benchmarks/all.py

PYTHON ?= python3
ARGS ?=

VENV := .venv
RUN := $(VENV)/bin/python
# A stamp is newer than pyproject.toml when what pyproject.toml asks for is installed.
INSTALLED := $(VENV)/installed
INSTALLED_DEV := $(VENV)/installed-dev

.DELETE_ON_ERROR:
.PHONY: help demo test lint types docs docs-check site screenshot tables bench format install install-dev clean distclean

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: $(INSTALLED) ## run the demo: an agent learns from its failures
	@$(VENV)/bin/beliefs demo

test: $(INSTALLED_DEV) ## run the whole test suite
	$(RUN) -m pytest -n auto --dist worksteal $(ARGS)

lint: $(INSTALLED_DEV) ## check style and format
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

types: $(INSTALLED_DEV) ## check the types
	$(RUN) -m mypy

format: $(INSTALLED_DEV) ## put the code into its format
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

docs: $(INSTALLED_DEV) ## write the generated pages of docs/ anew
	$(RUN) tools/cli_docs.py
	$(RUN) tools/man_page.py

site: $(INSTALLED_DEV) ## build the site of the docs into site/
	NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --strict --quiet
	@echo "site/index.html is the first page"

tables: $(INSTALLED_DEV) ## make the tables of the grammar anew
	$(RUN) tools/grammar_tables.py

screenshot: $(INSTALLED_DEV) ## draw docs/images/explorer.png anew, with Chromium
	$(RUN) tools/explorer_screenshot.py

docs-check: $(INSTALLED_DEV) ## check that the docs are current and their examples run
	$(RUN) tools/cli_docs.py --check
	$(RUN) tools/man_page.py --check
	$(RUN) -m pytest tests/test_docs.py

bench: $(INSTALLED_DEV) ## run all benchmarks, and put their tables into docs/benchmarks.md
	$(RUN) benchmarks/all.py $(ARGS)

install: $(INSTALLED) ## make .venv and install the package

install-dev: $(INSTALLED_DEV) ## the same with the tools for development

define NO_PYTHON
There is no $(PYTHON) here: install Python 3.11 or newer, or name one: make PYTHON=/path/to/python
endef

define set_up
@command -v "$(PYTHON)" >/dev/null || { echo "$(NO_PYTHON)" >&2; exit 1; }
@"$(PYTHON)" tools/set_up.py $(VENV) $(1)
endef

$(INSTALLED): pyproject.toml tools/set_up.py
	$(call set_up,'.[planning]')
	@touch $@

$(INSTALLED_DEV): pyproject.toml tools/set_up.py
	$(call set_up,'.[dev]')
	@touch $(INSTALLED) $@

clean: ## remove what builds and tests leave behind
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find beliefs grammar tests tools benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

distclean: clean ## the same, and remove .venv
	rm -rf $(VENV)
