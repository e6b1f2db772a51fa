#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# deps.sh MACHINE...|lint|bench|ci: install the missing packages among those that the stages need
# for the MACHINEs, or that make lint, bench or ci-artifacts needs, with apt, and through sudo when
# not root. Prints what it installs; nothing if nothing is missing. Removes no package: fails if apt
# would have to. Without apt it prints what is missing and fails.
. ./scripts/lib.sh

# Debian's package, and the command, header or Python module by which it is found.
needs='gcc:gcc libc6-dev:stdio.h make:make git:git flex:flex bison:bison bc:bc
	libelf-dev:gelf.h perl:perl python3:python3
	xz-utils:xz cpio:cpio ccache:ccache mmdebstrap:mmdebstrap util-linux:flock curl:curl'
case $1 in
lint)
	needs='shellcheck:shellcheck cppcheck:cppcheck g++:g++ sparse:sparse clang-19:clang-19
		coccinelle:spatch ocaml:ocamlopt python3-sphinx:sphinx-build
		python3-ply:ply.py python3-git:git.py groff-base:groff mandoc:mandoc' ;;
bench) needs='gnuplot-nox:gnuplot' ;;
ci) needs='rsync:rsync' ;;
*)
	for name; do
		machine "$name"
		needs="$needs $packages"
	done ;;
esac

# missing: the packages of $needs that are not there.
missing() {
	for need in $needs; do
		case ${need#*:} in
		/*) [ -e "${need#*:}" ] ;;
		*.h) echo "#include <${need#*:}>" | gcc -E - >/dev/null 2>&1 ;;
		*.py) /usr/bin/python3 -c "import $(basename "${need#*:}" .py)" 2>/dev/null ;;
		*) command -v "${need#*:}" >/dev/null ;;
		esac || printf ' %s' "${need%:*}"
	done
}

packages=$(missing)
if ! command -v apt-get >/dev/null; then
	[ -z "$packages" ] || die "there is no apt: install the equivalents of Debian's$packages"
	exit 0
fi

# no_source: must the source be fetched, but apt has no mirror, for example because it has read
# no lists yet?
no_source() {
	[ -z "${LINUX-}" ] && [ ! -d "$BUILD/stock" ] && [ -z "$(scripts/mirror.sh)" ]
}

log=$BUILD/deps.log
sudo=
# reason: why apt or sudo has failed.
reason() {
	grep -m1 -E '^(E|sudo):' "$log" || tail -n1 "$log"
}
if [ -n "$packages" ] || no_source; then
	dry_run
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null ||
			die "packages are needed, but there is no sudo: run make deps as root"
		sudo=sudo
		sudo true 2>"$log" || die "packages are needed, but $(reason): run make deps as root"
	fi
	say "deps: reading the lists of packages ($log)"
	# The list that cannot be read may be one that is not needed.
	$sudo apt-get -q update >"$log" 2>&1 || say "deps: apt cannot read all lists: $(reason)"
fi
if [ -n "$packages" ]; then
	say "deps: installing$packages ($log)"
	# shellcheck disable=SC2086 # words
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends --no-remove \
		install $packages >"$log" 2>&1 || {
		in_the_way=$(sed -n '/will be REMOVED:$/,/^[^ ]/s/^ //p' "$log" | tr -d '\n')
		[ -z "$in_the_way" ] || die "these packages exclude$packages:$in_the_way: remove them yourself"
		die "apt cannot install$packages: $(reason) ($log)"
	}
	packages=$(missing)
	[ -z "$packages" ] || die "still missing after the installation:$packages ($log)"
fi
