#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kernel.sh VARIANT ARCH [OBJECT...]: build the kernel of a variant for a machine, in
# $BUILD/VARIANT/linux/build-ARCH, or of it only the OBJECTs. ARCH is a machine, or a
# variant of one: um-gcov is um with config/variants/gcov.config. Does nothing when the tree, the
# configuration and the compiler are those of what is there. Needs the tree. Fails with
# the first error of the compiler, or the options that the configuration asks for and
# this kernel does not have.
. ./scripts/lib.sh

name=$1 arch=$2
shift 2
machine "$arch"
variant "$name"
only=$*
[ -z "$only" ] || image=$1 target=$only

tree=$BUILD/$name/linux
# Below the source, kbuild uses relative paths: so what it has built can move.
objs=$tree/build-$arch
log=$BUILD/$name/$arch.log
sources=". :!Documentation :!tools/testing"

set -- "arch/${arch%%-*}.config"
[ "${arch%%-*}" = "$arch" ] || set -- "$@" "config/variants/${arch#*-}.config"
# A variant of a machine may leave out fragments that the machine has.
without=$(sed -n 's/^# without: //p' "$@")
kept=
for fragment in $fragments; do
	case " $without " in
	*" $fragment "*) ;;
	*) kept="$kept config/$fragment.config" ;;
	esac
done
# shellcheck disable=SC2086 # words
set -- $kept "$@"
# A fragment may have words for make, too.
kbuild="$kbuild $(sed -n 's/^# make: //p' "$@" | tr '\n' ' ')"

# ccache for all trees together: the paths are relative, so the same source file
# is the same command.
export CCACHE_DIR="$BUILD/ccache" CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1

# build ARGUMENT...: kbuild with what the machine wants.
build() {
	# shellcheck disable=SC2086 # words
	make -C "$tree" O="$objs" $kbuild CC="$PWD/scripts/cc.sh" "$@"
}

# made_of TREE: what an object depends on, besides the configuration.
made_of() {
	# shellcheck disable=SC2086 # words
	echo "$(fingerprint "$1" $sources) $(gcc -dumpfullversion)"
}

# is_whole TREE OBJS: is what was built there, with whatever configuration, what TREE
# has committed?
is_whole() {
	# shellcheck disable=SC2086 # words
	[ -e "$2/.made" ] && [ -z "$(git -C "$1" status --porcelain -- $sources)" ] &&
		[ "$(cut -d' ' -f1,2 "$2/.made")" = "$(made_of "$1")" ]
}

# code: what is on stdin, a C file, without its comments, each line where it was.
code() {
	gcc -fpreprocessed -dD -E -
}

# differing TREE: the sources that are not those of TREE, but for headers that differ
# in comments.
differing() {
	head=$(git -C "$1" rev-parse HEAD)
	{
		git -C "$tree" diff --name-only --diff-filter=d "$head" &&
			git -C "$tree" ls-files -o --exclude-standard
	} | while read -r file; do
		case $file in
		*.h) [ "$(git -C "$1" show "$head:$file" 2>&1 | code)" = "$(code <"$tree/$file")" ] ||
			echo "$file" ;;
		*) echo "$file" ;;
		esac
	done
}

# start_from TREE OBJS: copy what was built in another TREE, in such a way that make
# sees only those files as changed that differ here: all that was built is of the
# moment of the copy, and they are touched after it.
start_from() {
	rm -rf "$objs.tmp" &&
		cp -r --no-dereference "$2" "$objs.tmp" &&
		rm "$objs.tmp/.made" &&
		find "$objs.tmp" -exec touch -h -r "$objs.tmp/.configured" {} + &&
		# The build system of tools/ notes absolute paths.
		find "$objs.tmp" -path '*/tools/*.cmd' -exec sed -i "s|$2/|$objs/|g; s|$1/|$tree/|g" {} + &&
		differing "$1" >"$objs.tmp/.differ" &&
		(cd "$tree" && xargs -rd '\n' touch -c) <"$objs.tmp/.differ" &&
		mv "$objs.tmp" "$objs"
}

# A build without a stamp, an interrupted one, is not finished.
config=$({ echo "$kbuild" && cat "$@"; } | sha256sum | cut -d' ' -f1)
want="$(made_of "$tree") $config${only:+ $only}"
[ ! -e "$objs/$image" ] || [ "$(cat "$objs/.made" 2>/dev/null)" != "$want" ] || exit 0

# Most of a kernel is the same in other variants and flavours.
# shellcheck disable=SC2086 # words
for other in $(printf "%s/linux/build-$arch " $like) "$name/linux/build-${arch%%-*}"; do
	other=$BUILD/$other
	if [ ! -d "$objs" ] && is_whole "${other%/*}" "$other"; then
		start_from "${other%/*}" "$other" >"$log" 2>&1 ||
			die "cannot copy $other: $(tail -n1 "$log")"
	fi
done
mkdir -p "$objs"
rm -f "$objs/.made"

total=
if [ "$(cat "$objs/.configured" 2>/dev/null)" != "$config" ]; then
	say "kernel: configuring $name for $arch"
	total="about $objects"
	{
		build -s tinyconfig &&
			KCONFIG_CONFIG=$objs/.config "$tree/scripts/kconfig/merge_config.sh" \
				-m -O "$objs" "$objs/.config" "$@" &&
			build -s olddefconfig
	} >"$log" 2>&1 || die "$name cannot be configured for $arch: $(tail -n1 "$log") ($log)"
	# The last fragment that names an option has the say.
	missing=$(sed -n 's/^# \(CONFIG_[A-Z0-9_]*\) is not set/\1=n/p; /^CONFIG_/p' "$@" |
		awk -F= '{ want[$1] = $0 } END { for (name in want) if (want[name] !~ /=n$/) print want[name] }' |
		grep -vxF -f "$objs/.config" | tr '\n' ' ')
	[ -z "$missing" ] || die "$name for $arch cannot have $missing(asked for in $*)"
	echo "$config" >"$objs/.configured"
fi

say "kernel: building $name for $arch ($log)"
# shellcheck disable=SC2086 # words
with_progress "kernel: $name for $arch, objects built" "$log" '^  (CC|AS) ' "$total" \
	build -j"$(($(nproc) * 2))" $target ||
	die "$name does not build for $arch: $(grep -m1 -E '(error|Error|\*\*\*)' "$log") ($log)"
echo "$want" >"$objs/.made"
