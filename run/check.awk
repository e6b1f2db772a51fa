# SPDX-License-Identifier: GPL-2.0
#
# Test results (see results.awk) in, with arch= and variant= said before each
# file; a line for each test that did not pass out, and the counts. Fails if a
# test failed, or none passed. With plain=1 a result counts as what it is. Without,
# the variants are compared with each other, machine by machine:
#   stock     our tests have to fail for the rules that it breaks, and only for those:
#             each test that the first file lists (kernel/VERSION.fails), on each
#             machine. What the kernel's own tests say here is what they have to say
#             on ours; one that fails or is skipped here too, be it one of our own,
#             fails or is skipped because of the machine
#   stripped  our tests must be skipped because the option is missing: they can fail
#   feature   our tests have to pass, the others to say what they said on stock
# With without=1 the kernel is configured without the option: one test sees how it
# is refused, the others have to be skipped.

function count(verdict, why) {
	total[verdict]++
	part[arch, variant, verdict]++
	if (verdict != "passed")
		printf "%s %s on %s: %s: %s%s\n", toupper(substr(verdict, 1, 4)), variant,
		       arch, $1 " " $2, why, $4 == "" ? "" : " (" $4 ")"
}

# must_fail TEST: its name, if stock breaks the rule that it shows.
function must_fail(test, name) {
	for (name in broken)
		if (test ~ ("(^|\\.)" name "$"))
			return name
	return ""
}

BEGIN {
	FS = "\t"
	as["pass"] = "passed"; as["fail"] = "failed"; as["skip"] = "skipped"
}

variant == "" && !plain {
	if (/^R/) {
		broken[$2]
		if (!($1 in rules)) {
			rules[$1]
			all_rules = all_rules (all_rules == "" ? "" : " ") $1
		}
	}
	next
}

FNR == 1 && !((arch, variant) in known) {
	known[arch, variant]
	parts[++nparts] = arch SUBSEP variant
}

plain {
	count(as[$3], $3)
	next
}

variant == "stock" {
	stock[arch, $1, $2] = $3
	shows = must_fail($2)
	if ($3 == "fail")
		failed[arch, shows]
	if (/^seccomp_suspend/ && $3 != "skip")
		count(($3 == "fail") == (shows != "") ? "passed" : "failed",
		      shows == "" ? "fails" : "passes, though stock breaks its rule")
	next
}

variant == "stripped" || without {
	missing = $3 == "skip" && $4 ~ /no PTRACE_O_SUSPEND_SECCOMP/
	refused = without && $2 ~ /kernel_says_the_same_both_ways/
	right = refused ? $3 == "pass" : missing
	count(right ? "passed" : "failed", $3 " on a kernel without the option")
	next
}

{
	on_stock = ""
	if ((arch, $1, $2) in stock)
		on_stock = stock[arch, $1, $2]
}

{ held[arch, variant, $1, $2] = 1 }

$3 == "pass"     { count("passed"); next }
/^(seccomp_suspend|example)/ && $3 == "fail" { count("failed", "fails"); next }
on_stock == ""   { count("failed", $3); next }
$3 != on_stock   { count("failed", $3 ", but " on_stock " on stock"); next }
$3 == "fail"     { count("skipped", "fails on stock too"); next }
                 { count("skipped", "skipped on stock too") }

END {
	for (i = 1; i <= nparts; i++) {
		split(parts[i], word, SUBSEP)
		arch = word[1]; variant = word[2]
		if (!plain && !without && variant != "stripped" && variant != "stock")
			for (key in stock) {
				split(key, word, SUBSEP)
				$1 = word[2]; $2 = word[3]; $4 = ""
				if (word[1] == arch && !((arch, variant, $1, $2) in held))
					count("failed", "no result, but " stock[key] " on stock")
			}
		if (!plain && variant == "stock")
			for (name in broken)
				if (!((arch, name) in failed)) {
					$1 = "seccomp_suspend"; $2 = name; $4 = ""
					count("failed", "not seen to fail")
				}
		note = ""
		if (!plain && variant == "stripped" || without)
			note = " (all skipped, as expected)"
		if (!plain && variant == "stock")
			note = " (fails for " all_rules ", as expected)"
		printf "%s on %s%s: %d passed, %d failed, %d skipped\n", variant, arch, note,
		       part[arch, variant, "passed"], part[arch, variant, "failed"], part[arch, variant, "skipped"]
	}
	printf "%d passed, %d failed, %d skipped\n",
	       total["passed"], total["failed"], total["skipped"]
	exit total["failed"] > 0 || !total["passed"]
}
