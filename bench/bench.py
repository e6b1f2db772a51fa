#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What PTRACE_O_SUSPEND_SECCOMP costs: the numbers, their limits, the tables, the pictures.

bench.py numbers RESULTS        print the numbers of RESULTS, which bench/count.sh wrote to
                                calls.tsv, criu.tsv or rate.tsv, in the form of docs/cost.tsv.
                                Fails if one is missing, or if one that must be exact is not
bench.py check RESULTS VMLINUX  print test results in the form of run/results.awk: do calls keep
                                the limits, and are the numbers those of docs/cost.tsv?
bench.py report ARCH            print all tables and test results, from the files in $BUILD/bench.
                                Write the new files of docs/ there, and the results to
                                verdict.tsv, and print what differs from docs/. Fails if a limit
                                is not kept, or if a number differs from docs/cost.tsv
bench.py docs ARCH              write the same files there and to docs/. Fails if a limit is not
                                kept

Needs BUILD and VARIANTS of the Makefile, and the top of the checkout as the current folder. A
failure is one line on stderr, and exit status 1.
"""
import os
import re
import subprocess
import sys
from collections import namedtuple
from statistics import median_low

sys.dont_write_bytecode = True  # all output goes to $BUILD
import lockless

# One thing that was counted. In cells, a dictionary, is the count for each variant. "-" means that
# there is none, because the kernel does not have the option.
Row = namedtuple("Row", "abi what how cells")
# A test result, as in run/results.awk.
Result = namedtuple("Result", "program test verdict reason")


class Failed(Exception):
    """An error; its text says what happened and what to do."""


class Costs:
    """Numbers in the form of docs/cost.tsv, and what they were counted on."""

    def __init__(self, text, variants):
        lines = text.splitlines()
        self.variants = variants
        self.made = lines[0][2:] if text.startswith("# ") else ""
        self.rates_made = "".join(line[9:] for line in lines if line.startswith("# rates: "))
        self.rows = []
        for line in lines:
            if not line.startswith("#"):
                words = line.split("\t")
                if len(words) != 3 + len(variants):
                    raise Failed(f"not a number for each of {' '.join(variants)}: {line}")
                self.rows.append(Row(*words[:3], dict(zip(variants, words[3:]))))
        self.by_name = {row[:3]: row for row in self.rows}

    def has(self, row):
        return row[:3] in self.by_name

    def row(self, abi, what, how):
        """The row of that name, or one without counts."""
        return self.by_name.get((abi, what, how),
                                Row(abi, what, how, dict.fromkeys(self.variants, "-")))

    def count(self, abi, what, how, variant):
        cell = self.row(abi, what, how).cells[variant]
        if not cell.isdigit():
            raise Failed(f"{what}, {how} ({abi}) is not counted on {variant}")
        return int(cell)


## Results of boots -> numbers


def read_results(text, variants, may_skip):
    """The cells of a file of results, as {(program, test): {variant: [cells of each boot]}}.

    Its lines are variant TAB boot TAB what run/results.awk prints, and its order is kept.
    """
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    for words in lines:
        if len(words) != 6 or words[0] not in variants:
            raise Failed(f"this is not a result of a boot: {' '.join(words)}")
    boots = sorted({boot for variant, boot, *_ in lines})
    tests = {}
    for variant, boot, program, test, verdict, reason in lines:
        where = f"{variant}, {program}: {test}"
        if verdict == "fail" or verdict == "skip" and not may_skip:
            raise Failed(f"{where}: {verdict}: {reason}")
        if verdict == "pass" and not reason.isdigit():
            raise Failed(f"{where}: not a number: {reason}")
        counts = tests.setdefault((program, test), {v: [[] for _ in boots] for v in variants})
        counts[variant][boots.index(boot)].append(reason if verdict == "pass" else "-")
    if not tests:
        raise Failed("nothing was counted")
    return tests


def exact(boots):
    """The count, on which all boots of a kernel must agree."""
    if len(boots) < 2 or any(len(cells) != 1 for cells in boots):
        raise Failed("is not counted once in each of two boots")
    first = boots[0][0]
    for [other] in boots:
        if other != first:
            raise Failed(f"executes {first} instructions in one boot and {other} in the other")
    return first


def spread(boots):
    """The fewest and the most, in millions.

    They are rounded down and up to the next fifth, so that most runs give the same.
    """
    fifths = [int(cell) // 200000 for cell in sum(boots, [])]
    if not fifths:
        return "-", "-"
    return f"{min(fifths) / 5:g}", f"{(max(fifths) + 1) / 5:g}"


def each(boots):
    """The numbers of all boots, one after the other."""
    if any(len(cells) != 1 for cells in boots):
        raise Failed("is not measured once in each boot")
    cells = sum(boots, [])
    return "-" if "-" in cells else " ".join(cells)


KINDS = {"calls": exact, "criu": spread, "rate": each}


def numbers(name, text, variants):
    """The results in TEXT, in the form of docs/cost.tsv.

    NAME is calls, whose numbers must be exact; criu, where each is a range; or rate, where there
    is a number for each boot.
    """
    if name not in KINDS:
        raise Failed(f"{name}: there are only results of {', '.join(KINDS)}")
    lines = [line for line in text.splitlines() if line.startswith("#")]
    for (program, test), counts in read_results(text, variants, name != "criu").items():
        cells = []
        for variant in variants:
            try:
                cells.append(KINDS[name](counts[variant]))
            except Failed as failure:
                raise Failed(f"{variant}, {program}: {test} {failure}") from None
        if name == "criu":
            for how, column in zip(("fewest", "most"), zip(*cells)):
                lines.append("\t".join(["criu", test, how, *column]))
        else:
            what, _, how = test.partition(", ")
            abi = "32-bit" if program.endswith("_compat") else "64-bit"
            lines.append("\t".join([name if name == "rate" else abi, what, how, *cells]))
    return "".join(line + "\n" for line in lines)


## Numbers -> verdict


def judge(test, looks, program="cost"):
    """The result of a test.

    LOOKS are the numbers that it checks: (row, variant, is it right?, what it must be or is
    compared with).
    """
    wrong = "nothing was counted"
    for row, variant, right, hint in looks:
        wrong = ""
        cell = row.cells[variant]
        if not right or not cell.isdigit():
            wrong = f"{row.what}, {row.how}: {cell} on {variant}, {hint}"
            break
    return Result(program, test, "fail" if wrong else "pass", wrong)


def within(cell, than, more):
    """Is CELL a number, and at most MORE above THAN?"""
    return cell.isdigit() and than.isdigit() and int(cell) - int(than) <= more


def calls_of(rows, seccomp, states):
    """The rows of calls in these states, of threads with seccomp or without."""
    return [row for row in rows if row.how in states and
            seccomp == bool(re.search("filter|strict", row.what))]


def known(rows):
    """Is the count of the empty loop 0 everywhere, and that of a hundred nops 100?"""
    for row in rows:
        if row.what in ("nothing", "hundred nops"):
            right = "0" if row.what == "nothing" else "100"
            for variant, cell in row.cells.items():
                yield row, variant, cell == right, f"it is {right}"


def against(base, more, pairs):
    """Is the first row of each pair on feature at most MORE above the second row on BASE?"""
    for row, other in pairs:
        than = other.cells[base]
        yield row, "feature", within(row.cells["feature"], than, more), f"{than} on {base}"


def same(rows, form):
    """Do all rows have the same number on feature? FORM is how to name the first one."""
    for row in rows:
        first = rows[0].cells["feature"]
        hint = f"{first} with {form.format(rows[0])}"
        yield row, "feature", row.cells["feature"] == first, hint


def close(rows, none, more):
    """Is each row at most MORE above NONE, the row of a call without seccomp?"""
    than = none.cells["feature"]
    for row in rows:
        right = within(row.cells["feature"], than, more)
        yield row, "feature", right, f"{than} without seccomp"


def limits_of_calls(costs, abi):
    """Do the calls of an ABI keep the limits, which are rule R23?"""
    rows = [row for row in costs.rows if row.abi == abi]
    plain = calls_of(rows, False, ("not traced", "traced", "suspended"))
    # Stripped cannot suspend.
    on_stripped = [costs.row(abi, row.what, row.how.replace("suspended", "traced"))
                   for row in plain]
    filtered = calls_of(rows, True, ("not traced", "traced"))
    suspended = calls_of(rows, True, ("suspended",))
    none = costs.row(abi, "no seccomp", "not traced")

    def test(what, looks):
        return judge(f"{abi}: {what}", looks)

    yield test("nothing counts as 0 instructions, a hundred as 100", known(rows))
    yield test("a call without seccomp executes no more instructions",
               against("stripped", 0, zip(plain, on_stripped)))
    yield test("a filtered call executes at most 2 instructions more",
               against("stripped", 2, zip(filtered, filtered)))
    yield test("a filtered call executes no more instructions than on stock",
               against("stock", 0, zip(filtered, filtered)))
    yield test("a suspended call costs the same for every filter",
               same([row for row in suspended if "filter" in row.what], "a {0.what}"))
    yield test("a suspended call is within 35 instructions of one without seccomp",
               close(suspended, none, 35))
    for of in "filter", "tracee":
        flat = [row for row in rows
                if row.what == "set and clear SUSPEND_SECCOMP" and of in row.how]
        yield test(f"setting and clearing the option costs the same for any number of {of}s",
                   same(flat, "{0.how}"))


def limits(costs):
    """Do all calls keep the limits?"""
    abis = dict.fromkeys(row.abi for row in costs.rows if row.abi.endswith("-bit"))
    for abi in abis:
        yield from limits_of_calls(costs, abi)


def limits_of_bytes(costs):
    """Does a kernel without checkpoint/restore have no code of the option in seccomp.o?"""
    rows = [row for row in costs.rows
            if row.how == "lines that differ without CHECKPOINT_RESTORE"]
    yield judge("kernel/seccomp.o without CHECKPOINT_RESTORE has the code of stripped",
                [(row, "feature", row.cells["feature"] == "0", "not 0") for row in rows])


def lockless_result(vmlinux):
    """Does a suspended call take no lock? See lockless.py."""
    wrong = lockless.judge(vmlinux)
    return Result("cost",
                  "a suspended call takes no lock and stores to no memory that other CPUs use",
                  "fail" if wrong else "pass", wrong or "")


def compare(costs, docs):
    """Are the numbers those of docs/cost.tsv? Those of CRIU and the rates are not compared.

    If docs/cost.tsv is from another Linux, compiler or QEMU, there is no result but a note on
    stderr.
    """
    if costs.made != docs.made:
        print(f"bench: docs/cost.tsv is for {docs.made}, not compared with {costs.made}",
              file=sys.stderr)
        return
    looks = []
    for row in costs.rows:
        for variant, cell in row.cells.items():
            old = docs.row(*row[:3]).cells[variant]
            if row.abi not in ("criu", "rate") and (cell, old) != ("-", "-"):
                hint = f'"{old}" in docs/cost.tsv' if docs.has(row) else "not in docs/cost.tsv"
                looks.append((row, variant, cell == old, f"{hint} ({row.abi})"))
    test = "the numbers are those of docs/cost.tsv"
    result = judge(test, looks, "committed")
    gone = [row for row in docs.rows if row.abi.endswith("-bit") and not costs.has(row)]
    if result.verdict == "pass" and gone:
        wrong = f"{gone[0].what}, {gone[0].how}: only in docs/cost.tsv ({gone[0].abi})"
        result = Result("committed", test, "fail", wrong)
    yield result


def lines_of(results):
    return "".join("\t".join(result) + "\n" for result in results)


## Numbers -> tables


def table(title, variants, rows):
    """In markdown, aligned. ROWS are (label, [cell of each variant])."""
    lines = [[title, *variants]] + [[label, *cells] for label, cells in rows]
    widths = [max(map(len, column)) for column in zip(*lines)]
    text = []
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        text.append(f"| {' | '.join(cells)} |\n")
    rules = ["-" * (widths[0] + 2)] + ["-" * (width + 1) + ":" for width in widths[1:]]
    text.insert(1, f"|{'|'.join(rules)}|\n")
    return "".join(text)


def difference(cell, than):
    """The cell, and in parentheses how much more that is."""
    return cell if "-" in (cell, than) else f"{cell} ({int(cell) - int(than):+d})"


def from_stripped(row):
    """The cells of a row, with the difference from stripped."""
    return [cell if variant == "stripped" else difference(cell, row.cells["stripped"])
            for variant, cell in row.cells.items()]


def calls_rows(costs, abi):
    """A suspended call is compared with one without seccomp, others with stripped."""
    none = costs.row(abi, "no seccomp", "not traced")
    rows = [row for row in costs.rows if row.abi == abi]
    for row in rows:
        if row.how == "suspended":
            yield (f"{row.what}, suspended",
                   [difference(row.cells[v], none.cells[v]) for v in costs.variants])
        elif row.how == "not traced":
            both = costs.row(abi, row.what, "traced").cells == row.cells
            yield f"{row.what}, {'traced or not' if both else row.how}", from_stripped(row)
        elif row.how == "traced" and costs.row(abi, row.what, "not traced").cells != row.cells:
            yield f"{row.what}, traced", from_stripped(row)


def ranges(costs, label_of):
    """Put the rows with the same label together, from the fewest to the most."""
    groups = {}
    for row in costs.rows:
        if label_of(row):
            groups.setdefault(label_of(row), []).append(row)
    for label, rows in groups.items():
        cells = []
        for variant in costs.variants:
            counts = [row.cells[variant] for row in rows]
            if "-" not in counts:
                counts.sort(key=float)
            cells.append(counts[0] if counts[0] == counts[-1] else f"{counts[0]} to {counts[-1]}")
        yield label, cells


def options_label(row):
    if row.what.startswith("set and clear "):
        return f"{row.abi}, {row.what[14:]}, by {'filters' if 'filter' in row.how else 'tracees'}"
    return None


def criu_label(row):
    return row.what[:-8] if row.what.endswith(": dumped") else None


def ratio(cell, than):
    """The median of the ratios of the boots, the lowest and the highest."""
    if "-" in (cell, than):
        return "-"
    ratios = [int(a) / (int(b) or 1) for a, b in zip(cell.split(), than.split())]
    return f"{median_low(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def rate_rows(costs):
    """Each row as the ratio to stock, which has the number itself. Then ratios of two rows."""
    for row in costs.rows:
        if row.abi == "rate":
            stock = row.cells["stock"]
            cells = {variant: ratio(cell, stock) for variant, cell in row.cells.items()}
            if stock != "-":
                cells["stock"] = str(median_low(map(int, stock.split())))
            yield f"{row.what}, {row.how}", list(cells.values())
    for label, how, than in (
            ("1 suspended, against 1 without", "1 suspended thread", "1 thread without seccomp"),
            ("2 suspended, against 2 without", "2 suspended threads", "2 threads without seccomp"),
            ("2 suspended, against 1 suspended", "2 suspended threads", "1 suspended thread")):
        row, other = costs.row("rate", "calls", how), costs.row("rate", "calls", than)
        yield label, [ratio(row.cells[v], other.cells[v]) for v in costs.variants]


def bytes_rows(costs):
    for row in costs.rows:
        if row.abi == "bytes":
            cells = from_stripped(row) if row.how.startswith("text") else list(row.cells.values())
            yield f"{row.what}, {row.how}", cells


def tables(costs):
    """All tables, by the names that docs/cost.md has for them."""
    return {name: table(title, costs.variants, rows) for name, title, rows in (
        ("calls-64", "Instructions a call", calls_rows(costs, "64-bit")),
        ("calls-32", "Instructions a 32-bit call", calls_rows(costs, "32-bit")),
        ("options", "Instructions to set and clear", ranges(costs, options_label)),
        ("criu", "Million instructions", ranges(costs, criu_label)),
        ("rate", "In a billion ticks", rate_rows(costs)),
        ("bytes", "Bytes", bytes_rows(costs)))}


def fill(document, blocks):
    """The document with the lines between its markers replaced by the block of that name."""
    block = re.compile(r"^<!-- bench: (\S+) -->\n.*?^<!-- end -->$", re.M | re.S)
    names = block.findall(document)
    if sorted(names) != sorted(blocks):
        odd = [name for name in {*names, *blocks} if names.count(name) != (name in blocks)]
        raise Failed("docs/cost.md: it must have one block <!-- bench: NAME --> ... <!-- end --> "
                     f"for each of {', '.join(blocks)}: look for {', '.join(sorted(odd))}")
    return block.sub(lambda match: f"<!-- bench: {match[1]} -->\n{blocks[match[1]]}<!-- end -->",
                     document)


## Numbers -> pictures


def length_data(costs):
    """Lines of comparisons in a filter, and of calls: filtered, suspended, without seccomp."""
    text = ""
    for row in costs.rows:
        length = re.match("filter of ([0-9]+)$", row.what)
        if (row.abi, row.how) == ("64-bit", "suspended") and length:
            numbers_of_calls = [costs.count("64-bit", *name, "feature") for name in (
                (row.what, "not traced"), (row.what, "suspended"), ("no seccomp", "not traced"))]
            text += " ".join(map(str, [length[1], *numbers_of_calls])) + "\n"
    return text


def added_data(costs):
    """What the option adds: lines of a label, and the instructions on stock and on feature."""
    none, one = ("no seccomp", "not traced"), ("filter of 1", "not traced")
    text = ""
    for label, row, other, base in (
            (r"a call\nwithout seccomp", none, none, "stripped"),
            ("a filtered call", one, one, "stripped"),
            (r"a suspended call,\nagainst no seccomp", ("filter of 1", "suspended"), none, None),
            (r"set and clear,\nagainst EXITKILL", ("set and clear SUSPEND_SECCOMP", "1 filter"),
             ("set and clear EXITKILL", "1 filter"), None)):
        text += f'"{label}"'
        for variant in "stock", "feature":
            than = costs.count("64-bit", *other, base or variant)
            text += f" {costs.count('64-bit', *row, variant) - than}"
        text += "\n"
    return text


def draw(out, costs, made):
    """Write the pictures."""
    write(f"{out}/length.dat", length_data(costs))
    write(f"{out}/added.dat", added_data(costs))
    made = made.replace("_", r"\_")
    gnuplot = subprocess.run(["gnuplot", "-e", f"dir='{out}'; made='{made}'", "bench/pictures.gp"],
                             stderr=subprocess.PIPE, text=True, check=False)
    if gnuplot.returncode:
        raise Failed(f"gnuplot fails: {' '.join(gnuplot.stderr.split())}")


## The commands


def read(name):
    with open(name, encoding="utf-8") as file:
        return file.read()


def write(name, text):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)


def numbers_in(results, variants):
    """The numbers in a file of results, which has the name of their kind."""
    return numbers(os.path.basename(results).split(".")[0], read(results), variants)


def check(results, vmlinux, variants):
    costs = Costs(numbers_in(results, variants), variants)
    docs = Costs(read("docs/cost.tsv"), variants)
    return [*limits(costs), *compare(costs, docs), lockless_result(vmlinux)]


def cost_tsv(out, variants):
    """What docs/cost.tsv would be with the numbers that were counted."""
    calls, criu, rate = (numbers_in(f"{out}/{name}.tsv", variants) for name in KINDS)
    return calls + criu.split("\n", 1)[1] + read(f"{out}/bytes.tsv") + rate


def but_rates(text):
    """The fields of each line, without the numbers of the rates."""
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("# rates: ")]
    return [line[:3] if line[0] == "rate" else line for line in lines]


def first_failure(results, program):
    """Which of a program's tests has failed, and why, or None."""
    for result in results:
        if result.program == program and result.verdict != "pass":
            return f"{result.test}: {result.reason}"
    return None


def print_report(costs, results, arch):
    print(f"\nWhat PTRACE_O_SUSPEND_SECCOMP costs: {costs.made}, {arch}\n")
    print("\n".join(tables(costs).values()))
    for result in results:
        print(f"  {'ok' if result.verdict == 'pass' else 'FAIL':4}  {result.test}" +
              (f": {result.reason}" if result.reason else ""))


def blocks(out, costs, made):
    """What docs/cost.md has between its markers, by name."""
    files = {"beginning": "beginning.txt", "functions-from-stripped": "bytes-from-stripped.txt",
             "functions-from-stock": "bytes-from-stock.txt"}
    return {"made": f"{made}\n", "machine": f"{costs.rates_made}\n", **tables(costs),
            **{name: f"```\n{read(f'{out}/{file}')}```\n" for name, file in files.items()}}


def report(arch, build, variants, to_docs):
    """Print everything and compare it with docs/, or write it there."""
    out = f"{build}/bench"
    text, text_of_docs = cost_tsv(out, variants), read("docs/cost.tsv")
    costs, docs = Costs(text, variants), Costs(text_of_docs, variants)
    results = [*limits(costs), *limits_of_bytes(costs), *compare(costs, docs),
               lockless_result(f"{build}/feature/linux/build-{arch}/vmlinux")]
    write(f"{out}/verdict.tsv", lines_of(results))
    if not to_docs:
        print_report(costs, results, arch)
    broken = first_failure(results, "cost")
    if broken:
        raise Failed(f"a limit on what the option costs (R23) is not kept: {broken}")

    # docs/ keeps its rates while all else is the same.
    if but_rates(text) == but_rates(text_of_docs):
        text, costs = text_of_docs, docs
    made = f"{costs.made}, {arch}"
    write(f"{out}/cost.tsv", text)
    write(f"{out}/cost.md", fill(read("docs/cost.md"), blocks(out, costs, made)))
    draw(out, costs, made)

    changed = [name for name in ("cost.tsv", "cost.md", "cost-length.svg", "cost-added.svg")
               if read(f"{out}/{name}") != read(f"docs/{name}")]
    if to_docs:
        for name in changed:
            write(f"docs/{name}", read(f"{out}/{name}"))
            print(f"bench: docs/{name} was updated")
    elif changed:
        for name in changed:
            print(f"bench: docs/{name} differs from {out}/{name}")
        number = first_failure(results, "committed")
        if number:
            raise Failed(f"a number differs from docs/cost.tsv: {number.split(': ', 1)[1]}: "
                         "if it is right, call make bench-docs, which writes it there")
        print("bench: make bench-docs writes them to docs/")
    if not changed:
        print("bench: docs/ is up to date")


def main(command="", *arguments):
    os.environ["LC_ALL"] = "C"
    sys.stdout.reconfigure(line_buffering=True)  # so that errors come after it
    try:
        build, variants = os.environ["BUILD"], os.environ["VARIANTS"].split()
    except KeyError as missing:
        sys.exit(f"bench: {missing.args[0]} is set by the Makefile: call make, not the program")
    try:
        if command == "numbers" and len(arguments) == 1:
            print(numbers_in(*arguments, variants), end="")
        elif command == "check" and len(arguments) == 2:
            print(lines_of(check(*arguments, variants)), end="")
        elif command in ("report", "docs") and len(arguments) == 1:
            report(*arguments, build, variants, command == "docs")
        else:
            sys.exit("bench: numbers RESULTS, check RESULTS VMLINUX, report ARCH or docs ARCH")
    except (Failed, OSError, subprocess.CalledProcessError) as failure:
        sys.exit(f"bench: {failure}")


if __name__ == "__main__":
    main(*sys.argv[1:])
