#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# results.sh OUT VARIANT ARCH IMAGE COMMAND...: boot a kernel, let it run the commands (see
# boot.sh), and write the results of the tests to OUT, a .tsv file (see results.awk). The
# console is in the .log file beside it. Fails when boot.sh does.
. ./scripts/lib.sh

out=$1 log=${1%.tsv}.log
shift
variant=$1 arch=$2 image=$3
shift 3
run/boot.sh "$variant" "$arch" "$image" "$log" "$@"
awk -f run/results.awk "$log" >"$out"
