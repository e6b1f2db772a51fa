#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# run.sh ARCH TEST [NAME...]: give a kernel each fault of mutants/list, or those
# named, run the selftest TEST on it and say which of its tests have caught the
# fault: do not pass, and do without it. Fails if one was not caught, no longer fits
# the code or does not build. Works in a tree of its own, $BUILD/mutant/linux; needs
# the kernel of the feature tree, and the image with the selftests.
. ./scripts/lib.sh

arch=$1 test=$2
shift 2
tree=$BUILD/mutant/linux
log=$BUILD/mutant/log
for name; do
	grep -q "^$name " mutants/list || die "mutants/list has no fault $name"
done
# Seconds: many times what the test takes, but some faults make it hang.
export LIMIT=60

# run: build and boot the tree as it is, and print the tests that do not pass. Fails
# if the guest does not come to a good end, with the reason in a file.
run() {
	why=$(base/kernel.sh mutant "$arch" 2>&1 >/dev/null) || die "$why"
	status=0
	guest/boot.sh mutant "$arch" tests "$log" "/selftests/$test" >/dev/null 2>"$BUILD/mutant/why" || status=1
	awk -f guest/results.awk "$log" | awk -F '\t' '$3 != "pass" { print $2 }'
	return $status
}

# pristine: take the tree back to the feature's.
pristine() {
	tree_git -C "$tree" checkout -q -f --detach feature
}

mkdir -p "$BUILD/mutant"
if [ ! -d "$tree" ]; then
	say "mutants: laying out $tree"
	tree_git -C "$BUILD/stock/linux" worktree prune
	tree_git -C "$BUILD/stock/linux" worktree add --detach "$tree" feature >"$log" 2>&1 ||
		die "cannot lay out $tree: $(tail -n1 "$log")"
fi
trap pristine EXIT
pristine

say "mutants: none, to begin with ($log)"
run >"$BUILD/mutant/always" || die "without a fault: $(cat "$BUILD/mutant/why")"
! awk -f guest/results.awk "$log" | grep -q "$(printf '\tfail\t')" || die "a test fails without a fault: see $log"

total=$(grep -c '^[a-z]' mutants/list)
number=0 survivors=0
while read -r name rule file && IFS= read -r expression; do
	number=$((number + 1))
	case " $* " in
	'  ' | *" $name "*) ;;
	*) continue ;;
	esac
	perl -0777 -pi -e "$expression" "$tree/$file"
	! git -C "$tree" diff --quiet || die "$name no longer fits $file: look at mutants/list"
	run >"$BUILD/mutant/now" || sed 's/^boot.sh: //' "$BUILD/mutant/why" >>"$BUILD/mutant/now"
	caught=$(grep -vxF -f "$BUILD/mutant/always" "$BUILD/mutant/now" || true)
	if [ -z "$caught" ]; then
		survivors=$((survivors + 1))
		caught='SURVIVED'
	fi
	printf '%2d of %d  %-40s %-4s %s%s\n' "$number" "$total" "$name" "$rule" "$(echo "$caught" | head -n1)" \
		"$(echo "$caught" | awk 'END { if (NR > 1) print " and " NR - 1 " more" }')"
	pristine
done <<END
$(grep -v -e '^#' -e '^$' mutants/list)
END

[ $survivors -eq 0 ] || die "$survivors of the faults were not caught"
say "mutants: all faults were caught"
