#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# selftests.sh VARIANT: build the seccomp and ptrace selftests of a variant as static programs,
# in $BUILD/guest/selftests, with the kbuild and the UAPI headers of the variant. If gcc can
# build 32-bit programs, the selftest of the series is also built as such, NAME_compat. Does
# nothing if the tests of the tree have not changed. Fails with the first error of the compiler.
. ./scripts/lib.sh

tree=$BUILD/$1/linux
out=$BUILD/guest/selftests
log=$out.log
[ -d "$tree" ] || dry_run
want="$1 $(fingerprint "$tree" tools/testing/selftests tools/include include/uapi \
	arch/x86/include/uapi)"
[ "$(cat "$out/.made" 2>/dev/null)" != "$want" ] || exit 0
dry_run

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
	die "the selftests do not build: $(first_error "$log") ($log)"
echo "$want" >"$out/.made"
