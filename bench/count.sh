#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# count.sh NAME ARCH IMAGE AWK COMMAND...: boot the kernels of all variants, let them run
# the commands (see run/boot.sh), and write to $BUILD/bench/NAME.tsv a line with what the
# numbers depend on, then what AWK makes of the results. Fails if AWK does.
#
# Each kernel boots twice on a machine whose clock counts instructions. For rates.awk, which
# is about time, each boots three times, one at a time, on the machine of the tests; the
# variants take turns, so that other load on the computer affects all of them.
. ./scripts/lib.sh

name=$1 arch=$2 initramfs=$3 awk=$4
shift 4
commands=$*
boots='1 2' at_once=2 COUNT=1
[ "$awk" != rates.awk ] || boots='1 2 3' at_once=1 COUNT=
export name arch initramfs commands COUNT
machine "$arch"
export out="$BUILD/bench/$name"
mkdir -p "$BUILD/bench"

say "bench: $name: $(echo "$boots" | wc -w) boots of each of $VARIANTS ($out-VARIANT-BOOT.log)"
# shellcheck disable=SC2016 # for that shell
for boot in $boots; do
	for variant in $VARIANTS; do
		echo "$variant $boot"
	done
done | xargs -P$at_once -L1 sh -c 'exec run/boot.sh "$1" "$arch" "$initramfs" "$out-$1-$2.log" $commands' sh
files=
for boot in $boots; do
	for variant in $VARIANTS; do
		awk -f run/results.awk "$out-$variant-$boot.log" >"$out-$variant-$boot.tsv"
		files="$files variant=$variant boot=$boot $out-$variant-$boot.tsv"
	done
done
release=$(make -s -C "$BUILD/stock/linux" kernelversion)
compiler=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\(.*\)"/\1/p' "$BUILD/stock/linux/build-$arch/.config")
made="Linux $release, $compiler, $(emulator)"
[ "$awk" != rates.awk ] ||
	made="rates: $made with $cpus CPUs and ${ACCEL:-tcg}, on $(nproc) CPUs: $(
		awk -F '\t*: ' '!($1 in of) { of[$1] = $2 }
			END { print of["model name"] ", family " of["cpu family"] ", model " of["model"] }' /proc/cpuinfo)"
say "# $made" >"$out.tmp"
# shellcheck disable=SC2086 # words
awk -f "bench/$awk" $files >>"$out.tmp"
mv "$out.tmp" "$out.tsv"
