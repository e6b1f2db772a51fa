# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # facts, read by machine() of scripts/lib.sh
# sparc64 under QEMU, with the firmware OpenBIOS: big endian, and seccomp has strict mode only.
lint=yes
packages=qemu-system-sparc:qemu-system-sparc64
cross=sparc64-linux-gnu-
kbuild='ARCH=sparc' srcarch=sparc abi=sparc64
lacks=seccomp_bpf
image=arch/sparc/boot/image target=image
objects=700
emulator='qemu-system-sparc64 -M sun4u'
append='console=ttyS0'
