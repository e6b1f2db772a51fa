# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # facts, for the scripts that read them
# User Mode Linux: the kernel as an ordinary process. Builds fast, boots at once.
packages=''
kbuild='ARCH=um SUBARCH=x86_64'
# The file that is booted, and the target that makes it.
image=linux target=linux
fragments='base tests'
# How many objects a build has, more or less.
objects=550
cpus=1
# How PID 1 has to leave for the machine to be gone.
end=poweroff

# boot KERNEL INITRAMFS APPEND: become the machine, its console on stdin and stdout.
# Its processes run faster under seccomp than under ptrace, where that works.
boot() {
	exec "$1" seccomp=auto mem=1G initrd="$2" con=null con0=fd:0,fd:1 root=/dev/ram0 console=tty0 "$3"
}
