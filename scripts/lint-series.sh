#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# lint-series.sh VARIANT...: check whether the patches of each VARIANT, a series, can be sent.
# Prints each problem, and fails if there is one. Works in a tree of its own, $BUILD/lint/linux,
# and needs the trees of the variants' bases.
. ./scripts/lib.sh

dir=$BUILD/lint
tree=$dir/linux
top=$PWD
# "all" is the configuration of x86_64 without CRIU's fragment. For the others but i386, see
# config/variants/, or arch/ for the machines.
configurations="all no-filter no-checkpoint no-seccomp i386 $(scripts/machines.sh lint | xargs)"
bad=0

# wrong TEXT [FILE]: count one problem, and print it.
wrong() {
	bad=$((bad + 1))
	printf '  %s\n' "$1"
	[ $# -eq 1 ] || sed 's/^/    /' "$2"
}

# checkout COMMIT: make the tree that commit.
checkout() {
	git -C "$tree" checkout -q -f --detach "$1"
}

# apply: apply the series to its base with `git am`, as a maintainer would, and check that
# format-patch writes the same patches again.
apply() {
	checkout "$from"
	set --
	for patch in $series; do
		set -- "$@" "$top/$patch"
	done
	git -C "$tree" am -q --whitespace=error-all --committer-date-is-author-date "$@" \
		>"$dir/log" 2>&1 || {
		git -C "$tree" am -q --abort >/dev/null 2>&1
		wrong "$name: git am fails" "$dir/log"
		return 1
	}
	tip=$(git -C "$tree" rev-parse HEAD)
	rm -rf "$dir/patches"
	write_patches "$tree" "$from" "$dir/patches"
	for patch in $series; do
		cmp -s "$patch" "$dir/patches/${patch##*/}" ||
			wrong "$name: format-patch writes a different ${patch##*/}"
	done
}

# style: run checkpatch, and look up a maintainer for each new file. Commits that a patch fixes
# can be looked up only in a tree with history, which a fetched one does not have.
style() {
	ignore=FILE_PATH_CHANGES
	if ! git -C "$tree" cat-file -e '1da177e4c3f4^{commit}' 2>/dev/null; then
		ignore=$ignore,UNKNOWN_COMMIT_ID
		say "lint: $name: the base has no history, so the commits in Fixes: lines are not checked"
	fi
	for patch in $series; do
		(cd "$tree" && scripts/checkpatch.pl --strict --show-types --terse \
			--ignore "$ignore" "$top/$patch") >"$dir/log" 2>&1 ||
			wrong "${patch##*/}: checkpatch" "$dir/log"
	done
	for file in $(git -C "$tree" diff --name-only --diff-filter=A "$from" "$tip"); do
		(cd "$tree" && scripts/get_maintainer.pl --no-git --no-git-fallback --no-l -f "$file") |
			grep -q 'maintainer\|supporter' || wrong "$name: nobody maintains $file"
	done
}

# compilers CONFIG: those that build a configuration. A machine has one.
compilers() {
	if [ -e "arch/$1.sh" ]; then echo gcc; else echo gcc clang-19; fi
}

# one CONFIG CC: build the objects that the series changes, from the tree as it is, and write the
# reports of the compiler and of sparse to $dir/CONFIG-CC.says. Fails if they do not build.
one() {
	config=$1 cc=$2 objs=$tree/build-$1-$2
	set -- config/base.config config/tests.config
	if [ -e "arch/$config.sh" ]; then
		machine "$config"
		set -- "$@" "arch/$config.config"
	elif [ "$config" = i386 ]; then
		kbuild="ARCH=i386 CC=$cc"
	else
		kbuild="ARCH=x86_64 CC=$cc"
		set -- "$@" arch/x86_64.config
	fi
	[ ! -e "config/variants/$config.config" ] || set -- "$@" "config/variants/$config.config"
	objects='kernel/ptrace.o kernel/fork.o fs/exec.o kernel/seccomp.o'
	[ "$config" != no-seccomp ] || objects=${objects% *}
	# Debian's sparse is older than this keyword.
	[ "$cc" = gcc ] && sparse=2 || sparse=0
	fragments=$({ echo "$kbuild" && cat "$@"; } | sha256sum)
	if [ "$(cat "$objs/.configured" 2>/dev/null)" != "$fragments" ]; then
		kernel/configure.sh "$tree" "$objs" "$kbuild" "$@" >"$dir/$config-$cc.log" 2>&1 || return 1
		echo "$fragments" >"$objs/.configured"
	fi
	# shellcheck disable=SC2086 # words
	(cd "$objs" && rm -f $objects) &&
		make -C "$tree" O="$objs" $kbuild C="$sparse" W=1 \
			CHECK='sparse -D__typeof_unqual__=__typeof__' $objects >"$dir/$config-$cc.log" 2>&1 ||
		return 1
	grep -E '^[^ ]*(kernel/(ptrace|fork|seccomp)|fs/exec|include/.*(ptrace|seccomp|signal))[^ ]*: (warning|error)' \
		"$dir/$config-$cc.log" | sed 's/:[0-9:]*:/:/' | sort >"$dir/$config-$cc.says"
}

# compile: build these objects at each commit that changes them, in all configurations and with
# all compilers, and compare the reports with those for the base.
compile() {
	commits="$from $(git -C "$tree" rev-list --reverse "$from..$tip" -- kernel include fs)"
	number=0
	for commit in $commits; do
		checkout "$commit"
		title=$(git -C "$tree" log -1 --format=%s)
		number=$((number + 1))
		say "lint: $name: commit $number of $(echo "$commits" | wc -w): $title"
		for config in $configurations; do
			for cc in $(compilers "$config"); do
				(one "$config" "$cc" || touch "$dir/$config-$cc.broken") &
			done
			wait
			for cc in $(compilers "$config"); do
				says=$dir/$config-$cc
				if [ -e "$says.broken" ]; then
					rm "$says.broken"
					grep -E ' (fatal )?error: |\*\*\*' "$says.log" >"$dir/new" || true
					wrong "$name: does not build, $config with $cc: $title ($says.log)" "$dir/new"
					continue
				fi
				[ "$commit" != "$from" ] || cp "$says.says" "$says.base"
				comm -13 "$says.base" "$says.says" >"$dir/new"
				[ ! -s "$dir/new" ] || wrong "$name: new report, $config with $cc: $title" "$dir/new"
			done
		done
	done
}

# cocci OUT: run the kernel's own coccinelle rules on the files of the tree that are named on
# stdin, and write the reports to OUT, sorted and without line numbers.
cocci() {
	# shellcheck disable=SC2016 # for that shell
	C=2 MODE=report srctree=. srcroot=. DEBUG_FILE=/dev/null \
		LINUXINCLUDE='-I./include -I./include/uapi -I./arch/x86/include' \
		xargs -r -P "$(nproc)" -I{} sh -c '
		cd "$1" && says=$3/${2##*/}.cocci
		scripts/coccicheck "$2" >"$says" 2>&1 || echo "$2: $(tail -n1 "$says") ($says)"
		grep "^[./]*$2:" "$says"' sh "$tree" {} "$dir" >"$1.all" || true
	sed 's/[0-9][0-9-]*//g' "$1.all" | sort >"$1"
}

# semantics: check that coccinelle reports nothing about the files that the series changes that
# it does not report on the base. A file that is the same in both series is checked once.
semantics() {
	checkout "$tip"
	for file in $(git -C "$tree" diff --name-only "$from" "$tip" -- '*.c'); do
		blob=$(git -C "$tree" rev-parse "$tip:$file")
		! grep -q "$blob" "$dir/looked-at" 2>/dev/null || continue
		echo "$blob" >>"$dir/looked-at"
		say "$file"
	done >"$dir/files"
	say "lint: $name: coccicheck ($(wc -l <"$dir/files") files)"
	cocci "$dir/cocci" <"$dir/files"
	checkout "$from"
	cut -d: -f1 "$dir/cocci" | sort -u | (cd "$tree" && xargs -r ls -d 2>/dev/null) |
		cocci "$dir/cocci.base"
	comm -13 "$dir/cocci.base" "$dir/cocci" >"$dir/new"
	[ ! -s "$dir/new" ] || wrong "$name: coccicheck" "$dir/new"
	checkout "$tip"
}

# header: check that the UAPI header compiles alone, in C and C++.
header() {
	make -C "$tree" O="$dir/headers" ARCH=x86 headers >"$dir/log" 2>&1 ||
		wrong "$name: make headers" "$dir/log"
	for compiler in 'gcc -x c' 'g++ -x c++'; do
		echo '#include <linux/ptrace.h>' |
			$compiler -Wall -Wextra -Werror -fsyntax-only -I "$dir/headers/usr/include" - >"$dir/log" 2>&1 ||
			wrong "$name: linux/ptrace.h alone with ${compiler%% *}" "$dir/log"
	done
}

# manual: check that Sphinx reports nothing about the new and changed pages.
manual() {
	make -C "$tree" O="$dir/manual" SPHINXDIRS=userspace-api htmldocs >"$dir/log" 2>&1 || {
		wrong "$name: make htmldocs: $(tail -n1 "$dir/log")"
		return
	}
	for page in $(git -C "$tree" diff --name-only "$from" "$tip" -- Documentation); do
		grep "$page" "$dir/log" >"$dir/says" || continue
		wrong "$name: Sphinx on $page" "$dir/says"
	done
}

# Debian's Python has the modules that Sphinx and coccinelle need; another one on the PATH may not.
PATH=/usr/bin:/bin:$PATH
export GIT_COMMITTER_NAME=lint GIT_COMMITTER_EMAIL=lint@localhost
mkdir -p "$dir"
rm -f "$dir/looked-at"
if [ ! -d "$tree" ]; then
	git -C "$BUILD/stock/linux" worktree prune
	git -C "$BUILD/stock/linux" worktree add --detach "$tree" stock >"$dir/log" 2>&1 ||
		die "cannot create $tree: $(tail -n1 "$dir/log")"
fi

for name; do
	variant "$name"
	say "lint: $name: git am and format-patch"
	apply || continue
	say "lint: $name: checkpatch and MAINTAINERS"
	style
	say "lint: $name: each commit with W=1, and sparse ($configurations)"
	compile
	semantics
	say "lint: $name: the UAPI header, the documentation"
	header
	manual
done
[ $bad -eq 0 ] || die "$bad problems, see above: correct them before you send $*"
say "lint: $* can be sent"
