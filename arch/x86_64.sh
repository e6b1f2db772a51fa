# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # facts, read by machine() of scripts/lib.sh
# x86_64 under QEMU, the machine that CRIU runs on.
default=yes
packages='gcc-i686-linux-gnu:i686-linux-gnu-gcc
	libc6-dev-i386-cross:/usr/i686-linux-gnu/include/stdio.h
	qemu-system-x86:qemu-system-x86_64'
kbuild='ARCH=x86_64' srcarch=x86 abi=amd64
image=arch/x86/boot/bzImage target=bzImage
fragments='base tests criu'
compat=i686-linux-gnu-gcc compat_srcarch=x86
objects=880
cpus=2
# Without cmpxchg16b, which sometimes leaves wrong flags in QEMU 7.2, so that the kernel panics.
emulator='qemu-system-x86_64 -cpu max,cx16=off'
append='console=ttyS0'
kernels='linux-image-amd64 linux-image-cloud-amd64 linux-image-rt-amd64'
# Without it, most instructions of a boot would calibrate the timer of the APIC.
counting='nolapic_timer'
end=restart
