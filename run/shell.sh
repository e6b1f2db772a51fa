#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# shell.sh VARIANT ARCH IMAGE: boot a kernel to a shell prompt. CRIU is on the PATH, the selftests are
# in /selftests. The command "exit" shuts the guest down.
. ./scripts/lib.sh

machine "$2"
say "shell: $1 on $2: criu is on the PATH, the selftests are in /selftests, \"exit\" shuts down"
[ ! -t 0 ] || trap 'stty sane' EXIT
run/emulator.sh "$2" "$BUILD/$1/linux/build-$2/$image" "$BUILD/guest/$abi/$3.cpio" \
	"loglevel=5 panic=-1 end=$end -- /bin/sh"
