#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# build.sh VARIANT ARCH [OBJECT...]: build the kernel of a variant for a machine, or only its
# OBJECTs, in $BUILD/VARIANT/linux/build-ARCH. ARCH is a machine or a variant of one: um-gcov
# is um with config/variants/gcov.config. Needs the tree. $BUILD/VARIANT/ARCH.made records what
# the kernel was built from; does nothing when that has not changed. An object that is the same
# in two variants is compiled once: the second build finds it in the compiler cache. Fails with
# the first error of the compiler, or the kconfig options that this kernel cannot have.
. ./scripts/lib.sh

name=$1 arch=$2
shift 2
only=$*
machine "$arch"
tree=$BUILD/$name/linux
# Below the source kbuild uses relative paths, so all trees share the compiler cache.
objs=$tree/build-$arch
made=$BUILD/$name/$arch.made
log=$BUILD/$name/$arch.log
[ -z "$only" ] || image=$1 target=$only

set -- "arch/${arch%%-*}.config"
[ "${arch%%-*}" = "$arch" ] || set -- "$@" "config/variants/${arch#*-}.config"
# The fragment of a variant can leave out other fragments ("# without:") and pass arguments to
# make ("# make:").
without=$(sed -n 's/^# without: //p' "$@")
kbuild="$kbuild $(sed -n 's/^# make: //p' "$@" | tr '\n' ' ')"
kept=
for fragment in $fragments; do
	case " $without " in
	*" $fragment "*) ;;
	*) kept="$kept config/$fragment.config" ;;
	esac
done
# shellcheck disable=SC2086 # words
set -- $kept "$@"

[ -d "$tree" ] || dry_run
config=$({ echo "$kbuild" && cat "$@" scripts/cc.sh; } | sha256sum | cut -d' ' -f1)
source=$(fingerprint "$tree" . ':!Documentation' ':!tools/testing' ':!samples')
want="$source $("${cross}gcc" -dumpfullversion) $config $only"
[ ! -e "$objs/$image" ] || [ "$(cat "$made" 2>/dev/null)" != "$want" ] || exit 0
dry_run

kbuild="$kbuild CC=$PWD/scripts/cc.sh"
export CCACHE_DIR="$BUILD/ccache" CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
mkdir -p "$objs"
rm -f "$made"
total=
if [ "$(cat "$objs/.configured" 2>/dev/null)" != "$config" ]; then
	say "kernel: configuring $name for $arch"
	total="about $objects"
	kernel/configure.sh "$tree" "$objs" "$kbuild" "$@" >"$log" 2>&1 ||
		die "$name cannot be configured for $arch: $(first_error "$log") ($log)"
	echo "$config" >"$objs/.configured"
fi

say "kernel: building $name for $arch ($log)"
# shellcheck disable=SC2086 # words
with_progress "kernel: $name for $arch, objects built" "$log" '^  (CC|AS) ' "$total" \
	make -j"$(($(nproc) * 2))" -C "$tree" O="$objs" $kbuild $target ||
	die "$name does not build for $arch: $(first_error "$log") ($log)"
echo "$want" >"$made"
