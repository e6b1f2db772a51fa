#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# clean.sh: remove what is in $BUILD but the compiler cache. Refuses while a tree
# has work in it that is nowhere else.
. ./scripts/lib.sh

for name in stripped feature followup; do
	tree=$BUILD/$name/linux
	[ ! -d "$tree" ] || as_recorded "$name" ||
		die "$tree has work that is not in patches/: make patches VARIANT=$name, or remove the folder yourself"
done
find "$BUILD" -mindepth 1 -maxdepth 1 ! -name ccache ! -name .lock -exec rm -rf {} +
