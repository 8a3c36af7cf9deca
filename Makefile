# The four jobs of this project. Each sets up what it needs in .venv; a second run installs nothing.
#
#   make demo     the main job on the data that ships
#   make test     the whole suite: tests, examples in docstrings, notebooks
#   make check    style, types, the one-way dependencies between rooms
#   make bench    the benchmarks
#
# Another interpreter: `make clean`, then `make test PYTHON=python3.12`.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.NOTPARALLEL:
.PHONY: demo test check bench clean

demo: .venv/core.stamp
	@$(BIN)/parkscore demo

test: .venv/dev.stamp
	$(BIN)/pytest -n 2

check: .venv/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest -q tests/test_rooms.py

bench: .venv/core.stamp
	@for script in benchmarks/*.py; do $(BIN)/python "$$script" || exit 1; done

clean:
	rm -rf .venv

.venv/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "parkscore needs Python 3.11 or newer, and $(PYTHON) is: $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/core.stamp: .venv/made.stamp pyproject.toml constraints.txt
	@echo "Installing parkscore into .venv, this once ..." >&2
	@$(INSTALL) --editable .
	@touch $@

# The tools come on top of the core, so both stamps are good.
.venv/dev.stamp: .venv/made.stamp pyproject.toml constraints.txt
	@echo "Installing parkscore and its development tools into .venv, this once ..." >&2
	@$(INSTALL) --editable '.[dev]'
	@touch .venv/core.stamp $@
