#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kernel.sh VARIANT ARCH: build the kernel of a variant for a machine, in
# $BUILD/VARIANT/ARCH. Does nothing when the tree, the configuration and the
# compiler are those of the kernel that is there. Needs the tree. Fails with the
# first error of the compiler, or the options that the configuration asks for
# and this kernel does not have.
. ./scripts/lib.sh

name=$1 arch=$2
machine "$arch"

tree=$BUILD/$name/linux
objs=$BUILD/$name/$arch
log=$objs.log
for fragment in $fragments; do
	set -- "$@" "config/$fragment.config"
done
shift 2
set -- "$@" "arch/$arch.config"

# ccache for all trees together: paths below build/ are made relative, and the
# trees have the same depth, so the same source file is the same command.
export CCACHE_DIR="$BUILD/ccache" CCACHE_BASEDIR="$BUILD" CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1

# build ARGUMENT...: kbuild with what the machine wants.
build() {
	# shellcheck disable=SC2086 # words
	make -C "$tree" O="$objs" $kbuild CC='ccache gcc' "$@"
}

# A build without a time stamp, an interrupted one, is not finished.
config=$({ echo "$kbuild" && cat "$@"; } | sha256sum | cut -d' ' -f1)
want="$(fingerprint "$tree" . ':!Documentation' ':!tools/testing') $config $(gcc -dumpfullversion)"
[ ! -e "$objs/$image" ] || [ "$(cat "$objs/.made" 2>/dev/null)" != "$want" ] || exit 0
mkdir -p "$objs"
rm -f "$objs/.made"

total=
if [ "$(cat "$objs/.configured" 2>/dev/null)" != "$config" ]; then
	say "kernel: configuring $name for $arch"
	total="about $objects"
	{
		build -s tinyconfig &&
			KCONFIG_CONFIG=$objs/.config "$tree/scripts/kconfig/merge_config.sh" \
				-m -O "$objs" "$objs/.config" "$@" &&
			build -s olddefconfig
	} >"$log" 2>&1 || die "$name cannot be configured for $arch: $(tail -n1 "$log") ($log)"
	missing=$(cat "$@" | grep -E '^CONFIG_' | grep -vxF -f "$objs/.config" | tr '\n' ' ')
	[ -z "$missing" ] || die "$name for $arch cannot have $missing(asked for in $*)"
	echo "$config" >"$objs/.configured"
fi

say "kernel: building $name for $arch ($log)"
with_progress "kernel: $name for $arch, objects built" "$log" '^  (CC|AS) ' "$total" \
	build -j"$(($(nproc) * 2))" "$target" ||
	die "$name does not build for $arch: $(grep -m1 -E '(error|Error|\*\*\*)' "$log") ($log)"
echo "$want" >"$objs/.made"
