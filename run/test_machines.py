#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Test run/machines.py on results of three machines."""
import contextlib
import io
import pathlib
import tempfile
import unittest

import machines

FEATURE = """\
pass  sample  first
pass  seccomp_suspend  suspension.ends
skip  seccomp_suspend  tsc  # no time stamp counter
skip  seccomp_suspend  clock  # no time stamp counter
pass  seccomp_bpf  global.read
"""
STOCK = """\
fail  seccomp_suspend  suspension.ends
fail  seccomp_bpf  global.uprobe
"""
COUNTS = """\
instructions\twithout seccomp\tpass\t{}
instructions\tfiltered\tpass\t{}
instructions\tfiltered, suspended\tpass\t{}
"""


class Machines(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = pathlib.Path(folder.name)

    def write(self, path, text):
        path = self.build / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def machine(self, name, emulator="qemu -M virt, QEMU 7.2"):
        self.write(f"check/feature/{name}/expected", FEATURE)
        self.write(f"check/feature/{name}/actual", FEATURE)
        self.write(f"check/stock/{name}/actual", STOCK)
        self.write(f"machines/{name}.facts", f"2\t{emulator}\tamd64\t680\t125\tx86_64\n")

    def page(self, *names):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            machines.main(self.build, "Linux 7.3.4 and gcc 12", "stock and feature", *names)
        return out.getvalue()

    def test_row(self):
        self.machine("one")
        page = self.page("one")
        self.assertIn("| one | 2 | qemu -M virt, QEMU 7.2 | amd64 | 2 | 2 | 0 | 1 | 680 | 2:05 |",
                      page)
        self.assertIn("- seccomp_suspend: no time stamp counter: 2 on one\n", page)

    def test_process_of_this_computer(self):
        self.machine("um", emulator="")
        self.assertIn("| um | 2 | a process on x86_64 |", self.page("um"))

    def test_failure(self):
        self.machine("one")
        self.write("check/feature/one/actual", FEATURE.replace("pass  sample", "fail  sample"))
        self.assertIn("| amd64 | 1 | 2 | 1 | 1 |", self.page("one"))

    def test_missing_result(self):
        self.machine("one")
        self.write("check/feature/one/actual", FEATURE.replace("pass  sample  first\n", ""))
        self.assertIn("| amd64 | 1 | 2 | 1 | 1 |", self.page("one"))

    def test_machine_without_results(self):
        self.machine("one")
        page = self.page("one", "two")
        self.assertIn("| one | 2 |", page)
        self.assertIn("| two | no results |", page)

    def test_instructions(self):
        self.machine("one")
        self.write("machines/one-stock.tsv", COUNTS.format(272, 422, 322))
        self.write("machines/one-feature.tsv", COUNTS.format(272, 420, 360))
        self.assertIn("| one | 272 | 420 (-2 to stock) | 360 (+88) | none | none |",
                      self.page("one"))


if __name__ == "__main__":
    unittest.main()
