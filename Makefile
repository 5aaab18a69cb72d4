# Two commands: `make run` starts a server on ./data, `make test` runs the whole suite.
#
# Before a release: `make prove FOR=8h` runs the suites of proof for as long, `make bill` writes the bill of materials.

ARGS ?=
FOR ?= 2h

.PHONY: run release test prove bill

# The development profile: it builds soonest, and what costs time in use (digests, SQLite, pictures) is optimised in it.
# `make release` builds what belongs on a server.
run: tools dashboard
	@cargo run --quiet --package attache -- serve $(ARGS)

# Nothing of the folder that it is built in gets into the program, so that everybody builds the same one.
release: export RUSTFLAGS += --remap-path-prefix=$(CURDIR)=/attache --remap-path-prefix=$(or $(CARGO_HOME),$(HOME)/.cargo)=/cargo
release: export CFLAGS += -ffile-prefix-map=$(CURDIR)=/attache -ffile-prefix-map=$(or $(CARGO_HOME),$(HOME)/.cargo)=/cargo
release: tools dashboard
	cargo build --release --locked --package attache
	@echo "ready: target/release/attache"

test: tools
	@tests/all

prove: tools dashboard
	@tests/prove $(FOR)

bill: tools
	@tests/supply bill target/attache.cdx.json

.PHONY: tools
tools:
	@command -v cargo >/dev/null || { echo "missing: cargo, Rust's build tool; https://rustup.rs installs it" >&2; exit 1; }
	@command -v cc >/dev/null || { echo "missing: cc, a C compiler for the bundled SQLite; on Debian: apt-get install gcc libc6-dev" >&2; exit 1; }

# The pages in the browser are embedded where Node is there to build them; everything else works without.
PAGES := $(shell find dashboard/src dashboard/*.* -type f -not -name '*.test.ts' 2>/dev/null)

.PHONY: dashboard
ifeq ($(and $(shell command -v node),$(shell command -v npm)),)
dashboard:
	@echo "no dashboard: Node and npm are not here to build it; the API and everything else works without"
else
dashboard: dashboard/dist/app/index.html

dashboard/dist/app/index.html: dashboard/node_modules/.package-lock.json $(PAGES)
	@echo "building the dashboard"
	@cd dashboard && npm run --silent build >/dev/null && touch dist/app/index.html || echo "the dashboard could not be built (npm --prefix dashboard run build says why); going on with what is there" >&2

dashboard/node_modules/.package-lock.json: dashboard/package-lock.json
	@cd dashboard && npm ci --silent --no-audit --no-fund && touch node_modules/.package-lock.json || echo "the dashboard's packages could not be fetched (npm --prefix dashboard ci says why)" >&2
endif
