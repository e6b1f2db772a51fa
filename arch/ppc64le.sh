# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # facts, read by machine() of scripts/lib.sh
# ppc64le under QEMU, with the firmware SLOF.
packages=qemu-system-ppc:qemu-system-ppc64
cross=powerpc64le-linux-gnu-
kbuild='ARCH=powerpc' srcarch=powerpc abi=ppc64el
image=vmlinux target=vmlinux
objects=755
cpus=2
emulator='qemu-system-ppc64 -M pseries -cpu power9'
append='console=hvc0'
kernels='linux-image-powerpc64le'
