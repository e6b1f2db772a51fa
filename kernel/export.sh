#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# export.sh write|compare VARIANT: make patches of the commits in $BUILD/VARIANT/linux. `write`
# replaces the variant's patches with them; `compare` fails with the name of a patch that differs in
# more than the hashes of files and the numbers of lines, which depend on the base.
# Both fail if the tree has uncommitted changes.
#
# export.sh same VARIANT VARIANT: fail with the name of a file that differs between two branches.
. ./scripts/lib.sh

what=$1 name=$2
if [ "$what" = same ]; then
	differs=$(git -C "$BUILD/stock/linux" diff --name-only "$name" "$3" | head -n1)
	[ -z "$differs" ] || die "$name and $3 must end in the same tree, but $differs differs:" \
		"git -C $BUILD/stock/linux diff $name $3"
	exit 0
fi
# content PATCH: its text without what depends on the base.
content() {
	sed -E '/^index [0-9a-f]+\.\.[0-9a-f]+/d; s/^@@ -[0-9,]+ \+[0-9,]+ @@/@@/' "$1"
}

variant "$name"
[ -n "$from" ] || die "VARIANT=$name is the base and has no patches: choose another VARIANT="

tree=$BUILD/$name/linux
new=$BUILD/$name.patches
[ -d "$tree" ] || die "there is no $tree yet: make tree VARIANT=$name"
dirty=$(git -C "$tree" status --porcelain | head -n1)
[ -z "$dirty" ] || die "$tree has uncommitted changes (${dirty#???}): commit or remove them"

rm -rf "$new"
write_patches "$tree" "$from..$name" "$new"
case $series in
*/strip.patch) set -- "$new"/*.patch kernel && mv "$1" "$new/strip.patch" ;;
*) set -- "$new" "$(dirname "${series%% *}")" ;;
esac
dir=$2

if [ "$what" = compare ]; then
	for patch in "$new"/*.patch; do
		[ "$(content "$patch")" = "$(content "$dir/${patch##*/}" 2>/dev/null)" ] ||
			die "$dir/${patch##*/} differs from the commit in $tree: make patches VARIANT=$name"
	done
	for patch in $series; do
		[ -e "$new/${patch##*/}" ] || die "$tree has no commit for $patch: make patches VARIANT=$name"
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
	# The tree and the patches agree: kernel/tree.sh has nothing to do.
	variant "$name"
	record "$name"
fi
rm -rf "$new"
