#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# userland.sh DIR MIRROR SUITE: lay a userland into DIR: criu with its libraries,
# as MIRROR has them in Debian's SUITE, and busybox, with links for all that it
# can do, for a person at the prompt. Files only: nothing of it is run or
# installed, so that any user can make it. Made anew on every call. Fails with
# one line when the packages cannot be fetched, and leaves a DIR that is there
# as it is. DIR.log has what was said.
. ./scripts/lib.sh

dir=$1 mirror=$2 suite=$3
packages=$dir.packages tmp=$dir.tmp log=$dir.log
[ -n "$mirror" ] || die "apt knows of no Debian mirror: call make with MIRROR=ADDRESS"

say "userland: fetching criu and busybox of $suite ($log)"
rm -rf "$packages" "$tmp" || die "cannot remove $packages and $tmp: remove them yourself"

# The mirror may be behind a proxy that only this machine's apt knows of.
apt-config dump 2>"$log" | grep -iE '^Acquire::https?::.*proxy' >"$packages.proxy" || true

# "chrootless" would run the packages' scripts outside, but "extract" runs none.
mmdebstrap --mode=chrootless --variant=extract --architectures=amd64 \
	--aptopt="$packages.proxy" --include=criu,busybox-static \
	"$suite" "$packages" "$mirror" >>"$log" 2>&1 || {
	case $(cat "$log") in
	*'Unable to locate package'* | *'no installation candidate'*)
		todo="name a mirror that has these packages with MIRROR=ADDRESS" ;;
	*NO_PUBKEY* | *'not signed'*)
		todo="install a debian-archive-keyring that knows $suite" ;;
	*)
		todo="is the network there? call make again, or name a mirror with MIRROR=ADDRESS" ;;
	esac
	die "cannot fetch criu from $mirror: $(grep -m1 '^E: ' "$log" || tail -n1 "$log"); $todo ($log)"
}

# Unpacking it all would take an emulated machine time: programs and libraries
# will do. They lie as in Debian's merged /usr, whose links no package brings.
(
	libs=usr/lib/x86_64-linux-gnu
	mkdir -p "$tmp/$libs" "$tmp/usr/bin" "$tmp/usr/sbin" &&
		cp -a "$packages/usr/bin/busybox" "$tmp/usr/bin/" &&
		cp -a "$packages/usr/sbin/criu" "$tmp/usr/sbin/" &&
		cp -a "$packages/$libs"/*.so* "$tmp/$libs/" &&
		cp -a "$packages/usr/lib64" "$tmp/usr/" &&
		ln -s usr/bin usr/sbin usr/lib usr/lib64 "$tmp/" &&
		applets=$("$tmp/usr/bin/busybox" --list) || exit
	for applet in $applets; do
		[ -e "$tmp/usr/bin/$applet" ] || ln -s busybox "$tmp/usr/bin/$applet" || exit
	done
	rm -rf "$packages" "$packages.proxy" "$dir" && mv "$tmp" "$dir"
) >>"$log" 2>&1 || die "cannot lay out $dir: $(tail -n1 "$log") ($log)"
