#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# count.sh NAME ARCH IMAGE COMMAND...: boot the kernels of all variants and let them run the
# commands (see run/boot.sh). NAME is calls, criu or rate. Write to $BUILD/bench/NAME.tsv a line
# with the versions that the numbers depend on, then the results:
#	variant TAB boot TAB a line of run/results.awk
# Fails if a boot fails or if bench.py does not accept the results.
#
# For calls and criu each kernel boots twice, and the clock of the machine counts instructions.
# For rate, which measures time, each kernel boots three times, one at a time, with the normal
# clock; the variants take turns, so that other load on the computer affects all of them.
. ./scripts/lib.sh

name=$1 arch=$2 initramfs=$3
shift 3
commands=$*
boots='1 2' at_once=2 COUNT=1
[ "$name" != rate ] || boots='1 2 3' at_once=1 COUNT=
export name arch initramfs commands COUNT
machine "$arch"
export out="$BUILD/bench/$name"
mkdir -p "$BUILD/bench"

say "bench: $name: $(echo "$boots" | wc -w) boots of each of $VARIANTS ($out-VARIANT-BOOT.log)"
# kernels: a line for each boot, VARIANT BOOT.
kernels() {
	for boot in $boots; do
		for variant in $VARIANTS; do
			echo "$variant $boot"
		done
	done
}
# shellcheck disable=SC2016 # for that shell
kernels | xargs -P$at_once -L1 \
	sh -c 'exec run/boot.sh "$1" "$arch" "$initramfs" "$out-$1-$2.log" $commands' sh

release=$(make -s -C "$BUILD/stock/linux" kernelversion)
compiler=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\(.*\)"/\1/p' \
	"$BUILD/stock/linux/build-$arch/.config")
version=$($emulator --version | sed -n 's/.* version \([0-9.]*\).*/QEMU \1/p')
made="Linux $release, $compiler, $version"
[ "$name" != rate ] ||
	made="rates: $made with $cpus CPUs and ${ACCEL:-tcg}, on $(nproc) CPUs: $(
		awk -F '\t*: ' '!($1 in of) { of[$1] = $2 }
			END { print of["model name"] ", family " of["cpu family"] ", model " of["model"] }' \
			/proc/cpuinfo)"
{
	say "# $made"
	kernels | while read -r variant boot; do
		awk -f run/results.awk "$out-$variant-$boot.log" | sed "s/^/$variant	$boot	/"
	done
} >"$out.tmp"
bench/bench.py numbers "$out.tmp" >/dev/null
mv "$out.tmp" "$out.tsv"
