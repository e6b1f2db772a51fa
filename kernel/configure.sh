#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# configure.sh TREE OBJECTS KBUILD FRAGMENT...: configure the kernel source TREE in the folder
# OBJECTS: kbuild's tinyconfig and the FRAGMENTs of kconfig. If several FRAGMENTs name an option,
# the last one decides. KBUILD has arguments for make, separated by blanks. Prints what the tools
# print. Fails if they do, or with the options that a fragment asks for and this kernel cannot
# have.
set -eu

tree=$1 objects=$2 kbuild=$3
shift 3

# shellcheck disable=SC2086 # words
make -s -C "$tree" O="$objects" $kbuild tinyconfig
KCONFIG_CONFIG=$objects/.config "$tree/scripts/kconfig/merge_config.sh" -m -O "$objects" \
	"$objects/.config" "$@"
# shellcheck disable=SC2086 # words
make -s -C "$tree" O="$objects" $kbuild olddefconfig

missing=$(sed -n 's/^# \(CONFIG_[A-Z0-9_]*\) is not set/\1=n/p; /^CONFIG_/p' "$@" |
	awk -F= '{ want[$1] = $0 } END { for (name in want) if (want[name] !~ /=n$/) print want[name] }' |
	grep -vxF -f "$objects/.config" | tr '\n' ' ')
[ -z "$missing" ] || {
	echo "not available in this kernel: $missing(asked for in $*)"
	exit 1
}
