# OpenECF. `make run` and `make test` work from a clean clone with Python 3.11+ and make.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
PIP := $(BIN)/python -m pip install -qq --require-hashes

.PHONY: help run test bench wire lint hash published-hash lock messages assets clean chromium clients

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

.venv/run.stamp: requirements/base.lock pyproject.toml
	@echo "Installing what the sites need…"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) -r requirements/base.lock
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@touch $@

# Where it can be, the password hash is built for this machine's processor (docs/adr/0011): half the cost, the same hashes.
.venv/hash.stamp: .venv/run.stamp
	@if command -v cc >/dev/null && grep -qsw avx2 /proc/cpuinfo; then \
	  echo "Building the password hash for this processor…"; \
	  $(MAKE) --no-print-directory hash >.venv/hash.log 2>&1 \
	  || echo "It could not be built (.venv/hash.log says why). The published one stays, at twice the cost of each sign-in."; fi
	@touch $@

.venv/test.stamp: .venv/run.stamp requirements/test.lock
	@echo "Installing what the tests need…"
	@$(PIP) -r requirements/test.lock
	@touch $@

.venv-js%/stamp: requirements/juriscraper%.lock
	@echo "Installing juriscraper $*, the published client…"
	@test -x .venv-js$*/bin/python || $(PYTHON) -m venv .venv-js$*
	@.venv-js$*/bin/python -m pip install -qq --require-hashes -r $<
	@touch $@

assets: .venv/run.stamp ## build the web assets
	@$(BIN)/openecf assets

messages: .venv/run.stamp ## collect the words of the pages into the catalogues of their translations
	@$(BIN)/openecf catalogues $(ARGS)

run: .venv/hash.stamp ## a central site and four courts on this machine
	@$(BIN)/openecf assets
	@exec $(BIN)/openecf up $(ARGS)

# The shell is Chromium without windows of its own: the same pages at a third of the processor time. The whole one does, too.
chromium:
	@command -v chromium-headless-shell >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq \
	  && { apt-get install -y -qq chromium-headless-shell || apt-get install -y -qq chromium; } >/dev/null; } \
	  || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || echo "No Chromium: the journeys in a browser will fail. Install it, or run as root on Debian."

clients: .venv-js3/stamp .venv-js4/stamp

test: .venv/test.stamp .venv/hash.stamp assets chromium clients ## everything the tests need, then every test
	@$(BIN)/python -m tests $(TESTS)

bench: .venv/test.stamp .venv/hash.stamp assets ## every measurement, as ratios
	@$(BIN)/python -m bench $(ARGS)

wire: .venv/test.stamp assets clients ## how a folder of docket JSON comes back: make wire DIR=…
	@$(BIN)/python -m tests.wire --dir $(DIR) $(ARGS)

lint: .venv/test.stamp ## style and arrows
	@$(BIN)/ruff check src tests bench
	@$(BIN)/lint-imports --no-cache

# Every part comes by its hash: what builds from build.lock, the source of the bindings from base.lock.
.venv-build/argon2.whl: requirements/build.lock requirements/base.lock
	@$(PYTHON) -m venv .venv-build && .venv-build/bin/python -m pip install -qq --require-hashes -r requirements/build.lock
	@sed -n '/^argon2-cffi-bindings==/,/[^\\]$$/p' requirements/base.lock > .venv-build/argon2.txt
	@rm -f .venv-build/argon2_cffi_bindings-*.whl
	@PATH="$(CURDIR)/.venv-build/bin:$$PATH" CFLAGS="-O3 -mavx2" .venv-build/bin/python -m pip wheel -q --require-hashes --no-deps \
	  --no-build-isolation --no-binary argon2-cffi-bindings -w .venv-build -r .venv-build/argon2.txt
	@cd .venv-build && ln -sf argon2_cffi_bindings-*.whl argon2.whl

hash: .venv/run.stamp .venv-build/argon2.whl ## build the password hash for processors with AVX2 (make run does, where it can)
	@grep -qsw avx2 /proc/cpuinfo || { echo "This processor has no AVX2: the hash stays as it is."; exit 1; }
	@$(BIN)/python -m pip install -qq --force-reinstall --no-deps .venv-build/argon2_cffi_bindings-*.whl
	@$(BIN)/python -m openecf.cli.hashing || { $(MAKE) --no-print-directory published-hash; exit 1; }

published-hash: .venv/run.stamp ## take the password hash as it was published, for any processor
	@sed -n '/^argon2-cffi-bindings==/,/[^\\]$$/p' requirements/base.lock > .venv/argon2.txt
	@$(PIP) --force-reinstall --no-deps -r .venv/argon2.txt
	@$(BIN)/python -m openecf.cli.hashing && touch .venv/hash.stamp

lock: ## pin the newest versions of everything, with hashes
	@$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install -qq pip-tools
	@cd requirements && for name in base test build juriscraper3 juriscraper4; do \
	  ../.venv-lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o $$name.lock $$name.in || exit 1; done

clean: ## remove what was built and every demonstration's data
	rm -rf .venv .venv-js3 .venv-js4 .venv-lock .venv-build node_modules var src/openecf/platform/shell/static/vendor
