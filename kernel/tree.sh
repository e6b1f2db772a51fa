#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# tree.sh VARIANT: bring $BUILD/VARIANT/linux, a worktree of the stock tree with
# the branch VARIANT checked out, up to the variant's patches. Needs the tree it
# starts from.
#
# A tree that a person has committed to is theirs: it is left alone while
# patches/ stays as it is, and if both have changed, it says so and fails. A
# patch that does not apply is named, with the file.
. ./scripts/lib.sh

name=$1
variant "$name"
[ -n "$from" ] || exit 0

tree=$BUILD/$name/linux
work=$BUILD/$name.tmp
log=$BUILD/$name.log

# Left over from a run that was stopped.
have=$(git -C "$BUILD/stock/linux" config "branch.$name.series" || true)
rm -rf "$work"
[ -n "$have" ] || rm -rf "$tree"
tree_git -C "$BUILD/stock/linux" worktree prune
[ -d "$tree" ] || have=
[ "$have" != "$(series_id)" ] || exit 0

[ -z "$have" ] || as_recorded "$name" ||
	die "both the patches and $tree have changed: make patches VARIANT=$name writes" \
		"what is committed there on the branch $name to the patches, rm -r $BUILD/$name drops it"

say "tree: laying out $name, $from with its patches"
# The patches are applied in a worktree without files, so that a tree that is
# there already sees only those files change that differ in the end.
{
	tree_git -C "$BUILD/stock/linux" worktree add --no-checkout --detach "$work" "$from" &&
		tree_git -C "$work" reset -q
} >"$log" 2>&1 || die "cannot lay out $work: $(tail -n1 "$log")"
export GIT_COMMITTER_NAME="$name" GIT_COMMITTER_EMAIL="$name@localhost"
top=$PWD
for patch in $series; do
	tree_git -C "$work" am -q --committer-date-is-author-date "$top/$patch" >"$log" 2>&1 ||
		die "$patch does not apply to $from: $(sed -n 's/^\(error\|fatal\): //p' "$log" | head -n1) ($log)"
done
tip=$(tree_git -C "$work" rev-parse HEAD)
if [ -n "$have" ]; then
	tree_git -C "$tree" reset -q --keep "$tip"
else
	tree_git -C "$BUILD/stock/linux" worktree add -B "$name" "$tree" "$tip"
fi >"$log" 2>&1 || die "cannot lay out $tree: $(tail -n1 "$log")"
tree_git -C "$BUILD/stock/linux" worktree remove --force "$work"
record "$name"
