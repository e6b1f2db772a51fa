#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# bytes.sh ARCH: write to $BUILD/bench/bytes.tsv, in the form of join.awk, how many bytes of
# code the kernels of all variants and their two objects have, these without checkpoint and
# restore as well, and in how many lines kernel/seccomp.o then differs from the stripped one
# in the disassembly, relocations and all. Needs the kernels; builds such objects.
# What differs from function to function goes to bytes-VARIANT.txt there.
. ./scripts/lib.sh

arch=$1
without=$arch-no-checkpoint
out=$BUILD/bench/bytes
mkdir -p "$BUILD/bench"
bloat=$BUILD/stock/linux/scripts/bloat-o-meter

# size_of FILE: the bytes of its functions.
size_of() {
	"$bloat" -t "$1" "$1" | sed -n 's/^Total: Before=\([0-9]*\),.*/\1/p'
}

# row WHAT HOW COMMAND...: a line with what the command says of each variant.
row() {
	printf 'bytes\t%s\t%s' "$1" "$2"
	shift 2
	for variant in $VARIANTS; do
		number=$("$@" "$variant")
		[ -n "$number" ] || die "cannot do $* $variant"
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
		objdump -dr "$BUILD/$name/linux/build-$without/kernel/seccomp.o" | sed 1,3d >"$out-$name.dis"
	done
	diff "$out-stripped.dis" "$out-$1.dis" | grep -c '^[<>]' || true
}

for variant in $VARIANTS; do
	base/kernel.sh "$variant" "$without" kernel/seccomp.o kernel/ptrace.o
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
for pair in stripped,feature stock,followup; do
	"$bloat" -t "$BUILD/${pair%,*}/linux/build-$arch/vmlinux" \
		"$BUILD/${pair#*,}/linux/build-$arch/vmlinux" >"$out-${pair#*,}.txt"
done
rm -f "$out"-*.dis
mv "$out.tmp" "$out.tsv"
