#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# sanitize.sh VARIANT ARCH TEST... -- COMMAND...: boot the kernel of VARIANT for ARCH, a machine
# with a debug kernel such as x86_64-debug, run the TESTs and the COMMANDs (see boot.sh) and
# print the verdict. Fails when the kernel reports a fault, or when one of the TESTs fails. The
# COMMANDs are the kernel's own tests and may fail: some depend on time, and these kernels are
# slow. A data race (KCSAN) is a failure only in a function of kernel/seccomp.c or
# kernel/ptrace.c. All races are printed, with how often each was reported.
. ./scripts/lib.sh

name=$1 arch=$2
shift 2
objs=$BUILD/$name/linux/build-$arch
log=$BUILD/sanitize/$name-$arch.log

# Set $programs to the programs of the TESTs, and "$@" to all commands without the --.
tests=,
for command; do
	shift
	if [ "$command" = -- ]; then
		programs=$tests
		continue
	fi
	program=${command##*/}
	tests="$tests${program%% *},"
	set -- "$@" "$command"
done

say "sanitize: $name on $arch ($log)"
TOLERATED='BUG: KCSAN:' run/boot.sh "$name" "$arch" tests "$log" "$@"

races=$(tr -d '\r' <"$log" | sed -n 's/.*BUG: KCSAN: //p' | sort | uniq -c | sort -rn)
[ -z "$races" ] || say "$races"
nm "$objs/kernel/seccomp.o" "$objs/kernel/ptrace.o" | sed -n 's/^[0-9a-f]* [Tt] //p' >"$log.ours"
ours=$(echo "$races" | grep -m1 -wFf "$log.ours" || true)
[ -z "$ours" ] || die "$name on $arch has a $(echo "$ours" | sed 's/^ *[0-9]* //') ($log)"

awk -f run/results.awk "$log" | awk -F '\t' -v tests="${programs-$tests}" '
	!index(tests, "," $1 ",") { next }
	{ number[$3]++ }
	$3 == "fail" && !first { first = $2 ": " $4 }
	END { printf "%d %d %s\n", number["pass"], number["fail"], first }' >"$log.counts"
read -r passed failed first <"$log.counts"
[ "$failed" -eq 0 ] || die "$failed tests fail on $name on $arch, the first is $first ($log)"
[ "$passed" -gt 0 ] || die "no test has passed on $name on $arch ($log)"
say "sanitize: $name on $arch: no report, $passed tests passed"
