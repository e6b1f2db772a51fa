#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# source.sh: put the source of the base kernel into $BUILD/stock/linux, a git repository, on its
# branch `stock`.
#
# The source is the git tree $LINUX, which is cloned and not changed; or else Debian's source
# package, from the mirror that this machine's apt uses; or else the tarball of kernel.org. Does
# nothing when the tree is there. Fails with one line when no source is available, or when it
# has another version than $BASE.
. ./scripts/lib.sh
# shellcheck source=kernel/7.3.sh
. "./kernel/$BASE.sh"

stock=$BUILD/stock
new=$BUILD/stock.tmp
log=$BUILD/source.log

# check_version TEXT NAME: TEXT is the Makefile of the kernel NAME. Fails if its version is wrong.
check_version() {
	found=$(printf '%s\n' "$1" | awk '
		$1 == "VERSION" { v = $3 } $1 == "PATCHLEVEL" { p = $3 }
		END { if (v != "") print v "." p }')
	[ "$found" = "$version" ] ||
		die "$2 is ${found:+Linux }${found:-no kernel tree}, but the patches are for Linux $version"
}

# check_linux: fail if $LINUX is not a git tree of the right kernel.
check_linux() {
	[ -d "$LINUX" ] || die "LINUX=$LINUX: there is no such folder"
	head=$(git -C "$LINUX" show HEAD:Makefile 2>&1) ||
		die "LINUX=$LINUX is not a git tree of a kernel: $(echo "$head" | head -n1)"
	check_version "$head" "LINUX=$LINUX"
}

# from_linux: clone $LINUX. The clone has hard links to or copies of its objects, so build/ stays
# valid if that tree is removed.
from_linux() {
	git -C "$LINUX" diff --quiet HEAD -- 2>/dev/null ||
		say "source: using the commit that is checked out in $LINUX, without its uncommitted changes"
	say "source: cloning $LINUX"
	git clone -q --no-tags --no-checkout "$LINUX" "$new/linux" >"$log" 2>&1 ||
		die "cannot clone $LINUX: $(tail -n1 "$log")"
	git -C "$new/linux" checkout -q -B stock \
		"$(git -C "$LINUX" rev-parse HEAD)" >"$log" 2>&1 ||
		die "cannot check out $LINUX: $(tail -n1 "$log")"
	git -C "$new/linux" remote remove origin
}

# from_apt: fetch the source package with package lists of our own, below $BUILD, so that those
# of the system do not change. Returns non-zero, with the reason in $why.
from_apt() {
	why='this system has no apt'
	command -v apt-get >/dev/null || return 1
	why='apt has no Debian mirror'
	mirror=$(scripts/mirror.sh) && [ -n "$mirror" ] || return 1

	apt=$BUILD/apt
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	for suite in $suites; do
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
	done >"$apt/sources.list"
	cat >"$apt/apt.conf" <<-END
		Dir::Etc::sourcelist "$apt/sources.list";
		Dir::Etc::sourceparts "-";
		Dir::State::lists "$apt/lists";
		Dir::Cache "$apt/cache";
		APT::Sandbox::User "";
		APT::Update::Error-Mode "any";
	END
	say "source: fetching $package ($log)"
	why="apt cannot read the lists of $suites"
	APT_CONFIG=$apt/apt.conf apt-get -q update >"$log" 2>&1 || return 1
	why="apt cannot fetch $package"
	(cd "$new" && APT_CONFIG=$apt/apt.conf apt-get -q download "$package") >>"$log" 2>&1 || return 1
	why="the package $package cannot be unpacked"
	dpkg-deb --fsys-tarfile "$new"/*.deb |
		tar -xO "./usr/src/$package.tar.xz" >"$new/linux.tar.xz" 2>>"$log" || return 1
	rm -r "$apt" "$new"/*.deb
}

# from_kernel_org: fetch the tarball and compare it with the published sum.
# Returns non-zero, with the reason in $why.
from_kernel_org() {
	why='curl is missing'
	command -v curl >/dev/null || return 1
	say "source: fetching $tarball"
	why="cannot fetch $tarball"
	curl -fsSL -o "$new/linux.tar.xz" "$tarball" 2>>"$log" || return 1
	why="cannot fetch ${tarball%/*}/sha256sums.asc"
	curl -fsSL -o "$new/sums" "${tarball%/*}/sha256sums.asc" 2>>"$log" || return 1
	sum=$(awk -v name="${tarball##*/}" '$2 == name { print $1 }' "$new/sums")
	why="$tarball does not have the sha256 of sha256sums.asc"
	echo "$sum  $new/linux.tar.xz" | sha256sum -c - >>"$log" 2>&1 || return 1
}

# import: unpack linux.tar.xz and make its files the first commit.
import() {
	say "source: unpacking"
	mkdir "$new/linux"
	tar -xJf "$new/linux.tar.xz" -C "$new/linux" --strip-components=1 >"$log" 2>&1 ||
		die "cannot unpack the source: $(tail -n1 "$log")"
	rm "$new/linux.tar.xz"
	check_version "$(cat "$new/linux/Makefile")" "the fetched source"
	# Debian's tarball has a .gitignore that ignores every file.
	sed -i '/^# Debian packaging/,$d' "$new/linux/.gitignore"

	release=$(make -s -C "$new/linux" kernelversion)
	say "source: making Linux $release a git repository"
	cd "$new/linux"
	export GIT_AUTHOR_NAME="Linux $release" GIT_AUTHOR_EMAIL=linux@localhost
	export GIT_COMMITTER_NAME="Linux $release" GIT_COMMITTER_EMAIL=linux@localhost
	export GIT_AUTHOR_DATE='2000-01-01 00:00:00Z' GIT_COMMITTER_DATE='2000-01-01 00:00:00Z'
	{
		git init -q -b stock &&
			git config core.looseCompression 1 &&
			git config gc.auto 0 &&
			git add -f -A &&
			git commit -q -m "Linux $release"
	} >"$log" 2>&1 || die "cannot import the source into git: $(tail -n1 "$log")"
	cd - >/dev/null
}

origin="Linux $version"
if [ -n "${LINUX-}" ]; then
	check_linux
	origin="$LINUX at $(git -C "$LINUX" rev-parse HEAD)"
fi
if [ -d "$stock" ]; then
	had=$(git -C "$stock/linux" config base.origin)
	[ "$had" = "$origin" ] || die "$BUILD was made from $had, not from $origin:" \
		"name another folder with BUILD=, or call make clean first"
	exit 0
fi
dry_run

rm -rf "$new"
mkdir -p "$new"
# The source has symbolic links, and files whose names differ only in case.
{ [ ! -e "$BUILD/STOCK.TMP" ] && ln -s . "$new/link" 2>/dev/null; } ||
	die "the file system of $BUILD ignores case, or has no symbolic links:" \
		"name a folder on another one with BUILD="
rm "$new/link"
if [ -n "${LINUX-}" ]; then
	from_linux
else
	if ! from_apt; then
		error=$(grep -sm1 '^E:' "$log" || true)
		why=$why${error:+: $error}
		! disk_full || die "$why ($log)"
		say "source: $why; trying kernel.org"
		from_kernel_org ||
			die "cannot fetch Linux $version: $why ($log). Check the network, or call make" \
				"with LINUX=/path/to/a/git/tree"
	fi
	import
fi
git -C "$new/linux" config base.origin "$origin"
git -C "$new/linux" config branch.stock.made "$(git -C "$new/linux" rev-parse stock)"
# git ignores the folders in which kernel/build.sh builds.
echo '/build-*/' >>"$new/linux/.git/info/exclude"
mv "$new" "$stock"
