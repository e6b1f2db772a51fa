# SPDX-License-Identifier: GPL-2.0
#
# In: results of bench/cost.c (see run/results.awk), with variant= and boot= before each
# file. Out: a line for each thing that was counted,
#	ABI TAB what TAB how TAB instructions on stripped TAB stock TAB feature
# with a column for each of $VARIANTS. "-" is no count: the kernel has no option. Fails, and
# prints why, if a count is not exact or the boots of a kernel do not agree to the
# instruction.

function complain(where, what) {
	gsub(OFS, ", ", what)
	if (!failed)
		print "bench: " where ": " what >"/dev/stderr"
	failed = 1
}

BEGIN {
	FS = OFS = "\t"
	columns = split(ENVIRON["VARIANTS"], column, " ")
}

$3 == "skip" { $4 = "-" }
$3 == "fail" || $4 !~ /^(-|[0-9]+)$/ { complain(variant ", " $1, $2 ": " $4); next }
{
	name = ($1 ~ /_compat$/ ? "32-bit" : "64-bit") OFS $2
	sub(/, /, OFS, name)
	if (!(name in known)) {
		known[name]
		names[++total] = name
	}
	if (boot == 1)
		count[name, variant] = $4
	else if (count[name, variant] != $4)
		complain(variant ", " $1, $2 " takes " count[name, variant] " instructions in one boot and " $4 " in the other")
	boots[name, variant]++
}

END {
	for (i = 1; i <= total; i++) {
		line = names[i]
		for (c = 1; c <= columns; c++) {
			if (boots[names[i], column[c]] != 2)
				complain(column[c], names[i] " is not counted in both boots")
			line = line OFS count[names[i], column[c]]
		}
		print line
	}
	exit failed || !total
}
