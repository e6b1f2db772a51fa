#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# selftests.sh VARIANT ARCH: build the seccomp and ptrace selftests of a variant as static programs
# for the machine ARCH, in $BUILD/guest/ABI/selftests, with the kbuild and the UAPI headers of the
# variant. If the machine has a second ABI, the selftest of the series is also built for that,
# NAME_compat. Tests that the machine lacks may fail to build. Does nothing if the tests of the
# tree have not changed. Fails with the first error of the compiler.
. ./scripts/lib.sh

machine "$2"
tree=$BUILD/$1/linux
out=$BUILD/guest/$abi/selftests
log=$out.log
[ -d "$tree" ] || dry_run
want="$1 $({ fingerprint "$tree" tools/testing/selftests tools/include include/uapi \
	"arch/$srcarch/include/uapi" && cat "$0" guest/libcap/sys/*; } | sha256sum)"
[ "$(cat "$out/.made" 2>/dev/null)" != "$want" ] || exit 0
dry_run

say "selftests: building those of $1 for $abi ($log)"
mkdir -p "$out/seccomp" "$out/ptrace"
# headers SRCARCH: install the UAPI headers of an architecture, in the folder of that name.
headers() {
	make -C "$tree" O="$out/headers/$1" ARCH="$1" headers
}
# build TARGET: build the tree's selftests in that folder. LDLIBS names libcap, which is in no
# cross compiler's package: see guest/libcap.
build() {
	make -C "$tree/tools/testing/selftests/$1" OUTPUT="$out/$1" ARCH="$srcarch" \
		CROSS_COMPILE="$cross" COMPAT_CC="$compat" USERCFLAGS="-isystem $PWD/guest/libcap" \
		USERLDFLAGS=-static LDLIBS= KHDR_INCLUDES="-isystem $out/headers/$srcarch/usr/include" \
		${lacks:+-k} || [ -n "$lacks" ]
}
[ -z "$compat" ] || compat="$compat -isystem $out/headers/$compat_srcarch/usr/include"
{
	headers "$srcarch" && { [ -z "$compat" ] || headers "$compat_srcarch"; } &&
		build seccomp && build ptrace && [ -x "$out/seccomp/seccomp_suspend_stress" ]
} >"$log" 2>&1 ||
	die "the selftests do not build for $abi: $(first_error "$log") ($log)"
echo "$want" >"$out/.made"
