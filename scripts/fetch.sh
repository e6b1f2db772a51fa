#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# fetch.sh DIR LOG MIRROR SUITE PACKAGE...: unpack the PACKAGEs of Debian's SUITE, and all that
# they depend on, from MIRROR into the new folder DIR. SUITE can be several: "trixie
# trixie-backports". Of a package in $FETCH_ALONE it unpacks the files only, not what that depends on.
# Runs and installs none of them, so it needs no root. LOG has the output of the tools. Fails with
# one line, with what to do, when the packages cannot be fetched.
. ./scripts/lib.sh

dir=$1 log=$2 mirror=$3 suite=$4
shift 4
[ -n "$mirror" ] || die "apt has no Debian mirror: call make with MIRROR=ADDRESS"
rm -rf "$dir" || die "cannot remove $dir: remove it yourself"

# Settings of the system's apt that the mirror can need: a proxy, and permission to read old
# lists if the mirror is a snapshot.
apt-config dump 2>"$log" | grep -iE '^Acquire::(https?::.*proxy|Check-Valid-Until)' >"$dir.apt" || true

# shellcheck disable=SC2016 # mmdebstrap runs it
alone='cd "$1" && APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get -q download '"${FETCH_ALONE-}"' &&
	for deb in ./*.deb; do dpkg-deb -x "$deb" . || exit; done && rm ./*.deb'
packages=$(IFS=, && echo "$*")
set -- "$mirror"
for more in ${suite#* }; do
	[ "$more" = "$suite" ] || set -- "$@" "deb $mirror $more main"
done
# "chrootless" would run the packages' scripts on this system, but "extract" runs none.
mmdebstrap --mode=chrootless --variant=extract --architectures=amd64 --aptopt="$dir.apt" \
	${FETCH_ALONE:+"--extract-hook=$alone"} --include="$packages" "${suite%% *}" "$dir" "$@" \
	>>"$log" 2>&1 || {
	case $(cat "$log") in
	*'Unable to locate package'* | *'no installation candidate'*)
		todo="name a mirror that has these packages with MIRROR=ADDRESS" ;;
	*NO_PUBKEY* | *'not signed'*)
		todo="install a debian-archive-keyring that has the keys of $suite" ;;
	*' is expired '*)
		todo="name a mirror that is up to date with MIRROR=ADDRESS" ;;
	*)
		todo="check the network and call make again, or name a mirror with MIRROR=ADDRESS" ;;
	esac
	die "cannot fetch $packages from $mirror: $(grep -m1 '^E: ' "$log" || tail -n1 "$log"); $todo ($log)"
}
rm -f "$dir.apt"
