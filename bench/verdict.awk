# SPDX-License-Identifier: GPL-2.0
#
# Checks whether feature keeps R23, the limits on what the option costs. In: with
# committed=1 docs/cost.tsv, with committed=0 the numbers (see bench/count.sh) in the same
# form; with short=1 only those of calls. Out: test results in the form of
# run/results.awk. The last one compares the numbers with those committed, except those
# of CRIU and the rates, which are not exact. If Linux, the compiler or QEMU differ, it is
# left out, with a message on stderr.

# judge TEST, PROGRAM: print a result, after look() has checked everything it is about.
function judge(test, program) {
	if (!looked)
		wrong = "nothing was counted"
	print (program == "" ? "cost" : program) "\t" test "\t" (wrong == "" ? "pass" : "fail") "\t" wrong
	looked = 0
	wrong = ""
}

# look ROW, COLUMN, RIGHT, HINT: check one number of a test.
function look(row, column, right, hint) {
	looked++
	if (wrong == "" && (!right || cell[row, column] !~ /^[0-9]+$/))
		wrong = what[row] ", " how[row] ": " cell[row, column] " on " column ", " hint
}

# row_of ABI, WHAT, HOW: its number.
function row_of(a, w, h, r) {
	for (r = 1; r <= rows; r++)
		if (abi[r] == a && what[r] == w && how[r] == h)
			return r
	return 0
}

# known ABI: does the empty loop count as 0 everywhere, and a hundred instructions as 100?
function known(a, r, c, right) {
	for (r = 1; r <= rows; r++)
		if (abi[r] == a && what[r] ~ /^(nothing|hundred nops)$/)
			for (c = 4; c <= last; c++) {
				right = what[r] == "nothing" ? 0 : 100
				look(r, column[c], cell[r, column[c]] == right, "it is " right)
			}
	judge(a ": nothing counts as 0 instructions, a hundred as 100")
}

# against ABI, WITH_SECCOMP, BASE, MORE, TEST: does a call that is not suspended, or that
# has no seccomp to suspend, execute at most MORE instructions more than on BASE?
function against(a, with_seccomp, base, more, test, r, to) {
	for (r = 1; r <= rows; r++) {
		if (abi[r] != a || !(r in call) || with_seccomp != (r in seccomp))
			continue
		to = r
		if (how[r] == "suspended") {
			if (with_seccomp)
				continue
			to = row_of(a, what[r], "traced")
		}
		look(r, "feature", cell[r, "feature"] - cell[to, base] <= more, cell[to, base] " on " base)
	}
	judge(a ": " test)
}

# suspended ABI: is the cost the same for every filter, and close to that without seccomp?
function suspended(a, r, first, none) {
	for (r = 1; r <= rows; r++)
		if (abi[r] == a && (r in seccomp) && how[r] == "suspended" && what[r] ~ /filter/) {
			if (!first)
				first = r
			look(r, "feature", cell[r, "feature"] == cell[first, "feature"],
			     cell[first, "feature"] " with a " what[first])
		}
	judge(a ": a suspended call costs the same for every filter")
	none = row_of(a, "no seccomp", "not traced")
	for (r = 1; r <= rows; r++)
		if (abi[r] == a && (r in seccomp) && how[r] == "suspended")
			look(r, "feature", cell[r, "feature"] - cell[none, "feature"] <= 35,
			     cell[none, "feature"] " without seccomp")
	judge(a ": a suspended call is within 35 instructions of one without seccomp")
}

# flat ABI, OF: does setting and clearing the option cost the same for any number of OF?
function flat(a, of, r, first) {
	for (r = 1; r <= rows; r++)
		if (abi[r] == a && what[r] == "set and clear SUSPEND_SECCOMP" && how[r] ~ of) {
			if (!first)
				first = r
			look(r, "feature", cell[r, "feature"] == cell[first, "feature"],
			     cell[first, "feature"] " with " how[first])
		}
	judge(a ": setting and clearing the option costs the same for any number of " of "s")
}

# same_code: does a kernel without checkpoint and restore have no code of the option?
function same_code(r) {
	for (r = 1; r <= rows; r++)
		if (how[r] == "lines that differ without CHECKPOINT_RESTORE")
			look(r, "feature", cell[r, "feature"] == 0, "not 0")
	judge("kernel/seccomp.o without CHECKPOINT_RESTORE has the code of stripped")
}

BEGIN {
	FS = "\t"
	last = split("abi what how " ENVIRON["VARIANTS"], column, " ")
}

FNR == 1 { made[committed] = $0 }
/^#/ { next }

committed {
	for (c = 4; c <= last; c++)
		had[$1, $2, $3, column[c]] = $c
	next
}

$1 == "criu" || $1 == "rate" { next }

{
	rows++
	abi[rows] = $1
	what[rows] = $2
	how[rows] = $3
	if ($3 ~ /^(not traced|traced|suspended)$/) {
		call[rows]
		if ($2 ~ /filter|strict/)
			seccomp[rows]
	}
	for (c = 4; c <= last; c++)
		cell[rows, column[c]] = $c
	if ($1 ~ /-bit$/ && !($1 in abis)) {
		abis[$1]
		abi_name[++nabis] = $1
	}
}

END {
	for (i = 1; i <= nabis; i++) {
		a = abi_name[i]
		known(a)
		against(a, 0, "stripped", 0, "a call without seccomp executes no more instructions")
		against(a, 1, "stripped", 2, "a filtered call executes at most 2 instructions more")
		against(a, 1, "stock", 0, "a filtered call executes no more instructions than on stock")
		suspended(a)
		flat(a, "filter")
		flat(a, "tracee")
	}
	if (!short)
		same_code()
	if (made[0] != made[1]) {
		print "bench: docs/cost.tsv is of " substr(made[1], 3) ", not compared with " substr(made[0], 3) >"/dev/stderr"
		exit
	}
	for (r = 1; r <= rows; r++)
		for (c = 4; c <= last; c++) {
			now = cell[r, column[c]]
			old = had[abi[r], what[r], how[r], column[c]]
			if (now != "-" || old != "-")
				look(r, column[c], now == old, "\"" old "\" in docs/cost.tsv (" abi[r] ")")
		}
	for (key in had) {
		split(key, word, SUBSEP)
		if (wrong == "" && word[1] ~ /-bit$/ && !row_of(word[1], word[2], word[3]))
			wrong = word[2] ", " word[3] ": only in docs/cost.tsv (" word[1] ")"
	}
	judge("the numbers are those of docs/cost.tsv", "committed")
}
