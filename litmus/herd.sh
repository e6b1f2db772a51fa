#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# herd.sh DIR MIRROR SUITE: put herd7 of Debian's SUITE with its libraries into DIR, from MIRROR.
# The memory model needs version 7.58, which no stable release has. Installs nothing. Replaces
# DIR. Fails with one line when the packages cannot be fetched, and then leaves DIR unchanged.
# DIR.log is the log.
. ./scripts/lib.sh

dir=$1 mirror=$2 suite=$3
packages=$dir.packages tmp=$dir.tmp log=$dir.log
say "herd: fetching herdtools7 of $suite ($log)"
scripts/fetch.sh "$packages" "$log" "$mirror" "$suite" herdtools7

# Keep only herd7, its libraries and the files that it includes, a tenth of the packages.
(
	libs=usr/lib/x86_64-linux-gnu
	rm -rf "$tmp" && mkdir -p "$tmp/$libs" "$tmp/usr/bin" "$tmp/usr/share/herdtools7" &&
		cp -a "$packages/usr/bin/herd7" "$tmp/usr/bin/" &&
		cp -a "$packages/$libs"/*.so* "$tmp/$libs/" &&
		cp -a "$packages/usr/lib64" "$tmp/usr/" &&
		cp -a "$packages/usr/share/herdtools7/herd" "$tmp/usr/share/herdtools7/" &&
		rm -rf "$packages" "$dir" && mv "$tmp" "$dir"
) >>"$log" 2>&1 || die "cannot create $dir: $(tail -n1 "$log") ($log)"
