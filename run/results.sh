#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# results.sh OUT VARIANT ARCH IMAGE COMMAND...: boot a kernel, let it run the commands (see
# boot.sh), and write the results of the tests to OUT, a .tsv file (see results.awk). The
# console is in the .log file beside it. Fails when boot.sh does.
#
# Boots feature again, once, if a test exceeds the time limit of kselftest_harness.h there, and
# not in stock's log of the same tests, if there is one. The first console is then in LOG with
# .slow before its suffix.
. ./scripts/lib.sh

out=$1 log=${1%.tsv}.log
shift
variant=$1 arch=$2 image=$3
shift 3

# slow LOG: print the tests that exceeded their time limit.
slow() {
	sed -n 's/^# \(.*\): Test terminated by timeout.*/\1/p' "$1"
}

run/boot.sh "$variant" "$arch" "$image" "$log" "$@"
if [ "$variant" = feature ]; then
	stock=$BUILD/check/stock/${log#"$BUILD/check/feature/"}
	[ -f "$stock" ] || stock=/dev/null
	test=$(slow "$log" | grep -m1 -vxF -e "$(slow "$stock")") || test=
	if [ -n "$test" ]; then
		say "guest: $test was too slow on $arch, maybe because this computer was: trying again"
		mv "$log" "${log%.log}.slow.log"
		run/boot.sh "$variant" "$arch" "$image" "$log" "$@"
	fi
fi
awk -f run/results.awk "$log" >"$out"
