# SPDX-License-Identifier: GPL-2.0-or-later
# make help says what there is.

PREFIX ?= /usr/local
MANDIR ?= $(PREFIX)/share/man
export PREFIX DESTDIR V
MAKEFLAGS += --no-print-directory
Q := $(if $(filter 1,$(V)),,@)

# Each part builds itself; a part without a Makefile is not there yet.
have = $(patsubst %/Makefile,%,$(wildcard $(addsuffix /Makefile,$(1))))
MODULE := $(call have,kmod)
LIBRARY := $(call have,libmorsel)
TOOLS := $(call have,morsel-admin morsel-top)
PARTS := $(MODULE) $(LIBRARY) $(TOOLS)
UNIT := $(call have,tests/unit)
PAGES := $(foreach s,1 3 5 7 8,$(wildcard docs/man/*.$(s)))

RUN := tests/qemu/run
# Guests take the library and the tools along; their module is built for their kernel.
userland = $(if $(LIBRARY)$(TOOLS),$(MAKE) $(LIBRARY) $(TOOLS),:)

all: $(PARTS)

$(PARTS):
	$(Q)$(MAKE) -C $@

$(TOOLS): $(LIBRARY)

install: $(PARTS:%=install-%) install-man

install-kmod: $(MODULE)
	$(Q)$(MAKE) -C kmod install

install-libmorsel install-morsel-admin install-morsel-top: install-%: %
	$(Q)$(MAKE) -C $* install

install-man:
	$(Q)for page in $(PAGES); do \
		install -D -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/} || exit 1; \
	done

deps:
	$(Q)tests/deps build test unit style

deps-%:
	$(Q)tests/deps build $(filter-out build,$*)

# All of it begins with crash states of the persistence engine, on this machine.
test: deps-test
	$(if $(T),,$(Q)$(MAKE) -C tests/crash quick STATES=100000)
	$(Q)$(userland)
	$(Q)$(RUN) test $(T)

test-debug: deps-test
	$(Q)tests/deps debug
	$(Q)$(userland)
	$(Q)KERNEL=debug $(RUN) test $(T)

test-backports: deps-test
	$(Q)$(userland)
	$(Q)KERNEL=backports $(RUN) test $(T)

test-lanes: deps-test
	$(Q)$(userland)
	$(Q)tests/qemu/lanes $(T)

# Other people's tests on a pool and on tmpfs.
peers: deps-test
	$(Q)$(RUN) test peers

test-mutants: deps-test
	$(Q)tests/mutants/run $(T)

# T= for some of the tests; what they reach is less then.
coverage: deps-test
	$(Q)$(userland)
	$(Q)tests/coverage/run $(T)

# KERNEL=debug is the place where it finds most.
soak: deps-test
	$(Q)$(userland)
	$(Q)tests/qemu/soak $(or $(SECONDS),600) $(SEED)

# Half of the rounds take all rights away, half the right to write.
revokes: deps-test
	$(Q)$(userland)
	$(Q)KARGS="revoke.rounds=$$(($(or $(ROUNDS),10000) / 2)) $(KARGS)" \
		TIMEOUT_SCALE=$(or $(TIMEOUT_SCALE),30) $(RUN) test revoke_race

# The power goes while a persistent pool is being used; LOSE=0: nothing is lost that was stored.
cuts: deps-test
	$(Q)$(userland)
	$(Q)CUTS=$(or $(CUTS),200) LOSE=$(or $(LOSE),1) $(RUN) test store_cut

# Pools that somebody has tampered with, in guests.
hostile: deps-test
	$(Q)$(userland)
	$(Q)tests/qemu/hostile $(or $(MOUNTS),400) $(SEED)

test-harness: deps-test
	$(Q)tests/qemu/selftest/run $(T)

# The kernel's own YNL tool, with the contract.
test-ynl: deps-test deps-ynl
	$(Q)$(userland)
	$(Q)netlink/ynl-test

unit: deps-unit
	$(if $(UNIT),,@echo "no unit tests yet")
	$(if $(UNIT),$(Q)$(MAKE) -C $(UNIT) run)

# The persistence engine, crashed at every fence, on this machine.
crash: deps-build
	$(Q)$(MAKE) -C tests/crash run STATES=$(or $(STATES),1000000)

# Hostile images against recovery and verification, on this machine.
fuzz: deps-fuzz
	$(Q)$(MAKE) -C tests/fuzz run SECONDS=$(or $(SECONDS),60)

crash-long:
	$(Q)$(MAKE) crash STATES=$(or $(STATES),10000000)

shell: deps-test
	$(Q)$(userland)
	$(Q)$(RUN) shell

# Both run in guests.
demo bench: %: deps-test deps-%
	$(Q)$(userland)
	$(Q)tests/$@/run $(T)

# clang-tidy reads the unit tests, and what they include.
style: deps-style deps-unit
	$(Q)SINCE=$(SINCE) tests/lint/run

format: deps-style
	$(Q)tests/lint/clang-format --fix

clean: $(PARTS:%=clean-%)
	$(Q)rm -rf build

$(PARTS:%=clean-%): clean-%:
	$(Q)$(MAKE) -C $* clean

help:
	@sed 1d tests/help

export KERNEL MEM CPUS NVDIMM KARGS JOBS ACCEL TIMEOUT_SCALE

.PHONY: all $(PARTS) install install-man clean help deps
.PHONY: test test-debug test-backports test-lanes test-mutants peers coverage soak revokes cuts hostile test-harness
.PHONY: unit test-ynl crash crash-long fuzz shell demo bench style format
