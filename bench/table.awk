# SPDX-License-Identifier: GPL-2.0
#
# In: docs/cost.tsv. Out: one of its tables in markdown, aligned: with table=calls that of
# the ABI only=, with table=options, criu, rate or bytes one of the others. Rows that differ
# only in how the thing was done become one.

# add LABEL: add a row with the cells.
function add(label) {
	labels[++rows] = label
	for (c = 1; c <= columns; c++)
		table_cell[rows, c] = cells[c]
}

function same(a, b, c) {
	for (c = 1; c <= columns; c++)
		if (value[a, c] != value[b, c])
			return 0
	return 1
}

# differences ROW, BASE, COLUMN: the cells of a row, each with its difference from the row
# BASE in COLUMN, or in its own column if that is 0.
function differences(r, base, column, c, than) {
	for (c = 1; c <= columns; c++) {
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

# ranges PATTERN: put the rows of a kind together, from the fewest to the most.
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
		for (c = 1; c <= columns; c++) {
			if (!((label, c) in low) || value[i, c] + 0 < low[label, c] + 0)
				low[label, c] = value[i, c]
			if (!((label, c) in high) || value[i, c] + 0 > high[label, c] + 0)
				high[label, c] = value[i, c]
		}
	}
	for (l = 1; l <= total; l++) {
		label = kinds[l]
		for (c = 1; c <= columns; c++)
			cells[c] = low[label, c] (low[label, c] == high[label, c] ? "" : " to " high[label, c])
		add(label)
	}
}

# middle NUMBERS, N, SORTED: the median of so many, and the numbers in order.
function middle(numbers, m, sorted, i, j, t) {
	for (i = 1; i <= m; i++) {
		t = numbers[i]
		for (j = i; j > 1 && sorted[j - 1] > t; j--)
			sorted[j] = sorted[j - 1]
		sorted[j] = t
	}
	return sorted[int((m + 1) / 2)]
}

# rate_row LABEL, ROW, BASE, COLUMN: the cells of a row as a ratio to the row BASE of the same
# turn in COLUMN, or in their own column if that is 0: the median, the lowest, the highest.
function rate_row(label, r, base, column, c, k, m, own, than, ratio, sorted) {
	for (c = 1; c <= columns; c++) {
		m = split(value[r, c], own, " ")
		split(value[base, column ? column : c], than, " ")
		for (k = 1; k <= m; k++)
			ratio[k] = own[k] / (than[k] ? than[k] : 1)
		if (value[r, c] == "-")
			cells[c] = "-"
		else if (c == column)
			cells[c] = sprintf("%d", middle(than, m, sorted))
		else
			cells[c] = sprintf("%.2f (%.2f to %.2f)", middle(ratio, m, sorted), sorted[1], sorted[m])
	}
	add(label)
}

function row_of(w, r) {
	for (r = 1; r <= n; r++)
		if (what[r] ", " how[r] == w)
			return r
}

function rates(i, one, two) {
	for (i = 1; i <= n; i++)
		if (abi[i] == "rate")
			rate_row(what[i] ", " how[i], i, i, stock)
	one = row_of("calls, 1 suspended thread")
	two = row_of("calls, 2 suspended threads")
	rate_row("1 suspended, against 1 without", one, row_of("calls, 1 thread without seccomp"), 0)
	rate_row("2 suspended, against 2 without", two, row_of("calls, 2 threads without seccomp"), 0)
	rate_row("2 suspended, against 1 suspended", two, one, 0)
}

function bytes(i) {
	for (i = 1; i <= n; i++)
		if (abi[i] == "bytes") {
			if (how[i] ~ /^text/)
				differences(i, i, 1)
			else
				for (c = 1; c <= columns; c++)
					cells[c] = value[i, c]
			add(what[i] ", " how[i])
		}
}

BEGIN {
	FS = "\t"
	columns = split(ENVIRON["VARIANTS"], head, " ")
	for (c = 1; c <= columns; c++)
		if (head[c] == "stock")
			stock = c
}

/^#/ { next }
table == "calls" && $1 != only { next }

{
	n++
	abi[n] = $1
	what[n] = $2
	how[n] = $3
	for (c = 1; c <= columns; c++)
		value[n, c] = $(c + 3)
}

END {
	if (table == "calls")
		calls()
	else if (table == "options")
		ranges("^set and clear")
	else if (table == "criu")
		ranges("dumped$")
	else if (table == "rate")
		rates()
	else
		bytes()

	for (r = 0; r <= rows; r++)
		for (c = 0; c <= columns; c++) {
			text = r ? (c ? table_cell[r, c] : labels[r]) : (c ? head[c] : title)
			cell_text[r, c] = text
			if (length(text) > width[c])
				width[c] = length(text)
		}
	for (r = 0; r <= rows; r++) {
		line = "|"
		for (c = 0; c <= columns; c++)
			line = line sprintf(c ? " %" width[c] "s |" : " %-" width[c] "s |", cell_text[r, c])
		print line
		if (!r) {
			line = "|"
			for (c = 0; c <= columns; c++) {
				rule = sprintf("%" (width[c] + 1) "s", "")
				gsub(/ /, "-", rule)
				line = line (c ? rule ":" : "-" rule) "|"
			}
			print line
		}
	}
}
