#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# example.sh RST OUT: compile the C program that the documentation RST shows. README
# shows it too: fails if it is not the same one there, or does not compile.
. ./scripts/lib.sh

rst=$1 out=$2
awk '/^[^\t]/ { code = 0 } code { print substr($0, 2) } /^\.\. code-block:: c$/ { code = 1 }' "$rst" |
	sed '/./,$!d' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"$out.c"
[ -s "$out.c" ] || die "$rst shows no C program"
# shellcheck disable=SC2016 # backticks of markdown
sed -n '/^```c$/,/^```$/p' README.md | sed '1d;$d' | cmp -s - "$out.c" ||
	die "README.md does not show the program that the documentation shows ($out.c)"
gcc -std=gnu11 -O2 -Wall -Wextra -static -o "$out" "$out.c" ||
	die "the documentation's program does not compile ($out.c)"
