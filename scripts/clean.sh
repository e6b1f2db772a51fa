#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# clean.sh: remove what is in $BUILD but the compiler cache. Refuses while a tree
# has work in it that is nowhere else.
. ./scripts/lib.sh

for name in $TREES; do
	tree=$BUILD/$name/linux
	[ ! -d "$tree" ] || as_recorded "$name" ||
		die "$tree has work that is in no patch: make patches VARIANT=$name, or remove the folder yourself"
done
if [ -d "$BUILD/stock/linux" ]; then
	# On another branch, or stashed. There may be fewer than all trees.
	# shellcheck disable=SC2086 # words
	work=$(tree_git -C "$BUILD/stock/linux" rev-list -1 --ignore-missing --all --not $TREES)
	[ -z "$work" ] || die "$BUILD/stock/linux has commits of yours, such as $work: remove the folder yourself"
fi
find "$BUILD" -mindepth 1 -maxdepth 1 ! -name ccache ! -name .lock -exec rm -rf {} +
