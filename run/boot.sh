#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# boot.sh VARIANT ARCH IMAGE LOG COMMAND...: boot a kernel with $BUILD/guest/ABI/IMAGE.cpio, where
# ABI is that of the machine, and let PID 1 run the commands (see guest/init.c), each for $LIMIT
# seconds at most. Each command is one argument, its words separated by blanks. The console goes
# to LOG. With $PREBUILT_KERNEL, boot that file instead, and use VARIANT only for messages.
#
# Boots again, once, if the kernel reports a stall or that its timer does not tick. The first console
# is then in LOG with .stalled before its suffix.
#
# Fails with one line when the guest does not end by itself, when its kernel reports a problem
# that does not match $TOLERATED, or when a command crashes, hangs or is missing. It does not
# check whether the tests passed: run/results.awk reads that from LOG.
. ./scripts/lib.sh

name=$1 arch=$2 log=$4
machine "$arch"
initramfs=$BUILD/guest/$abi/$3.cpio
shift 4
mkdir -p "$(dirname "$log")"

# PID 1 ends a command after $LIMIT. This longer limit is for a guest that hangs.
longest=$((LIMIT * $# + 60))
set -- timeout --foreground -k 5 "$longest" run/emulator.sh "$arch" \
	"${PREBUILT_KERNEL:-$BUILD/$name/linux/build-$arch/$image}" "$initramfs" "$(kernel_arguments "$arch" "$@")"
boot() {
	status=0
	with_progress "guest: $name on $arch, test results" "$log" '^(not )?ok ' '' \
		"$@" </dev/null || status=$?
}
boot "$@"
# The kernel reports these as well if this computer stops its emulator for some time. A fault that the
# kernel is to blame for will be there again.
stalls='rcu: INFO: .*stall|INFO: task .* blocked for|BUG: soft lockup|BUG: workqueue lockup'
if grep -qaE "($stalls|IO-APIC \+ timer doesn't work)" "$log"; then
	say "guest: $name on $arch stalled, maybe because this computer did: trying again"
	mv "$log" "${log%.log}.stalled.log"
	boot "$@"
fi

# complaint PATTERN: the first line of the console that matches, without its time stamp.
complaint() {
	grep -aE "$1" "$log" | grep -m1 -vaE "${TOLERATED:-^$}" | tr -d '\r' |
		sed 's/^.*\[ *[0-9]*\.[0-9]*\] *//'
}

# A message of the kernel may be in the middle of a line, after the output of a command. When
# lockdep turns itself off, only its stack trace is on this console.
reports='Oops|\bBUG[: ]|WARNING:|INFO: |UBSAN|ODEBUG|DEADLOCK|refcount_t:|Call Trace'
for pattern in 'Kernel panic' "\\[ *[0-9]+\\.[0-9]+\\] .*($reports)"; do
	line=$(complaint "$pattern")
	[ -z "$line" ] || die "the kernel of $name on $arch reports: $line ($log)"
done
[ $status -ne 124 ] || grep -qav "^qemu-system" "$log" ||
	die "the guest ($name on $arch) prints nothing:" \
	"check the console that arch/${arch%%-*}.sh and .config name ($log)"
[ $status -ne 124 ] || die "the guest ($name on $arch) did not end within $longest s ($log)"
# The reason is reported by PID 1, by QEMU, or in the last line.
[ -n "$(complaint '^# guest: all done')" ] ||
	die "the guest ($name on $arch) ended early: $({ complaint '^# guest: cannot'
		complaint '^qemu-system[^ ]*: ([^w]|w[^a])'
		grep -a . "$log" | tail -n1; } | head -n1 | tr -d '\r') ($log)"
line=$(complaint '^# guest: end .*: (signal|timed out|cannot)')
[ -z "$line" ] || die "$name on $arch: ${line#\# guest: end } ($log)"
