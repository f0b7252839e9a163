.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .cache/uv/bin/uv
BIN := .venv/bin
SYNCED := .venv/.synced
ASSETS := src/mingdan/web/static/vendor/.complete
MESSAGES := .venv/.messages
ON_POSTGRESQL := tests/platform tests/pillars tests/web tests/test_permissions.py tests/test_api_permissions.py

.PHONY: help setup demo test check bench rows messages documents clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(SYNCED) $(ASSETS) $(MESSAGES) ## Install what Mingdan needs into .venv, nothing elsewhere

demo: setup ## Start the application with an invented company on http://localhost:8000
	@$(BIN)/mingdan demo

test: setup ## Run every test
	@sh scripts/browser
	@sh scripts/java
	@sh scripts/postgresql
	@$(BIN)/python scripts/with_postgresql.py $(BIN)/pytest -n auto --dist worksteal -q $(ON_POSTGRESQL)
	@$(BIN)/pytest -n auto --dist worksteal -q

check: setup ## Style, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(SYNCED) ## Measure against peers and floors (minutes, and a few GB of disk)
	@$(BIN)/python benchmarks/run.py

rows: $(SYNCED) ## List the rows of docs/rows.toml that no test proves yet
	@$(BIN)/pytest -q --collect-only --rows

messages: $(SYNCED) ## Collect the texts that need Chinese into the .po files
	@$(BIN)/python scripts/messages.py update

documents: $(SYNCED) ## Write the generated documents anew
	@$(BIN)/python -m mingdan.engine.documents docs/catalogue

clean: ## Remove what set-up made
	rm -rf .venv .cache src/mingdan/web/static/vendor
	find src -name '*.mo' -delete

$(UV):
	@PYTHON="$(PYTHON)" UV_VERSION="$(UV_VERSION)" sh scripts/uv

$(SYNCED): $(UV) uv.lock pyproject.toml
	@UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never $(UV) sync --frozen --quiet --all-extras --python "$(PYTHON)"
	@touch $@

$(ASSETS): $(SYNCED) package-lock.json scripts/assets src/mingdan/web/icons.txt
	@sh scripts/assets $(BIN)/python

$(MESSAGES): $(SYNCED) scripts/messages.py $(shell find src -name '*.po')
	@$(BIN)/python scripts/messages.py compile
	@touch $@
