# SPDX-License-Identifier: GPL-2.0
#
# Like join.awk, for results of bench/rate.c. A column has the numbers of all boots, one
# after the other, separated by blanks. Fails, and prints why, if a result is a failure.

BEGIN {
	FS = OFS = "\t"
	columns = split(ENVIRON["VARIANTS"], column, " ")
}

$3 == "skip" { $4 = "-" }
$3 == "fail" || $4 !~ /^(-|[0-9]+)$/ {
	print "bench: " variant ", " $1 ": " $2 ": " $4 >"/dev/stderr"
	failed = 1
	exit
}
{
	if (!($2 in known)) {
		known[$2]
		names[++total] = $2
	}
	if ($4 == "-")
		rates[$2, variant] = "-"
	else
		rates[$2, variant] = rates[$2, variant] (boot == 1 ? "" : " ") $4
}

END {
	if (failed)
		exit 1
	for (i = 1; i <= total; i++) {
		line = names[i]
		sub(/, /, OFS, line)
		for (c = 1; c <= columns; c++)
			line = line OFS rates[names[i], column[c]]
		print "rate", line
	}
	exit !total
}
