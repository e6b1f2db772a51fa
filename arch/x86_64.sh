# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # facts, read by machine() of scripts/lib.sh
# x86_64 under QEMU, the machine that CRIU runs on.
packages='qemu-system-x86:qemu-system-x86_64 gcc-multilib:gnu/stubs-32.h'
kbuild='ARCH=x86_64'
image=arch/x86/boot/bzImage target=bzImage
fragments='base tests criu'
compat='gcc -m32'
objects=880
cpus=2
emulator='qemu-system-x86_64 -cpu max'
append='console=ttyS0'
# Without it, most instructions of a boot would calibrate the timer of the APIC.
counting='nolapic_timer'
end=restart
