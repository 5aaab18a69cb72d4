# Two commands: `make run` starts a server on ./data, `make test` runs the whole suite.

ARGS ?=

.PHONY: run release test

# The development profile: it builds soonest, and what costs time in use (digests, SQLite, pictures) is optimised in it.
# `make release` builds what belongs on a server.
run: tools
	@cargo run --quiet --package attache -- serve $(ARGS)

release: tools
	cargo build --release --package attache
	@echo "ready: target/release/attache"

test: tools
	@tests/all

.PHONY: tools
tools:
	@command -v cargo >/dev/null || { echo "missing: cargo, Rust's build tool; https://rustup.rs installs it" >&2; exit 1; }
	@command -v cc >/dev/null || { echo "missing: cc, a C compiler for the bundled SQLite; on Debian: apt-get install gcc libc6-dev" >&2; exit 1; }
