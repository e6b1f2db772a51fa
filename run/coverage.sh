#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# coverage.sh VARIANT ARCH TEST: run TEST on the kernel of VARIANT for ARCH, a machine with gcov.
# In the objects that config/variants/gcov.config names, print each line that the variant's
# patches add and that did not run, or that has a branch that was not taken; then the number of
# lines. Fails if there is such a line that run/unreached does not list, or no line at all.
. ./scripts/lib.sh

name=$1 arch=$2 test=$3
variant "$name"
tree=$BUILD/$name/linux
objs=$tree/build-$arch
log=$BUILD/coverage.log

run/boot.sh "$name" "$arch" coverage "$log" "/selftests/$test" /bin/gcov
grep -q '^# guest: end /bin/gcov: exit 0' "$log" ||
	die "the guest cannot print what gcov counted: see $log"
rm -f "$objs"/kernel/*.gcda "$objs"/kernel/*.gcda.hex
# There are files of the same name below arch/.
tr -d '\r' <"$log" | awk -v dir="$objs/kernel/" '
	/^# gcov: / { file = index($3, dir) == 1 ? $3 ".hex" : ""; next }
	/^[0-9a-f]+$/ && file { print >file; next }
	{ file = "" }'

# lines FILE: the numbers of the lines that the variant adds to it.
lines() {
	git -C "$tree" diff -U0 "$from" -- "$1" | awk '
		/^@@/ { split($3, at, ","); line = substr(at[1], 2); next }
		/^\+[^+]/ || /^\+$/ { print line++ }'
}

looked_at=0 missed=0
for hex in "$objs"/kernel/*.gcda.hex; do
	[ -e "$hex" ] || die "the guest did not print what gcov counted: see $log"
	object=${hex%.gcda.hex}
	perl -ne 'chomp; print pack("H*", $_)' "$hex" >"$object.gcda"
	rm "$hex"
	file=kernel/${object##*/}.c
	lines "$file" >"$object.lines"
	(cd "$objs" && gcov -b -c -t "kernel/${object##*/}.gcda") >"$object.gcov" 2>>"$log" ||
		die "gcov cannot read $object.gcda: $(tail -n1 "$log") ($log)"
	awk -v file="$file" -F: '
		FILENAME == "run/unreached" {
			if (split($0, pair, "\t") == 2)
				excuse[pair[1]] = pair[2]
			next
		}
		FILENAME ~ /[.]lines$/ { added[$1] = 1; next }
		/^ *-: *0:Source:/ { here = $0 ~ file "$"; next }
		!here { next }
		/^ *[-#=0-9*]+: *[0-9]+:/ {
			line = $2 + 0
			text = $0
			sub(/^[^:]*:[^:]*:/, "", text)
			if (!(line in added) || $1 ~ /-$/)
				next
			looked++
			if ($1 ~ /#|=/) { missed++; printf "%s:%d: not run:%s\n", file, line, text }
		}
		/^branch .*(taken 0|never)/ && line in added {
			why = ""
			for (part in excuse)
				if (index(text, part))
					why = " (" excuse[part] ")"
			missed += why == ""
			printf "%s:%d: a branch not taken:%s%s\n", file, line, text, why
		}
		END { print looked + 0, missed + 0 >"/dev/stderr" }
	' run/unreached "$object.lines" "$object.gcov" 2>"$object.counts"
	read -r l m <"$object.counts"
	looked_at=$((looked_at + l)) missed=$((missed + m))
done
say "coverage: $looked_at lines, $missed missed (by $test, $name on $arch)"
[ "$looked_at" -gt 0 ] || die "gcov has counted no line that the patches add: see $log"
[ "$missed" -eq 0 ] || die "the selftest does not run all that the series adds: see above"
