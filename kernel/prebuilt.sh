#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# prebuilt.sh MACHINE: fetch the kernels that Debian has for MACHINE into $BUILD/prebuilt/MACHINE.
# Those are the kernels on which the packages of its fact "kernels" depend, in each of $SUITES.
# Installs nothing. A kernel that is there already is not fetched again.
#
# Out: FILE for each kernel, FILE.cpio with its module nfnetlink.ko, which CRIU needs to start (an
# empty archive if that is built in), and kernels.tsv with a line for each kernel:
#	SUITE TAB RELEASE TAB VERSION of the package TAB FILE
# FILE is "none" if the mirror lacks the package, although its lists name it. Fails with one line
# when apt has no list, or cannot fetch a package for another reason.
. ./scripts/lib.sh

machine "$1"
dir=$BUILD/prebuilt/$1 apt=$BUILD/prebuilt/apt-$abi log=$BUILD/prebuilt/$1.log
mirror=$(scripts/mirror.sh)
[ -n "$mirror" ] || die "apt has no Debian mirror: call make with MIRROR=ADDRESS"
mkdir -p "$dir" "$apt/lists/partial" "$apt/archives/partial"

# An apt with its own lists and packages, which knows the keys and the proxy of the system's.
: >"$apt/status"
for suite in $SUITES; do
	say "deb [arch=$abi] ${mirror%/} $suite main"
done >"$apt/sources"
cat >"$apt/conf" <<END
APT::Architecture "$abi";
APT::Architectures { "$abi"; };
APT::Sandbox::User "";
Acquire::Languages "none";
Dir::State::Lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Dir::Etc::SourceList "$apt/sources";
Dir::Etc::SourceParts "-";
END
export APT_CONFIG="$apt/conf"

say "prebuilt: reading the lists of kernels for $1 ($log)"
apt-get -q update >"$log" 2>&1 || {
	reason=$(grep -m1 '^E: ' "$log" || tail -n1 "$log")
	apt-cache pkgnames linux-image | grep -q . ||
		die "apt can read no list of $mirror: $reason; check the network ($log)"
	say "prebuilt: apt cannot read all lists, so kernels can be old or missing: $reason"
}

# fetch RELEASE VERSION FILE: fetch a kernel. Newer packages have its image on its own, without
# modules; nfnetlink is built in there. FILE.cpio is made last.
fetch() {
	rm -rf "$apt/tmp" && mkdir "$apt/tmp"
	package=linux-binary-$1
	grep -qxF "$package" "$apt/packages" || package=linux-image-$1
	(cd "$apt/tmp" && apt-get -q download "$package=$2" &&
		dpkg-deb --fsys-tarfile ./*.deb >tar && rm ./*.deb &&
		tar -tf tar | grep -E '/(vmlinu[xz]|nfnetlink\.ko)' >names &&
		tar -xf tar -T names --transform 's:.*/::' && rm tar &&
		{ [ ! -e nfnetlink.ko.xz ] || xz -d nfnetlink.ko.xz; } &&
		find . -name nfnetlink.ko | cpio -o -H newc -R 0:0 --quiet >archive &&
		mv vmlinu* "$3" && mv archive "$3.cpio") >"$log" 2>&1
}

# apt-cache is slow, so it is called once for each question: which packages are there, and on which
# release does each version of a package in $kernels depend?
apt-cache pkgnames >"$apt/packages"
# shellcheck disable=SC2086 # a list of packages
apt-cache show $kernels | awk '
	/^Package: / { package = $2 }
	/^Version: / { version = $2 }
	/^Depends: / && match($0, /linux-image-[^ ]+ \(=/) {
		print package, version, substr($0, RSTART + 12, RLENGTH - 15)
	}' >"$apt/releases"
# shellcheck disable=SC2086 # the same
apt-cache madison $kernels | while IFS=' |' read -r package version uri; do
	suite=${uri#* } suite=${suite%%/*}
	release=$(awk -v key="$package $version" '$1 " " $2 == key { print $3; exit }' "$apt/releases")
	[ -n "$release" ] || {
		say "prebuilt: $package $version of $suite names no kernel" >&2
		continue
	}
	file=$dir/$release@$version
	if [ ! -e "$file.cpio" ]; then
		say "prebuilt: fetching $release of $suite" >&2
		fetch "$release" "$version" "$file" || {
			reason=$(grep -m1 '^E: ' "$log" || tail -n1 "$log")
			case $reason in
			*'404 '*) ;;
			*) die "cannot fetch $release: $reason; check the network and call make again ($log)" ;;
			esac
			say "prebuilt: the mirror does not have it: $reason" >&2
			file=none
		}
	fi
	printf '%s\t%s\t%s\t%s\n' "$suite" "$release" "$version" "$file"
done >"$dir/kernels.tsv.tmp"
mv "$dir/kernels.tsv.tmp" "$dir/kernels.tsv"
