#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# export.sh write|compare VARIANT: the commits of $BUILD/VARIANT/linux as
# patches, in a form that depends on nothing but the commits. `write` makes them
# the variant's patches; `compare` fails, and names what differs, unless they are
# so already. Both want the tree without uncommitted changes.
#
# export.sh same VARIANT VARIANT: fails, and names a file that differs, unless the two
# branches have the same files.
. ./scripts/lib.sh

what=$1 name=$2
if [ "$what" = same ]; then
	differs=$(tree_git -C "$BUILD/stock/linux" diff --name-only "$name" "$3" | head -n1)
	[ -z "$differs" ] || die "$name and $3 must end in the same tree, but $differs differs:" \
		"git -C $BUILD/stock/linux diff $name $3"
	exit 0
fi
variant "$name"
[ -n "$from" ] || die "VARIANT=$name is the base itself and has no patches"

tree=$BUILD/$name/linux
new=$BUILD/$name.patches
[ -d "$tree" ] || die "there is no $tree yet: make tree VARIANT=$name"
dirty=$(tree_git -C "$tree" status --porcelain | head -n1)
[ -z "$dirty" ] || die "$tree has changes that are not committed (${dirty#???})"

rm -rf "$new"
tree_git -C "$tree" format-patch -q --zero-commit --no-signature --abbrev=12 \
	-o "$new" "$from..$name"
case $series in
*/strip.patch) set -- "$new"/*.patch kernel && mv "$1" "$new/strip.patch" ;;
*) set -- "$new" "$(dirname "${series%% *}")" ;;
esac
dir=$2

if [ "$what" = compare ]; then
	for patch in "$new"/*.patch; do
		cmp -s "$patch" "$dir/${patch##*/}" ||
			die "$dir/${patch##*/} is not what $tree says: make patches VARIANT=$name"
	done
	for patch in $series; do
		[ -e "$new/${patch##*/}" ] || die "$patch is no commit of $tree: make patches VARIANT=$name"
	done
else
	mkdir -p "$dir"
	for patch in "$new"/*.patch; do
		file=${patch##*/}
		! cmp -s "$patch" "$dir/$file" || continue
		rm -f "$dir/$file"
		# A patch that is the same in both series stands in the repository once.
		if cmp -s "$patch" "patches/feature/$file"; then
			ln -s "../feature/$file" "$dir/$file"
		else
			cp "$patch" "$dir/$file"
		fi
		say "$dir/$file"
	done
	for patch in $series; do
		[ -e "$new/${patch##*/}" ] || { rm "$patch" && say "$patch is gone"; }
	done
	# The tree is what the patches say now: kernel/tree.sh has nothing to do.
	variant "$name"
	record "$name"
fi
rm -rf "$new"
