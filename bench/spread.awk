# SPDX-License-Identifier: GPL-2.0
#
# Like join.awk, for numbers that differ from time to time. Out: a line with the fewest and
# one with the most of each thing, in millions, rounded down and up to the next fifth, so
# that most runs give the same. Fails, and prints why, if one of the results is not a pass.

BEGIN {
	FS = OFS = "\t"
	columns = split(ENVIRON["VARIANTS"], column, " ")
}

$3 != "pass" {
	print "bench: " variant ", " $1 ": " $2 ": " $3 " " $4 >"/dev/stderr"
	failed = 1
	exit
}

{
	if (!($2 in known)) {
		known[$2]
		names[++total] = $2
	}
	fifths = int($4 / 200000)
	if (!(($2, variant) in least) || fifths / 5 < least[$2, variant])
		least[$2, variant] = fifths / 5
	if (!(($2, variant) in most) || (fifths + 1) / 5 > most[$2, variant])
		most[$2, variant] = (fifths + 1) / 5
}

# line NAME, HOW, NUMBERS: one that goes out.
function line(name, how, number, c, l) {
	l = "criu" OFS name OFS how
	for (c = 1; c <= columns; c++)
		l = l OFS ((name, column[c]) in number ? number[name, column[c]] : "-")
	print l
}

END {
	if (failed)
		exit 1
	for (i = 1; i <= total; i++) {
		line(names[i], "fewest", least)
		line(names[i], "most", most)
	}
	exit !total
}
