# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # facts, read by machine() of scripts/lib.sh
# 32-bit arm under QEMU.
packages=qemu-system-arm:qemu-system-arm
cross=arm-linux-gnueabihf-
kbuild='ARCH=arm' srcarch=arm abi=armhf
image=arch/arm/boot/zImage target=zImage
objects=700
cpus=2
emulator='qemu-system-arm -M virt -cpu cortex-a15'
append='console=ttyAMA0'
kernels='linux-image-armmp'
