#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# run.sh ARCH TEST [NAME...]: check that the selftest TEST catches each fault of mutants/list, or
# each NAME, and print a line for each: see one.sh. If the list has faults for the machine ARCH,
# these are meant, otherwise those that name no machine. Works on two faults at a time, so that
# one can be built while the other runs. Fails if a fault is not caught, no longer fits the code
# or does not build. Needs the kernel of the feature tree, and the image with the selftests.
. ./scripts/lib.sh

arch=$1 test=$2
shift 2
for name; do
	grep -q "^$name " mutants/list || die "mutants/list has no fault $name"
done
# shellcheck disable=SC2046 # words
[ $# -gt 0 ] || set -- $(awk -v arch="$arch" '
	/^[a-z]/ { names[$4] = names[$4] " " $1 }
	END { print arch in names ? names[arch] : names[""] }' mutants/list)
log=$BUILD/mutant/log
mkdir -p "$BUILD/mutant"
# In seconds. The test needs much less time, but some faults make it hang.
export LIMIT=60

say "mutants: first without a fault ($log)"
run/boot.sh feature "$arch" tests "$log" "/selftests/$test" >/dev/null
awk -f run/results.awk "$log" >"$BUILD/mutant/none"
! grep -q "$(printf '\tfail\t')" "$BUILD/mutant/none" ||
	die "a test fails even without a fault: see $log"
awk -F '\t' '$3 != "pass" { print $2 }' "$BUILD/mutant/none" >"$BUILD/mutant/always"

git -C "$BUILD/stock/linux" worktree prune
for slot in 0 1; do
	tree=$BUILD/mutant-$slot/linux
	[ -d "$tree" ] || say "mutants: creating $tree"
	if [ -d "$tree" ]; then
		git -C "$tree" checkout -f --detach feature
	else
		git -C "$BUILD/stock/linux" worktree add --detach "$tree" feature
	fi >"$log" 2>&1 || die "cannot create $tree: $(tail -n1 "$log")"
done

printf '%s\n' "$@" | xargs -n1 -P2 --process-slot-var=SLOT mutants/one.sh "$arch" "$test" ||
	die "a fault was not caught (SURVIVED), or could not be tried: see above"
say "mutants: all faults were caught"
