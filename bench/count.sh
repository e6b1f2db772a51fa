#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# count.sh NAME ARCH IMAGE AWK COMMAND...: boot the kernels of all variants, each twice, on
# a machine whose clock counts instructions, let them run the commands (see guest/boot.sh),
# and write to $BUILD/bench/NAME.tsv a line that says what the numbers depend on, then what
# AWK, join.awk or spread.awk, makes of the results. Fails if that does.
. ./scripts/lib.sh

name=$1 arch=$2 initramfs=$3 awk=$4
shift 4
machine "$arch"
out=$BUILD/bench/$name
mkdir -p "$BUILD/bench"
export COUNT=1

# Both boots at once: what counts instructions does not mind.
files=
for variant in $VARIANTS; do
	say "bench: $name, counting on $variant, twice ($out-$variant-1.log, -2.log)"
	printf '%s\n' 1 2 | xargs -P2 -I{} \
		guest/boot.sh "$variant" "$arch" "$initramfs" "$out-$variant-{}.log" "$@"
	for boot in 1 2; do
		awk -f guest/results.awk "$out-$variant-$boot.log" >"$out-$variant-$boot.tsv"
		files="$files variant=$variant boot=$boot $out-$variant-$boot.tsv"
	done
done
release=$(make -s -C "$BUILD/stock/linux" kernelversion)
compiler=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\(.*\)"/\1/p' "$BUILD/stock/linux/build-$arch/.config")
say "# Linux $release, $compiler, $(emulator)" >"$out.tmp"
# shellcheck disable=SC2086 # words
awk -f "bench/$awk" $files >>"$out.tmp"
mv "$out.tmp" "$out.tsv"
