#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Test run/results.awk on the logs of run/testdata, and run/verdict.py."""
import contextlib
import io
import os
import pathlib
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET

import verdict

HERE = pathlib.Path(__file__).parent


class Results(unittest.TestCase):
    def test_logs(self):
        logs = sorted((HERE / "testdata").glob("*.log"))
        self.assertTrue(logs)
        for log in logs:
            with self.subTest(log=log.name):
                found = subprocess.run(["awk", "-f", HERE / "results.awk", log],
                                       check=True, stdout=subprocess.PIPE, text=True).stdout
                self.assertEqual(found, log.with_suffix(".tsv").read_text())

    def test_bytes_that_are_no_text(self):
        log = b"# guest: run /bin/x\n1..2\nok 1 a\xffb\tc\nok 2 d # SKIP \x1be\xc2\x85\x00\n" \
            b"# guest: end /bin/x: exit 0\n"
        found = subprocess.run(["awk", "-f", HERE / "results.awk"], input=log, check=True,
                               stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"}).stdout
        self.assertEqual(found, b"x\ta?b?c\tpass\t\nx\td\tskip\t?e???\n")


# What each kernel of a machine reports when all is well: program, test, verdict, reason.
GOOD = {
    "stripped": """
        sample	names the reason	pass
        seccomp_suspend	suspension.ends	skip	kernel has no PTRACE_O_SUSPEND_SECCOMP
        seccomp_suspend	decision.again	skip	kernel has no PTRACE_O_SUSPEND_SECCOMP (a hint)
        seccomp_suspend	tsc	skip	kernel has no PTRACE_O_SUSPEND_SECCOMP
        """,
    "stock": """
        seccomp_suspend	suspension.ends	pass
        seccomp_suspend	decision.again	fail
        seccomp_suspend	tsc	skip	no time stamp counter
        seccomp_bpf	global.read	pass
        seccomp_bpf	global.uprobe	fail
        """,
    "feature": """
        sample	first	pass
        seccomp_suspend	suspension.ends	pass
        seccomp_suspend	decision.again	pass
        seccomp_suspend	tsc	skip	no time stamp counter
        seccomp_bpf	global.read	pass
        seccomp_bpf	global.uprobe	fail
        """,
}


class Verdict(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "fails").write_text("# a comment\nR14\tagain\n")
        self.reports = dict(GOOD)

    def change(self, variant, old, new):
        self.assertIn(old, self.reports[variant])
        self.reports[variant] = self.reports[variant].replace(old, new)

    def run_verdict(self, *args):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            self.status = verdict.main(*args)
        return out.getvalue().splitlines()

    def write(self, variant, report):
        name = f"{variant}/um/ours.tsv"
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join("\t".join((line.strip("\n ").split("\t") + ["", ""])[:4]) + "\n"
                                for line in report.splitlines() if line.strip()))
        return name

    def check(self, *more):
        files = [self.write(*kernel) for kernel in self.reports.items()] + list(more)
        return self.run_verdict("check", self.folder / "fails", self.folder / "results.xml",
                                self.folder, *files)

    def assert_fails(self, *lines):
        """The verdict is a failure, and prints these lines."""
        out = self.check()
        self.assertEqual(self.status, 1)
        for line in lines:
            self.assertIn("  " + line, out)
        failed = int(out[-1].split()[2])
        self.assertGreater(failed, 0)
        suites = ET.parse(self.folder / "results.xml").getroot()
        self.assertEqual(sum(int(suite.get("failures")) for suite in suites), failed)
        self.assertEqual(len(suites.findall(".//failure")), failed)

    def test_all_as_expected(self):
        self.assertEqual(self.check(), [
            "stripped on um (all skipped, as expected): 4 passed, 0 failed, 0 skipped",
            "stock on um (fails for R14, as expected): 5 passed, 0 failed, 0 skipped",
            "feature on um: 4 passed, 0 failed, 2 skipped",
            "13 passed, 0 failed, 2 skipped"])
        self.assertEqual(self.status, 0)
        suites = ET.parse(self.folder / "results.xml").getroot()
        self.assertEqual([suite.get("name") for suite in suites],
                         ["stripped on um", "stock on um", "feature on um"])
        self.assertEqual(len(suites.findall(".//testcase")), 15)
        self.assertEqual(len(suites.findall(".//skipped")), 2)

    def test_failure_on_feature(self):
        self.change("feature", "suspension.ends	pass", "suspension.ends	fail")
        self.assert_fails("-pass  seccomp_suspend  suspension.ends",
                          "+fail  seccomp_suspend  suspension.ends")

    def test_failure_of_a_program_that_stock_does_not_run(self):
        self.change("feature", "first	pass", "first	fail	why")
        self.assert_fails("+fail  sample  first  # why")

    def test_skip_of_ours_that_is_none_on_stock(self):
        self.change("feature", "decision.again	pass", "decision.again	skip	no root")
        self.assert_fails("+skip  seccomp_suspend  decision.again  # no root")

    def test_other_reason_of_a_skip(self):
        self.change("feature", "no time stamp counter", "no memory")
        self.assert_fails("+skip  seccomp_suspend  tsc  # no memory")

    def test_kernels_own_test_differs_from_stock(self):
        self.change("feature", "global.read	pass", "global.read	fail")
        self.assert_fails("+fail  seccomp_bpf  global.read")

    def test_kernels_own_test_passes_that_fails_on_stock(self):
        self.change("feature", "global.uprobe	fail", "global.uprobe	pass")
        self.assertIn("feature on um: 5 passed, 0 failed, 1 skipped", self.check())
        self.assertEqual(self.status, 0)

    def test_missing_on_feature(self):
        self.change("feature", "seccomp_bpf	global.read	pass\n", "\n")
        self.assert_fails("-pass  seccomp_bpf  global.read")

    def test_missing_on_stripped(self):
        self.reports["stripped"] = "\n".join(
            line for line in GOOD["stripped"].splitlines() if "again" not in line)
        self.assert_fails(f"-skip  seccomp_suspend  decision.again  # {verdict.MISSING}")

    def test_pass_on_stripped(self):
        self.change("stripped", f"ends	skip	{verdict.MISSING}", "ends	pass	")
        self.assert_fails("+pass  seccomp_suspend  suspension.ends")

    def test_skip_for_another_reason_on_stripped(self):
        self.change("stripped", f"ends	skip	{verdict.MISSING}", "ends	skip	no root")
        self.assert_fails("+skip  seccomp_suspend  suspension.ends  # no root")

    def test_failure_of_the_sample_on_stripped(self):
        self.change("stripped", "reason	pass", "reason	fail")
        self.assert_fails("+fail  sample  names the reason")

    def test_repeated_name(self):
        self.reports["feature"] = "sample	first	fail\n" + GOOD["feature"]
        self.assert_fails("+fail  sample  first")

    def test_repeated_name_in_another_file(self):
        (self.folder / "feature/um").mkdir(parents=True)
        (self.folder / "feature/um/long.tsv").write_text("sample\tfirst\tfail\t\n")
        self.check("feature/um/long.tsv")
        self.assertEqual(self.status, 1)

    def test_pass_of_what_stock_breaks(self):
        self.change("stock", "decision.again	fail", "decision.again	pass")
        self.assert_fails("-fail  seccomp_suspend  decision.again")

    def test_skip_of_what_stock_breaks(self):
        self.change("stock", "decision.again	fail", "decision.again	skip	no root")
        self.change("feature", "decision.again	pass", "decision.again	skip	no root")
        self.assert_fails("-fail  seccomp_suspend  decision.again")

    def test_machine_without_filters(self):
        skip = f"skip	{verdict.NO_FILTERS}"
        for variant in "stock", "feature":
            self.change(variant, "decision.again	" + ("fail" if variant == "stock" else "pass"),
                        "decision.again	" + skip)
        self.change("feature", "first	pass", "all	" + skip)
        # No listed test fails.
        self.assert_fails("-fail  seccomp_suspend  decision.again",
                          "+" + skip.replace("\t", "  seccomp_suspend  decision.again  # "))
        (self.folder / "fails").write_text("R14\tagain\nR18\tends\n")
        self.change("stock", "suspension.ends	pass", "suspension.ends	fail")
        self.check()
        self.assertEqual(self.status, 0)
        # The kernel of stock has filters.
        for variant in "stock", "feature":
            self.change(variant, "decision.again	" + skip, "decision.again	pass")
        self.assert_fails("+" + skip.replace("\t", "  sample  all  # "))

    def test_failure_on_stock_that_is_not_listed(self):
        self.change("stock", "suspension.ends	pass", "suspension.ends	fail")
        self.assert_fails("-pass  seccomp_suspend  suspension.ends")

    def test_listed_failure_that_no_test_has(self):
        (self.folder / "fails").write_text("R14\tagain\nR18\tgone\n")
        self.assert_fails("-fail  seccomp_suspend  gone")

    def test_option_missing_on_stock(self):
        self.change("stock", "ends	pass", f"ends	skip	{verdict.MISSING}")
        self.assert_fails("-pass  seccomp_suspend  suspension.ends")

    def test_refused(self):
        report = """
            seccomp_suspend	global.both_requests_return_the_same	pass
            seccomp_suspend	ends	skip	kernel has no PTRACE_O_SUSPEND_SECCOMP
            """
        xml = self.folder / "results.xml"
        out = self.run_verdict("refused", xml, self.folder, self.write("feature", report))
        self.assertEqual((self.status, out), (0, [
            "feature on um (refused, as expected): 2 passed, 0 failed, 0 skipped"]))
        for old, new in ("the_same	pass", "the_same	fail"), ("ends	skip	kernel", "ends	pass	"):
            self.assertIn(old, report)
            name = self.write("feature", report.replace(old, new))
            out = self.run_verdict("refused", xml, self.folder, name)
            self.assertEqual(self.status, 1, out)

    def test_results_of_one_kernel(self):
        name = self.write("feature", "one	first	pass\none	second	skip	why")
        out = self.run_verdict("results", "feature", "um", self.folder / name)
        self.assertEqual((self.status, out), (0, ["feature on um: 1 passed, 0 failed, 1 skipped"]))
        for report in "one	first	fail	why", "one	first	skip	why", "":
            name = self.write("feature", report)
            self.run_verdict("results", "feature", "um", self.folder / name)
            self.assertEqual(self.status, 1, report)


if __name__ == "__main__":
    unittest.main()
