#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# bytes.sh ARCH: write to $BUILD/bench/bytes.tsv, in the form of join.awk, the bytes of code
# of the kernels of all variants and of their two objects, the objects also built without
# checkpoint and restore. For the latter it also writes in how many lines of the
# disassembly, with relocations, kernel/seccomp.o differs from the stripped one. Needs the
# kernels; builds the objects. The functions that differ between feature and VARIANT go to
# bytes-from-VARIANT.txt there.
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

# row WHAT HOW COMMAND...: a line with what the command prints for each variant.
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
rm -f "$out"-*.dis
mv "$out.tmp" "$out.tsv"
