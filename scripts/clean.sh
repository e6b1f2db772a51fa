#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# clean.sh: remove what is in $BUILD but the compiler cache. Refuses while a tree
# has work in it that is nowhere else.
. ./scripts/lib.sh

for name in $VARIANTS; do
	tree=$BUILD/$name/linux
	[ ! -d "$tree" ] || as_recorded "$name" ||
		die "$tree has work that is in no patch: make patches VARIANT=$name, or remove the folder yourself"
done
if [ -d "$BUILD/stock/linux" ]; then
	# shellcheck disable=SC2086 # words
	others=$(tree_git -C "$BUILD/stock/linux" for-each-ref --format='%(refname:short)' refs/heads refs/stash |
		grep -vxF "$(printf '%s\n' $VARIANTS)" | tr '\n' ' ') || true
	[ -z "$others" ] || die "$BUILD/stock/linux has branches, or a stash, of yours: ${others}(remove them, or the folder, yourself)"
fi
find "$BUILD" -mindepth 1 -maxdepth 1 ! -name ccache ! -name .lock -exec rm -rf {} +
