#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# lint-man.sh: check the patches in patches/man-pages, for the Linux man-pages project: git am
# must apply them, in order, to the pages of Debian's manpages-dev in sid. After each patch groff
# and mandoc must report nothing that they did not report before it, and each sentence must begin
# a line, as man-pages(7) requires. Works in $BUILD/lint/man, and fetches the pages once. Fails
# with one line: the patch and the first report.
. ./scripts/lib.sh

suite=sid
dir=$BUILD/lint/man
pages=$dir/pages
log=$dir/log
export GIT_AUTHOR_NAME=lint GIT_AUTHOR_EMAIL=lint@localhost
export GIT_COMMITTER_NAME=lint GIT_COMMITTER_EMAIL=lint@localhost

# lay_out: make $pages a git repository of the pages that the patches change. The pages of the
# package differ from their source only in the title line. Sets $names and $version.
lay_out() {
	names=$(sed -n 's|^+++ b/||p' patches/man-pages/*.patch 2>"$log" | sort -u)
	[ -n "$names" ] || die "patches/man-pages has no patch that changes a page: add one"
	rm -rf "$pages"
	mkdir "$pages"
	for name in $names; do
		packed=$dir/packages/usr/share/$name.gz
		[ -e "$packed" ] || die "manpages-dev of $suite has no $name:" \
			"the page has moved, update patches/man-pages"
		mkdir -p "$pages/${name%/*}"
		gzip -dc "$packed" >"$pages/$name"
		version=$(sed -n 's/^\.TH .*"Linux \(man-pages .*\)"$/\1/p' "$pages/$name")
	done
	{
		git -C "$pages" init -q &&
			git -C "$pages" add -A &&
			git -C "$pages" commit -q -m "$version"
	} >"$log" 2>&1 || die "cannot import the pages into git: $(tail -n1 "$log")"
}

# reports FILE: write what groff and mandoc report about the pages to FILE.
reports() (
	cd "$pages"
	for name in $names; do
		groff -t -man -Tutf8 -ww -rCHECKSTYLE=3 -z "$name" || echo "$name: groff fails"
		mandoc -Tlint "$name" || true
	done >"$1" 2>&1
)

# new_reports: print the reports of $dir/after that are not in $dir/before, wherever on the page.
new_reports() {
	awk '
		function what(report) {
			gsub(/:[0-9]+|\[p [^]]*\]/, "", report)
			return report
		}
		FILENAME == ARGV[1] { had[what($0)]++; next }
		had[what($0)]-- <= 0' "$dir/before" "$dir/after"
}

mkdir -p "$dir"
if [ ! -d "$dir/packages" ]; then
	say "lint: fetching manpages-dev of $suite ($log)"
	scripts/fetch.sh "$dir/packages.tmp" "$log" "$(scripts/mirror.sh)" "$suite" manpages-dev
	mv "$dir/packages.tmp" "$dir/packages"
fi
lay_out
say "lint: man pages: git am on $version, groff, mandoc"
reports "$dir/before"
for patch in patches/man-pages/*.patch; do
	git -C "$pages" am -q --whitespace=error-all "$PWD/$patch" >"$log" 2>&1 ||
		die "$patch does not apply to $version of $suite:" \
			"$(grep -m1 -E '^(error|fatal):' "$log" || tail -n1 "$log"); update it ($log)"
	reports "$dir/after"
	new_reports >"$dir/new"
	[ ! -s "$dir/new" ] || die "$patch must be corrected: $(head -n1 "$dir/new") ($dir/new)"
	! grep -nE '^\+[^.].*[^ ]\. +[^ ]' "$patch" >"$dir/new" ||
		die "$patch must be corrected: a sentence begins in the middle of line $(head -n1 "$dir/new")"
	mv "$dir/after" "$dir/before"
done
