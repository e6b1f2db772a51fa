#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Test bench.py and lockless.py without kernels: break each limit once, with small numbers."""
import contextlib
import io
import os
import sys
import tempfile
import unittest
from unittest import mock

sys.dont_write_bytecode = True  # all output goes to $BUILD
import bench
import lockless

VARIANTS = ["stripped", "stock", "feature"]
MADE = "# Linux 7, gcc 12, QEMU 7\n"

# Counts that just keep all limits: (test, stripped, stock, feature).
CALLS = [
    ("nothing, in this process", "0", "0", "0"),
    ("hundred nops, in this process", "100", "100", "100"),
    ("no seccomp, not traced", "167", "167", "167"),
    ("no seccomp, traced", "167", "167", "167"),
    ("no seccomp, suspended", "-", "167", "167"),
    ("filter of 1, not traced", "468", "470", "470"),
    ("filter of 1, traced", "468", "470", "470"),
    ("filter of 1, suspended", "-", "183", "202"),
    ("2 filters, not traced", "648", "650", "650"),
    ("2 filters, traced", "648", "650", "649"),
    ("2 filters, suspended", "-", "183", "202"),
    ("strict mode, not traced", "197", "199", "199"),
    ("strict mode, traced", "197", "199", "199"),
    ("strict mode, suspended", "-", "185", "202"),
    ("set and clear EXITKILL, 1 filter", "1200", "1218", "1212"),
    ("set and clear SUSPEND_SECCOMP, 1 filter", "-", "1255", "1251"),
    ("set and clear SUSPEND_SECCOMP, 2 filters", "-", "1255", "1251"),
    ("set and clear SUSPEND_SECCOMP, 1 tracee", "-", "1255", "1251"),
    ("set and clear SUSPEND_SECCOMP, 9 tracees", "-", "1256", "1251"),
]
NUMBERS = MADE + "".join("\t".join(["64-bit", *test.split(", "), *cells]) + "\n"
                         for test, *cells in CALLS)
BYTES = ("bytes\tvmlinux\ttext\t1000\t1010\t990\n"
         "bytes\tkernel/seccomp.o\tlines that differ without CHECKPOINT_RESTORE\t0\t5\t0\n")
CRIU = [("a process under a filter: dumped", None, "17650000", "17799999")]
RATES_MADE = "# rates: one CPU\n"
RATES = [(f"calls, {who}", "-" if "suspended" in who else "100", "200", "300") for who in (
    "1 thread without seccomp", "2 threads without seccomp", "1 suspended thread",
    "2 suspended threads")]


def results(tests, boots, program="cost", made=MADE):
    """What bench/count.sh writes. A cell "-" is a skipped test, None one that is not there."""
    text = made
    for boot in boots:
        for variant, column in zip(VARIANTS, (1, 2, 3)):
            for test in tests:
                if test[column] is not None:
                    verdict = "skip\t" if test[column] == "-" else f"pass\t{test[column]}"
                    text += f"{variant}\t{boot}\t{program}\t{test[0]}\t{verdict}\n"
    return text


def costs(text=NUMBERS):
    return bench.Costs(text, VARIANTS)


def edited(text, old, new):
    assert old in text, old
    return text.replace(old, new)


class Numbers(unittest.TestCase):
    """Results of boots become numbers, or fail."""

    def fails(self, name, text, message):
        with self.assertRaises(bench.Failed) as failure:
            bench.numbers(name, text, VARIANTS)
        self.assertEqual(str(failure.exception), message)

    def test_all_boots_agree(self):
        self.assertEqual(bench.numbers("calls", results(CALLS, "12"), VARIANTS), NUMBERS)

    def test_32_bit(self):
        text = results(CALLS[:1], "12", "cost_compat")
        self.assertEqual(bench.numbers("calls", text, VARIANTS),
                         MADE + "32-bit\tnothing\tin this process\t0\t0\t0\n")

    def test_boots_differ(self):
        text = edited(results(CALLS, "12"), "feature\t2\tcost\tfilter of 1, traced\tpass\t470",
                      "feature\t2\tcost\tfilter of 1, traced\tpass\t471")
        self.fails("calls", text, "feature, cost: filter of 1, traced executes 470 instructions "
                   "in one boot and 471 in the other")

    def test_not_exact(self):
        text = edited(results(CALLS, "12"), "stock\t1\tcost\tfilter of 1, traced\tpass\t470",
                      "stock\t1\tcost\tfilter of 1, traced\tfail\tnot exact")
        self.fails("calls", text, "stock, cost: filter of 1, traced: fail: not exact")

    def test_not_counted_in_one_boot(self):
        text = edited(results(CALLS, "12"), "stock\t2\tcost\tfilter of 1, traced\tpass\t470\n", "")
        self.fails("calls", text,
                   "stock, cost: filter of 1, traced is not counted once in each of two boots")

    def test_one_boot(self):
        self.fails("calls", results(CALLS[:1], "1"), "stripped, cost: nothing, in this process "
                   "is not counted once in each of two boots")

    def test_not_a_number(self):
        text = edited(results(CALLS, "12"), "pass\t100", "pass\tmany")
        self.fails("calls", text,
                   "stripped, cost: hundred nops, in this process: not a number: many")

    def test_nothing_counted(self):
        self.fails("calls", MADE, "nothing was counted")

    def test_other_lines(self):
        self.fails("calls", NUMBERS,
                   "this is not a result of a boot: 64-bit nothing in this process 0 0 0")
        self.fails("size", MADE, "size: there are only results of calls, criu, rate")

    def test_criu_is_a_range(self):
        text = results(CRIU, "12", "criu")
        text = edited(text, "feature\t2\tcriu\ta process under a filter: dumped\tpass\t17799999",
                      "feature\t2\tcriu\ta process under a filter: dumped\tpass\t18100000")
        self.assertEqual(bench.numbers("criu", text, VARIANTS), MADE +
                         "criu\ta process under a filter: dumped\tfewest\t-\t17.6\t17.6\n"
                         "criu\ta process under a filter: dumped\tmost\t-\t17.8\t18.2\n")

    def test_criu_fails(self):
        for verdict in "fail", "skip":
            text = edited(results(CRIU, "12", "criu"), "pass\t17650000", verdict + "\tno criu")
            self.fails("criu", text,
                       f"stock, criu: a process under a filter: dumped: {verdict}: no criu")

    def test_rate_has_all_boots(self):
        text = edited(results(RATES[2:3], "123", "rate"),
                      "stock\t3\trate\tcalls, 1 suspended thread\tpass\t200",
                      "stock\t3\trate\tcalls, 1 suspended thread\tpass\t201")
        self.assertEqual(bench.numbers("rate", text, VARIANTS), MADE +
                         "rate\tcalls\t1 suspended thread\t-\t200 200 201\t300 300 300\n")

    def test_rate_lacks_a_boot(self):
        text = edited(results(RATES, "123", "rate"),
                      "stock\t3\trate\tcalls, 1 suspended thread\tpass\t200\n", "")
        self.fails("rate", text,
                   "stock, rate: calls, 1 suspended thread is not measured once in each boot")


class Limits(unittest.TestCase):
    """Each limit can be broken, and at its last instruction."""

    def broken(self, old, new):
        found = bench.limits(costs(edited(NUMBERS, old, new)))
        return [(r.test, r.reason) for r in found if r.verdict == "fail"]

    def test_kept(self):
        found = list(bench.limits(costs()))
        self.assertEqual([(r.program, r.verdict, r.reason) for r in found],
                         [("cost", "pass", "")] * 8)

    def test_nothing_is_not_0(self):
        self.assertEqual(self.broken("in this process\t0\t0\t0", "in this process\t0\t1\t0"), [
            ("64-bit: nothing counts as 0 instructions, a hundred as 100",
             "nothing, in this process: 1 on stock, it is 0")])

    def test_hundred_nops_are_not_100(self):
        self.assertEqual(self.broken("100\t100\t100", "100\t100\t99"), [
            ("64-bit: nothing counts as 0 instructions, a hundred as 100",
             "hundred nops, in this process: 99 on feature, it is 100")])

    def test_call_without_seccomp(self):
        test = "64-bit: a call without seccomp executes no more instructions"
        self.assertEqual(self.broken("no seccomp\ttraced\t167\t167\t167",
                                     "no seccomp\ttraced\t167\t167\t168"),
                         [(test, "no seccomp, traced: 168 on feature, 167 on stripped")])
        # Stripped cannot suspend: a suspended thread is compared with a traced one there.
        self.assertEqual(self.broken("no seccomp\tsuspended\t-\t167\t167",
                                     "no seccomp\tsuspended\t-\t167\t168"),
                         [(test, "no seccomp, suspended: 168 on feature, 167 on stripped")])

    def test_filtered_call(self):
        self.assertEqual(self.broken("filter of 1\ttraced\t468\t470\t470",
                                     "filter of 1\ttraced\t468\t471\t471"), [
            ("64-bit: a filtered call executes at most 2 instructions more",
             "filter of 1, traced: 471 on feature, 468 on stripped")])

    def test_strict_call(self):
        self.assertEqual(self.broken("strict mode\ttraced\t197\t199\t199",
                                     "strict mode\ttraced\t197\t200\t200"), [
            ("64-bit: a filtered call executes at most 2 instructions more",
             "strict mode, traced: 200 on feature, 197 on stripped")])

    def test_filtered_call_against_stock(self):
        self.assertEqual(self.broken("2 filters\ttraced\t648\t650\t649",
                                     "2 filters\ttraced\t648\t648\t649"), [
            ("64-bit: a filtered call executes no more instructions than on stock",
             "2 filters, traced: 649 on feature, 648 on stock")])

    def test_suspended_call_is_flat(self):
        self.assertEqual(self.broken("2 filters\tsuspended\t-\t183\t202",
                                     "2 filters\tsuspended\t-\t183\t201"), [
            ("64-bit: a suspended call costs the same for every filter",
             "2 filters, suspended: 201 on feature, 202 with a filter of 1")])

    def test_suspended_call_is_close(self):
        test = "64-bit: a suspended call is within 35 instructions of one without seccomp"
        self.assertEqual(self.broken("\tsuspended\t-\t183\t202", "\tsuspended\t-\t183\t203"),
                         [(test, "filter of 1, suspended: 203 on feature, 167 without seccomp")])
        self.assertEqual(self.broken("\tsuspended\t-\t185\t202", "\tsuspended\t-\t185\t203"),
                         [(test, "strict mode, suspended: 203 on feature, 167 without seccomp")])

    def test_set_and_clear_is_flat(self):
        test = "64-bit: setting and clearing the option costs the same for any number of "
        self.assertEqual(self.broken("2 filters\t-\t1255\t1251", "2 filters\t-\t1255\t1252"), [
            (test + "filters",
             "set and clear SUSPEND_SECCOMP, 2 filters: 1252 on feature, 1251 with 1 filter")])
        self.assertEqual(self.broken("9 tracees\t-\t1256\t1251", "9 tracees\t-\t1256\t1260"), [
            (test + "tracees",
             "set and clear SUSPEND_SECCOMP, 9 tracees: 1260 on feature, 1251 with 1 tracee")])

    def test_no_count_is_no_pass(self):
        self.assertEqual(self.broken("strict mode\tsuspended\t-\t185\t202",
                                     "strict mode\tsuspended\t-\t185\t-"), [
            ("64-bit: a suspended call is within 35 instructions of one without seccomp",
             "strict mode, suspended: - on feature, 167 without seccomp")])
        self.assertIn(("64-bit: a suspended call costs the same for every filter",
                       "filter of 1, suspended: - on feature, - with a filter of 1"),
                      self.broken("\tsuspended\t-\t183\t202", "\tsuspended\t-\t183\t-"))
        self.assertEqual(self.broken("\tset and clear SUSPEND", "\tset and clear OTHER"), [
            (f"64-bit: setting and clearing the option costs the same for any number of {of}",
             "nothing was counted") for of in ("filters", "tracees")])

    def test_kernel_without_the_option(self):
        verdict = [r.verdict for r in bench.limits_of_bytes(costs(NUMBERS + BYTES))]
        self.assertEqual(verdict, ["pass"])
        [result] = bench.limits_of_bytes(costs(edited(BYTES, "0\t5\t0", "0\t5\t2")))
        self.assertEqual(result, (
            "cost", "kernel/seccomp.o without CHECKPOINT_RESTORE has the code of stripped", "fail",
            "kernel/seccomp.o, lines that differ without CHECKPOINT_RESTORE: 2 on feature, not 0"))


class Compare(unittest.TestCase):
    """The numbers must be those of docs/cost.tsv."""

    def reasons(self, now, docs):
        found = list(bench.compare(costs(now), costs(docs)))
        for result in found:
            self.assertEqual(result[:2], ("committed", "the numbers are those of docs/cost.tsv"))
            self.assertEqual(result.verdict, "fail" if result.reason else "pass")
        return [result.reason for result in found]

    def test_same(self):
        self.assertEqual(self.reasons(NUMBERS, NUMBERS + BYTES), [""])

    def test_another_number(self):
        self.assertEqual(self.reasons(edited(NUMBERS, "\t202\n", "\t201\n"), NUMBERS), [
            'filter of 1, suspended: 201 on feature, "202" in docs/cost.tsv (64-bit)'])
        self.assertEqual(self.reasons(NUMBERS + edited(BYTES, "990", "991"), NUMBERS + BYTES), [
            'vmlinux, text: 991 on feature, "990" in docs/cost.tsv (bytes)'])

    def test_not_in_docs(self):
        self.assertEqual(
            self.reasons(NUMBERS, edited(NUMBERS, "\tstrict mode\t", "\tother mode\t")),
            ["strict mode, not traced: 197 on stripped, not in docs/cost.tsv (64-bit)"])

    def test_only_in_docs(self):
        self.assertEqual(self.reasons(NUMBERS, NUMBERS + "32-bit\tno seccomp\ttraced\t1\t1\t1\n"),
                         ["no seccomp, traced: only in docs/cost.tsv (32-bit)"])

    def test_what_is_not_exact(self):
        now = "criu\tx: dumped\tmost\t1\t1\t1\nrate\tcalls\tx\t1\t1\t1\n"
        self.assertEqual(self.reasons(NUMBERS + now, NUMBERS + now.replace("\t1", "\t2")), [""])

    def test_another_compiler(self):
        note = io.StringIO()
        with contextlib.redirect_stderr(note):
            self.assertEqual(self.reasons(NUMBERS, edited(NUMBERS, "gcc 12", "gcc 13")), [])
        self.assertEqual(note.getvalue(), "bench: docs/cost.tsv is for Linux 7, gcc 13, QEMU 7, "
                         "not compared with Linux 7, gcc 12, QEMU 7\n")


class Tables(unittest.TestCase):
    def rows(self, name, text):
        """The lines of a table as lists of cells, without the rule."""
        lines = bench.tables(costs(text))[name].splitlines()
        return [[cell.strip() for cell in line.strip("|").split("|")]
                for line in lines[:1] + lines[2:]]

    def test_aligned(self):
        rows = [("a", ["1", "22", "4"]), ("bcd", ["-", "3 (+1)", "5"])]
        self.assertEqual(bench.table("What", VARIANTS, rows),
                         "| What | stripped |  stock | feature |\n"
                         "|------|---------:|-------:|--------:|\n"
                         "| a    |        1 |     22 |       4 |\n"
                         "| bcd  |        - | 3 (+1) |       5 |\n")

    def test_calls(self):
        self.assertEqual(self.rows("calls-64", NUMBERS), [
            ["Instructions a call", *VARIANTS],
            ["no seccomp, traced or not", "167", "167 (+0)", "167 (+0)"],
            ["no seccomp, suspended", "-", "167 (+0)", "167 (+0)"],
            ["filter of 1, traced or not", "468", "470 (+2)", "470 (+2)"],
            ["filter of 1, suspended", "-", "183 (+16)", "202 (+35)"],
            ["2 filters, not traced", "648", "650 (+2)", "650 (+2)"],
            ["2 filters, traced", "648", "650 (+2)", "649 (+1)"],
            ["2 filters, suspended", "-", "183 (+16)", "202 (+35)"],
            ["strict mode, traced or not", "197", "199 (+2)", "199 (+2)"],
            ["strict mode, suspended", "-", "185 (+18)", "202 (+35)"]])

    def test_options(self):
        self.assertEqual(self.rows("options", NUMBERS)[1:], [
            ["64-bit, EXITKILL, by filters", "1200", "1218", "1212"],
            ["64-bit, SUSPEND_SECCOMP, by filters", "-", "1255", "1251"],
            ["64-bit, SUSPEND_SECCOMP, by tracees", "-", "1255 to 1256", "1251"]])

    def test_criu(self):
        text = "criu\tx: dumped\tfewest\t-\t9.8\t17.6\ncriu\tx: dumped\tmost\t-\t10\t17.8\n"
        self.assertEqual(self.rows("criu", text)[1:], [["x", "-", "9.8 to 10", "17.6 to 17.8"]])

    def test_rate(self):
        text = ("rate\tcalls\t1 suspended thread\t-\t100 200 300\t100 100 600\n"
                "rate\tcalls\t2 suspended threads\t-\t200 400 900\t200 100 900\n")
        self.assertEqual(self.rows("rate", text)[1:], [
            ["calls, 1 suspended thread", "-", "200", "1.00 (0.50 to 2.00)"],
            ["calls, 2 suspended threads", "-", "400", "1.00 (0.25 to 1.00)"],
            ["1 suspended, against 1 without", "-", "-", "-"],
            ["2 suspended, against 2 without", "-", "-", "-"],
            ["2 suspended, against 1 suspended", "-", "2.00 (2.00 to 3.00)",
             "1.50 (1.00 to 2.00)"]])

    def test_bytes(self):
        self.assertEqual(self.rows("bytes", BYTES)[1:], [
            ["vmlinux, text", "1000", "1010 (+10)", "990 (-10)"],
            ["kernel/seccomp.o, lines that differ without CHECKPOINT_RESTORE", "0", "5", "0"]])


class Documents(unittest.TestCase):
    BLOCKS = {"a": "new a\n", "b": "new b\n"}
    TEXT = "x\n<!-- bench: a -->\nold\n<!-- end -->\ny\n<!-- bench: b -->\n<!-- end -->\nz\n"

    def test_fill(self):
        filled = bench.fill(self.TEXT, self.BLOCKS)
        self.assertEqual(filled, "x\n<!-- bench: a -->\nnew a\n<!-- end -->\ny\n"
                         "<!-- bench: b -->\nnew b\n<!-- end -->\nz\n")
        self.assertEqual(bench.fill(filled, self.BLOCKS), filled)

    def test_markers_are_wrong(self):
        for old, new in (("bench: b", "bench: c"), ("bench: b", "bench: a"),
                         ("<!-- end -->\ny", "y"), ("<!-- bench: b -->\n", ""),
                         ("z\n", "<!-- bench: b -->\n<!-- end -->\n")):
            with self.assertRaisesRegex(bench.Failed, "docs/cost.md: .* look for .*[bc]$"):
                bench.fill(edited(self.TEXT, old, new), self.BLOCKS)

    def test_pictures(self):
        self.assertEqual(bench.length_data(costs()), "1 470 202 167\n")
        self.assertEqual(bench.added_data(costs()).splitlines(), [
            r'"a call\nwithout seccomp" 0 0', '"a filtered call" 2 2',
            r'"a suspended call,\nagainst no seccomp" 16 35',
            r'"set and clear,\nagainst EXITKILL" 37 39'])
        with self.assertRaisesRegex(bench.Failed, r"no seccomp, not traced \(64-bit\) is not "):
            bench.added_data(costs(edited(NUMBERS, "no seccomp\tnot", "other\tnot")))


class Commands(unittest.TestCase):
    """The whole, in a folder of its own, without a disassembler and gnuplot."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        os.makedirs("docs")
        os.makedirs("build/bench")
        bench.write("build/bench/calls.tsv", results(CALLS, "12"))
        bench.write("build/bench/criu.tsv", results(CRIU, "12", "criu"))
        bench.write("build/bench/rate.tsv", results(RATES, "123", "rate", RATES_MADE))
        bench.write("build/bench/bytes.tsv", BYTES)
        for name in "beginning", "bytes-from-stripped", "bytes-from-stock":
            bench.write(f"build/bench/{name}.txt", f"{name}\n")
        names = ["made", "machine", "beginning", "functions-from-stripped", "functions-from-stock",
                 "calls-64", "calls-32", "options", "criu", "rate", "bytes"]
        bench.write("docs/cost.md", "".join(f"{name}:\n<!-- bench: {name} -->\n<!-- end -->\n"
                                            for name in names))
        for name in "cost.tsv", "cost-length.svg", "cost-added.svg":
            bench.write(f"docs/{name}", "")

        def draw(out, _costs, made):
            bench.write(f"{out}/cost-length.svg", made)
            bench.write(f"{out}/cost-added.svg", made)

        self.lock = None
        for what in (mock.patch.dict(os.environ, BUILD="build", VARIANTS=" ".join(VARIANTS)),
                     mock.patch.object(bench, "draw", draw),
                     mock.patch.object(lockless, "judge", lambda vmlinux: self.lock)):
            what.start()
            self.addCleanup(what.stop)

    def call(self, *arguments):
        """Its output, and its error."""
        out, err, failure = io.TextIOWrapper(io.BytesIO()), io.StringIO(), ""
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                bench.main(*arguments)
            except SystemExit as end:
                failure = end.code
        out.seek(0)
        return out.read(), failure

    def docs(self):
        return {name: bench.read(f"docs/{name}") for name in os.listdir("docs")}

    def test_report_writes_nothing_to_docs(self):
        before = self.docs()
        out, failure = self.call("report", "x86_64")
        self.assertEqual(failure, "")
        self.assertIn("| filter of 1, suspended     |        - | 183 (+16) | 202 (+35) |\n", out)
        self.assertIn("  ok    64-bit: a suspended call costs the same for every filter\n", out)
        self.assertIn("bench: docs/cost.md differs from build/bench/cost.md\n", out)
        self.assertTrue(out.endswith("bench: make bench-docs writes them to docs/\n"))
        self.assertEqual(self.docs(), before)

    def test_docs(self):
        out, failure = self.call("docs", "x86_64")
        self.assertEqual((out, failure), ("".join(f"bench: docs/{name} was updated\n" for name in (
            "cost.tsv", "cost.md", "cost-length.svg", "cost-added.svg")), ""))
        document = bench.read("docs/cost.md")
        self.assertIn("-->\nLinux 7, gcc 12, QEMU 7, x86_64\n<!--", document)
        self.assertIn("-->\none CPU\n<!--", document)
        self.assertIn("-->\n```\nbytes-from-stock\n```\n<!--", document)
        for command in "docs", "report":
            out, failure = self.call(command, "x86_64")
            self.assertTrue(out.endswith("bench: docs/ is up to date\n"))
            self.assertEqual(failure, "")

    def test_rates_stay(self):
        self.call("docs", "x86_64")
        before = self.docs()
        bench.write("build/bench/rate.tsv", results(RATES, "123", "rate", RATES_MADE)
                    .replace("300", "310"))
        self.assertEqual(self.call("docs", "x86_64")[0], "bench: docs/ is up to date\n")
        self.assertEqual(self.docs(), before)
        bench.write("build/bench/calls.tsv", results(CALLS, "12").replace("1212", "1213"))
        self.call("docs", "x86_64")
        self.assertIn("310 310 310", bench.read("docs/cost.tsv"))

    def test_number_differs(self):
        self.call("docs", "x86_64")
        bench.write("build/bench/calls.tsv", results(CALLS, "12").replace("1212", "1213"))
        before = self.docs()
        out, failure = self.call("report", "x86_64")
        self.assertIn("bench: docs/cost.tsv differs from build/bench/cost.tsv\n", out)
        self.assertEqual(failure, "bench: a number differs from docs/cost.tsv: "
                         'set and clear EXITKILL, 1 filter: 1213 on feature, "1212" in '
                         "docs/cost.tsv (64-bit): if it is right, call make bench-docs, which "
                         "writes it there")
        self.assertEqual(self.docs(), before)
        self.assertEqual(self.call("docs", "x86_64"),
                         ("bench: docs/cost.tsv was updated\n"
                          "bench: docs/cost.md was updated\n", ""))

    def test_limit_not_kept(self):
        before = self.docs()
        bench.write("build/bench/calls.tsv", results(CALLS, "12").replace("202", "203"))
        for command in "report", "docs":
            out, failure = self.call(command, "x86_64")
            self.assertEqual(failure, "bench: a limit on what the option costs (R23) is not kept: "
                             "64-bit: a suspended call is within 35 instructions of one without "
                             "seccomp: filter of 1, suspended: 203 on feature, 167 without seccomp")
        self.assertEqual(self.docs(), before)

    def test_lock(self):
        self.lock = "it has a lock"
        self.assertEqual(self.call("report", "x86_64")[1],
                         "bench: a limit on what the option costs (R23) is not kept: a suspended "
                         "call takes no lock and stores to no memory that other CPUs use: it has "
                         "a lock")

    def test_check(self):
        bench.write("docs/cost.tsv", NUMBERS)
        out, failure = self.call("check", "build/bench/calls.tsv", "vmlinux")
        self.assertEqual(failure, "")
        lines = out.splitlines()
        self.assertEqual(len(lines), 10)
        self.assertTrue(all(line.endswith("\tpass\t") for line in lines))
        self.lock = "it has a lock"
        self.assertEqual(self.call("check", "build/bench/calls.tsv", "vmlinux")[0].splitlines()[9],
                         "cost\ta suspended call takes no lock and stores to no memory that other "
                         "CPUs use\tfail\tit has a lock")

    def test_usage(self):
        self.assertEqual(self.call("report")[1],
                         "bench: numbers RESULTS, check RESULTS VMLINUX, report ARCH or docs ARCH")
        os.remove("build/bench/rate.tsv")
        self.assertIn("build/bench/rate.tsv", self.call("report", "x86_64")[1])
        del os.environ["BUILD"]
        self.assertEqual(self.call("report", "x86_64")[1],
                         "bench: BUILD is set by the Makefile: call make, not the program")


class Lockless(unittest.TestCase):
    """Small disassemblies, as objdump prints them."""

    NM = ("0000000000402000 D tasklist_lock\n0000000000402008 D something\n")
    FAST = """
0000000000401000 <__seccomp_permit_syscall>:
  401000:\tmov    %gs:0x10,%rdx
  401009:\tcmpq   $0x0,0x6b0(%rdx)
  401011:\tjne    40101b <__seccomp_permit_syscall+0x1b>
  401013:\tlock incl 0x8(%rdx)
  401016:\tjmp    401060 <__x86_return_thunk>
  40101b:\tjmp    401020 <seccomp_permit_suspended>
"""
    SLOW = """
0000000000401020 <seccomp_permit_suspended>:
  401020:\tpush   %rbx
  401021:\tmov    0x6b0(%rdx),%rax
  401028:\ttest   %rax,%rax
  40102b:\tje     401045 <seccomp_permit_suspended+0x25>
  40102d:\tnop
  401031:\tmov    %rax,0x8(%rsp)
  401036:\tincl   %gs:0x20
  40103e:\tpop    %rbx
  40103f:\tmov    $0x1,%eax
  401044:\tret
  401045:\tmov    %rax,0x8(%rdx)
  401049:\tcall   401050 <seccomp_end_suspension>
  40104e:\tpop    %rbx
  40104f:\tjmp    401000 <__seccomp_permit_syscall>
"""

    def judge(self, instruction="nop", slow=SLOW):
        """What lockless.py finds, with this instruction on the way of a suspended call."""
        def run(*command):
            if command[0] == "nm":
                return self.NM
            return self.FAST if self.FAST.split("<")[1].split(">")[0] in command[3] else \
                slow.replace("\tnop\n", f"\t{instruction}\n")

        with mock.patch.object(lockless, "run", run):
            return lockless.judge("vmlinux")

    def test_no_lock(self):
        self.assertIsNone(self.judge())

    def test_reads_and_own_memory(self):
        for instruction in ("mov 0x8(%rax),%rdi", "cmpl $0x0,0x8(%rax)", "mov %rdi,0x10(%rsp)",
                            "addl $0x1,%gs:0x20(%rip)", "call 401070 <__rcu_read_lock>",
                            "mov $0x402008,%rdi"):
            self.assertIsNone(self.judge(instruction), instruction)

    def test_what_is_wrong(self):
        for instruction, wrong in (
                ("lock incl 0x8(%rax)", "has a locked instruction"),
                ("xchg %rax,(%rdx)", "has a locked instruction"),
                ("mov %rax,0x8(%rdx)", "stores to memory"),
                ("incl 0x402008", "stores to memory"),
                ("mov $0x402000,%rdi", "uses tasklist_lock"),
                ("call 401080 <_raw_read_lock>", "calls or jumps to _raw_read_lock"),
                ("jne 401080 <other>", "calls or jumps to other"),
                ("call *%rax", "calls or jumps to *%rax")):
            self.assertEqual(self.judge(instruction),
                             f"seccomp_permit_suspended {wrong}: {instruction}")

    def test_no_way(self):
        self.assertEqual(self.judge("ud2"), "no path leads to a return from "
                         "seccomp_permit_suspended without seccomp_end_suspension and "
                         "__seccomp_permit_syscall")
        self.assertEqual(self.judge(slow=""), "there is no function seccomp_permit_suspended")


if __name__ == "__main__":
    unittest.main()
