# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # facts, read by machine() of scripts/lib.sh
# s390x under QEMU: big endian, and mmap() takes its arguments from memory.
lint=yes
packages=qemu-system-misc:qemu-system-s390x
cross=s390x-linux-gnu-
kbuild='ARCH=s390' srcarch=s390 abi=s390x
image=arch/s390/boot/bzImage target=bzImage
objects=640
cpus=2
emulator='qemu-system-s390x -M s390-ccw-virtio -cpu qemu'
append='console=ttysclp0'
kernels='linux-image-s390x'
