#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# results.sh NAME ARCH VARIANTS COMMAND...: boot the kernels of all VARIANTS for ARCH at
# once, let each run the commands (see guest/boot.sh), and write what the tests among
# them say to $BUILD/check/NAME-VARIANT-ARCH.tsv (see guest/results.awk). Fails when a
# guest does.
. ./scripts/lib.sh

name=$1 arch=$2 variants=$3 pids='' status=0
shift 3
for variant in $variants; do
	guest/boot.sh "$variant" "$arch" tests "$BUILD/check/$name-$variant-$arch.log" "$@" &
	pids="$pids $!"
done
for pid in $pids; do
	wait "$pid" || status=1
done
[ $status -eq 0 ] || exit 1
for variant in $variants; do
	results=$BUILD/check/$name-$variant-$arch
	awk -f guest/results.awk "$results.log" >"$results.tsv"
done
