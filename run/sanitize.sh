#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# sanitize.sh VARIANT ARCH TESTS COMMAND...: boot the kernel of VARIANT for ARCH, a machine
# with a debug kernel such as x86_64-debug, run the TESTS and the commands (see
# run/boot.sh) and print the verdict. Fails when the kernel reports a fault, or when one
# of the TESTS does not pass. Of the commands, which are the kernel's own tests, only the
# kernel's reports count: some depend on time, and these kernels are slow. A data race
# (KCSAN) fails in a function of kernel/seccomp.c or kernel/ptrace.c. Others are the
# kernel's own: they are printed with their number.
. ./scripts/lib.sh

name=$1 arch=$2 tests=$3
shift 3
objs=$BUILD/$name/linux/build-$arch
log=$BUILD/sanitize/$name-$arch.log

say "sanitize: $name on $arch ($log)"
# shellcheck disable=SC2086 # words
TOLERATED='BUG: KCSAN:' run/boot.sh "$name" "$arch" tests "$log" $tests "$@"

races=$(tr -d '\r' <"$log" | sed -n 's/.*BUG: KCSAN: //p' | sort | uniq -c | sort -rn)
[ -z "$races" ] || say "$races"
nm "$objs/kernel/seccomp.o" "$objs/kernel/ptrace.o" | sed -n 's/^[0-9a-f]* [Tt] //p' >"$log.ours"
ours=$(echo "$races" | grep -m1 -wFf "$log.ours" || true)
[ -z "$ours" ] || die "$name on $arch has a $(echo "$ours" | sed 's/^ *[0-9]* //') ($log)"

awk -f run/results.awk "$log" | awk -F '\t' -v tests="$tests," '
	!index(tests, "/" $1 " ") && !index(tests, "/" $1 ",") { next }
	{ number[$3]++ }
	$3 == "fail" && !first { first = $2 ": " $4 }
	END { printf "%d %d %s\n", number["pass"], number["fail"], first }' >"$log.counts"
read -r passed failed first <"$log.counts"
[ "$failed" -eq 0 ] || die "$failed tests fail on $name on $arch, the first is $first ($log)"
[ "$passed" -gt 0 ] || die "no test has passed on $name on $arch ($log)"
say "sanitize: $name on $arch: no report, $passed tests passed"
