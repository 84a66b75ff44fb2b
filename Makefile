# `make run` and `make test` need Python 3.11 or newer and nothing else.
PYTHON ?= python3
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8600

.PHONY: run test check check-long bench docs shots messages clean

.venv/ready: setup.cfg pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/ready-dev: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,check,postgresql]"
	touch $@

run: .venv/ready ## serve a catalogue with sample data
	$(BIN)/kebao run --sample --host $(HOST) --port $(PORT)

test: .venv/ready-dev ## the whole test suite
	$(BIN)/python -m pytest -m "not long" $(TESTS)

check: .venv/ready-dev ## style, types, import contracts, generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tools.generated --check

check-long: .venv/ready-dev ## the long versions of property, crash and simulation tests
	$(BIN)/python -m pytest -m long

bench: .venv/ready-dev ## ours and rivals on the same data, in one run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[bench]"
	$(BIN)/python -m benchmarks

docs: .venv/ready-dev ## reference pages made from code and shapes
	$(BIN)/python -m tools.generated

shots: .venv/ready-dev ## screenshots of every page
	$(BIN)/python -m tools.shots

messages: .venv/ready-dev ## compile the Chinese catalogues
	$(BIN)/python -m tools.messages

clean:
	rm -rf .venv build dist *.egg-info
