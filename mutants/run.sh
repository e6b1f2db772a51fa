#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# run.sh ARCH TEST [NAME...]: see whether the selftest TEST catches each fault of
# mutants/list, or those named, with a line for each: see mutants/one.sh. Two at a time, so
# that one can be built while the other waits for a test. Fails if a fault was not caught,
# no longer fits the code or does not build. Needs the kernel of the feature tree, and the
# image with the selftests.
. ./scripts/lib.sh

arch=$1 test=$2
shift 2
for name; do
	grep -q "^$name " mutants/list || die "mutants/list has no fault $name"
done
# shellcheck disable=SC2046 # words
[ $# -gt 0 ] || set -- $(sed -n 's/^\([a-z][^ ]*\) .*/\1/p' mutants/list)
log=$BUILD/mutant/log
mkdir -p "$BUILD/mutant"
# Seconds: many times what the test takes, but some faults make it hang.
export LIMIT=60

say "mutants: none, to begin with ($log)"
run/boot.sh feature "$arch" tests "$log" "/selftests/$test" >/dev/null
awk -f run/results.awk "$log" >"$BUILD/mutant/none"
! grep -q "$(printf '\tfail\t')" "$BUILD/mutant/none" || die "a test fails without a fault: see $log"
awk -F '\t' '$3 != "pass" { print $2 }' "$BUILD/mutant/none" >"$BUILD/mutant/always"

tree_git -C "$BUILD/stock/linux" worktree prune
for slot in 0 1; do
	tree=$BUILD/mutant-$slot/linux
	[ -d "$tree" ] || say "mutants: laying out $tree"
	if [ -d "$tree" ]; then
		tree_git -C "$tree" checkout -f --detach feature
	else
		tree_git -C "$BUILD/stock/linux" worktree add --detach "$tree" feature
	fi >"$log" 2>&1 || die "cannot lay out $tree: $(tail -n1 "$log")"
done

printf '%s\n' "$@" | xargs -n1 -P2 --process-slot-var=SLOT mutants/one.sh "$arch" "$test" ||
	die "not every fault was tried and caught"
say "mutants: all faults were caught"
