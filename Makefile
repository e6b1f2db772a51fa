# SPDX-License-Identifier: GPL-2.0
#
# `make help` lists the targets. The rules follow the data: source, tree, kernel, guest image,
# boot, verdict. A stage is one script, which does nothing when its output is up to date.

# machines QUESTION: the answer of scripts/machines.sh.
machines = $(shell BUILD=. BASE=. MAKEFLAGS= scripts/machines.sh $1)

## What a person may set

BASE    ?= 7.3
VARIANT ?= feature
# ARCH is the machine. Without it, CHECKED are the machines of make check, and PREBUILT those of
# make kernels.
DEFAULT  := $(call machines,default)
CHECKED  := $(or $(ARCH),$(DEFAULT))
PREBUILT := $(or $(ARCH),$(call machines,prebuilt))
ARCH    ?= $(firstword $(CHECKED))
# Seconds that one program may take in a guest.
LIMIT   ?= 600
# The programs that `make test` runs, and the arguments of the random test.
TESTS   ?= seccomp_suspend
STRESS  ?= -n 5000 -d 500
# How often make criu kills CRIU, and a seed for the moments.
KILLS   ?= 20 1
# The version of CRIU, and the suites of Debian that have it.
CRIU    ?= 4.1
SUITE_4.1 := trixie
SUITE_4.2 := sid
SUITE_4.3 := sid experimental
# Debian's suites whose kernels make kernels tests.
SUITES  ?= bullseye bookworm bookworm-backports trixie trixie-backports sid experimental

## What there is

# The trees: Linux as released, Linux without the option, and the two series on top of them.
# The series end in the same tree, so feature is built and tested for both.
SERIES   := feature followup
TREES    := stripped stock $(SERIES)
VARIANTS := stripped stock feature
TESTED   := feature

# A machine is a file in arch/. A variant of one, such as um-gcov, is the machine with a
# fragment of config/variants/ added, and can stand wherever a machine is named.
MACHINES := $(call machines,all)
DUMPING  := $(firstword $(call machines,criu))
COUNTING := $(firstword $(call machines,counting))
SMP      := $(firstword $(call machines,smp))
COMPAT   := $(call machines,compat)
# base MACHINE: the machine that it is, or is a variant of. abi MACHINE: the ABI of its programs.
ABIS := $(call machines,abis)
base = $(firstword $(subst -, ,$1))
abi  = $(patsubst $(call base,$1):%,%,$(filter $(call base,$1):%,$(ABIS)))
VARIANTS_OF_MACHINES := $(patsubst config/variants/%.config,%,$(wildcard config/variants/*.config))

# The tests of the series (ours), and those of the kernel's own tests that the series could break
# (theirs). vmaccess runs without its other test, which waits half a minute on any kernel.
OURS       := seccomp_suspend
OURSCOMPAT := seccomp_suspend_compat
REGRESSION := seccomp_bpf get_syscall_info set_syscall_info peeksiginfo get_set_sud
VMACCESS   := vmaccess -T attach
RANDOM     := seccomp_suspend_stress

# one_of NAME,CHOICES: stop, unless the variable is one of them.
one_of = $(if $(filter $($1),$2),,$(error $1=$($1): choose one of: $2))
$(call one_of,VARIANT,$(TREES))
$(if $(filter-out stripped stock $(TESTED),$(VARIANTS)),$(error \
	VARIANTS=$(VARIANTS): choose from: stripped stock $(TESTED)))
$(call one_of,CRIU,4.1 4.2 4.3)
$(call one_of,BASE,$(patsubst kernel/%.sh,%,$(wildcard kernel/[0-9]*.sh)))
$(if $(filter $(ARCH),$(MACHINES) $(foreach m,$(MACHINES),$(VARIANTS_OF_MACHINES:%=$m-%))),, \
	$(error ARCH=$(ARCH): choose one of: $(MACHINES), or a variant of one, such as um-gcov: \
	$(VARIANTS_OF_MACHINES)))
override BUILD := $(abspath $(BUILD))
export BUILD BASE VARIANTS TREES LIMIT SUITES LINUX MIRROR ACCEL ARTIFACTS_URL
# The reports are UTF-8 in any locale.
export PYTHONUTF8 := 1
unexport PYTHONIOENCODING

GUEST := $(BUILD)/guest
# cpio MACHINE,NAME: a guest image for it. tests MACHINE: that with the selftests.
cpio = $(GUEST)/$(call abi,$1)/$2.cpio
tests = $(call cpio,$1,tests)
CHECK := $(BUILD)/check
BENCH := $(BUILD)/bench
TREE  := $(BUILD)/$(TESTED)/linux

.NOTPARALLEL:
.DELETE_ON_ERROR:
.SECONDEXPANSION:
# The stages print what they do.
.SILENT:

# stage COMMAND: a stage that decides itself whether there is work. make -n asks it, and shows
# the command only if there is. With the + in front of it, make -n runs it and so knows which
# files will not change.
stage = $(if $(findstring n,$(firstword -$(MAKEFLAGS))),$(shell DRY=1 BUILD=$(BUILD) BASE=$(BASE) \
	VARIANTS='$(VARIANTS)' TREES='$(TREES)' LINUX='$(LINUX)' MIRROR='$(MIRROR)' $1),$1)

## What a person calls

help: ## list the targets
	echo 'PTRACE_O_SUSPEND_SECCOMP: the patch series, and the proof that it works.'
	echo
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile
	echo
	echo 'VARIANT=$(subst $(subst ,, ),|,$(TREES))'
	echo '                                which kernel ($(VARIANT))'
	echo 'ARCH=$(subst $(subst ,, ),|,$(MACHINES))                  which machine ($(ARCH))'
	echo 'LINUX=/path/to/a/git/tree       a base of your own instead of a fetched one'
	echo 'BUILD=/path/to/a/folder         where all output goes (build/)'
	echo 'CRIU=4.1|4.2|4.3                which version of CRIU ($(CRIU))'
	echo 'Variants of machines, TESTS=, STRESS=, KILLS=, LIMIT=, BASE=, MIRROR=, SUITES=, ACCEL=,'
	echo 'ARTIFACTS_URL=: see docs/hacking.md'

demo: ## show CRIU saving sandboxed processes, without and with the series
demo: $(BUILD)/stripped/$(DUMPING).made $(BUILD)/feature/$(DUMPING).made \
		$(call cpio,$(DUMPING),criu-$(CRIU))
	run/demo.sh $(DUMPING) criu-$(CRIU)

# On each machine the kernels of check are those of VARIANTS. What does not depend on the machine
# runs on the default ones only.
results_of = stripped/$1/ours stock/$1/ours $(TESTED)/$1/ours stock/$1/theirs $(TESTED)/$1/theirs \
	$(if $(filter $1,$(DEFAULT)),$(TESTED)/$1/long) \
	$(if $(filter $1,$(firstword $(DEFAULT))),$(TESTED)/$1/surroundings) \
	$(if $(filter $1,$(DUMPING)),$(TESTED)/$1/debuggers $(TESTED)/$1/running-$(CRIU)) \
	$(if $(filter $1,$(COUNTING)),$(TESTED)/$1/cost)
XML := $(CHECK)/results$(if $(word 2,$(CHECKED)),,-$(CHECKED)).xml
RESULTS := $(filter $(VARIANTS:%=%/%),$(foreach m,$(CHECKED),$(call results_of,$m)))
check: ## run all tests on two machines, or on ARCH, on the kernels stripped, stock and feature
check: check-patches $(RESULTS:%=$(CHECK)/%.tsv)
	run/verdict.py check kernel/$(BASE).fails $(XML) $(CHECK) $(RESULTS:%=%.tsv)

test: ## boot one kernel (VARIANT, ARCH) and run TESTS on it
test: $(BUILD)/$(VARIANT)/$(ARCH).made $(call tests,$(ARCH))
	run/results.sh $(BUILD)/test.tsv $(VARIANT) $(ARCH) tests $(TESTS:%=/selftests/%)
	run/verdict.py results $(VARIANT) $(ARCH) $(BUILD)/test.tsv

stress: ## try random operations on one kernel (VARIANT, ARCH), see STRESS=
stress: $(BUILD)/$(VARIANT)/$(ARCH).made $(call tests,$(ARCH))
	run/results.sh $(BUILD)/stress.tsv $(VARIANT) $(ARCH) tests '/selftests/$(RANDOM) $(STRESS)'
	grep '^# .*\(seed\|expected\|deaths\|the model\)' $(BUILD)/stress.log
	run/verdict.py results $(VARIANT) $(ARCH) $(BUILD)/stress.tsv

# The machine of these is the first one that QEMU emulates, or ARCH.
LAB = $(firstword $(filter $(call machines,emulated),$(CHECKED)) $(CHECKED))
ci-artifacts: ## lay out a kernel (VARIANT, ARCH) and its tests for LAVA, KernelCI and LKFT
ci-artifacts: $(BUILD)/$(VARIANT)/$(LAB).made $(call tests,$(LAB)) \
		$(GUEST)/$(call abi,$(LAB))/kselftest.tar.gz
	run/artifacts.sh $(VARIANT) $(LAB) $(TESTS:%=/selftests/%)
lava: ## run that LAVA job with lava-run, and compare the results with those of make test
lava: ci-artifacts $(BUILD)/lava
	run/lava.sh $(VARIANT) $(LAB) $(BUILD)/lava $(BUILD)/ci/lava.tsv
	run/results.sh $(BUILD)/ci/test.tsv $(VARIANT) $(LAB) tests $(TESTS:%=/selftests/%)
	run/verdict.py lava $(VARIANT) $(LAB) $(BUILD)/ci/test.tsv $(BUILD)/ci/lava.tsv
	run/verdict.py results $(VARIANT) $(LAB) $(BUILD)/ci/lava.tsv

# The kernel prints a stack trace when memory runs out. A fault has other lines as well.
criu: ## let CRIU dump and restore process trees of many kinds on one kernel (VARIANT, CRIU=4.3)
criu: $(BUILD)/$(VARIANT)/$(DUMPING)-criu.made $(call cpio,$(DUMPING),criu-$(CRIU))
	TOLERATED='Call Trace:' run/results.sh $(BUILD)/criu.tsv $(VARIANT) $(DUMPING)-criu criu-$(CRIU) \
		'/bin/criu-scenarios trees' '/bin/criu-scenarios faults' \
		'/bin/criu-scenarios killed $(KILLS)' '/bin/injected 200 $(lastword $(KILLS))'
	grep '^# a process .*: [0-9]\|^# deaths' $(BUILD)/criu.log
	run/verdict.py results $(VARIANT) $(DUMPING)-criu $(BUILD)/criu.tsv

debuggers: ## check strace and gdb, with threads and filters, on one kernel (VARIANT)
debuggers: $(BUILD)/$(VARIANT)/$(DUMPING).made $(call cpio,$(DUMPING),debuggers)
	run/results.sh $(BUILD)/debuggers.tsv $(VARIANT) $(DUMPING) debuggers /bin/debuggers
	run/verdict.py results $(VARIANT) $(DUMPING) $(BUILD)/debuggers.tsv

WITHOUT := $(addprefix $(TESTED)/$(firstword $(CHECKED))-,no-checkpoint no-seccomp)
without: ## check that kernels without seccomp or checkpoint/restore refuse the option
without: $(WITHOUT:%=$(CHECK)/%/refused.tsv) $(BUILD)/$(TESTED)/$(DUMPING)-no-checkpoint.made \
		$(call cpio,$(DUMPING),criu-$(CRIU))
	run/verdict.py refused $(CHECK)/refused.xml $(CHECK) $(WITHOUT:%=%/refused.tsv)
	run/results.sh $(BUILD)/without.tsv $(TESTED) $(DUMPING)-no-checkpoint criu-$(CRIU) \
		'/bin/criu-scenarios unable'
	run/verdict.py results $(TESTED) $(DUMPING)-no-checkpoint $(BUILD)/without.tsv

lsm: ## check that the sample names the security module that refuses it (VARIANT, ARCH)
lsm: $(BUILD)/$(VARIANT)/$(ARCH)-lsm.made $(call tests,$(ARCH))
	run/results.sh $(BUILD)/lsm.tsv $(VARIANT) $(ARCH)-lsm tests \
		/selftests/$(OURS) /bin/sample-test '/bin/sample-test lsm'
	run/verdict.py results $(VARIANT) $(ARCH)-lsm $(BUILD)/lsm.tsv

machines: ## run make check on each machine of arch/, one by one, and write a table of the results
machines:
	+$(if $(findstring n,$(firstword -$(MAKEFLAGS))),: )run/machines.sh $(MACHINES)

kernels: ## test Debian's kernels on each machine, or on ARCH, and write a table of the results
kernels:
	$(if $(filter-out $(call machines,prebuilt),$(PREBUILT)),$(error \
		ARCH=$(ARCH): Debian has kernels for: $(call machines,prebuilt)))
	rm -rf $(PREBUILT:%=$(BUILD)/kernels/%)
	for m in $(PREBUILT); do $(MAKE) --no-print-directory -f Makefile kernels-$$m ARCH=$$m || :; done
	run/kernels.py kernel/$(BASE).fails docs/rules.md $(BUILD) $(PREBUILT)
	echo 'kernels: the table is $(BUILD)/kernels.md'
CHECK_CRIU := '/usr/bin/insmod /nfnetlink.ko' '/usr/sbin/criu check --feature seccomp_suspend'
$(MACHINES:%=kernels-%): kernels-%: \
		$$(call cpio,$$*,$$(if $$(filter $(DUMPING),$$*),criu-$(CRIU),tests))
	run/kernels.sh $* $(basename $(<F)) $(if $(filter $(DUMPING),$*),$(CHECK_CRIU)) /selftests/$(OURS)

SANITIZERS := debug rt nohz kcsan
sanitize: ## run the tests on debug kernels: lockdep, KASAN, PREEMPT_RT, nohz_full, KCSAN
	failed=; for s in $(SANITIZERS); do \
		$(MAKE) --no-print-directory -f Makefile sanitize-$$s || failed="$$failed $$s"; \
	done; \
	[ -z "$$failed" ] || { echo "make: debug kernels that failed, see above:$$failed" >&2; exit 1; }

# These kernels are slow, so LIMIT is high. KCSAN finds a race in about half of the runs, so the
# test with the race runs several times.
SANITIZED := '/selftests/$(OURS)' \
	$(foreach n,1 2 3 4 5 6 7 8,'/selftests/$(OURS) -t thread_that_runs_is_suspended_at_once')
sanitize-mutants $(SANITIZERS:%=sanitize-%): LIMIT := 1800
$(SANITIZERS:%=sanitize-%): sanitize-%: $(BUILD)/$(VARIANT)/$(SMP)-%.made $(call tests,$(SMP))
	run/sanitize.sh $(VARIANT) $(SMP)-$* $(SANITIZED) '/selftests/$(RANDOM) -n 20000 -d 2000' \
		-- $(REGRESSION:%=/selftests/%) '/selftests/$(VMACCESS)'

sanitize-mutants: ## inject each fault of mutants/sanitize, check that it is reported
sanitize-mutants: tree-$(TESTED) $(call tests,$(SMP))
	mutants/sanitize.sh $(SMP) '$(MUTANTS)' $(SANITIZED)

mutants: ## inject each fault of mutants/list (or MUTANTS=), check that it is caught
mutants: $(BUILD)/$(TESTED)/$(ARCH).made $(call tests,$(ARCH))
	mutants/run.sh $(ARCH) $(OURS) $(MUTANTS)

coverage: ## check that the selftest runs what the series adds to ptrace.c and seccomp.c
coverage: $(BUILD)/$(TESTED)/$(ARCH)-gcov.made $(call cpio,$(ARCH),coverage)
	run/coverage.sh $(TESTED) $(ARCH)-gcov $(OURS)

litmus: ## check the claims about memory ordering with the kernel's memory model
litmus: tree-stock $(BUILD)/herd
	litmus/run.sh $(BUILD)/herd $(BUILD)/stock/linux

shell: ## boot one kernel (VARIANT, ARCH) to a prompt, with CRIU and the selftests
shell: $(BUILD)/$(VARIANT)/$(ARCH).made $(call cpio,$(ARCH),criu-$(CRIU))
	run/shell.sh $(VARIANT) $(ARCH) criu-$(CRIU)

kernel: ## build one kernel (VARIANT, ARCH)
kernel: $(BUILD)/$(VARIANT)/$(ARCH).made

tree: ## create the source of VARIANT, a git worktree on a branch of that name
tree: tree-$(VARIANT)

patches: ## write the commits of VARIANT's tree back to its patches
	kernel/export.sh write $(VARIANT)

check-patches: ## compare the patches with the trees, and the trees of the two series
check-patches: $(TREES:%=tree-%)
	for v in stripped $(SERIES); do kernel/export.sh compare $$v || exit; done
	kernel/export.sh same $(SERIES)

selfcheck: ## test the scripts of this repository, on stand-ins for kernels, emulators and apt
	for test in */test_*.py; do $$test || exit; done

lint: ## check whether the series can be sent, and check the code of this repository
lint: $(SERIES:%=tree-%)
	scripts/deps.sh lint
	scripts/deps.sh $(call machines,lint)
	scripts/lint.sh $(TREE)
	scripts/lint-man.sh
	scripts/lint-series.sh $(SERIES)

deps: ## install the packages that the other targets need
	+$(call stage,scripts/deps.sh $(sort $(DEFAULT) $(call base,$(ARCH))))

clean: ## remove all output except the compiler cache
	scripts/clean.sh

clean-machines: ## remove the kernels, images and results of the machines that make check leaves out
	scripts/clean.sh $(filter-out $(DEFAULT),$(MACHINES))

.PHONY: help demo check bench test stress ci-artifacts lava criu debuggers without lsm machines
.PHONY: kernels $(MACHINES:%=kernels-%) sanitize
.PHONY: $(SANITIZERS:%=sanitize-%) sanitize-mutants mutants coverage litmus shell kernel tree
.PHONY: patches check-patches bench-docs selfcheck lint deps clean clean-machines

## Source and trees

tree-stock: deps
	+$(call stage,kernel/source.sh)
tree-stripped tree-followup: tree-stock
tree-feature: tree-stripped
tree-stripped $(SERIES:%=tree-%): tree-%:
	+$(call stage,kernel/tree.sh $*)

# Prerequisites of a file: the script runs each time, and changes the file if it must.
always: ;
.PHONY: always $(TREES:%=tree-%)

## Kernels: build/VARIANT/ARCH.made records that one is built

# Without this line make takes the file for an intermediate one and removes it.
.PRECIOUS: $(BUILD)/%.made
$(BUILD)/%.made: tree-$$(*D) always
	+$(call stage,kernel/build.sh $(*D) $(*F))

## Guest images: PID 1 and programs of guest/ and bench/, with the selftests or a userland

# In these rules the first part of the stem is the ABI of the programs. MACHINE is a machine with
# that ABI, one with a second ABI if there is such.
ABI     = $(firstword $(subst /, ,$*))
OF_ABI  = $(patsubst %:$(ABI),%,$(filter %:$(ABI),$(ABIS)))
MACHINE = $(firstword $(filter $(COMPAT),$(OF_ABI)) $(OF_ABI))
PROGRAM = mkdir -p $(@D) && $(call machines,$1 $(MACHINE)) -std=gnu11 -O2 -Wall -Wextra -static \
	-I$(TREE)/tools/testing/selftests -o $@ $<
# make removes the output of such rules as intermediate unless it is named here.
.PRECIOUS: $(GUEST)/% $(addprefix $(GUEST)/%/,bin/cost_compat bin/suspend selftests/.made \
	bin/criu-scenarios_compat kselftest.tar.gz tests.cpio coverage.cpio criu-$(CRIU).cpio \
	debuggers.cpio bench.cpio)
$(GUEST)/%: guest/$$(*F).c | tree-$(TESTED)
	$(call PROGRAM,compiler)
$(GUEST)/%: bench/$$(*F).c | tree-$(TESTED)
	$(call PROGRAM,compiler)
$(GUEST)/%/bin/cost_compat: bench/cost.c | tree-$(TESTED)
	$(call PROGRAM,compat-compiler)
$(GUEST)/%/bin/criu-scenarios_compat: guest/criu-scenarios.c | tree-$(TESTED)
	$(call PROGRAM,compat-compiler)

$(GUEST)/%/selftests/.made: tree-$(TESTED)
	+$(call stage,guest/selftests.sh $(TESTED) $(MACHINE))

$(GUEST)/%/kselftest.tar.gz: $(GUEST)/%/selftests/.made
	scripts/deps.sh ci
	guest/selftests.sh $(TESTED) $(MACHINE) $@

# The sample is a file of the tree. A rule without a recipe lets make see whether it has changed.
SAMPLE := $(TREE)/samples/seccomp/suspend.c
$(GUEST)/%/bin/suspend: $(SAMPLE)
	$(call PROGRAM,compiler)
$(SAMPLE): tree-$(TESTED) ;

# Userlands are for the machine of CRIU.
CRIU_USERLAND := $(GUEST)/criu-$(CRIU)-userland
$(CRIU_USERLAND): guest/userland.sh scripts/fetch.sh | deps
	guest/userland.sh $@ "$$(scripts/mirror.sh)" '$(SUITE_$(CRIU))' \
		'criu=$(CRIU)*' 'libcompel1=$(CRIU)*'
$(GUEST)/debuggers-userland: guest/userland.sh scripts/fetch.sh | deps
	guest/userland.sh $@ "$$(scripts/mirror.sh)" trixie strace gdb

# image SELFTESTS,USERLAND: pack the prerequisites that are programs, the first is PID 1.
image = guest/image.sh $@ $1 $2 $(filter $(@D)/bin/%,$^)
$(GUEST)/%/tests.cpio: $(addprefix $(GUEST)/%/bin/,init suspend sample-test surroundings \
		instructions) $(GUEST)/%/selftests/.made guest/image.sh
	$(call image,$(@D)/selftests,none)
$(GUEST)/%/coverage.cpio: $(addprefix $(GUEST)/%/,bin/init bin/gcov selftests/.made) guest/image.sh
	$(call image,$(@D)/selftests,none)
$(GUEST)/%/criu-$(CRIU).cpio: $(addprefix $(GUEST)/%/,bin/init bin/criu-scenarios selftests/.made) \
		$$(if $$(filter $(call abi,$(DUMPING)),$$*),\
		$(GUEST)/$$*/bin/criu-scenarios_compat $(GUEST)/$$*/bin/injected) \
		$(CRIU_USERLAND) guest/image.sh
	$(call image,$(@D)/selftests,$(CRIU_USERLAND))
$(GUEST)/%/debuggers.cpio: $(addprefix $(GUEST)/%/bin/,init debuggers) \
		$(GUEST)/debuggers-userland guest/image.sh
	$(call image,none,$(GUEST)/debuggers-userland)
$(GUEST)/%/bench.cpio: $(addprefix $(GUEST)/%/bin/,init cost cost_compat rate) guest/image.sh
	$(call image,none,none)

# LAVA's dispatcher, with all that it needs, and the device types of its server.
$(BUILD)/lava: scripts/fetch.sh | deps
	echo 'lava: fetching lava-dispatcher of trixie-backports ($@.log)'
	FETCH_ALONE=lava-server scripts/fetch.sh $@.tmp $@.log "$$(scripts/mirror.sh)" \
		'trixie trixie-backports' lava-dispatcher
	rm -rf $@ && mv $@.tmp $@ && touch $@

## Results: build/check/VARIANT/ARCH/NAME.tsv

# On stripped and feature our tests run each time. On stock, they run again only when the kernel,
# the tests or the scripts that run them have changed. So do the kernel's own tests and the long
# random run.
RUNNING := run/boot.sh run/emulator.sh run/results.awk run/results.sh Makefile
ours = $(addprefix /selftests/,$(OURS) $(if $(filter $(call base,$1),$(COMPAT)),$(OURSCOMPAT)))

$(CHECK)/stripped/%/ours.tsv: $(BUILD)/stripped/%.made $$(call tests,$$*) $(RUNNING) always
	run/results.sh $@ stripped $* tests /bin/sample-test $(call ours,$*)
$(CHECK)/stock/%/ours.tsv: $(BUILD)/stock/%.made $$(call tests,$$*) $(RUNNING) \
		arch/$$(call base,$$*).sh
	run/results.sh $@ stock $* tests $(call ours,$*)
$(CHECK)/$(TESTED)/%/ours.tsv: $(BUILD)/$(TESTED)/%.made $$(call tests,$$*) $(RUNNING) always
	run/results.sh $@ $(TESTED) $* tests \
		/bin/sample-test $(call ours,$*) '/selftests/$(RANDOM) $(STRESS)'
$(CHECK)/%/theirs.tsv: $(BUILD)/%.made $$(call tests,$$(*F)) $(RUNNING) arch/$$(call base,$$(*F)).sh
	run/results.sh $@ $(*D) $(*F) tests $(addprefix /selftests/,\
		$(filter-out $(call machines,lacks $(*F)),$(REGRESSION))) '/selftests/$(VMACCESS)'
$(CHECK)/$(TESTED)/%/long.tsv: LIMIT := 900
$(CHECK)/$(TESTED)/%/long.tsv: $(BUILD)/$(TESTED)/%.made $$(call tests,$$*) $(RUNNING) \
		arch/$$(call base,$$*).sh
	run/results.sh $@ $(TESTED) $* tests '/selftests/$(RANDOM) -n 50000 -d 5000'
$(CHECK)/$(TESTED)/%/surroundings.tsv: $(BUILD)/$(TESTED)/%.made $$(call tests,$$*) $(RUNNING) \
		arch/$$(call base,$$*).sh
	run/results.sh $@ $(TESTED) $* tests '/bin/surroundings /selftests/$(OURS)'
$(CHECK)/$(TESTED)/%/refused.tsv: $(BUILD)/$(TESTED)/%.made $$(call tests,$$*) $(RUNNING) always
	run/results.sh $@ $(TESTED) $* tests /bin/sample-test /selftests/$(OURS)
$(CHECK)/$(TESTED)/%/debuggers.tsv: $(BUILD)/$(TESTED)/%.made \
		$(call cpio,$(DUMPING),debuggers) $(RUNNING) arch/%.sh
	run/results.sh $@ $(TESTED) $* debuggers /bin/debuggers
$(CHECK)/$(TESTED)/%/running-$(CRIU).tsv: $(BUILD)/$(TESTED)/%.made \
		$(call cpio,$(DUMPING),criu-$(CRIU)) $(RUNNING) arch/%.sh
	run/results.sh $@ $(TESTED) $* criu-$(CRIU) '/bin/criu-scenarios running'

$(BUILD)/herd: litmus/herd.sh scripts/fetch.sh | deps
	litmus/herd.sh $@ "$$(scripts/mirror.sh)" sid

## Costs

COUNTS := $(addprefix $(BENCH)/,calls.tsv bytes.tsv criu.tsv rate.tsv)
bench: ## count what the option costs, and compare that with docs/cost.md
bench: $(COUNTS)
	scripts/deps.sh bench
	bench/bench.py report $(COUNTING)
	bench/fastpath.sh $(MACHINES)
bench-docs: ## write the numbers and pictures of make bench to docs/
bench-docs: $(COUNTS)
	scripts/deps.sh bench
	bench/bench.py docs $(COUNTING)

$(COUNTS): $(VARIANTS:%=$(BUILD)/%/$(COUNTING).made) arch/$(COUNTING).sh
$(BENCH)/calls.tsv: $(call cpio,$(COUNTING),bench) run/results.awk bench/count.sh
	bench/count.sh calls $(COUNTING) bench /bin/cost /bin/cost_compat
$(BENCH)/criu.tsv: $(call cpio,$(COUNTING),criu-$(CRIU)) run/results.awk bench/count.sh
	bench/count.sh criu $(COUNTING) criu-$(CRIU) /bin/criu-scenarios,counted
$(BENCH)/rate.tsv: $(call cpio,$(COUNTING),bench) run/results.awk bench/count.sh
	bench/count.sh rate $(COUNTING) bench /bin/rate
$(BENCH)/bytes.tsv: config/variants/no-checkpoint.config kernel/build.sh bench/bytes.sh
	bench/bytes.sh $(COUNTING)

$(CHECK)/$(TESTED)/$(COUNTING)/cost.tsv: $(BENCH)/calls.tsv bench/bench.py bench/lockless.py \
		docs/cost.tsv
	mkdir -p $(@D)
	bench/bench.py check $< $(BUILD)/$(TESTED)/linux/build-$(COUNTING)/vmlinux >$@
