#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# report.sh ARCH: print what the option costs, from what is in $BUILD/bench, and whether
# R23 is kept, and bring docs/cost.tsv, the tables in docs/cost.md and the pictures up to
# it. Fails if R23 is not kept, if docs/ had other numbers, or if what it would have to
# write over there is not committed.
. ./scripts/lib.sh

arch=$1
dir=$BUILD/bench
objs=build-$arch

# table NAME TITLE [ASSIGNMENT...]: make one of the tables.
table() {
	name=$1 title=$2
	shift 2
	awk -f bench/table.awk title="$title" "$@" "$dir/cost.tsv" >"$dir/$name.md"
}

# code COMMAND...: what it says, as a block of code.
code() {
	printf '```\n'
	"$@"
	printf '```\n'
}

# beginning VARIANT: of what every filtered call runs, up to where the mode is looked at.
beginning() {
	say "$1:"
	objdump -d --no-show-raw-insn --no-addresses --disassemble=__seccomp_permit_syscall \
		"$BUILD/$1/linux/$objs/vmlinux" | sed -n '/^<__seccomp/,/cmp .*0x2/p' |
		sed '1d; s/0x[0-9a-f]*(%rip)\([^ ]*\) *# <\(.*\)>/\2\1/'
}

{
	cat "$dir/calls.tsv" && sed 1d "$dir/criu.tsv" && cat "$dir/bytes.tsv"
} >"$dir/cost.tsv"
for road in feature followup; do
	awk -f bench/verdict.awk variant=$road committed=1 docs/cost.tsv committed=0 \
		"$dir/cost.tsv" >"$dir/verdict-$road.tsv"
done

made=$(sed -n '1s/^# //p' "$dir/cost.tsv")
say "$made, $arch" >"$dir/made.md"
table calls-64 'Instructions a call' table=calls only=64-bit
table calls-32 'Instructions a 32-bit call' table=calls only=32-bit
table options 'Instructions to set and clear' table=options
table criu 'Million instructions' table=criu
table bytes 'Bytes' table=bytes
code cat "$dir/bytes-feature.txt" >"$dir/functions-feature.md"
code cat "$dir/bytes-followup.txt" >"$dir/functions-followup.md"
{ beginning stripped && beginning stock && beginning feature; } >"$dir/beginning.txt"
code cat "$dir/beginning.txt" >"$dir/beginning.md"

say
say "What PTRACE_O_SUSPEND_SECCOMP costs: $(cat "$dir/made.md")"
for name in calls-64 calls-32 options criu bytes; do
	say
	cat "$dir/$name.md"
done
say
awk -F '\t' '
	!($2 in on) { names[++total] = $2 }
	{ on[$2] = on[$2] (on[$2] == "" ? "" : ", ") (FILENAME ~ /feature/ ? "feature" : "followup") }
	$3 != "pass" && !($2 in wrong) { wrong[$2] = $4 }
	END {
		for (i = 1; i <= total; i++)
			printf "  %-4s  %s (%s)%s\n", names[i] in wrong ? "FAIL" : "ok", names[i], on[names[i]],
				names[i] in wrong ? ": " wrong[names[i]] : ""
	}' "$dir/verdict-feature.tsv" "$dir/verdict-followup.tsv"
# wrong PROGRAM: the first of its tests that has failed, and why.
wrong() {
	awk -F '\t' -v program="$1" '$1 == program && $3 != "pass" { print $2 ": " $4; exit }' \
		"$dir/verdict-feature.tsv" "$dir/verdict-followup.tsv"
}
broken=$(wrong cost)
[ -z "$broken" ] || die "R23 is broken: $broken"

# What docs/ has to be.
awk -v dir="$dir/" '
	/^<!-- end -->$/ { skip = 0 }
	!skip { print }
	/^<!-- bench: .* -->$/ {
		file = dir $3 ".md"
		while ((getline line <file) > 0)
			print line
		skip = 1
	}' docs/cost.md >"$dir/cost.md"
awk -F '\t' '
	$1 != "64-bit" { next }
	$2 == "no seccomp" && $3 == "not traced" { none = $6 }
	$2 ~ /^filter of / && $3 == "not traced" { filtered = $6 }
	$2 ~ /^filter of / && $3 == "suspended" { print substr($2, 11), filtered, $6, none }
	' "$dir/cost.tsv" >"$dir/length.dat"
awk -F '\t' '
	$1 == "64-bit" { for (c = 4; c <= 7; c++) n[$2 "," $3, c] = $c }
	function line(label, what, than, column, c) {
		printf "\"%s\"", label
		for (c = 5; c <= 7; c++)
			printf " %d", n[what, c] - n[than, column ? column : c]
		print ""
	}
	END {
		line("a call\\nwithout seccomp", "no seccomp,not traced", "no seccomp,not traced", 4)
		line("a filtered call", "filter of 1,not traced", "filter of 1,not traced", 4)
		line("a suspended call,\\nagainst no seccomp", "filter of 1,suspended", "no seccomp,not traced", 0)
		line("set and clear,\\nagainst EXITKILL", "set and clear SUSPEND_SECCOMP,1 filter",
		     "set and clear EXITKILL,1 filter", 0)
	}' "$dir/cost.tsv" >"$dir/added.dat"
gnuplot -e "dir='$dir'; made='$(sed 's/_/\\_/g' "$dir/made.md")'" bench/pictures.gp 2>"$dir/gnuplot.log" ||
	die "gnuplot fails: $(grep -m1 . "$dir/gnuplot.log") ($dir/gnuplot.log)"

changed=
for file in cost.tsv cost.md cost-length.svg cost-added.svg; do
	cmp -s "$dir/$file" "docs/$file" || changed="$changed $file"
done
for file in $changed; do
	[ -z "$(git status --porcelain -- "docs/$file")" ] ||
		die "docs/$file has changes that are not committed, and would get others:" \
			"commit them, or drop them, and call make bench again ($dir/$file)"
done
for file in $changed; do
	cp "$dir/$file" docs/
	say "bench: docs/$file is new"
done
other=$(wrong committed)
[ -z "$other" ] ||
	die "a number is not the one that was written down: ${other#*: }; docs/ has the new ones:" \
		"commit them if they are right"
