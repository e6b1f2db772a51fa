#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# results.sh NAME ARCH VARIANTS COMMAND...: boot the kernels of all VARIANTS for ARCH, one
# after the other because some of the kernel's own tests go by the clock, let each run
# the commands (see guest/boot.sh), and write what the tests among them say to
# $BUILD/check/NAME-VARIANT-ARCH.tsv (see guest/results.awk). Fails when a guest does.
. ./scripts/lib.sh

name=$1 arch=$2 variants=$3
shift 3
for variant in $variants; do
	results=$BUILD/check/$name-$variant-$arch
	guest/boot.sh "$variant" "$arch" tests "$results.log" "$@"
	awk -f guest/results.awk "$results.log" >"$results.tsv"
done
