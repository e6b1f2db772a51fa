#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# tree.sh VARIANT: apply the patches of VARIANT in $BUILD/VARIANT/linux, a worktree of the stock
# tree on the branch VARIANT. Needs the tree that VARIANT starts from. Does nothing when the
# patches have not changed.
#
# Commits and changes in the tree stay as long as the patches do not change. Fails if both have
# changed, or with the first patch that does not apply.
. ./scripts/lib.sh

name=$1
variant "$name"
[ -n "$from" ] || exit 0

tree=$BUILD/$name/linux
work=$BUILD/$name.tmp
log=$BUILD/$name.log

have=$(git -C "$BUILD/stock/linux" config "branch.$name.series" 2>/dev/null || true)
[ -d "$tree" ] && [ -n "$have" ] || have=
[ -z "$have" ] || [ "$have" != "$(series_id)" ] || exit 0
dry_run

[ -z "$have" ] || as_recorded "$name" ||
	die "both the patches and $tree have changed: make patches VARIANT=$name replaces the patches" \
		"with the commits on the branch $name, rm -r $BUILD/$name drops these commits"

# It may be left over from a run that was stopped.
rm -rf "$work"
[ -n "$have" ] || rm -rf "$tree"
git -C "$BUILD/stock/linux" worktree prune

say "tree: creating $name, which is $from with patches"
# The patches are applied in a worktree without files. So in an existing tree only those files
# are written that differ in the end.
{
	git -C "$BUILD/stock/linux" worktree add --no-checkout --detach "$work" "$from" &&
		git -C "$work" reset -q
} >"$log" 2>&1 || die "cannot create $work: $(tail -n1 "$log")"
export GIT_COMMITTER_NAME="$name" GIT_COMMITTER_EMAIL="$name@localhost"
top=$PWD
for patch in $series; do
	git -C "$work" am -q --committer-date-is-author-date "$top/$patch" >"$log" 2>&1 ||
		die "$patch does not apply to $from: $(sed -n 's/^\(error\|fatal\): //p' "$log" | head -n1) ($log)"
done
tip=$(git -C "$work" rev-parse HEAD)
if [ -n "$have" ]; then
	git -C "$tree" reset -q --keep "$tip"
else
	git -C "$BUILD/stock/linux" worktree add -B "$name" "$tree" "$tip"
fi >"$log" 2>&1 || die "cannot create $tree: $(tail -n1 "$log")"
git -C "$BUILD/stock/linux" worktree remove --force "$work"
record "$name"
