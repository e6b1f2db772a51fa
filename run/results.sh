#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# results.sh OUT VARIANT ARCH IMAGE COMMAND...: boot a kernel, let it run the commands (see
# boot.sh), and write the results of the tests to OUT, a .tsv file (see results.awk). The
# console is in the .log file beside it. Fails when boot.sh does.
#
# Boots feature again, once, if stock's results of the same tests are there and differ in a way
# that may be chance: a test exceeds the time limit of kselftest_harness.h only on feature, or one
# of the kernel's own tests fails only there. On arm, for example, some of these fail at random on
# any kernel. A fault of the series will be there again. The first console is then in LOG with
# .first before its suffix.
. ./scripts/lib.sh

out=$1 log=${1%.tsv}.log
shift
variant=$1 arch=$2 image=$3
shift 3

boot() {
	run/boot.sh "$variant" "$arch" "$image" "$log" "$@"
	awk -f run/results.awk "$log" >"$out"
}

# slow LOG: print the tests that exceeded their time limit.
slow() {
	sed -n 's/^# \(.*\): Test terminated by timeout.*/\1/p' "$1"
}

boot "$@"
stock=$BUILD/check/stock/${out#"$BUILD/check/feature/"}
if [ "$variant" = feature ] && [ -f "$stock" ]; then
	test=$(slow "$log" | grep -m1 -vxF -e "$(slow "${stock%.tsv}.log")") ||
		test=$(awk -F '\t' 'NR == FNR { passes[$1, $2] = $3 == "pass"; next }
			$3 == "fail" && $1 !~ /^seccomp_suspend/ && passes[$1, $2] { print $2; exit }' \
			"$stock" "$out")
	if [ -n "$test" ]; then
		say "guest: $test fails on feature only, maybe by chance: trying again on $arch"
		mv "$log" "${log%.log}.first.log"
		boot "$@"
	fi
fi
