# SPDX-License-Identifier: GPL-2.0
#
# The console log of a guest in, one line for each test result out:
#	program TAB test TAB pass|fail|skip TAB reason
# KTAP is read as the programs of kselftest print it. A program without KTAP is
# one test, and passes by its exit status. A program that has not said how it
# ended, or has fewer results than it planned, gets a failed test that says so.

function result(test, verdict, reason) {
	print program "\t" test "\t" verdict "\t" reason
}

{ sub(/\r$/, "") }

/^# guest: run / {
	split($4, word, ",")
	program = word[1]
	sub(/.*\//, "", program)
	planned = seen = 0
	next
}

program == "" { next }

/^1\.\.[0-9]+/ {
	planned = substr($1, 4) + 0
}

/^(not )?ok [0-9]+ / {
	seen++
	verdict = $1 == "ok" ? "pass" : "fail"
	sub(/^(not )?ok [0-9]+ (- )?/, "")
	reason = ""
	if (match($0, / *# /)) {
		reason = substr($0, RSTART + RLENGTH)
		$0 = substr($0, 1, RSTART - 1)
		if (verdict == "pass" && reason ~ /^SKIP/)
			verdict = "skip"
		sub(/^(SKIP|XFAIL) */, "", reason)
	}
	result($0 == "" ? reason : $0, verdict, reason)
}

/^# guest: end / {
	status = $0
	sub(/.*: /, "", status)
	if (!planned && status == "exit 4")
		result("all", "skip", "the program says so by its exit status")
	else if (!planned)
		result("all", status == "exit 0" ? "pass" : "fail", status)
	else if (seen != planned)
		result("all", "fail", seen " results of " planned " planned, then " status)
	program = ""
}

END {
	if (program != "")
		result("all", "fail", "has not come to its end")
}
