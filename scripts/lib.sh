# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the stage scripts share. Sourced with the top of the checkout as the
# current folder; BUILD and BASE come from the Makefile.
set -eu

# The stages call kbuild, git and the compiler as a person would from a shell:
# nothing of the calling make or of a git hook, and no localised messages, may reach them.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL ARCH KBUILD_OUTPUT CROSS_COMPILE LLVM KCFLAGS
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY
export LC_ALL=C
: "${BUILD:?is set by the Makefile: call make, not the script}" "${BASE:?}"

# say TEXT: one line of progress for a person.
say() {
	printf '%s\n' "$*"
}

# disk_full: has the disk under $BUILD no room left to work?
disk_full() {
	[ "$(df -Pk "$BUILD" | awk 'NR == 2 { print $4 }')" -lt 20480 ]
}

# die TEXT: one line that says what happened and what to do; ends the stage.
die() {
	! disk_full ||
		set -- "the disk that holds $BUILD is full: free some space and call make again ($*)"
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# variant NAME: what a variant is made of. Sets $from, the variant it starts
# from, and $series, the patches it adds, in order; both empty for the stock one.
# And $like, other variants whose kernels have most in common with its own, the
# best one first. A mutant is a feature tree with a fault: see mutants/.
variant() {
	# shellcheck disable=SC2034 # kernel/build.sh reads like
	case $1 in
	stock) from='' series='' like=stripped ;;
	stripped) from=stock series=kernel/strip.patch like=stock ;;
	feature) from=stripped series='patches/feature/*.patch' like='followup stripped stock' ;;
	followup) from=stock series='patches/followup/*.patch' like='feature stock stripped' ;;
	mutant-*) from=feature series='' like=feature ;;
	esac
	[ -n "$series" ] || return 0
	# shellcheck disable=SC2086 # the names of the patches, by their pattern
	set -- $series
	for patch; do
		[ -e "$patch" ] || die "there is no patch $patch, or it is a link and" \
			"what it links to has another name now: link to that one"
	done
	series=$*
}

# series_id: a hash of what the variant that variant() has read is made of.
series_id() {
	# shellcheck disable=SC2086 # a list of files
	{ tree_git -C "$BUILD/$from/linux" rev-parse "$from" && cat $series; } | sha256sum | cut -d' ' -f1
}

# record NAME: the tree of the variant that variant() has read is at this moment
# what its patches say. See kernel/tree.sh for what that is good for.
record() {
	tree_git -C "$BUILD/$1/linux" config "branch.$1.made" "$(git -C "$BUILD/$1/linux" rev-parse "$1")"
	tree_git -C "$BUILD/$1/linux" config "branch.$1.series" "$(series_id)"
}

# on_branch NAME: is the branch of its name checked out in the tree, and no rebase under way?
on_branch() {
	[ "$(tree_git -C "$BUILD/$1/linux" symbolic-ref -q --short HEAD)" = "$1" ]
}

# as_recorded NAME: is the tree, committed or not, still what record said it is?
as_recorded() {
	on_branch "$1" && [ -z "$(tree_git -C "$BUILD/$1/linux" status --porcelain)" ] &&
		[ "$(git -C "$BUILD/$1/linux" rev-parse "$1")" = "$(git -C "$BUILD/$1/linux" config "branch.$1.made")" ]
}

# machine NAME: read the facts of a machine, or of the one that a variant such as um-gcov is of.
machine() {
	# shellcheck source=arch/x86_64.sh
	. "./arch/${1%%-*}.sh"
}

# tree_git ARGUMENT...: git in the trees below build/, whatever a person has
# configured for git elsewhere.
tree_git() {
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git "$@"
}

# fingerprint TREE PATHSPEC...: a hash of the files in a tree as they are now,
# committed or not.
fingerprint() {
	top=$1
	shift
	(
		cd "$top"
		git ls-files -s -- "$@"
		git diff --no-ext-diff -- "$@"
		git ls-files -o --exclude-standard -- "$@" | xargs -r -d '\n' sha256sum
	) | sha256sum | cut -d' ' -f1
}

# watch_log LABEL LOG PATTERN TOTAL: until the calling script is gone or kills
# it, say how many lines of LOG match PATTERN: on a terminal in one line that
# is written over, elsewhere twice a minute. TOTAL is the number to expect.
watch_log() {
	if [ -t 1 ]; then pause=1; else pause=30; fi
	while kill -0 $$ 2>/dev/null; do
		# A sleep outlives its shell, and must not keep the caller's output open.
		sleep $pause >/dev/null 2>&1
		count=$(grep -cE "$3" "$2" || true)
		if [ -t 1 ]; then
			printf '\r\033[K%s: %s%s (%s)' "$1" "$count" "${4:+ of $4}" "$2"
		else
			say "$1: $count${4:+ of $4} ($2)"
		fi
	done
}

# with_progress LABEL LOG PATTERN TOTAL COMMAND...: run COMMAND with its output
# in LOG, and watch it. Returns what COMMAND returns.
with_progress() {
	log=$2
	: >"$log"
	watch_log "$1" "$2" "$3" "$4" &
	watcher=$!
	shift 4
	status=0
	"$@" >"$log" 2>&1 || status=$?
	kill "$watcher" 2>/dev/null || true
	wait "$watcher" 2>/dev/null || true
	[ ! -t 1 ] || printf '\r\033[K'
	return $status
}
