# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # facts, read by machine() of scripts/lib.sh
# User Mode Linux: the kernel is an ordinary process. It builds fast and boots at once. With
# seccomp=auto it uses the seccomp of the host to run its processes, if that works, because
# ptrace is slower.
default=yes
kbuild='ARCH=um SUBARCH=x86_64' srcarch=x86 abi=amd64
image=linux target=linux
objects=550
append='seccomp=auto mem=1G con=null con0=fd:0,fd:1 root=/dev/ram0 console=tty0'
