# make install [PREFIX=~/.local]   the binary, its four other names, manual pages
# make demo                        the main job on the embedded board
# make test                        all tests
PREFIX ?= $(HOME)/.local
BIN = $(DESTDIR)$(PREFIX)/bin
MAN = $(DESTDIR)$(PREFIX)/share/man/man1
NAMES = kanban-project-sync kanban-sync fix-consistency sync-status

.PHONY: build install demo test
build:
	cargo build --release --locked

install: build
	install -d $(BIN) $(MAN)
	install -m 755 $${CARGO_TARGET_DIR:-target}/release/onward $(BIN)/onward
	for name in $(NAMES); do ln -sf onward $(BIN)/$$name; done
	$(BIN)/onward man $(MAN)

demo:
	cargo run --release --locked -- kanban-sync --project Demo --board Changes -C examples/demo

test:
	cargo test --workspace --locked
