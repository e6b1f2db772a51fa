#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# lint.sh VARIANT...: are the patches of each VARIANT, a series, ready to be sent? Says
# each thing that is not, and fails if there is one. Works in a tree of its own,
# $BUILD/lint/linux, and needs those of the variants' bases.
. ./scripts/lib.sh

dir=$BUILD/lint
tree=$dir/linux
top=$PWD
compilers='gcc clang-19'
# "all" is what our x86_64 kernels have; the others see config/variants/.
configurations='all no-filter no-checkpoint no-seccomp i386'
bad=0

# wrong TEXT [FILE]: count one thing that is not as it has to be, and show it.
wrong() {
	bad=$((bad + 1))
	printf '  %s\n' "$1"
	[ $# -eq 1 ] || sed 's/^/    /' "$2"
}

# checkout COMMIT: make the tree that commit.
checkout() {
	tree_git -C "$tree" checkout -q -f --detach "$1"
}

# apply: the series onto its base with `git am`, as a maintainer would, and what
# format-patch makes of the commits has to be the series again.
apply() {
	checkout "$from"
	set --
	for patch in $series; do
		set -- "$@" "$top/$patch"
	done
	tree_git -C "$tree" am -q --whitespace=error-all --committer-date-is-author-date "$@" \
		>"$dir/log" 2>&1 || {
		tree_git -C "$tree" am -q --abort >/dev/null 2>&1
		wrong "$name: git am does not take it" "$dir/log"
		return 1
	}
	tip=$(tree_git -C "$tree" rev-parse HEAD)
	rm -rf "$dir/patches"
	tree_git -C "$tree" format-patch -q --zero-commit --no-signature --abbrev=12 \
		-o "$dir/patches" "$from"
	for patch in $series; do
		cmp -s "$patch" "$dir/patches/${patch##*/}" ||
			wrong "$name: format-patch writes another ${patch##*/}"
	done
}

# style: checkpatch. What it asks of new files, whether MAINTAINERS has somebody for
# them, is answered here. If the commits that a patch mends exist can be seen only in a
# tree with history: a fetched one has none.
style() {
	ignore=FILE_PATH_CHANGES
	if ! tree_git -C "$tree" cat-file -e '1da177e4c3f4^{commit}' 2>/dev/null; then
		ignore=$ignore,UNKNOWN_COMMIT_ID
		say "lint: $name: the base has no history, commits that are named are not looked up"
	fi
	for patch in $series; do
		(cd "$tree" && scripts/checkpatch.pl --strict --show-types --terse \
			--ignore "$ignore" "$top/$patch") >"$dir/log" 2>&1 ||
			wrong "${patch##*/}: checkpatch" "$dir/log"
	done
	for file in $(tree_git -C "$tree" diff --name-only --diff-filter=A "$from" "$tip"); do
		(cd "$tree" && scripts/get_maintainer.pl --no-git --no-git-fallback --no-l -f "$file") |
			grep -q 'maintainer\|supporter' || wrong "$name: nobody maintains $file"
	done
}

# one CONFIG CC: what the compiler and sparse report of the objects that the series
# changes, with the tree as it is, in a file. Fails if they do not build.
one() {
	config=$1 cc=$2 arch=x86_64 objs=$tree/build-$1-$2 objects='kernel/ptrace.o kernel/fork.o fs/exec.o kernel/seccomp.o'
	set -- config/base.config config/tests.config
	case $config in
	i386) arch=i386 ;;
	*) set -- "$@" arch/x86_64.config ;;
	esac
	[ ! -e "config/variants/$config.config" ] || set -- "$@" "config/variants/$config.config"
	[ "$config" != no-seccomp ] || objects=${objects% *}
	# Debian's sparse is older than this keyword.
	[ "$cc" = gcc ] && sparse=2 || sparse=0
	build() {
		make -C "$tree" O="$objs" ARCH="$arch" CC="$cc" C="$sparse" \
			CHECK='sparse -D__typeof_unqual__=__typeof__' "$@"
	}
	if [ ! -e "$objs/.config" ]; then
		build -s tinyconfig &&
			KCONFIG_CONFIG=$objs/.config "$tree/scripts/kconfig/merge_config.sh" -m \
				-O "$objs" "$objs/.config" "$@" &&
			build -s olddefconfig
	fi >"$dir/$config-$cc.log" 2>&1
	# shellcheck disable=SC2086 # words
	(cd "$objs" && rm -f $objects) && build W=1 $objects >"$dir/$config-$cc.log" 2>&1 || return 1
	grep -E '^[^ ]*(kernel/(ptrace|fork|seccomp)|fs/exec|include/.*(ptrace|seccomp|signal))[^ ]*: (warning|error)' \
		"$dir/$config-$cc.log" | sed 's/:[0-9:]*:/:/' | sort >"$dir/$config-$cc.says"
}

# compile: the objects at each commit that changes them, in all configurations and with
# all compilers, compared with what is reported of the base.
compile() {
	commits="$from $(tree_git -C "$tree" rev-list --reverse "$from..$tip" -- kernel include fs)"
	number=0
	for commit in $commits; do
		checkout "$commit"
		title=$(tree_git -C "$tree" log -1 --format=%s)
		number=$((number + 1))
		say "lint: $name: commit $number of $(echo "$commits" | wc -w): $title"
		for config in $configurations; do
			for cc in $compilers; do
				(one "$config" "$cc" || touch "$dir/$config-$cc.broken") &
			done
			wait
			for cc in $compilers; do
				says=$dir/$config-$cc
				if [ -e "$says.broken" ]; then
					rm "$says.broken"
					grep -E ' (fatal )?error: |\*\*\*' "$says.log" >"$dir/new" || true
					wrong "$name: does not build, $config with $cc: $title ($says.log)" "$dir/new"
					continue
				fi
				[ "$commit" != "$from" ] || cp "$says.says" "$says.base"
				comm -13 "$says.base" "$says.says" >"$dir/new"
				[ ! -s "$dir/new" ] || wrong "$name: new, $config with $cc: $title" "$dir/new"
			done
		done
	done
}

# semantics: the kernel's own coccinelle rules on the files that the series touches. What
# is the same in both series is checked once.
semantics() {
	checkout "$tip"
	for file in $(tree_git -C "$tree" diff --name-only "$from" "$tip" -- '*.c'); do
		blob=$(tree_git -C "$tree" rev-parse "$tip:$file")
		! grep -q "$blob" "$dir/looked-at" 2>/dev/null || continue
		echo "$blob" >>"$dir/looked-at"
		say "$file"
	done >"$dir/files"
	say "lint: $name: coccicheck ($(wc -l <"$dir/files") files)"
	# shellcheck disable=SC2016 # for that shell
	C=2 MODE=report srctree=. srcroot=. DEBUG_FILE=/dev/null \
		LINUXINCLUDE='-I./include -I./include/uapi -I./arch/x86/include' \
		xargs -r -P "$(nproc)" -I{} sh -c '
		cd "$1" && says=$3/${2##*/}.cocci
		scripts/coccicheck "$2" >"$says" 2>&1 || echo "$2: $(tail -n1 "$says") ($says)"
		grep "^[./]*$2:" "$says"' sh "$tree" {} "$dir" <"$dir/files" >"$dir/log" || true
	[ ! -s "$dir/log" ] || wrong "$name: coccicheck" "$dir/log"
}

# header: the one of user space compiles alone, in C and C++.
header() {
	make -C "$tree" O="$dir/headers" ARCH=x86 headers >"$dir/log" 2>&1 ||
		wrong "$name: make headers" "$dir/log"
	for compiler in 'gcc -x c' 'g++ -x c++'; do
		echo '#include <linux/ptrace.h>' |
			$compiler -Wall -Wextra -Werror -fsyntax-only -I "$dir/headers/usr/include" - >"$dir/log" 2>&1 ||
			wrong "$name: linux/ptrace.h alone with ${compiler%% *}" "$dir/log"
	done
}

# manual: the new pages go through Sphinx without a word.
manual() {
	make -C "$tree" O="$dir/manual" SPHINXDIRS=userspace-api htmldocs >"$dir/log" 2>&1 || {
		wrong "$name: make htmldocs: $(tail -n1 "$dir/log")"
		return
	}
	for page in $(tree_git -C "$tree" diff --name-only "$from" "$tip" -- Documentation); do
		grep "$page" "$dir/log" >"$dir/says" || continue
		wrong "$name: Sphinx on $page" "$dir/says"
	done
}

# The Python that has the modules is Debian's, whatever else a person has.
PATH=/usr/bin:/bin:$PATH
export GIT_COMMITTER_NAME=lint GIT_COMMITTER_EMAIL=lint@localhost
mkdir -p "$dir"
rm -f "$dir/looked-at"
if [ ! -d "$tree" ]; then
	tree_git -C "$BUILD/stock/linux" worktree prune
	tree_git -C "$BUILD/stock/linux" worktree add --detach "$tree" stock >"$dir/log" 2>&1 ||
		die "cannot lay out $tree: $(tail -n1 "$dir/log")"
fi

for name; do
	variant "$name"
	say "lint: $name: git am and format-patch"
	apply || continue
	say "lint: $name: checkpatch and MAINTAINERS"
	style
	say "lint: $name: each commit with W=1, and sparse ($compilers; $configurations)"
	compile
	semantics
	say "lint: $name: the UAPI header, the documentation"
	header
	manual
done
[ $bad -eq 0 ] || die "$bad things are to be put right before $* can be sent"
say "lint: $* can be sent"
