#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Test the pattern of the LAVA job, lava.py, and the comparison with the results of make test.

lava.py imports modules of LAVA, which this computer may lack. The stand-ins for them do what
it needs here.
"""
import contextlib
import io
import json
import pathlib
import re
import sys
import tempfile
import types
import unittest

import verdict

for name in "jinja2", "voluptuous", "yaml", "lava_common":
    sys.modules[name] = types.ModuleType(name)
sys.modules["yaml"].safe_load = json.loads
for name in "jinja", "schemas":
    setattr(sys.modules["lava_common"], name, None)
import lava  # noqa: E402

HERE = pathlib.Path(__file__).parent
JOB = (HERE / "artifacts.sh").read_text()
PATTERN, = re.findall("pattern: '(.*)'", JOB)
VERDICTS = dict(pair.split(": ") for pair in re.search("fixupdict: {(.*)}", JOB)[1].split(", "))


def monitor(pattern, console):
    """What LAVA finds on a console: [(test, verdict)]. It looks again after each character."""
    found, arrived = [], ""
    for character in console:
        arrived += character
        if match := re.search(pattern, arrived, re.DOTALL):
            found.append((match["test_case_id"], VERDICTS[match["result"]]))
            arrived = arrived[match.end():]
    return found


class Pattern(unittest.TestCase):
    def expected(self, log):
        """The results of run/results.awk, without the verdicts on whole programs."""
        lines = [line.split("\t") for line in log.with_suffix(".tsv").read_text().splitlines()]
        return [(test, result) for _, test, result, _ in lines if test != "all"]

    def test_logs(self):
        for log in sorted((HERE / "testdata").glob("*.log")):
            # A monitor reads from the start of a program to its end.
            console = "".join(re.findall("^# guest: run .*?(?=^# guest: end|\\Z)",
                                         log.read_bytes().decode(), re.DOTALL | re.MULTILINE))
            for end in "\n", "\r\n", "\r\r\n":
                with self.subTest(log=log.name, end=end):
                    self.assertEqual(monitor(PATTERN, re.sub("\r*\n", end, console)),
                                     self.expected(log))

    def test_pattern_that_cuts_names(self):
        self.assertTrue(PATTERN.endswith(r"\r*\n"))
        cut = PATTERN.removesuffix(r"\r*\n")
        self.assertNotEqual(monitor(cut, "ok 1 global.first\n"), [("global.first", "pass")])


def line(level, message):
    return json.dumps({"lvl": level, "msg": message}) + "\n"


def result(definition, case, verdict_, **more):
    return line("results", {"definition": definition, "case": case, "result": verdict_, **more})


TESTS = result("seccomp_suspend", "suspension_ends", "pass") + \
    result("seccomp_suspend", "tsc", "skip")
DIED = result("lava", "job", "fail", error_msg="Connection closed")


class Results(unittest.TestCase):
    def read(self, log):
        with tempfile.NamedTemporaryFile("w") as file, \
                contextlib.redirect_stdout(io.StringIO()) as out:
            file.write(log)
            file.flush()
            lava.results(file.name)
        return out.getvalue()

    def assert_fails(self, log, message):
        with self.assertRaisesRegex(SystemExit, message):
            self.read(log)

    def test_results(self):
        self.assertEqual(self.read(result("lava", "validate", "pass") + TESTS +
                                   result("lava", "job", "pass")),
                         "seccomp_suspend\tsuspension_ends\tpass\t\n"
                         "seccomp_suspend\ttsc\tskip\t\n")

    def test_machine_that_dies(self):
        console = line("target", "[    1.0] Kernel panic - not syncing: Oops") + \
            line("target", "[    1.0] ---[ end Kernel panic") + line("target", "more")
        self.assert_fails(TESTS + console + DIED, "^Connection closed; the console: .*Kernel panic")

    def test_program_that_hangs(self):
        console = line("target", "# guest: end /x: timed out after 1 s") + \
            line("target", "# guest: all done")
        self.assert_fails(TESTS + console + DIED, "console: # guest: end /x: timed out after 1 s$")

    def test_silent_machine(self):
        self.assert_fails(DIED, "^Connection closed$")

    def test_error_of_two_lines(self):
        self.assert_fails(DIED.replace("closed", "closed:\\nsee above"),
                          "^Connection closed: see above$")

    def test_lava_run_that_is_killed(self):
        self.assert_fails(TESTS, "did not end its job")
        self.assert_fails(TESTS + DIED[:-10], "did not end its job")
        self.assert_fails("", "did not end its job: it printed nothing$")


DIRECT = """\
seccomp_suspend	suspension.Ends	pass	
seccomp_suspend	tsc	skip	no time stamp counter
seccomp_suspend	decision.again	fail	
"""
IN_LAVA = """\
seccomp_suspend	suspension_ends	pass	
seccomp_suspend	tsc	skip	
seccomp_suspend	decision_again	fail	
"""


class Comparison(unittest.TestCase):
    def compare(self, in_lava):
        with tempfile.TemporaryDirectory() as folder, \
                contextlib.redirect_stdout(io.StringIO()) as out:
            files = [pathlib.Path(folder) / name for name in ("test.tsv", "lava.tsv")]
            files[0].write_text(DIRECT)
            files[1].write_text(in_lava)
            status = verdict.main("lava", "stock", "fake", *files)
        return status, out.getvalue()

    def test_same_results(self):
        self.assertEqual(self.compare(IN_LAVA), (0, "stock on fake in LAVA (the results of make "
                                                    "test): 3 passed, 0 failed, 0 skipped\n"))

    def assert_differs(self, old, new, *lines):
        self.assertIn(old, IN_LAVA)
        status, out = self.compare(IN_LAVA.replace(old, new))
        self.assertEqual(status, 1)
        for text in lines:
            self.assertIn(text + "\n", out)

    def test_skip_that_passes(self):
        self.assert_differs("tsc	skip", "tsc	pass", "  -skip  seccomp_suspend  tsc",
                            "  +pass  seccomp_suspend  tsc")

    def test_failure_that_passes(self):
        self.assert_differs("again	fail", "again	pass", "  -fail  seccomp_suspend  decision_again")

    def test_missing_test(self):
        self.assert_differs("seccomp_suspend	tsc	skip	\n", "", "  -skip  seccomp_suspend  tsc")

    def test_more_tests(self):
        self.assert_differs("seccomp_suspend	tsc	skip	\n", "seccomp_suspend	tsc	skip	\n" * 2,
                            "  +skip  seccomp_suspend  tsc (2)")

    def test_name_that_is_cut(self):
        self.assert_differs("suspension_ends", "suspension_en",
                            "  -pass  seccomp_suspend  suspension_ends",
                            "  +pass  seccomp_suspend  suspension_en")

    def test_no_results(self):
        self.assertEqual(self.compare("")[0], 1)


if __name__ == "__main__":
    unittest.main()
