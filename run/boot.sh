#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# boot.sh VARIANT ARCH IMAGE LOG COMMAND...: boot a kernel with $BUILD/guest/IMAGE.cpio
# and let PID 1 run the commands (see guest/init.c), each for $LIMIT seconds at
# most. The console goes to LOG. Fails with one line when the guest does not
# come to its end by itself, when its kernel complains, or when a command
# crashes, hangs or is missing; what the commands print is for others to judge,
# and so are the complaints that match $TOLERATED. A variant of a machine adds the
# arguments of "# append:" in its fragment to the kernel's command line.
. ./scripts/lib.sh

name=$1 arch=$2 initramfs=$BUILD/guest/$3.cpio log=$4
shift 4
machine "$arch"
mkdir -p "$(dirname "$log")"

# The guest's own limits come first: this one is for a guest that is stuck.
longest=$((LIMIT * $# + 60))
append="loglevel=5 panic=-1 oops=panic cpus=$cpus end=$end timeout=$LIMIT"
[ "${arch%%-*}" = "$arch" ] || append="$append $(sed -n 's/^# append: //p' "config/variants/${arch#*-}.config")"
append="$append -- $*"

# In a shell of its own for timeout, which cannot call a function.
# shellcheck disable=SC2016 # for that shell
set -- timeout --foreground -k 5 "$longest" sh -c '. "./arch/${1%%-*}.sh" && boot "$2" "$3" "$4" </dev/null' \
	sh "$arch" "$BUILD/$name/linux/build-$arch/$image" "$initramfs" "$append"
status=0
with_progress "guest: $name on $arch, test results" "$log" '^(not )?ok ' '' "$@" || status=$?

# complaint PATTERN: the first line of the console that matches, without its time stamp.
complaint() {
	grep -aE "$1" "$log" | grep -m1 -vaE "${TOLERATED:-^$}" | tr -d '\r' |
		sed 's/^.*\[ *[0-9]*\.[0-9]*\] *//'
}

# A message of the kernel may follow a line of a command that has not ended. The stack
# trace is what lockdep prints on this console when it turns itself off.
reports='Oops|\bBUG[: ]|WARNING:|INFO: |UBSAN|ODEBUG|DEADLOCK|refcount_t:|Call Trace'
for pattern in 'Kernel panic' "\\[ *[0-9]+\\.[0-9]+\\] .*($reports)"; do
	line=$(complaint "$pattern")
	[ -z "$line" ] || die "the kernel of $name on $arch complains: $line ($log)"
done
[ $status -ne 124 ] || die "the guest ($name on $arch) did not end within $longest s ($log)"
[ -n "$(complaint '^# guest: all done')" ] ||
	die "the guest ($name on $arch) ended early: $({ complaint '^# guest: cannot' &&
		grep -a . "$log" | tail -n1; } | head -n1 | tr -d '\r') ($log)"
line=$(complaint '^# guest: end .*: (signal|timed out|cannot)')
[ -z "$line" ] || die "$name on $arch: ${line#\# guest: end } ($log)"
