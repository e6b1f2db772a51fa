#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# herd.sh DIR MIRROR SUITE: lay herd7 with its libraries into DIR, as MIRROR has them in
# Debian's SUITE: the memory model needs version 7.58, which no stable release has. Files
# only: nothing is installed. Replaces DIR. Fails with one line when the packages cannot
# be fetched, and then leaves DIR unchanged. DIR.log is the log.
. ./scripts/lib.sh

dir=$1 mirror=$2 suite=$3
packages=$dir.packages tmp=$dir.tmp log=$dir.log
say "herd: fetching herdtools7 of $suite ($log)"
scripts/fetch.sh "$packages" "$log" "$mirror" "$suite" herdtools7

# herd7, its libraries and the files that it includes are a tenth of the packages.
(
	libs=usr/lib/x86_64-linux-gnu
	rm -rf "$tmp" && mkdir -p "$tmp/$libs" "$tmp/usr/bin" "$tmp/usr/share/herdtools7" &&
		cp -a "$packages/usr/bin/herd7" "$tmp/usr/bin/" &&
		cp -a "$packages/$libs"/*.so* "$tmp/$libs/" &&
		cp -a "$packages/usr/lib64" "$tmp/usr/" &&
		cp -a "$packages/usr/share/herdtools7/herd" "$tmp/usr/share/herdtools7/" &&
		rm -rf "$packages" "$dir" && mv "$tmp" "$dir"
) >>"$log" 2>&1 || die "cannot lay out $dir: $(tail -n1 "$log") ($log)"
