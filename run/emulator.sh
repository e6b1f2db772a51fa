#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# emulator.sh ARCH KERNEL INITRAMFS APPEND: run the machine ARCH with the files KERNEL and
# INITRAMFS, its console on stdin and stdout. APPEND has arguments for the kernel. QEMU emulates
# the CPUs unless ACCEL=kvm, because on some systems /dev/kvm exists but hangs. With COUNT set,
# the machine's clock advances by one nanosecond for each instruction of its only CPU.
. ./scripts/lib.sh

# usable_shm: can 512 MB be mapped from /dev/shm, and executed?
usable_shm() {
	awk '$2 == "/dev/shm" { options = $4 } END { exit options ~ /noexec/ }' /proc/mounts &&
		[ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -ge 524288 ]
}

machine "$1"
kernel=$2 initramfs=$3 args=$4
if [ -z "$emulator" ]; then
	# User Mode Linux maps its memory from a file, by default in /dev/shm, and makes a folder, by
	# default in $HOME.
	usable_shm || export TMPDIR="$BUILD"
	# shellcheck disable=SC2086 # words
	exec "$kernel" uml_dir="$BUILD/uml" initrd="$initramfs" $append "$args"
fi
count=
if [ -n "${COUNT-}" ]; then
	count='-icount shift=0,sleep=off' ACCEL=tcg append="$append $counting"
fi
# Each CPU is in a socket of its own: without ACPI an x86 kernel finds one CPU in each.
# shellcheck disable=SC2086 # words
exec $emulator -accel "${ACCEL:-tcg}" $count -smp "$cpus,sockets=$cpus" -m 1G \
	-no-reboot -nodefaults -display none -serial stdio -kernel "$kernel" -initrd "$initramfs" -append "$append $args"
