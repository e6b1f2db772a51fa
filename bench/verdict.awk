# SPDX-License-Identifier: GPL-2.0
#
# Does a variant keep R23, what the option may cost? In, with variant= said before: with
# committed=1 docs/cost.tsv, and with committed=0 the numbers (see bench/count.sh), which
# are of the same form; with short=1 they are those of calls only. Out: test results in
# the form of guest/results.awk. The last one is whether the numbers are those committed,
# but for those of CRIU, which are not exact; there is none, but a word on stderr, if Linux,
# the compiler or QEMU is another one.

# judge TEST, PROGRAM: print a result. look() has been asked about everything that it is
# about.
function judge(test, program) {
	if (!looked)
		wrong = "nothing was counted"
	print (program == "" ? "cost" : program) "\t" test "\t" (wrong == "" ? "pass" : "fail") "\t" wrong
	looked = 0
	wrong = ""
}

# look ROW, COLUMN, RIGHT, HINT: one thing that a test is about.
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

# known ABI: is the empty loop 0 everywhere, and are a hundred instructions 100?
function known(a, r, c, right) {
	for (r = 1; r <= rows; r++)
		if (abi[r] == a && what[r] ~ /^(nothing|hundred nops)$/)
			for (c = 4; c <= 7; c++) {
				right = what[r] == "nothing" ? 0 : 100
				look(r, column[c], cell[r, column[c]] == right, "it is " right)
			}
	judge(a ": nothing counts as 0 instructions, a hundred as 100")
}

# against ABI, WITH_SECCOMP, BASE, MORE, TEST: is a call that is not suspended, or is not
# to be, at most so much more than on BASE?
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
		look(r, variant, cell[r, variant] - cell[to, base] <= more, cell[to, base] " on " base)
	}
	judge(a ": " test)
}

# suspended ABI: is it the same for every filter, and near to no seccomp at all?
function suspended(a, r, first, none) {
	for (r = 1; r <= rows; r++)
		if (abi[r] == a && (r in seccomp) && how[r] == "suspended" && what[r] ~ /filter/) {
			if (!first)
				first = r
			look(r, variant, cell[r, variant] == cell[first, variant],
			     cell[first, variant] " with a " what[first])
		}
	judge(a ": a suspended call costs the same for every filter")
	none = row_of(a, "no seccomp", "not traced")
	for (r = 1; r <= rows; r++)
		if (abi[r] == a && (r in seccomp) && how[r] == "suspended")
			look(r, variant, cell[r, variant] - cell[none, variant] <= 50,
			     cell[none, variant] " without seccomp")
	judge(a ": a suspended call is within 50 of one without seccomp")
}

# flat ABI, OF: does it cost the same to set and clear the option for any number of them?
function flat(a, of, r, first) {
	for (r = 1; r <= rows; r++)
		if (abi[r] == a && what[r] == "set and clear SUSPEND_SECCOMP" && how[r] ~ of) {
			if (!first)
				first = r
			look(r, variant, cell[r, variant] == cell[first, variant],
			     cell[first, variant] " with " how[first])
		}
	judge(a ": to set and clear the option costs the same for any number of " of "s")
}

# same_code: is there no trace of the option in a kernel that has no use for it?
function same_code(r) {
	for (r = 1; r <= rows; r++)
		if (how[r] == "lines that differ without CHECKPOINT_RESTORE")
			look(r, variant, cell[r, variant] == 0, "not 0")
	judge("kernel/seccomp.o without CHECKPOINT_RESTORE has the code of stripped")
}

BEGIN {
	FS = "\t"
	split("abi what how " ENVIRON["VARIANTS"], column, " ")
}

/^#/ { made[committed] = $0; next }

committed {
	for (c = 4; c <= 7; c++)
		had[$1, $2, $3, column[c]] = $c
	next
}

$1 == "criu" { next }

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
	for (c = 4; c <= 7; c++)
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
		against(a, 0, "stripped", 0, "a thread without seccomp pays nothing")
		against(a, 1, "stripped", 2, "a filtered call pays 2 instructions at most")
		against(a, 1, "stock", 0, "a filtered call pays no more than on stock")
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
		for (c = 4; c <= 7; c++) {
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
