# make run: the app on demo data. make test: all checks. Nothing else has to be installed by hand.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
WORKERS ?= 2

.PHONY: run test lint types unit browser format screenshots bench-cycle bench-handles bench-accuracy bench-payouts bench-bundles bench-health bench-pages clean

run: $(VENV)/.installed
	@$(BIN)/athlete-intel demo
	@$(BIN)/athlete-intel cycle demo --from data/demo --workspace demo
	@exec $(BIN)/athlete-intel serve --workspace demo --port $(PORT)

test: lint types unit

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

unit: $(VENV)/.installed-dev
	@sh tools/ensure_chromium.sh $(BIN)/python
	# One thread a worker: two workers with two threads each only get in each other's way.
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

browser: $(VENV)/.installed-dev
	@sh tools/ensure_chromium.sh $(BIN)/python
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m browser tests

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: $(VENV)/.installed-dev
	@sh tools/ensure_chromium.sh $(BIN)/python
	$(BIN)/python -m tools.screenshots

bench-cycle: $(VENV)/.installed
	$(BIN)/python -m benchmarks.cycle

bench-accuracy: $(VENV)/.installed
	$(BIN)/python -m benchmarks.accuracy

bench-bundles: $(VENV)/.installed
	$(BIN)/python -m benchmarks.bundles

bench-handles: $(VENV)/.installed
	$(BIN)/python -m benchmarks.handles

bench-payouts: $(VENV)/.installed
	$(BIN)/python -m benchmarks.payouts

bench-health: $(VENV)/.installed
	$(BIN)/python -m benchmarks.health

bench-pages: $(VENV)/.installed-dev
	@sh tools/ensure_chromium.sh $(BIN)/python
	$(BIN)/python -m benchmarks.pages

clean:
	rm -rf $(VENV) data/built data/demo
