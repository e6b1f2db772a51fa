#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# cc.sh ARGUMENT...: gcc, through ccache, for kbuild. Assembly goes to gcc alone: ccache in
# depend mode does not see what .incbin includes, and would give a kernel image the compressed
# kernel of another variant if both have the same length. Returns what gcc returns.
for argument; do
	case $argument in
	*.S) exec gcc "$@" ;;
	esac
done
exec ccache gcc "$@"
