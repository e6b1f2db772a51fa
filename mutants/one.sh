#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# one.sh ARCH TEST NAME: inject the fault NAME of mutants/list, run the selftest TEST and print
# which of its tests caught the fault: those that do not pass, except those that do not pass
# without a fault either ($BUILD/mutant/always). Fails if none did, with 1; with 255 if the fault
# cannot be tried, because it does not fit the code, does not build or cannot be booted. Works in
# the tree $BUILD/mutant-$SLOT/linux.
. ./scripts/lib.sh

arch=$1 test=$2 name=$3
dir=$BUILD/mutant-$SLOT
tree=$dir/linux
tried=
trap 'git -C "$tree" checkout -q -f; [ "$tried" ] || exit 255' EXIT

number=$(grep '^[a-z]' mutants/list | grep -n "^$name " | cut -d: -f1)
total=$(grep -c '^[a-z]' mutants/list)
read -r name rule file _ <<END
$(grep "^$name " mutants/list)
END
perl -0777 -pi -e "$(sed -n "/^$name /{ n; p; }" mutants/list)" "$tree/$file"
! git -C "$tree" diff --quiet || die "$name no longer fits $file: update mutants/list"
why=$(kernel/build.sh "mutant-$SLOT" "$arch" 2>&1 >/dev/null) || die "$name: $why"

ended=
why=$(run/boot.sh "mutant-$SLOT" "$arch" tests "$dir/log" "/selftests/$test" 2>&1 >/dev/null) ||
	ended=no
# If the guest did not start the test, or ended early, no test has caught the fault.
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
