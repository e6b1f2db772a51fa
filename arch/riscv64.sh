# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # facts, read by machine() of scripts/lib.sh
# riscv64 under QEMU, with the firmware OpenSBI.
packages=qemu-system-misc:qemu-system-riscv64
cross=riscv64-linux-gnu-
kbuild='ARCH=riscv' srcarch=riscv abi=riscv64
image=arch/riscv/boot/Image target=Image
objects=665
cpus=2
emulator='qemu-system-riscv64 -M virt'
append='console=ttyS0'
kernels='linux-image-riscv64'
