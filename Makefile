# Fiducial's few commands. `make run` and `make test` do all the set-up by themselves.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
DATA ?= var/data
QUEUES ?= interactive,gpu,cpu,io
TESTERS ?= 2
export DATA
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
# The Node of the machine when it is new enough, else the one inside a PyPI package.
NODE_PATH_PREFIX = PATH="$$(bash $(CURDIR)/docker/node.sh $(CURDIR)/$(VENV)):$$PATH"
FRONT_SOURCES := $(shell find frontend/src frontend/public -type f 2>/dev/null) frontend/index.html frontend/vite.config.ts frontend/tsconfig.json

.PHONY: help run web worker install gpu test lint bench test-gpu bench-gpu screenshots frontend lock api messages clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.run frontend/dist/index.html ## Start everything: make run [PORT=8000] [HOST=127.0.0.1] [DATA=dir]
	@exec $(PY) manage.py serve --demo --host $(HOST) --port $(PORT)

test: $(VENV)/.dev frontend/dist/index.html frontend/node_modules/.stamp ## Everything: types, lint, units, processes, browser
	@bash docker/chromium.sh $(BIN)
	@$(MAKE) --no-print-directory lint
	@cd frontend && $(NODE_PATH_PREFIX) npm run --silent test
	@$(BIN)/pytest -n $(TESTERS) --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.dev frontend/node_modules/.stamp ## What must hold before anything is tested
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy platform annotations ai manage.py
	@PYTHONPATH=platform:. $(BIN)/lint-imports --no-cache
	@cd frontend && $(NODE_PATH_PREFIX) npm run --silent check

bench: $(VENV)/.dev frontend/dist/index.html ## Tables of speed and memory; JSON under var/bench/
	@bash docker/chromium.sh $(BIN)
	@$(PY) -m tests.bench

# These two need no installation of the product: python3 with torch, CuPy, SciPy, scikit-image and pytest will do.
test-gpu: ## The GPU's answers against the CPU's: make test-gpu PYTHON=python3
	@$(PYTHON) -m pytest -c tests/gpu/pytest.ini tests/gpu

bench-gpu: ## Times of both; JSON in var/bench/gpu.json
	@$(PYTHON) -m tests.gpu

PICTURED = whole_path segment_tools import set_aside study_page deidentification reader_guide
screenshots: $(VENV)/.dev frontend/dist/index.html ## Draw every page anew into docs/screenshots/
	@bash docker/chromium.sh $(BIN)
	@FIDUCIAL_SCREENSHOTS=docs/screenshots $(BIN)/pytest -q $(addprefix tests/browser/test_,$(PICTURED:=.py))

install: $(VENV)/.run ## Install what the product runs on

gpu: $(VENV)/.gpu ## Install that and CuPy

frontend: frontend/dist/index.html ## Build the front end

web: $(VENV)/.run frontend/dist/index.html ## One web server (for containers): HOST, PORT
	@$(PY) manage.py migrate --noinput
	@exec $(PY) -m uvicorn config.asgi:application --app-dir platform --host $(HOST) --port $(PORT) --no-access-log \
		--http config.protocol:BodyProtocol

worker: $(VENV)/.run ## One worker (for containers): QUEUES=interactive,gpu,cpu,io
	@exec $(PY) manage.py worker --queues $(QUEUES)

api: $(VENV)/.dev frontend/node_modules/.stamp ## Write the OpenAPI schema and the front end's types from it
	@$(PY) manage.py spectacular --format openapi-json --file frontend/openapi.json --validate --fail-on-warn
	@cd frontend && $(NODE_PATH_PREFIX) npm run --silent api

lock: $(VENV)/.dev ## Resolve the dependencies anew into the two lock files
	@bash docker/lock.sh $(BIN)

clean: ## Remove what was built (never the data)
	rm -rf $(VENV) frontend/node_modules frontend/dist

# -- set-up: stamps make a second start need neither network nor time -------------------------------------------------
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Fiducial needs Python 3.11 or newer; PYTHON=/path/to/python names another one")'
	@echo "Making the virtual environment"
	@$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing. Run: sudo apt-get install python3-venv"; exit 1; }

# The lock holds every dependency with hashes but torch, whose one pin brings the build that fits the machine.
$(VENV)/.run: $(VENV)/bin/python requirements.lock
	@echo "Installing the locked dependencies"
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	@touch $@

$(VENV)/.gpu: $(VENV)/.run requirements-gpu.lock
	@echo "Installing the GPU packages"
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-gpu.lock
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo "Installing the locked tools for tests"
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

frontend/node_modules/.stamp: frontend/package-lock.json $(VENV)/bin/python
	@echo "Installing the front end's packages"
	@cd frontend && $(NODE_PATH_PREFIX) npm ci --silent --no-audit --no-fund
	@touch $@

frontend/dist/index.html: frontend/node_modules/.stamp $(FRONT_SOURCES)
	@echo "Building the front end"
	@cd frontend && $(NODE_PATH_PREFIX) npm run --silent build
	@touch $@
