#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# bytes.sh ARCH: write three kinds of files to $BUILD/bench.
# - bytes.tsv, in the form of docs/cost.tsv, has the bytes of code of the kernels of all variants
#   and of kernel/seccomp.o and kernel/ptrace.o, the objects also built without checkpoint/restore.
#   It also has the number of lines in which the disassembly (with relocations) of kernel/seccomp.o
#   without checkpoint/restore differs from that of stripped.
# - bytes-from-VARIANT.txt has the functions that differ between VARIANT and feature.
# - beginning.txt has the code at the beginning of a filtered call.
# Needs the kernels; builds the objects. Fails if a file is missing or a number cannot be counted.
. ./scripts/lib.sh

arch=$1
without=$arch-no-checkpoint
out=$BUILD/bench/bytes
mkdir -p "$BUILD/bench"
bloat=$BUILD/stock/linux/scripts/bloat-o-meter

# built FILE: fail if it is missing. Without this check, it would have no differences.
built() {
	[ -e "$1" ] || die "there is no $1: remove its folder and call make again"
}

# size_of FILE: the bytes of its functions.
size_of() {
	built "$1"
	"$bloat" -t "$1" "$1" | sed -n 's/^Total: Before=\([0-9]*\),.*/\1/p'
}

# row WHAT HOW COMMAND...: a line with what the command prints for each variant.
row() {
	printf 'bytes\t%s\t%s' "$1" "$2"
	shift 2
	for variant in $VARIANTS; do
		number=$("$@" "$variant")
		[ -n "$number" ] || die "cannot count for $variant: $*"
		printf '\t%s' "$number"
	done
	echo
}

# text ARCH FILE VARIANT, differing VARIANT: two such commands.
text() {
	size_of "$BUILD/$3/linux/build-$1/$2"
}
differing() {
	for name in stripped "$1"; do
		built "$BUILD/$name/linux/build-$without/kernel/seccomp.o"
		objdump -dr "$BUILD/$name/linux/build-$without/kernel/seccomp.o" | sed 1,3d >"$out-$name.dis"
	done
	diff "$out-stripped.dis" "$out-$1.dis" | grep -c '^[<>]' || true
}

# beginning VARIANT: the code of a filtered call, up to the check of the mode.
beginning() {
	say "$1:"
	objdump -d --no-show-raw-insn --no-addresses --disassemble=__seccomp_permit_syscall \
		"$BUILD/$1/linux/build-$arch/vmlinux" | sed -n '/^<__seccomp/,/cmp .*0x2/p' |
		sed '1d; s/0x[0-9a-f]*(%rip)\([^ ]*\) *# <\(.*\)>/\2\1/'
}

for variant in $VARIANTS; do
	kernel/build.sh "$variant" "$without" kernel/seccomp.o kernel/ptrace.o
done
{
	row vmlinux text text "$arch" vmlinux
	for file in kernel/seccomp.o kernel/ptrace.o; do
		row $file text text "$arch" $file
	done
	for file in kernel/seccomp.o kernel/ptrace.o; do
		row $file 'text without CHECKPOINT_RESTORE' text "$without" $file
	done
	row kernel/seccomp.o 'lines that differ without CHECKPOINT_RESTORE' differing
} >"$out.tmp"
for from in stripped stock; do
	"$bloat" -t "$BUILD/$from/linux/build-$arch/vmlinux" \
		"$BUILD/feature/linux/build-$arch/vmlinux" >"$out-from-$from.txt"
done
for variant in $VARIANTS; do
	beginning "$variant"
done >"$BUILD/bench/beginning.txt"
rm -f "$out"-*.dis
mv "$out.tmp" "$out.tsv"
