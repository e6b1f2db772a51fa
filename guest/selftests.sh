#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# selftests.sh VARIANT: build the seccomp and ptrace selftests of a variant,
# static, into $BUILD/guest/selftests, with its own kbuild and UAPI headers. Where gcc
# makes 32-bit programs, it builds ours as such too, as NAME_compat. Does nothing when
# the tree's tests are those that are there. Fails with the first error of the compiler.
. ./scripts/lib.sh

tree=$BUILD/$1/linux
out=$BUILD/guest/selftests
log=$out.log
want="$1 $(fingerprint "$tree" tools/testing/selftests tools/include include/uapi arch/x86/include/uapi)"
[ "$(cat "$out/.made" 2>/dev/null)" != "$want" ] || exit 0

say "selftests: building those of $1 ($log)"
mkdir -p "$out/seccomp" "$out/ptrace"
# build TARGET FOLDER [ARGUMENT...]: one folder of the tree's selftests into another.
build() {
	target=$1 folder=$2
	shift 2
	make -C "$tree/tools/testing/selftests/$target" OUTPUT="$out/$folder" \
		KHDR_INCLUDES="-isystem $out/headers/usr/include" USERLDFLAGS=-static "$@"
}
{
	make -C "$tree" O="$out/headers" ARCH=x86 headers &&
		build seccomp seccomp && build ptrace ptrace
} >"$log" 2>&1 ||
	die "the selftests do not build: $(grep -m1 -E '(error|Error|\*\*\*)' "$log") ($log)"
echo "$want" >"$out/.made"
