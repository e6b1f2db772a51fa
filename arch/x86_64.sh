# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # facts, for the scripts that read them
# x86_64 under QEMU, in software unless ACCEL says otherwise: /dev/kvm can exist
# and hang all the same. The machine that CRIU runs on.
packages='qemu-system-x86:qemu-system-x86_64 gcc-multilib:gnu/stubs-32.h'
kbuild='ARCH=x86_64'
# The file that is booted, and the target that makes it.
image=arch/x86/boot/bzImage target=bzImage
fragments='base tests criu'
# The compiler for its second ABI, that of 32-bit programs.
compat='gcc -m32'
# How many objects a build has, more or less.
objects=880
cpus=2
# With COUNT set, its clock counts instructions, each a nanosecond: on one CPU, emulated.
# Without the timer of the APIC, which would take most of the boot to calibrate.
counter='-icount shift=0,sleep=off' timer=nolapic_timer
if [ -n "${COUNT-}" ]; then cpus=1 ACCEL=tcg; else counter='' timer=''; fi
# How PID 1 has to leave for the machine to be gone.
end=restart

# emulator: name what it is booted on.
emulator() {
	qemu-system-x86_64 --version | sed -n 's/.* version \([0-9.]*\).*/QEMU \1/p'
}

# boot KERNEL INITRAMFS APPEND: become the machine, its console on stdin and stdout.
# Each CPU is in a socket of its own: without ACPI a kernel finds no other ones.
boot() {
	# shellcheck disable=SC2086 # words
	exec qemu-system-x86_64 -accel "${ACCEL:-tcg}" $counter -cpu max -smp "$cpus,sockets=$cpus" -m 1G -no-reboot \
		-nodefaults -display none -serial stdio \
		-kernel "$1" -initrd "$2" -append "console=ttyS0 $timer $3"
}
