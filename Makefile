# make install [PREFIX=~/.local]   the binary, its four other names, manual pages
# make demo                        the main job on the embedded board
# make test                        all tests
# make check-consistency REPO=…    workplans against the hub; warnings are shown and are no failure
# make fix-consistency REPO=…      the same, and mend what differs
# make fix-consistency-remote REPO=…  pull first, forward only; mend either way
PREFIX ?= $(HOME)/.local
BIN = $(DESTDIR)$(PREFIX)/bin
MAN = $(DESTDIR)$(PREFIX)/share/man/man1
NAMES = kanban-project-sync kanban-sync fix-consistency sync-status

ONWARD ?= onward
export REPO

.PHONY: build install demo test check-consistency fix-consistency fix-consistency-remote known-repo
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

known-repo:
	@test -n "$$REPO" || { echo 'ERROR: REPO is required.' >&2; exit 1; }
	@$(ONWARD) hub list --json | grep -qF "\"slug\": \"$$REPO\"" \
	  || { echo "ERROR: repo '$$REPO' not found in state-hub" >&2; exit 1; }

check-consistency: known-repo
	@$(ONWARD) fix-consistency --repo "$$REPO" || test $$? -eq 2

fix-consistency: known-repo
	@$(ONWARD) fix-consistency --repo "$$REPO" --fix || test $$? -eq 2

fix-consistency-remote: known-repo
	@$(ONWARD) fix-consistency --repo "$$REPO" --pull --fix || test $$? -eq 2
