#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# one.sh ARCH TEST NAME: give a kernel the fault NAME of mutants/list, run the selftest
# TEST on it and print a line that says which of its tests have caught the fault: do not
# pass, and are not in $BUILD/mutant/always. Fails if none has; with 255 if the fault does
# not fit the code, does not build or cannot be booted. Works in the tree
# $BUILD/mutant-$SLOT/linux.
. ./scripts/lib.sh

arch=$1 test=$2 name=$3
dir=$BUILD/mutant-$SLOT
tree=$dir/linux
tried=
trap 'tree_git -C "$tree" checkout -q -f; [ "$tried" ] || exit 255' EXIT

read -r number total rule file <<END
$(awk -v name="$name" '/^[a-z]/ { n++ } $1 == name { line = n " %d " $2 " " $3 } END { printf line, n }' mutants/list)
END
perl -0777 -pi -e "$(sed -n "/^$name /{ n; p; }" mutants/list)" "$tree/$file"
! git -C "$tree" diff --quiet || die "$name no longer fits $file: look at mutants/list"
why=$(kernel/build.sh "mutant-$SLOT" "$arch" 2>&1 >/dev/null) || die "$name: $why"

ended=
why=$(run/boot.sh "mutant-$SLOT" "$arch" tests "$dir/log" "/selftests/$test" 2>&1 >/dev/null) || ended=no
# A guest that has not come to the test, or was gone without a word, has caught nothing.
case "$(grep -ca '^# guest: run ' "$dir/log") $why" in
0* | *' ended early: '* | *' is full: '*) die "$name: ${why#boot.sh: }" ;;
esac
tried=yes
caught=$({
	awk -f run/results.awk "$dir/log" | awk -F '\t' '$3 != "pass" { print $2 }'
	[ -z "$ended" ] || echo "${why#boot.sh: }"
} | grep -vxF -f "$BUILD/mutant/always" || true)
printf '%2d of %d  %-40s %-4s %s%s\n' "$number" "$total" "$name" "$rule" \
	"$(echo "${caught:-SURVIVED}" | head -n1)" \
	"$(echo "$caught" | awk 'END { if (NR > 1) print " and " NR - 1 " more" }')"
[ -n "$caught" ]
