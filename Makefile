# Two commands are all there is: `make demo` opens the console on a simulated fleet, `make test` checks everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-others format bench screenshots clean

demo: $(VENV)/.demo
	$(BIN)/console demo

test: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

# The newer Pythons that are here: everything but what needs a terminal or a real service, which 3.11 has met.
test-others: $(foreach version,3.12 3.13,$(if $(shell .ci/find-python $(version)),test-$(version)))

test-%: .venv-%/.dev
	.venv-$*/bin/pytest -p no:cacheprovider --ignore=tests/real --ignore=tests/terminal --ignore=tests/contracts \
		--ignore=tests/demo --ignore=tests/test_house.py

.venv-%/.dev: pyproject.toml
	$(shell .ci/find-python $*) -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

.PRECIOUS: .venv-%/.dev

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

screenshots: $(VENV)/.dev
	$(BIN)/python -m screenshots

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[demo]'
	touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) .venv-3.* .mypy_cache .pytest_cache .ruff_cache
