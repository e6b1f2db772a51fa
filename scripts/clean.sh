#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# clean.sh: remove all output except the compiler cache. Fails, and removes nothing, if a tree
# has commits or changes that are in no patch.
# clean.sh MACHINE...: remove the kernels, images and results of these machines, and the kernels of
# their variants.
. ./scripts/lib.sh

for name; do
	machine "$name"
	rm -rf "$BUILD"/*/linux/build-"$name" "$BUILD"/*/linux/build-"$name"-* "$BUILD"/*/"$name".* \
		"$BUILD"/*/"$name"-*.* "$BUILD"/check/*/"$name" "$BUILD"/ci/*-"$name" \
		"$BUILD"/ci/*-"$name"-* "$BUILD/kernels/$name" "$BUILD/prebuilt/$name" \
		"$BUILD/prebuilt/apt-$abi" "$BUILD/guest/$abi"
done
[ $# -eq 0 ] || exit 0

for name in $TREES; do
	tree=$BUILD/$name/linux
	[ ! -d "$tree" ] || as_recorded "$name" ||
		die "$tree has commits or changes that are in no patch: make patches VARIANT=$name," \
			"or remove the folder yourself"
done
if [ -d "$BUILD/stock/linux" ]; then
	# Commits on other branches, or stashed. Some of the trees may not exist.
	# shellcheck disable=SC2086 # words
	work=$(git -C "$BUILD/stock/linux" rev-list -1 --ignore-missing --all --not $TREES)
	[ -z "$work" ] || die "$BUILD/stock/linux has commits that are in no patch, such as $work:" \
		"remove the folder yourself"
fi
find "$BUILD" -mindepth 1 -maxdepth 1 ! -name ccache ! -name .lock -exec rm -rf {} +
