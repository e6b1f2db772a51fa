# SPDX-License-Identifier: GPL-2.0
#
# docs/cost.tsv in, one table of it in markdown out, readable as it is: with table=calls
# that of an ABI, which is said with only=, with table=options, criu or bytes one of the
# others. Rows that are the same but for how the thing was done are put together.

# add LABEL: put a row with the cells below the others.
function add(label) {
	labels[++rows] = label
	for (c = 1; c <= 4; c++)
		table_cell[rows, c] = cells[c]
}

function same(a, b, c) {
	for (c = 1; c <= 4; c++)
		if (value[a, c] != value[b, c])
			return 0
	return 1
}

# differences ROW, BASE, COLUMN: the cells of a row, with what they are more than BASE, in
# the column that is given, or in their own if it is 0.
function differences(r, base, column, c, than) {
	for (c = 1; c <= 4; c++) {
		cells[c] = value[r, c]
		than = value[base, column ? column : c]
		if (cells[c] != "-" && (column != c))
			cells[c] = sprintf("%d (%+d)", cells[c], cells[c] - than)
	}
}

function calls(i, none, both) {
	for (i = 1; i <= n; i++)
		if (what[i] == "no seccomp" && how[i] == "not traced")
			none = i
	for (i = 1; i <= n; i++) {
		if (how[i] == "suspended") {
			differences(i, none, 0)
			add(what[i] ", suspended")
		} else if (how[i] ~ /traced$/) {
			both = how[i] == "not traced" && how[i + 1] == "traced" && same(i, i + 1)
			differences(i, i, 1)
			add(what[i] ", " (both ? "traced or not" : how[i]))
			i += both
		}
	}
}

# ranges PATTERN: put together the rows of a kind, from the fewest to the most.
function ranges(pattern, i, c, l, label, total, kinds, low, high) {
	for (i = 1; i <= n; i++) {
		if (what[i] !~ pattern)
			continue
		label = what[i]
		sub(/: dumped$/, "", label)
		if (sub(/^set and clear /, "", label))
			label = abi[i] ", " label (how[i] ~ /filter/ ? ", by filters" : ", by tracees")
		if (!((label, 1) in low))
			kinds[++total] = label
		for (c = 1; c <= 4; c++) {
			if (!((label, c) in low) || value[i, c] + 0 < low[label, c] + 0)
				low[label, c] = value[i, c]
			if (!((label, c) in high) || value[i, c] + 0 > high[label, c] + 0)
				high[label, c] = value[i, c]
		}
	}
	for (l = 1; l <= total; l++) {
		label = kinds[l]
		for (c = 1; c <= 4; c++)
			cells[c] = low[label, c] (low[label, c] == high[label, c] ? "" : " to " high[label, c])
		add(label)
	}
}

function bytes(i) {
	for (i = 1; i <= n; i++)
		if (abi[i] == "bytes") {
			if (how[i] ~ /^text/)
				differences(i, i, 1)
			else
				for (c = 1; c <= 4; c++)
					cells[c] = value[i, c]
			add(what[i] ", " how[i])
		}
}

BEGIN { FS = "\t" }

/^#/ { next }
table == "calls" && $1 != only { next }

{
	n++
	abi[n] = $1
	what[n] = $2
	how[n] = $3
	for (c = 1; c <= 4; c++)
		value[n, c] = $(c + 3)
}

END {
	if (table == "calls")
		calls()
	else if (table == "options")
		ranges("^set and clear")
	else if (table == "criu")
		ranges("dumped$")
	else
		bytes()

	split(ENVIRON["VARIANTS"], head, " ")
	for (r = 0; r <= rows; r++)
		for (c = 0; c <= 4; c++) {
			text = r ? (c ? table_cell[r, c] : labels[r]) : (c ? head[c] : title)
			cell_text[r, c] = text
			if (length(text) > width[c])
				width[c] = length(text)
		}
	for (r = 0; r <= rows; r++) {
		line = "|"
		for (c = 0; c <= 4; c++)
			line = line sprintf(c ? " %" width[c] "s |" : " %-" width[c] "s |", cell_text[r, c])
		print line
		if (!r) {
			line = "|"
			for (c = 0; c <= 4; c++) {
				rule = sprintf("%" (width[c] + 1) "s", "")
				gsub(/ /, "-", rule)
				line = line (c ? rule ":" : "-" rule) "|"
			}
			print line
		}
	}
}
