#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# userland.sh DIR MIRROR SUITE PACKAGE...: make a userland in DIR, an absolute path, from packages
# of Debian's SUITE on MIRROR, see scripts/fetch.sh: of each PACKAGE, or PACKAGE=VERSION, the program
# that has its name, with all libraries; and busybox with its links, for make shell. A PACKAGE whose
# name begins with "lib" has no program. Installs nothing, so it needs no root. Each call makes DIR
# again. Fails with one line when the packages cannot be fetched or one has no such program, and
# leaves an existing DIR unchanged. DIR.log has the output of the tools.
. ./scripts/lib.sh

dir=$1 mirror=$2 suite=$3
shift 3
packages=$dir.packages tmp=$dir.tmp log=$dir.log
say "userland: fetching $* and busybox of $suite ($log)"
rm -rf "$tmp" || die "cannot remove $tmp: remove it yourself"
scripts/fetch.sh "$packages" "$log" "$mirror" "$suite" "$@" busybox-static

# Only programs and libraries, because an emulated machine unpacks slowly. The folders are those
# of Debian's merged /usr. Its links are in no package, so they are made here.
(
	mkdir -p "$tmp/usr/bin" && cd "$packages" || exit
	for program; do
		case $program in lib*) continue ;; esac
		cp -a --parents usr/*bin/"${program%%=*}" "$tmp/" || exit
	done
	cp -a --parents usr/bin/busybox usr/lib/*-linux-gnu/*.so* usr/lib64 "$tmp/" &&
		mkdir -p "$tmp/usr/sbin" && ln -s usr/bin usr/sbin usr/lib usr/lib64 "$tmp/" &&
		applets=$("$tmp/usr/bin/busybox" --list) || exit
	for applet in $applets; do
		[ -e "$tmp/usr/bin/$applet" ] || ln -s busybox "$tmp/usr/bin/$applet" || exit
	done
	rm -rf "$packages" "$dir" && mv "$tmp" "$dir"
) >>"$log" 2>&1 || die "cannot create $dir: $(tail -n1 "$log") ($log)"
