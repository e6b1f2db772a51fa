# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # facts, read by machine() of scripts/lib.sh
# arm64 under QEMU, which also runs 32-bit arm programs.
lint=yes
packages='gcc-arm-linux-gnueabihf:arm-linux-gnueabihf-gcc
	libc6-dev-armhf-cross:/usr/arm-linux-gnueabihf/include/stdio.h
	qemu-system-arm:qemu-system-aarch64'
cross=aarch64-linux-gnu-
kbuild='ARCH=arm64' srcarch=arm64 abi=arm64
image=arch/arm64/boot/Image target=Image
compat=arm-linux-gnueabihf-gcc compat_srcarch=arm
objects=680
cpus=2
emulator='qemu-system-aarch64 -M virt -cpu cortex-a57'
append='console=ttyAMA0'
kernels='linux-image-arm64 linux-image-cloud-arm64 linux-image-rt-arm64'
