#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# sanitize.sh ARCH NAMES TEST...: inject each fault of mutants/sanitize, or those in NAMES, in the
# kernel for the variant of ARCH that the fault names, run the TESTs on it (see run/sanitize.sh)
# and check that the kernel reports the fault. Prints the report. Fails if a fault is not
# reported, no longer fits the code or does not build. Needs the image with the selftests.
. ./scripts/lib.sh

arch=$1 names=$2
shift 2
list=mutants/sanitize
[ -n "$names" ] || names=$(sed -n 's/^\([a-z][^ ]*\) .*/\1/p' $list)
name=mutant-sanitize
tree=$BUILD/$name/linux
log=$BUILD/$name/log
mkdir -p "$BUILD/$name"

git -C "$BUILD/stock/linux" worktree prune
[ -d "$tree" ] || git -C "$BUILD/stock/linux" worktree add --detach "$tree" stock >"$log" 2>&1 ||
	die "cannot create $tree: $(tail -n1 "$log")"
trap 'git -C "$tree" checkout -q -f' EXIT

# try NAME TEST...: inject one fault.
try() {
	fault=$1
	shift
	read -r variant file <<-END
		$(sed -n "s/^$fault //p" $list)
	END
	[ -n "$file" ] || die "$list has no fault $fault"
	code=$(sed -n "/^$fault /{ n; s/^\t//p; }" $list)
	report=$(sed -n "/^$fault /{ n; n; s/^\t//p; }" $list)
	git -C "$tree" checkout -q -f --detach "$(git -C "$BUILD/feature/linux" rev-parse HEAD)" ||
		die "cannot check out the feature tree in $tree"
	perl -0777 -pi -e "$code" "$tree/$file"
	! git -C "$tree" diff --quiet || die "$fault no longer fits $file: update $list"
	kernel/build.sh $name "$arch-$variant" || return
	! why=$(run/sanitize.sh $name "$arch-$variant" "$@" 2>&1 >"$log") || why='no report'
	say "mutants: $fault on $arch-$variant: $why"
	echo "$why" | grep -q "$report"
}

missed=
for fault in $names; do
	(try "$fault" "$@") || missed="$missed $fault"
done
[ -z "$missed" ] || die "the debug kernels do not report these faults, see above:$missed"
say "mutants: all faults were reported"
