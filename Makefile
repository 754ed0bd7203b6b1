# Two commands do all the set-up: `make demo` and `make test`.
# They need Python 3.11+ and a stable Rust; everything else goes into .venv and .tools from the project's own files.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Cargo and pytest use every core by themselves, and the steps below share one target folder.
.NOTPARALLEL:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NEXTEST_VERSION := 0.9.143
# Runs what .tools holds, else what the machine has.
export PATH := $(CURDIR)/.tools/bin:$(PATH)
# The virtual environment is named to maturin, so that an activated one elsewhere is never touched.
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help
help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# --- the environment -------------------------------------------------------------------------------------------------

# maturin, as the [build-system] table of pyproject.toml asks for it.
$(VENV)/.maturin: pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(f"Python 3.11 or later is needed, {v[0]}.{v[1]} is too old: make PYTHON=..." if v < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' > $(VENV)/requires.txt
	$(BIN)/python -m pip install --quiet --requirement $(VENV)/requires.txt
	touch $@

.PHONY: build
build: $(VENV)/.maturin ## Builds the release library into .venv, with everything tests and demo need
	$(BIN)/maturin develop --release --locked --extras all,test,dev

.PHONY: build-demo
build-demo: $(VENV)/.maturin
	$(BIN)/maturin develop --release --locked --extras demo

.PHONY: nextest
nextest: # the pinned version, built into .tools, unless the machine has one
	cargo nextest --version >/dev/null 2>&1 || cargo install --quiet --locked --root .tools cargo-nextest@$(NEXTEST_VERSION)

# --- the main job ----------------------------------------------------------------------------------------------------

.PHONY: demo
demo: build-demo ## Tunes a real pipeline on the digits data set, in about a minute
	$(BIN)/tanteo demo

# --- tests -----------------------------------------------------------------------------------------------------------

.PHONY: test
test: lint-rust test-rust build lint-python types test-python ## Passes every test

.PHONY: lint
lint: lint-rust lint-python ## Formatting and lints

.PHONY: lint-rust
lint-rust: $(VENV)/.maturin # the build of the binding asks the Python of .venv
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps --package tanteo-core --all-features --locked

.PHONY: test-rust
test-rust: nextest
	cargo nextest run --all-features --locked
	cargo test --doc --all-features --locked

.PHONY: lint-python
lint-python: build
	$(BIN)/ruff check
	$(BIN)/ruff format --check

.PHONY: types
types: build
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest tanteo._core --mypy-config-file pyproject.toml

.PHONY: test-python
test-python: build
	$(BIN)/pytest --numprocesses auto --dist loadgroup

.PHONY: test-long
test-long: build ## The Python tests with full counts: 10^6 asks, more examples (an hour or so)
	TANTEO_TEST_PROFILE=long $(BIN)/pytest --numprocesses auto --dist loadgroup

.PHONY: deny
deny: ## Licences, bans, sources and advisories of every crate (needs cargo-deny)
	cargo deny --all-features check

.PHONY: bench
bench: build ## Speed beside the peers (benches/README.md)
	$(BIN)/python -m pip install --quiet --requirement benches/requirements.txt
	$(BIN)/python -m benches.python.speed

# --- the rest --------------------------------------------------------------------------------------------------------

.PHONY: fix
fix: build ## Formats everything
	cargo fmt --all
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: golden
golden: build ## Writes the suggestions and the snapshot on record anew: a change in what every user sees
	PYTHONPATH=tests $(BIN)/python -m support.golden
	PYTHONPATH=tests $(BIN)/python -m support.release
	PYTHONPATH=tests $(BIN)/python -m support.ray_state

.PHONY: docs
docs: build ## Builds the documentation into site/
	$(BIN)/python -m pip install --quiet '.[docs]'
	$(BIN)/mkdocs build --strict

.PHONY: clean
clean: ## Removes everything made here
	rm -rf $(VENV) .tools target dist site
