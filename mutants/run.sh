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

# passes: the tests that pass in the log.
passes() {
	awk -f guest/results.awk "$log" | awk -F '\t' '$3 == "pass" { print $2 }'
}

# run: build and boot the tree as it is. Fails with the reason in $why.
run() {
	why=$(base/kernel.sh mutant "$arch" 2>&1 >/dev/null) || die "$why"
	why=$(guest/boot.sh mutant "$arch" tests "$log" "/selftests/$test" 2>&1 >/dev/null)
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
run || die "without a fault: $why"
passes >"$BUILD/mutant/passed"
[ -s "$BUILD/mutant/passed" ] || die "without a fault no test passes: see $log"

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
	if run; then
		caught=$(passes | grep -vxF -f - "$BUILD/mutant/passed" || true)
	else
		caught=$why
	fi
	if [ -z "$caught" ]; then
		survivors=$((survivors + 1))
		caught='SURVIVED'
	fi
	printf '%2d of %d  %-35s %-4s %s%s\n' "$number" "$total" "$name" "$rule" "$(echo "$caught" | head -n1)" \
		"$(echo "$caught" | awk 'END { if (NR > 1) print " and " NR - 1 " more" }')"
	pristine
done <<END
$(grep -v -e '^#' -e '^$' mutants/list)
END

[ $survivors -eq 0 ] || die "$survivors of the faults were not caught"
say "mutants: all faults were caught"
