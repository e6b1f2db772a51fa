# SPDX-License-Identifier: GPL-2.0
#
# The front door. `make help` lists what a person calls; below that, the stages
# in the order in which the data flows: base, tree, kernel, guest, boot, verdict.
# A stage is one script; each does nothing when its output is up to date.

BUILD   ?= build
BASE    ?= 7.3
VARIANT ?= feature

# A machine is a file in arch/. The first one is for every day; CRIU runs on
# those whose kernels have its options; races take several CPUs; some have programs of
# a second ABI.
ARCHES   := $(sort $(basename $(notdir $(wildcard arch/*.sh))))
CRIUARCH := $(firstword $(patsubst arch/%.sh,%,$(shell grep -l '^fragments=.*criu' arch/*.sh)))
SMPARCH  := $(firstword $(patsubst arch/%.sh,%,$(shell grep -l '^cpus=[2-9]' arch/*.sh)))
BENCHARCH := $(firstword $(patsubst arch/%.sh,%,$(shell grep -l '^counter=' arch/*.sh)))
COMPATS  := $(patsubst arch/%.sh,%,$(shell grep -l '^compat=' arch/*.sh))
ARCH     ?= $(firstword $(ARCHES))
# Variants of a machine: um-gcov is um with config/variants/gcov.config. They can stand wherever a
# machine is named. Debug kernels have no use for most of this file: see sanitize.
SANITIZERS := debug rt nohz kcsan
MACHINES := $(ARCHES) $(foreach v,$(SANITIZERS) gcov no-checkpoint no-seccomp,$(ARCHES:%=%-$(v)))
# The kernels, in the order in which tables have them, and the two series to send. Both
# series end in the same tree, so one kernel is built for both.
VARIANTS := stripped stock feature
SERIES   := feature followup
TREES    := $(VARIANTS) followup

# one_of NAME,CHOICES: stop, unless the variable is one of them.
one_of = $(if $(filter $($1),$2),,$(error $1=$($1): choose one of: $2))
$(call one_of,VARIANT,$(TREES))
$(call one_of,BASE,$(patsubst kernel/%.sh,%,$(wildcard kernel/[0-9]*.sh)))
$(call one_of,ARCH,$(MACHINES))

# Our own tests; the kernel's own that the series could break; what kernel the
# programs are taken from: the same ones run on every kernel.
OURS       := seccomp_suspend
COMPAT     := seccomp_suspend_compat
# The random one, and its arguments: operations, deaths of tracers, and as -s,N
# the seed to play again.
STRESS     ?= -n,5000,-d,500
STRESSTEST := seccomp_suspend_stress,$(STRESS)
LONGSTRESS := seccomp_suspend_stress,-n,50000,-d,5000
LONGSANITIZE := seccomp_suspend_stress,-n,20000,-d,2000
# KCSAN finds a race in about half of the runs, so debug kernels run this test more often.
RACY       := seccomp_suspend,-t,thread_that_runs_is_suspended_at_once
SANITIZED  := $(addprefix /selftests/,$(OURS) $(foreach n,1 2 3 4 5 6 7 8,$(RACY)))
# Of vmaccess without a test that waits out its half minute on any kernel.
REGRESSION := seccomp_bpf get_syscall_info set_syscall_info peeksiginfo vmaccess,-T,attach get_set_sud
TESTS      ?= $(OURS)
TESTED     := feature
# Variants of a machine that refuse the option. They share few objects with the machine
# itself and take long to build, so check leaves them out.
WITHOUT    := $(addprefix $(firstword $(ARCHES)),-no-checkpoint -no-seccomp)
# Seconds that one program may take in the guest.
LIMIT      ?= 180

ifneq ($(words $(CURDIR) $(BUILD)),2)
$(error make takes no blank in the name of a folder: $(CURDIR), BUILD=$(BUILD))
endif
override BUILD := $(abspath $(BUILD))
export BUILD BASE VARIANTS TREES LIMIT LINUX MIRROR ACCEL

help: ## list the targets
	@echo 'PTRACE_O_SUSPEND_SECCOMP: the patch series, and the proof that it works.'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'VARIANT=$(subst $(subst ,, ),|,$(TREES))  which kernel (feature)'
	@echo 'ARCH=$(subst $(subst ,, ),|,$(ARCHES))'"                   which machine ($(firstword $(ARCHES))), or a variant such as $(firstword $(ARCHES))-gcov"
	@echo 'LINUX=/path/to/a/git/tree        a base of your own instead of a fetched one'
	@echo 'BUILD=/path/to/a/folder          where all output goes (build/)'
	@echo 'MIRROR=, ACCEL=, LIMIT=, TESTS=  see README.md'
.PHONY: help

ifndef HAVE_LOCK

# One make at a time in $(BUILD): take the lock, then read this file again.
GOALS := $(filter-out help,$(MAKECMDGOALS))
$(GOALS): run-with-lock
	@:
run-with-lock:
	+@$(if $(findstring n,$(firstword -$(MAKEFLAGS))),,scripts/locked.sh )$(MAKE) --no-print-directory HAVE_LOCK=1 $(GOALS)
.PHONY: run-with-lock $(GOALS)

else

.NOTPARALLEL:
.DELETE_ON_ERROR:
# The stages say themselves what they do; make -n shows the commands.
.SILENT:
GUEST := $(BUILD)/guest
CHECK := $(BUILD)/check
LONGRUN := $(ARCHES:%=$(CHECK)/long-$(TESTED)-%.tsv)
COUNTS  := $(addprefix $(BUILD)/bench/,calls.tsv bytes.tsv criu.tsv rate.tsv)
DEBUGGERS := $(CHECK)/debuggers-$(TESTED)-$(CRIUARCH).tsv
COSTS   := $(CHECK)/cost-$(TESTED)-$(BENCHARCH).tsv
RESULTS := $(foreach arch,$(ARCHES),$(VARIANTS:%=$(CHECK)/ours-%-$(arch).tsv) \
	$(CHECK)/theirs-stock-$(arch).tsv $(CHECK)/theirs-$(TESTED)-$(arch).tsv) $(LONGRUN) $(DEBUGGERS) $(COSTS)

## What a person calls

demo: kernel-stripped-$(CRIUARCH) kernel-feature-$(CRIUARCH) $(GUEST)/criu.cpio ## show CRIU saving sandboxed processes, without and with the series
	run/demo.sh $(CRIUARCH)

check: check-patches $(ARCHES:%=check-%) $(LONGRUN) $(DEBUGGERS) $(COSTS) ## run all tests on all machines
	awk -f run/check.awk kernel/$(BASE).fails $(foreach arch,$(ARCHES),$(foreach v,stock stripped $(TESTED),\
		arch=$(arch) variant=$(v) $(filter %-$(v)-$(arch).tsv,$(RESULTS))))

bench: $(COUNTS) ## count what the option costs, see docs/cost.md, which it brings up to date
	scripts/deps.sh bench
	bench/report.sh $(BENCHARCH)

test: kernel-$(VARIANT)-$(ARCH) $(GUEST)/tests.cpio ## boot one kernel (VARIANT, ARCH) and run TESTS on it
	run/boot.sh $(VARIANT) $(ARCH) tests $(BUILD)/test.log $(addprefix /selftests/,$(TESTS))
	sed -n '/^# .*\(seed\|expected\|deaths\|the model\)/p' $(BUILD)/test.log
	awk -f run/results.awk $(BUILD)/test.log | awk -f run/check.awk plain=1 arch=$(ARCH) variant=$(VARIANT) -

stress: TESTS := $(STRESSTEST)
stress: test ## try random operations on one kernel (VARIANT, ARCH), as many as STRESS= says

without: $(WITHOUT:%=check-%) ## check that kernels built without seccomp or checkpoint/restore refuse the option
	awk -f run/check.awk without=1 variant=$(TESTED) $(foreach arch,$(WITHOUT),\
		arch=$(arch) $(CHECK)/ours-$(TESTED)-$(arch).tsv)

debuggers: kernel-$(VARIANT)-$(CRIUARCH) $(GUEST)/debuggers.cpio ## check that strace and gdb work, with threads and filters, on one kernel (VARIANT)
	run/boot.sh $(VARIANT) $(CRIUARCH) debuggers $(BUILD)/debuggers.log /bin/debuggers
	awk -f run/results.awk $(BUILD)/debuggers.log | awk -f run/check.awk plain=1 arch=$(CRIUARCH) variant=$(VARIANT) -

sanitize: ## run the tests on debug kernels (VARIANT): lockdep, KASAN, PREEMPT_RT, nohz_full, KCSAN
	failed=; for s in $(SANITIZERS); do \
		$(MAKE) --no-print-directory HAVE_LOCK=1 sanitize-$$s || failed="$$failed $$s"; \
	done; [ -z "$$failed" ] || { echo "make: not every debug kernel is silent:$$failed" >&2; exit 1; }

sanitize-mutants: tree-$(TESTED) $(GUEST)/tests.cpio ## inject each fault of mutants/sanitize and check that the debug kernel reports it
	mutants/sanitize.sh $(SMPARCH) '$(SANITIZED)' $(MUTANTS)

litmus: tree-stock $(BUILD)/herd ## check the claims about memory ordering with the kernel's memory model
	litmus/run.sh $(BUILD)/herd $(BUILD)/stock/linux

coverage: kernel-$(TESTED)-$(ARCH)-gcov $(GUEST)/coverage.cpio ## see if the selftest runs every line and branch of the series
	run/coverage.sh $(TESTED) $(ARCH)-gcov $(OURS)

mutants: kernel-$(TESTED)-$(ARCH) $(GUEST)/tests.cpio ## inject each fault of mutants/list (or MUTANTS=) and check that the selftest catches it
	mutants/run.sh $(ARCH) $(OURS) $(MUTANTS)

shell: kernel-$(VARIANT)-$(ARCH) $(GUEST)/criu.cpio ## boot one kernel (VARIANT, ARCH) to a prompt, with CRIU and the selftests
	run/shell.sh $(VARIANT) $(ARCH)

kernel: kernel-$(VARIANT)-$(ARCH) ## build one kernel (VARIANT, ARCH)

tree: tree-$(VARIANT) ## lay out the source of VARIANT, a git worktree on a branch of that name

patches: ## write the commits of VARIANT's tree back to its patches
	kernel/export.sh write $(VARIANT)

check-patches: $(TREES:%=tree-%) ## compare the patches with the trees, and the two series' trees
	for v in stripped $(SERIES); do kernel/export.sh compare $$v || exit; done
	kernel/export.sh same $(SERIES)

lint: $(SERIES:%=tree-%) ## see if the series can be sent, and if our own code is clean
	scripts/deps.sh lint
	scripts/lint.sh $(TREE)/tools/testing/selftests
	scripts/lint-series.sh $(SERIES)

deps: ## install what all of this needs
	scripts/deps.sh

clean: ## remove all output but the compiler cache
	scripts/clean.sh

.PHONY: demo check bench test stress without coverage mutants debuggers sanitize sanitize-mutants litmus
.PHONY: shell kernel tree patches check-patches lint deps clean

## base -> tree -> kernel, for each variant and machine

tree-stock: deps
	kernel/source.sh
tree-stripped tree-followup: tree-stock
tree-feature: tree-stripped
tree-stripped $(SERIES:%=tree-%):
	kernel/tree.sh $(@:tree-%=%)

define kernel
kernel-$(1)-$(2): tree-$(1)
	kernel/build.sh $(1) $(2)
.PHONY: tree-$(1) kernel-$(1)-$(2)
endef
$(foreach v,$(TREES),$(foreach arch,$(MACHINES),$(eval $(call kernel,$(v),$(arch)))))

## guest: initramfs images with the tests, alone, or with gcov or CRIU as well

CFLAGS := -std=gnu11 -O2 -Wall -Wextra -static
SELFTESTS := $(GUEST)/selftests/.made
TREE := $(BUILD)/$(TESTED)/linux
MANUAL := Documentation/userspace-api/seccomp_suspend.rst
EXAMPLE := $(GUEST)/example $(GUEST)/example-test

$(GUEST)/init: guest/init.c | deps
	mkdir -p $(@D)
	gcc $(CFLAGS) -o $@ $<

$(GUEST)/gcov: guest/gcov.c | deps
	mkdir -p $(@D)
	gcc $(CFLAGS) -o $@ $<

$(GUEST)/criu-scenarios: guest/criu.c | tree-$(TESTED)
	mkdir -p $(@D)
	gcc $(CFLAGS) -I$(TREE)/tools/testing/selftests -o $@ $<

$(GUEST)/cost: bench/cost.c | tree-$(TESTED)
	mkdir -p $(@D)
	gcc $(CFLAGS) -I$(TREE)/tools/testing/selftests -o $@ $<

$(GUEST)/rate: bench/rate.c | tree-$(TESTED)
	mkdir -p $(@D)
	gcc $(CFLAGS) -I$(TREE)/tools/testing/selftests -o $@ $<

$(GUEST)/cost_compat: bench/cost.c arch/$(BENCHARCH).sh | tree-$(TESTED)
	mkdir -p $(@D)
	$$(sed -n "s/^compat='\(.*\)'/\1/p" arch/$(BENCHARCH).sh) $(CFLAGS) -I$(TREE)/tools/testing/selftests -o $@ $<

$(GUEST)/example-test: guest/example.c | tree-$(TESTED)
	mkdir -p $(@D)
	gcc $(CFLAGS) -I$(TREE)/tools/testing/selftests -o $@ $<

$(GUEST)/example: $(TREE)/$(MANUAL) README.md guest/example.sh
	mkdir -p $(@D)
	guest/example.sh $< $@

$(TREE)/$(MANUAL): tree-$(TESTED) ;

$(SELFTESTS): tree-$(TESTED)
	mkdir -p $(@D)
	guest/selftests.sh $(TESTED)

$(GUEST)/userland: guest/userland.sh scripts/fetch.sh | deps
	mkdir -p $(@D)
	guest/userland.sh $@ "$$(scripts/mirror.sh)" trixie criu

$(GUEST)/debuggers-userland: guest/userland.sh scripts/fetch.sh | deps
	mkdir -p $(@D)
	guest/userland.sh $@ "$$(scripts/mirror.sh)" trixie strace gdb

$(GUEST)/debuggers: guest/debuggers.c | tree-$(TESTED)
	mkdir -p $(@D)
	gcc $(CFLAGS) -I$(TREE)/tools/testing/selftests -o $@ $<

$(BUILD)/herd: litmus/herd.sh scripts/fetch.sh | deps
	litmus/herd.sh $@ "$$(scripts/mirror.sh)" sid

$(GUEST)/tests.cpio: $(GUEST)/init $(SELFTESTS) $(EXAMPLE) guest/image.sh
	guest/image.sh $@ $(@D)/selftests none $(GUEST)/init $(EXAMPLE)

$(GUEST)/coverage.cpio: $(GUEST)/init $(SELFTESTS) $(GUEST)/gcov guest/image.sh
	guest/image.sh $@ $(@D)/selftests none $(GUEST)/init $(GUEST)/gcov

$(GUEST)/criu.cpio: $(GUEST)/init $(SELFTESTS) $(GUEST)/criu-scenarios $(GUEST)/userland guest/image.sh
	guest/image.sh $@ $(@D)/selftests $(GUEST)/userland $(GUEST)/init $(GUEST)/criu-scenarios

$(GUEST)/debuggers.cpio: $(GUEST)/init $(GUEST)/debuggers $(GUEST)/debuggers-userland guest/image.sh
	guest/image.sh $@ none $(GUEST)/debuggers-userland $(GUEST)/init $(GUEST)/debuggers

$(GUEST)/bench.cpio: $(GUEST)/init $(GUEST)/cost $(GUEST)/cost_compat $(GUEST)/rate guest/image.sh
	guest/image.sh $@ none none $(GUEST)/init $(GUEST)/cost $(GUEST)/cost_compat $(GUEST)/rate

## boot -> verdict

# Our tests run each time, on the kernels that are ours. What they say on the stock one,
# what the kernel's own tests say anywhere, and a long random run, is taken again when the
# kernels, the tests or the way they are run has changed.

# made ARCH,VARIANTS: what is newer then.
made = $(foreach v,$2,$(BUILD)/$v/linux/build-$1/.made) $(GUEST)/tests.cpio arch/$1.sh \
	run/boot.sh run/results.awk run/results.sh Makefile

define check
ours-$(1) := $(addprefix /selftests/,$(OURS) $(if $(filter $(1),$(COMPATS)),$(COMPAT)))
check-$(1): kernel-stripped-$(1) kernel-$(TESTED)-$(1) $(CHECK)/ours-stock-$(1).tsv $(CHECK)/theirs-stock-$(1).tsv
	run/results.sh ours $(1) stripped $$(ours-$(1))
	run/results.sh ours $(1) $(TESTED) /bin/example-test $$(ours-$(1)) /selftests/$(STRESSTEST)

$(CHECK)/ours-stock-$(1).tsv: $(call made,$(1),stock)
	run/results.sh ours $(1) stock $$(ours-$(1))

$(CHECK)/long-$(TESTED)-$(1).tsv: $(call made,$(1),$(TESTED))
	run/results.sh long $(1) $(TESTED) /selftests/$(LONGSTRESS)

# Some of these go by the clock: so one kernel after the other.
$(CHECK)/theirs-stock-$(1).tsv: $(call made,$(1),stock $(TESTED))
	AT_ONCE=1 run/results.sh theirs $(1) 'stock $(TESTED)' $(addprefix /selftests/,$(REGRESSION))

$(foreach v,$(VARIANTS),
$(BUILD)/$(v)/linux/build-$(1)/.made: kernel-$(v)-$(1) ;
)
.PHONY: check-$(1)
endef
$(foreach arch,$(ARCHES),$(eval $(call check,$(arch))))

$(LONGRUN): LIMIT := 900

$(DEBUGGERS): $(BUILD)/$(TESTED)/linux/build-$(CRIUARCH)/.made $(GUEST)/debuggers.cpio \
		arch/$(CRIUARCH).sh run/boot.sh run/results.awk
	run/boot.sh $(TESTED) $(CRIUARCH) debuggers $(@:.tsv=.log) /bin/debuggers
	awk -f run/results.awk $(@:.tsv=.log) >$@

# What the option costs is counted again when the kernels or what counts has changed.
$(COUNTS): $(VARIANTS:%=$(BUILD)/%/linux/build-$(BENCHARCH)/.made) arch/$(BENCHARCH).sh

$(BUILD)/bench/calls.tsv: $(GUEST)/bench.cpio run/results.awk bench/count.sh bench/join.awk
	bench/count.sh calls $(BENCHARCH) bench join.awk /bin/cost /bin/cost_compat

$(BUILD)/bench/criu.tsv: $(GUEST)/criu.cpio run/results.awk bench/count.sh bench/spread.awk
	bench/count.sh criu $(BENCHARCH) criu spread.awk /bin/criu-scenarios,counted

$(BUILD)/bench/rate.tsv: $(GUEST)/bench.cpio run/results.awk bench/count.sh bench/rates.awk
	bench/count.sh rate $(BENCHARCH) bench rates.awk /bin/rate

$(BUILD)/bench/bytes.tsv: config/variants/no-checkpoint.config kernel/build.sh bench/bytes.sh
	bench/bytes.sh $(BENCHARCH)

$(COSTS): $(BUILD)/bench/calls.tsv bench/verdict.awk bench/lockless.py docs/cost.tsv
	awk -f bench/verdict.awk short=1 committed=1 docs/cost.tsv committed=0 $< >$@
	bench/lockless.py $(BUILD)/$(TESTED)/linux/build-$(BENCHARCH)/vmlinux >>$@

# One debug kernel. Slow, so each program has half an hour.
sanitize-mutants $(SANITIZERS:%=sanitize-%): LIMIT := 1800
$(SANITIZERS:%=sanitize-%): sanitize-%: kernel-$(VARIANT)-$(SMPARCH)-% $(GUEST)/tests.cpio
	run/sanitize.sh $(VARIANT) $(SMPARCH)-$* '$(SANITIZED) /selftests/$(LONGSANITIZE)' $(addprefix /selftests/,$(REGRESSION))
.PHONY: $(SANITIZERS:%=sanitize-%)

$(WITHOUT:%=check-%): check-%: kernel-$(TESTED)-% $(GUEST)/tests.cpio
	run/results.sh ours $* $(TESTED) $(addprefix /selftests/,$(OURS))
.PHONY: $(WITHOUT:%=check-%)

endif
