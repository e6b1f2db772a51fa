#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# selftests.sh VARIANT ARCH [TARBALL]: build the seccomp and ptrace selftests of a variant as static
# programs for the machine ARCH, in $BUILD/guest/ABI/selftests, with the kbuild and the UAPI headers
# of the variant. If the machine has a second ABI, the selftest of the series is also built for
# that, NAME_compat. Tests that the machine lacks may fail to build. Does nothing if the tests of the
# tree have not changed. With TARBALL, also packs the seccomp selftests into that file, with
# kselftest's own gen_tar, which needs rsync. Fails with the first error of the tools.
. ./scripts/lib.sh

machine "$2"
tree=$BUILD/$1/linux
tarball=${3-}
out=$BUILD/guest/$abi/selftests
log=$out.log
[ -d "$tree" ] || dry_run
want="$1 $({ fingerprint "$tree" tools/testing/selftests tools/include include/uapi \
	"arch/$srcarch/include/uapi" && cat "$0" guest/libcap/sys/*; } | sha256sum)"
[ -n "$tarball" ] || [ "$(cat "$out/.made" 2>/dev/null)" != "$want" ] || exit 0
dry_run

mkdir -p "$out/seccomp" "$out/ptrace"
# headers SRCARCH: install the UAPI headers of an architecture, in the folder of that name.
headers() {
	make -C "$tree" O="$out/headers/$1" ARCH="$1" headers
}
# kselftest DIR ARGUMENT...: call make for the tree's selftests in DIR. LDLIBS names libcap, which
# is in no cross compiler's package: see guest/libcap.
kselftest() {
	dir=$tree/tools/testing/selftests/$1
	shift
	make -C "$dir" ARCH="$srcarch" CROSS_COMPILE="$cross" COMPAT_CC="$compat" \
		USERCFLAGS="-isystem $PWD/guest/libcap" USERLDFLAGS=-static LDLIBS= \
		KHDR_INCLUDES="-isystem $out/headers/$srcarch/usr/include" "$@" \
		${lacks:+-k} || [ -n "$lacks" ]
}
[ -z "$compat" ] || compat="$compat -isystem $out/headers/$compat_srcarch/usr/include"
if [ "$(cat "$out/.made" 2>/dev/null)" != "$want" ]; then
	say "selftests: building those of $1 for $abi ($log)"
	{
		headers "$srcarch" && { [ -z "$compat" ] || headers "$compat_srcarch"; } &&
			kselftest seccomp OUTPUT="$out/seccomp" &&
			kselftest ptrace OUTPUT="$out/ptrace" &&
			[ -x "$out/seccomp/seccomp_suspend_stress" ]
	} >"$log" 2>&1 ||
		die "the selftests do not build for $abi: $(first_error "$log") ($log)"
	echo "$want" >"$out/.made"
fi
[ -n "$tarball" ] || exit 0

log=$tarball.log
rm -rf "$out/install" "$tarball"
# gen_tar wants all programs: in the place of one that the machine lacks it finds a skipped test.
stubs=
trap 'rm -rf "$out/install" $stubs' EXIT
for test in $lacks; do
	[ ! -e "$out/seccomp/$test" ] || continue
	stubs="$stubs $out/seccomp/$test"
	printf '#!/bin/sh\necho "1..0 # SKIP %s does not build for %s"\nexit 4\n' "$test" "$2" \
		>"$out/seccomp/$test"
	chmod +x "$out/seccomp/$test"
done
{
	kselftest . BUILD="$out" TARGETS=seccomp INSTALL_PATH="$out/install" gen_tar &&
		mv "$out/install/kselftest-packages/kselftest.tar.gz" "$tarball"
} >"$log" 2>&1 || die "the selftests cannot be packed for $abi: $(first_error "$log") ($log)"
