# Homeroom: `make help` tells what there is. Everything runs in .venv, made by tools/venv.sh with any Python 3.13.
SHELL := /bin/sh
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE
PY := .venv/bin/python
RUN := @tools/venv.sh local && exec
DEV := @tools/venv.sh dev && exec
WORKERS_OF_TESTS ?= 2

.PHONY: help run test test-fast check bench synth deploy-local docs docs-check format lint lint-api house imports types audit lock module clean

help: ## Tell what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Run the whole system on this machine (PORT, DATA_DIR, DEMO=0, SUPER_ADMIN_EMAIL, SUPER_ADMIN_PASSWORD, RATE_LIMITS)
	$(RUN) $(PY) -m infra.local

test: ## Run every test
	$(DEV) $(PY) -m pytest -q -n $(WORKERS_OF_TESTS) --dist loadfile $(ARGS)

test-fast: ## Run the tests that take less than five seconds each
	$(DEV) $(PY) -m pytest -q -n $(WORKERS_OF_TESTS) --dist loadfile -m "not slow" $(ARGS)

check: ## Run what CI runs: format, lint, imports, types, house rules, generated documents, the API's linter, tests with coverage
	@tools/venv.sh dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	.venv/bin/lint-imports
	$(PY) -m mypy
	$(PY) -m tools.house_rules
	$(PY) -m tools.build_docs --check
	$(PY) -m tools.lint_api
	@$(MAKE) --no-print-directory test ARGS="--cov --cov-report=term $(ARGS)"

bench: ## Measure imports, packages, capacity, list pages and load; writes docs/PERFORMANCE.md
	$(DEV) $(PY) -m tools.bench $(ARGS)

synth: ## Write the CloudFormation templates to cdk.out/
	$(DEV) $(PY) -m tools.cdk synth --quiet $(ARGS)

deploy-local: ## Deploy the app into an emulator on this machine by a real `cdk deploy`, and use it
	$(DEV) $(PY) -m tools.deploy_local $(ARGS)

docs: ## Write the generated documents
	$(DEV) $(PY) -m tools.build_docs

docs-check: ## Compare the generated documents with what is checked in
	$(DEV) $(PY) -m tools.build_docs --check

format: ## Format the code
	$(DEV) $(PY) -m ruff format .

lint: ## Lint the code
	$(DEV) $(PY) -m ruff check .

lint-api: ## Lint the OpenAPI document
	$(DEV) $(PY) -m tools.lint_api

house: ## Check the rules of the house that no linter knows
	$(DEV) $(PY) -m tools.house_rules

imports: ## Check who may import whom
	$(DEV) .venv/bin/lint-imports

types: ## Check the types
	$(DEV) $(PY) -m mypy

audit: ## Ask an advisory service about the locked packages (needs a connection)
	$(DEV) $(PY) -m pip_audit --require-hashes --disable-pip -r requirements/local.txt

lock: ## Compile the locks from requirements/*.in
	@tools/venv.sh dev
	@PATH="$(CURDIR)/.venv/bin:$$PATH" sh tools/lock.sh

module: ## Write the folder of a new module: make module name=hostel entity=room
	$(DEV) $(PY) -m tools.new_module name=$(name) entity=$(entity)

clean: ## Remove what was built (not the data in .local/, not .venv)
	rm -rf build cdk.out htmlcov .coverage .coverage.* coverage.xml .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +
