#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# results.sh NAME ARCH VARIANTS COMMAND...: boot the kernels of all VARIANTS for ARCH, let
# each run the commands (see run/boot.sh), and write what the tests among them say to
# $BUILD/check/NAME-VARIANT-ARCH.tsv (see run/results.awk). AT_ONCE in the environment is
# how many to boot at a time: without it, as many as there are processors for. Fails when a
# guest does.
. ./scripts/lib.sh

name=$1 arch=$2 variants=$3
shift 3
machine "$arch"
at_once=${AT_ONCE:-$(($(nproc) / cpus))}
[ "$at_once" -gt 0 ] || at_once=1
# shellcheck disable=SC2086 # words
printf '%s\n' $variants | xargs -P$at_once -I{} \
	run/boot.sh {} "$arch" tests "$BUILD/check/$name-{}-$arch.log" "$@"
for variant in $variants; do
	results=$BUILD/check/$name-$variant-$arch
	awk -f run/results.awk "$results.log" >"$results.tsv"
done
