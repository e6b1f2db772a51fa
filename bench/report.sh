#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# report.sh ARCH: print what the option costs, from the files in $BUILD/bench, and whether
# R23 is kept, and update docs/cost.tsv, the tables in docs/cost.md and the pictures. Fails
# if R23 is not kept, if docs/ had different numbers, or if a file there that must change
# is not committed.
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

# tables: make all of them.
tables() {
	table calls-64 'Instructions a call' table=calls only=64-bit
	table calls-32 'Instructions a 32-bit call' table=calls only=32-bit
	table options 'Instructions to set and clear' table=options
	table criu 'Million instructions' table=criu
	table rate 'In a billion ticks' table=rate
	table bytes 'Bytes' table=bytes
}

# code COMMAND...: its output, as a block of code.
code() {
	printf '```\n'
	"$@"
	printf '```\n'
}

# beginning VARIANT: the code that every filtered call begins with, up to the check of the mode.
beginning() {
	say "$1:"
	objdump -d --no-show-raw-insn --no-addresses --disassemble=__seccomp_permit_syscall \
		"$BUILD/$1/linux/$objs/vmlinux" | sed -n '/^<__seccomp/,/cmp .*0x2/p' |
		sed '1d; s/0x[0-9a-f]*(%rip)\([^ ]*\) *# <\(.*\)>/\2\1/'
}

{
	cat "$dir/calls.tsv" && sed 1d "$dir/criu.tsv" && cat "$dir/bytes.tsv" "$dir/rate.tsv"
} >"$dir/cost.tsv"
{
	awk -f bench/verdict.awk committed=1 docs/cost.tsv committed=0 "$dir/cost.tsv" &&
		bench/lockless.py "$BUILD/feature/linux/$objs/vmlinux"
} >"$dir/verdict.tsv"

say
say "What PTRACE_O_SUSPEND_SECCOMP costs: $(sed -n '1s/^# //p' "$dir/cost.tsv"), $arch"
tables
for name in calls-64 calls-32 options criu rate bytes; do
	say
	cat "$dir/$name.md"
done
say
awk -F '\t' '{ printf "  %-4s  %s%s\n", $3 == "pass" ? "ok" : "FAIL", $2, $4 == "" ? "" : ": " $4 }' \
	"$dir/verdict.tsv"
# wrong PROGRAM: the first of its tests that has failed, and why.
wrong() {
	awk -F '\t' -v program="$1" '$1 == program && $3 != "pass" { print $2 ": " $4; exit }' "$dir/verdict.tsv"
}
broken=$(wrong cost)
[ -z "$broken" ] || die "R23 is broken: $broken"

# but_rates FILE: its text, with the names of the rates but not their numbers.
but_rates() {
	awk -F '\t' '/^# rates/ { next } $1 == "rate" { $0 = $2 ", " $3 } 1' "$1"
}
# docs/ keeps its rates while all else is the same.
if [ "$(but_rates "$dir/cost.tsv")" = "$(but_rates docs/cost.tsv)" ]; then
	cp docs/cost.tsv "$dir/cost.tsv"
	tables
fi
sed -n '1s/^# \(.*\)/\1'", $arch/p" "$dir/cost.tsv" >"$dir/made.md"
sed -n 's/^# rates: //p' "$dir/cost.tsv" >"$dir/machine.md"
for from in stripped stock; do
	code cat "$dir/bytes-from-$from.txt" >"$dir/functions-from-$from.md"
done
for variant in $VARIANTS; do
	beginning "$variant"
done >"$dir/beginning.txt"
code cat "$dir/beginning.txt" >"$dir/beginning.md"

# What docs/ must be.
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
	$1 == "64-bit" { for (c = 4; c <= 6; c++) n[$2 "," $3, c] = $c }
	function line(label, what, than, column, c) {
		printf "\"%s\"", label
		for (c = 5; c <= 6; c++)
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
		die "docs/$file must change, but has changes that are not committed:" \
			"commit or drop them and call make bench again ($dir/$file)"
done
for file in $changed; do
	cp "$dir/$file" docs/
	say "bench: docs/$file is new"
done
other=$(wrong committed)
[ -z "$other" ] ||
	die "a number differs from docs/: ${other#*: }; docs/ has the new ones now:" \
		"commit them if they are right"
