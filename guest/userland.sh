#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# userland.sh DIR MIRROR SUITE PACKAGE...: lay a userland into DIR, an absolute path: of
# each PACKAGE the program that has its name, and all libraries that come with it, as
# MIRROR has them in Debian's SUITE; and busybox with its links, for a person at the
# prompt. Installs nothing, so that any user can make it. Each call makes DIR again.
# Fails with one line when the packages cannot be fetched or one has no such program,
# and leaves an existing DIR unchanged. DIR.log has the output of the tools.
. ./scripts/lib.sh

dir=$1 mirror=$2 suite=$3
shift 3
packages=$dir.packages tmp=$dir.tmp log=$dir.log
say "userland: fetching $* and busybox of $suite ($log)"
rm -rf "$tmp" || die "cannot remove $tmp: remove it yourself"
scripts/fetch.sh "$packages" "$log" "$mirror" "$suite" "$@" busybox-static

# Unpacking it all would take an emulated machine time: programs and libraries
# will do. They lie as in Debian's merged /usr, whose links no package brings.
(
	mkdir -p "$tmp/usr/bin" && cd "$packages" || exit
	for program; do
		cp -a --parents usr/*bin/"$program" "$tmp/" || exit
	done
	cp -a --parents usr/bin/busybox usr/lib/x86_64-linux-gnu/*.so* usr/lib64 "$tmp/" &&
		mkdir -p "$tmp/usr/sbin" && ln -s usr/bin usr/sbin usr/lib usr/lib64 "$tmp/" &&
		applets=$("$tmp/usr/bin/busybox" --list) || exit
	for applet in $applets; do
		[ -e "$tmp/usr/bin/$applet" ] || ln -s busybox "$tmp/usr/bin/$applet" || exit
	done
	rm -rf "$packages" "$dir" && mv "$tmp" "$dir"
) >>"$log" 2>&1 || die "cannot lay out $dir: $(tail -n1 "$log") ($log)"
