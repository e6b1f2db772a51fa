# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Functions of the stage scripts. It is sourced in the top folder of the checkout; BUILD and BASE
# come from the Makefile.
set -eu

# When the caller of a stage is killed, the stage ends, too, and so does what it runs. The script
# executes itself again for that, as the same process.
if [ "${STAGE-}" != $$ ]; then
	export STAGE=$$
	exec setpriv --pdeathsig TERM -- "$0" "$@"
fi

# make -n calls a stage twice. First with DRY, to print its command if there is work for it: see
# dry_run. Then, because of the + in front, it runs the printed command, which does nothing here.
# The first word of MAKEFLAGS has the one-letter options of make.
dry=${DRY:+$0 $*} flags=${MAKEFLAGS-}
case ${flags%% *} in
-* | *=*) ;;
*n*) [ -n "$dry" ] || exit 0 ;;
esac
# kbuild, git and the compiler run without the settings of the calling make, of a git hook and of
# the user, and with messages in English.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL ARCH KBUILD_OUTPUT CROSS_COMPILE LLVM KCFLAGS
# shellcheck disable=SC2046 # names
unset GIT_TEMPLATE_DIR $(git rev-parse --local-env-vars 2>/dev/null)
export GIT_CONFIG_GLOBAL="$PWD/scripts/gitconfig" GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
: "${BUILD:?is set by the Makefile: call make, not the script}" "${BASE:?}"

# say TEXT: print one line of progress.
say() {
	printf '%s\n' "$*"
}

# dry_run: called when there is work. Under make -n it prints the command and ends the script.
dry_run() {
	[ -z "$dry" ] || { say "$dry" && exit 0; }
}

# disk_full: is less than 20 MB of the disk that holds $BUILD free? make -n may not have a $BUILD.
disk_full() {
	[ -d "$BUILD" ] && [ "$(df -Pk "$BUILD" | awk 'NR == 2 { print $4 }')" -lt 20480 ]
}

# die TEXT: print one line with what happened and what to do, and end the stage.
die() {
	! disk_full ||
		set -- "the disk that holds $BUILD is full: free some space and call make again ($*)"
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# first_error LOG: the first error that a compiler or make reports in LOG.
first_error() {
	grep -m1 -E '[Ee]rror: |\*\*\* .' "$1" || tail -n1 "$1"
}

# variant NAME: look up a variant. Sets $from, the variant that it starts from, and $series, the
# patches that it adds, in order; both are empty for stock. A mutant is a feature tree with a
# fault: see mutants/.
variant() {
	case $1 in
	stock) from='' series='' ;;
	stripped) from=stock series=kernel/strip.patch ;;
	feature) from=stripped series='patches/feature/*.patch' ;;
	followup) from=stock series='patches/followup/*.patch' ;;
	mutant-*) from=feature series='' ;;
	esac
	[ -n "$series" ] || return 0
	# shellcheck disable=SC2086 # the names of the patches, by their pattern
	set -- $series
	for patch; do
		[ -e "$patch" ] || die "$patch is missing, or is a link to a patch that was renamed:" \
			"restore it, or correct the link"
		grep -q '^diff ' "$patch" || die "$patch has the name of a patch instead of a link to it:" \
			"clone the repository to a file system that has symbolic links"
	done
	series=$*
}

# write_patches TREE RANGE DIR: the commits of RANGE as patches in DIR, in a form that depends
# on nothing but the commits.
write_patches() {
	git -C "$1" format-patch -q --zero-commit --no-signature --abbrev=12 -o "$3" "$2"
}

# series_id: a hash of the patches, and their base, of the variant that variant() has read.
series_id() {
	# shellcheck disable=SC2086 # a list of files
	{ git -C "$BUILD/$from/linux" rev-parse "$from" && cat $series; } | sha256sum | cut -d' ' -f1
}

# record NAME: note that the tree of the variant that variant() has read agrees with its patches.
# kernel/tree.sh uses that.
record() {
	git -C "$BUILD/$1/linux" config "branch.$1.made" "$(git -C "$BUILD/$1/linux" rev-parse "$1")"
	git -C "$BUILD/$1/linux" config "branch.$1.series" "$(series_id)"
}

# on_branch NAME: is the branch of its name checked out in the tree, and no rebase under way?
on_branch() {
	[ "$(git -C "$BUILD/$1/linux" symbolic-ref -q --short HEAD)" = "$1" ]
}

# as_recorded NAME: is the tree unchanged since record(), committed or not?
as_recorded() {
	on_branch "$1" && [ -z "$(git -C "$BUILD/$1/linux" status --porcelain)" ] &&
		[ "$(git -C "$BUILD/$1/linux" rev-parse "$1")" = "$(git -C "$BUILD/$1/linux" config "branch.$1.made")" ]
}

# machine NAME: read the facts of the machine that NAME is, or is a variant of. The facts:
#	default		"yes": make check tests it unless another machine is named
#	lint		"yes": make lint compiles the series for it
#	packages	Debian packages that it needs, each followed by a colon and a command,
#			header or file by which deps.sh finds out whether it is installed
#	cross		the prefix of its compiler and binutils, whose packages are added to
#			those above; empty: those of this computer
#	kbuild		arguments for kbuild
#	srcarch		the folder of the kernel's arch/ with the UAPI headers of its programs
#	abi		Debian's name of the architecture of its programs
#	image, target	the file that is booted, and the target of kbuild that makes it
#	fragments	the fragments of config/ for its kernels, without .config
#	lacks		the kernel's own tests that do not build for it
#	compat		the compiler for programs of its second ABI; empty: it has none
#	compat_srcarch	the folder of arch/ with their UAPI headers
#	objects		roughly how many objects a build compiles
#	cpus		how many CPUs it has
#	emulator	the command that emulates it; empty: the image is a program
#	append		arguments for the kernel, such as the console
#	kernels		Debian's packages that depend on a kernel for it, for make kernels; empty: none
#	counting	more arguments for a boot that counts instructions; empty: it cannot count
#	end		how PID 1 ends it: poweroff or restart
machine() {
	# shellcheck disable=SC2034 # for the scripts that call this
	default='' lint='' packages='' cross='' kbuild='' srcarch='' abi='' lacks='' image=''
	target='' fragments='base tests' compat='' compat_srcarch='' objects='' cpus=1 emulator=''
	append='' kernels='' counting='' end=poweroff
	# shellcheck source=arch/x86_64.sh
	. "./arch/${1%%-*}.sh"
	kbuild="$kbuild CROSS_COMPILE=$cross"
	[ -z "$cross" ] || packages="$packages gcc-${cross%-}:${cross}gcc
		libc6-dev-$abi-cross:/usr/${cross%-}/include/stdio.h"
	# An emulator counts the instructions of one CPU.
	# shellcheck disable=SC2034
	[ -z "${COUNT-}" ] || cpus=1
}

# kernel_arguments ARCH COMMAND...: print the arguments for the kernel of the machine ARCH, whose
# facts machine() has read, in addition to $append: what it does on a panic, and what PID 1 runs (see
# guest/init.c). Each command is one argument, its words separated by blanks. A variant of a machine
# adds the arguments of "# append:" in its fragment.
kernel_arguments() {
	printf 'loglevel=5 panic=-1 oops=panic cpus=%s end=%s timeout=%s' "$cpus" "$end" "$LIMIT"
	[ "${1%%-*}" = "$1" ] ||
		printf ' %s' "$(sed -n 's/^# append: //p' "config/variants/${1#*-}.config")"
	shift
	printf ' --'
	for command; do printf ' %s' "$(echo "$command" | tr ' ' ,)"; done
}

# fingerprint TREE PATHSPEC...: a hash of the files in a tree as they are now, committed or not.
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

# watch_log LABEL LOG PATTERN TOTAL: print again and again how many lines of LOG match PATTERN, of
# the expected TOTAL: on a terminal in one line that is overwritten, elsewhere twice a minute. Ends
# with the calling script, or when the script kills it.
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

# with_progress LABEL LOG PATTERN TOTAL COMMAND...: run COMMAND with its output in LOG, and
# print its progress as watch_log does. Returns what COMMAND returns.
with_progress() {
	log=$2
	: >"$log"
	watch_log "$1" "$2" "$3" "$4" &
	watcher=$!
	shift 4
	status=0
	setpriv --pdeathsig TERM -- "$@" >"$log" 2>&1 || status=$?
	kill "$watcher" 2>/dev/null || true
	wait "$watcher" 2>/dev/null || true
	[ ! -t 1 ] || printf '\r\033[K'
	return $status
}
