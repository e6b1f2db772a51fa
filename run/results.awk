# SPDX-License-Identifier: GPL-2.0
#
# In: the console log of a guest. Out: one line for each test result,
#	program TAB test TAB pass|fail|skip TAB reason
# It reads KTAP as the programs of kselftest print it, and ignores nested tests. A test that is
# marked SKIP is skipped, and one that is marked XFAIL passes, whether it is "ok" or "not ok". A
# test that is marked XPASS with a reason is skipped: kselftest_harness.h marks one so that should
# fail and skips itself. If it passes, the reason is "unknown".
# What is no printable ASCII character in a test or a reason, such as a byte of a console that was
# disturbed, becomes "?".
# A program without KTAP is one test, "all", with the verdict of its exit status. A program that
# does not end, or that has fewer or more results than it planned, has a failed test "all" more.

function result(test, verdict, reason) {
	gsub(/[^ -~]/, "?", test)
	gsub(/[^ -~]/, "?", reason)
	print program "\t" test "\t" verdict "\t" reason
}

{ sub(/\r$/, "") }

/^# guest: run / {
	split($4, word, ",")
	program = word[1]
	sub(/.*\//, "", program)
	planned = seen = 0
	skipped = ""
	next
}

program == "" { next }

/^1\.\.[0-9]+/ {
	planned = substr($1, 4) + 0
	if (!planned && sub(/^1\.\.0 +# SKIP */, ""))
		skipped = $0 == "" ? "the program plans no test" : $0
	next
}

/^(not )?ok [0-9]+( |$)/ {
	seen++
	verdict = $1 == "ok" ? "pass" : "fail"
	sub(/^(not )?ok [0-9]+ *(- )?/, "")
	reason = ""
	if (match($0, / *# /)) {
		reason = substr($0, RSTART + RLENGTH)
		$0 = substr($0, 1, RSTART - 1)
		if (verdict == "pass" && reason != "XPASS unknown")
			sub(/^XPASS/, "SKIP", reason)
		if (reason ~ /^SKIP/)
			verdict = "skip"
		if (reason ~ /^XFAIL/)
			verdict = "pass"
		sub(/^(SKIP|XFAIL) */, "", reason)
	}
	result($0 == "" ? reason : $0, verdict, reason)
}

/^# guest: end / {
	status = $0
	sub(/^# guest: end [^ ]+ /, "", status)
	if (skipped != "" && !seen && status ~ /^exit [04]$/)
		result("all", "skip", skipped)
	else if (!planned && !seen && status == "exit 4")
		result("all", "skip", "exit status 4")
	else if (!planned && !seen)
		result("all", status == "exit 0" ? "pass" : "fail", status)
	else if (seen != planned)
		result("all", "fail", seen " results of " planned " planned, then " status)
	program = ""
}

END {
	if (program != "")
		result("all", "fail", "the program did not end")
}
