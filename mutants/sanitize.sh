#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# sanitize.sh ARCH TESTS [NAME...]: inject each fault of mutants/sanitize, or those named,
# in the kernel of a variant of ARCH, run the TESTS on it (see run/sanitize.sh) and
# check that the kernel reports the fault. Prints the report. Fails if a fault is not
# reported, no longer fits the code or does not build. Needs the image with the selftests.
. ./scripts/lib.sh

arch=$1 tests=$2
shift 2
list=mutants/sanitize
# shellcheck disable=SC2046 # words
[ $# -gt 0 ] || set -- $(sed -n 's/^\([a-z][^ ]*\) .*/\1/p' $list)
name=mutant-sanitize
tree=$BUILD/$name/linux
log=$BUILD/$name/log
mkdir -p "$BUILD/$name"

tree_git -C "$BUILD/stock/linux" worktree prune
[ -d "$tree" ] || tree_git -C "$BUILD/stock/linux" worktree add --detach "$tree" stock >"$log" 2>&1 ||
	die "cannot create $tree: $(tail -n1 "$log")"
trap 'tree_git -C "$tree" checkout -q -f' EXIT

# try NAME: inject one fault.
try() {
	read -r variant file <<-END
		$(sed -n "s/^$1 //p" $list)
	END
	[ -n "$file" ] || die "$list has no fault $1"
	code=$(sed -n "/^$1 /{ n; s/^\t//p; }" $list) report=$(sed -n "/^$1 /{ n; n; s/^\t//p; }" $list)
	tree_git -C "$tree" checkout -q -f --detach "$(git -C "$BUILD/feature/linux" rev-parse HEAD)" ||
		die "cannot check out the feature tree in $tree"
	perl -0777 -pi -e "$code" "$tree/$file"
	! git -C "$tree" diff --quiet || die "$1 no longer fits $file: update $list"
	kernel/build.sh feature "$arch-$variant" && kernel/build.sh $name "$arch-$variant" || return
	! why=$(run/sanitize.sh $name "$arch-$variant" "$tests" 2>&1 >"$log") ||
		why='no report'
	say "mutants: $1 on $arch-$variant: $why"
	echo "$why" | grep -q "$report"
}

missed=
for fault; do
	(try "$fault") || missed="$missed $fault"
done
[ -z "$missed" ] || die "not reported:$missed"
say "mutants: all $# faults were reported"
