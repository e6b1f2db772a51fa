#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# cc.sh ARGUMENT...: call gcc through ccache, for kbuild, which exports CROSS_COMPILE, the prefix of
# its name. Assembly is not cached: in depend mode ccache does not see the file that .incbin
# includes. So an image could contain the compressed kernel of another variant, if both have the
# same length. Returns what gcc returns.
gcc=${CROSS_COMPILE-}gcc
for argument; do
	case $argument in
	*.S) exec "$gcc" "$@" ;;
	esac
done
exec ccache "$gcc" "$@"
