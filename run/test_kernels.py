#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Test run/kernels.py on results of two kernels."""
import contextlib
import io
import pathlib
import tempfile
import unittest

import kernels

FAILS = "# a comment\nR18\tends_at_once\nR14\tis_changed\n"
RULES = """\
| R6 | Refuses. | `refuses` | keeps it | Errors |
| R14 | Decides. | `is_set`, `is_changed` | **breaks it** | Stops |
| R17 | Leaves the clock. | `clock_stays` (`make x`) | keeps it | `no_test` |
| R18 | Ends. | `ends`, `ends_at_once` | **breaks it** | Life |
"""
RESULTS = """\
seccomp_suspend\tf.refuses\tskip\tno such kernel
seccomp_suspend\tf.is_set\tpass\t
seccomp_suspend\tf.is_changed\tskip\tno request
seccomp_suspend\tf.clock_stays\tpass\t
seccomp_suspend\tf.a.ends_at_once\tfail\t
seccomp_suspend\tf.b.ends_at_once\tfail\t
"""


class Kernels(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = pathlib.Path(folder.name)
        self.write("fails", FAILS)
        self.write("rules.md", RULES)
        self.kernel("6.1", RESULTS)

    def write(self, path, text):
        path = self.build / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def kernel(self, release, results, image="image"):
        path = self.build / "prebuilt/one/kernels.tsv"
        lines = path.read_text() if path.exists() else ""
        self.write(path, f"{lines}suite\t{release}\t{release}-1\t{image}\n")
        if results:
            self.write(f"kernels/one/{release}.tsv", results)

    def judge(self):
        """The exit status, what is printed, and the page."""
        with contextlib.redirect_stdout(io.StringIO()) as out:
            status = kernels.main(self.build / "fails", self.build / "rules.md", self.build, "one")
        return status, out.getvalue(), (self.build / "kernels.md").read_text()

    def test_expected(self):
        status, out, page = self.judge()
        self.assertEqual((0, "one 6.1: breaks R18\n"), (status, out))
        self.assertIn("| one | 6.1 | suite, 6.1-1 | 2 | 2 | 2 | R18 | R14 |  |\n", page)
        self.assertIn("- R14: no request: 1 on one\n", page)
        self.assertNotIn("R6: ", page)

    def test_unexpected_failure(self):
        self.kernel("6.2", RESULTS.replace("clock_stays\tpass", "clock_stays\tfail"))
        status, out, page = self.judge()
        self.assertEqual(1, status)
        self.assertIn("6.2 on one: fail, expected pass: f.clock_stays\n", out)
        self.assertIn("| R17 R18 | R14 |", page)

    def test_unexpected_pass(self):
        self.kernel("7.4", RESULTS.replace("fail", "pass"))
        status, out, page = self.judge()
        self.assertEqual(1, status)
        self.assertIn("7.4 on one: pass, expected fail: f.a.ends_at_once\n", out)
        self.assertIn("| none | R14 |", page)

    def test_broken_rule_with_skipped_test(self):
        self.kernel("6.2", RESULTS.replace("is_set\tpass", "is_set\tfail"))
        _, _, page = self.judge()
        self.assertIn("| R14 R18 | none |", page)

    def test_criu(self):
        insmod = "insmod\tall\t{}\texit {}\n"
        self.kernel("6.12", insmod.format("pass", 0) + RESULTS + "criu\tall\tpass\texit 0\n")
        self.kernel("7.3", insmod.format("fail", 1) + RESULTS + "criu\tall\tpass\texit 0\n")
        self.kernel("7.4", insmod.format("fail", 1) + RESULTS + "criu\tall\tfail\texit 1\n")
        (self.build / "kernels/one/7.4.log").write_bytes(
            b"Error (a.c:1): first\r\nError (b.c:2): No \xffnftables.\r\n")
        status, _, page = self.judge()
        self.assertEqual(0, status)
        self.assertIn("| one | 6.12 | suite, 6.12-1 | 2 | 2 | 2 | R18 | R14 | yes |\n", page)
        self.assertIn("| one | 7.3 | suite, 7.3-1 | 2 | 2 | 2 | R18 | R14 | yes |\n", page)
        self.assertIn("| one | 7.4 | suite, 7.4-1 | 2 | 2 | 2 | R18 | R14 | no |\n", page)
        self.assertIn("- CRIU: No \\xffnftables: 1 on one\n", page)

    def test_machine_without_results(self):
        self.write("kernels/one/6.1.tsv", "")
        status, out, _ = self.judge()
        self.assertEqual(1, status)
        self.assertIn("one: no kernel has results\n", out)

    def test_not_to_be_had(self):
        self.kernel("5.10", "", "none")
        status, _, page = self.judge()
        self.assertEqual(0, status)
        self.assertIn("| one | 5.10 | suite, 5.10-1 | not on the mirror |", page)

    def test_no_results(self):
        self.kernel("5.10", "")
        status, out, page = self.judge()
        self.assertEqual(1, status)
        self.assertIn("5.10 on one: no results, see ", out)
        self.assertIn("| one | 5.10 | suite, 5.10-1 | no results |", page)


if __name__ == "__main__":
    unittest.main()
