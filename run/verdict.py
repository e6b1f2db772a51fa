#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compare what the tests report with what they must report.

verdict.py check FAILS XML DIR FILE...  the kernels of make check
verdict.py refused XML DIR FILE...      kernels that are configured without the option
verdict.py results VARIANT ARCH FILE    one kernel: every test must pass or be skipped
verdict.py lava VARIANT ARCH FILE LAVA  one kernel: LAVA must have found the results of FILE

FILE and LAVA have results as run/results.awk prints them. With `check` and `refused` it is
VARIANT/ARCH/NAME.tsv below DIR, and for each kernel the files DIR/VARIANT/ARCH/expected and actual
get a line for each test, and the file XML all results in the format of JUnit. Prints the lines that
differ, - is expected and + actual, then the numbers of tests. Fails if a line differs or if
no test passed.

"Our" tests are those of the series; the others are the kernel's own. What is expected on:
  stripped  each of our tests is skipped because the option is missing: so each needs it. The
            test of the sample passes: the sample reports that the option is missing
  stock     our tests pass, except that those in the file FAILS fail, on each machine. Those
            that need filters are skipped where the kernel has none. The kernel's own tests can
            fail or be skipped, because of the machine
  feature   our tests pass, the kernel's own have the same results as on stock. One of our tests
            may be skipped only if it is skipped on stock. One of the kernel's own may pass that
            failed on stock: some are near their time limit on an emulated machine
  refused   two tests pass: the one of the sample, and our test that checks how the option is
            refused. The others are skipped
"""
import difflib
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

OURS = re.compile(r"seccomp_suspend")
MISSING = "kernel has no PTRACE_O_SUSPEND_SECCOMP"
NO_FILTERS = "kernel has no seccomp filters"
REFUSES = "both_requests_return_the_same"


def read(path, results, spell=str):
    """Add the results of a file to {(program, test): (verdict, reason)}.

    The names are those that spell() returns. One that is there already gets a number.
    """
    for line in path.read_text().splitlines():
        program, name, verdict, reason = line.split("\t")
        name = spell(name)
        test, number = (program, name), 1
        while test in results:
            number += 1
            test = program, f"{name} ({number})"
        results[test] = verdict, reason
    return results


def text(test, verdict, reason):
    """The line of a test. The comparison ignores the part of a reason in parentheses."""
    reason = reason.split(" (")[0]
    line = f"{verdict:4}  {test[0]}  {test[1]}"
    return f"{line}  # {reason}" if reason and verdict != "pass" else line


class Kernel:
    """What one kernel on one machine reports, and what it must report.

    A kernel with a note is one where tests must fail or be skipped. There each expected result
    counts as passed.
    """

    def __init__(self, variant, arch, actual, expected, note=""):
        self.name, self.note = f"{variant} on {arch}", note
        self.actual, self.expected = actual, expected
        self.tests = list(expected) + [test for test in actual if test not in expected]

    def lines(self, results, tests=None):
        return [text(test, *results[test]) for test in tests or self.tests if test in results]

    def write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in "expected", "actual":
            (folder / name).write_text("\n".join(self.lines(getattr(self, name))) + "\n")

    def outcome(self, test):
        if self.lines(self.actual, [test]) != self.lines(self.expected, [test]):
            return "failed"
        return "passed" if self.note or self.actual[test][0] == "pass" else "skipped"

    def count(self, outcome):
        return sum(self.outcome(test) == outcome for test in self.tests)

    def differences(self):
        lines = difflib.unified_diff(self.lines(self.expected), self.lines(self.actual), n=0)
        return [line for line in list(lines)[2:] if not line.startswith("@@")]

    def junit(self):
        suite = ET.Element("testsuite", name=self.name, tests=str(len(self.tests)),
                           failures=str(self.count("failed")), skipped=str(self.count("skipped")))
        for test in self.tests:
            case = ET.SubElement(suite, "testcase", classname=test[0], name=test[1])
            outcome = self.outcome(test)
            verdict, reason = self.actual.get(test, ("no result", ""))
            if outcome == "failed":
                wanted = self.expected.get(test, ("no such test", ""))[0]
                message = f"{verdict}, expected {wanted}: {reason}"
                ET.SubElement(case, "failure", message=message.rstrip(": "))
            elif outcome == "skipped":
                ET.SubElement(case, "skipped", message=reason or f"{verdict} on stock as well")
        return suite


def stripped(results, on_stock):
    """The tests of ours that stock has are skipped, and other programs pass."""
    expected = {test: ("pass", "") for test in results if not OURS.match(test[0])}
    expected.update({test: ("skip", MISSING) for test in on_stock if OURS.match(test[0])})
    return expected


def last_part(test):
    return test[1].split(".")[-1]


def stock(results, fails):
    """Of our tests those in FAILS fail. A machine can skip some tests of that name, but not all.

    One without filters can skip all, but some of the tests in FAILS must fail there as well.
    """
    expected = {}
    for test, (verdict, reason) in results.items():
        if not OURS.match(test[0]) or verdict == "skip" and MISSING not in reason:
            expected[test] = verdict, reason
        else:
            expected[test] = "fail" if last_part(test) in fails else "pass", ""
    failing = fails & {last_part(test) for test in expected if expected[test][0] == "fail"}
    for name in fails - failing:
        tests = [test for test in expected if last_part(test) == name]
        if failing and tests and all(NO_FILTERS in results[test][1] for test in tests):
            continue
        expected.update({test: ("fail", "") for test in tests or [("seccomp_suspend", name)]})
    return expected


def feature(results, on_stock):
    """Each test passes, unless it is one of the kernel's own or is skipped on stock.

    A program that stock does not run can be skipped only where the kernel has no filters.
    """
    expected = {}
    no_filters = ("skip", NO_FILTERS)
    for test in list(on_stock) + [test for test in results if test not in on_stock]:
        verdict, reason = on_stock.get(test, ("pass", ""))
        if test not in on_stock and results[test] == no_filters in on_stock.values():
            verdict, reason = no_filters
        if verdict == "fail" and (OURS.match(test[0]) or results.get(test, ("", ""))[0] == "pass"):
            verdict, reason = "pass", ""
        expected[test] = verdict, reason
    return expected


def refused(results):
    skipped = {test for test in results if OURS.match(test[0]) and not test[1].endswith(REFUSES)}
    return {test: ("skip", MISSING) if test in skipped else ("pass", "") for test in results}


def gather(folder, files):
    """The results of each kernel: {(variant, arch): results}, in the order of the files."""
    kernels = {}
    for name in files:
        variant, arch, _ = name.split("/")
        read(folder / name, kernels.setdefault((variant, arch), {}))
    return kernels


def check(fails_file, folder, files):
    fails, rules = set(), []
    for line in pathlib.Path(fails_file).read_text().splitlines():
        if line and not line.startswith("#"):
            rule, name = line.split()
            fails.add(name)
            if rule not in rules:
                rules.append(rule)
    reports = gather(folder, files)
    kernels = []
    for (variant, arch), actual in reports.items():
        on_stock = reports["stock", arch]
        if variant == "stripped":
            kernels.append(Kernel(variant, arch, actual, stripped(actual, on_stock),
                                  "all skipped, as expected"))
        elif variant == "stock":
            kernels.append(Kernel(variant, arch, actual, stock(actual, fails),
                                  f"fails for {' '.join(rules)}, as expected"))
        else:
            kernels.append(Kernel(variant, arch, actual, feature(actual, on_stock)))
    return kernels


def lava(path):
    """The results of a file, with names as LAVA spells them and, as there, without reasons."""
    results = read(pathlib.Path(path), {}, lambda name: re.sub(r"\W+", "_", name.strip().lower()))
    return {test: (verdict, "") for test, (verdict, _) in results.items()}


def judge(kernels):
    """Print the differences and the numbers. Returns the exit status."""
    total = dict.fromkeys(("passed", "failed", "skipped"), 0)
    for kernel in kernels:
        differences = kernel.differences()
        if differences:
            print(f"{kernel.name} is not as expected:")
            print("\n".join("  " + line for line in differences))
        for outcome in total:
            total[outcome] += kernel.count(outcome)
    for kernel in kernels:
        note = f" ({kernel.note})" if kernel.note and not kernel.count("failed") else ""
        print(f"{kernel.name}{note}: " + ", ".join(f"{kernel.count(o)} {o}" for o in total))
    if len(kernels) > 1:
        print(", ".join(f"{number} {outcome}" for outcome, number in total.items()))
    return 1 if total["failed"] or not total["passed"] else 0


def main(mode, *args):
    if mode == "results":
        variant, arch, path = args
        actual = read(pathlib.Path(path), {})
        expected = {test: result if result[0] == "skip" else ("pass", "")
                    for test, result in actual.items()}
        return judge([Kernel(variant, arch, actual, expected)])
    if mode == "lava":
        variant, arch, direct, in_lava = args
        return judge([Kernel(variant, f"{arch} in LAVA", lava(in_lava), lava(direct),
                             "the results of make test")])
    if mode == "check":
        fails, *args = args
    xml, folder, *files = args
    folder = pathlib.Path(folder)
    if mode == "check":
        kernels = check(fails, folder, files)
    else:
        kernels = [Kernel(variant, arch, actual, refused(actual), "refused, as expected")
                   for (variant, arch), actual in gather(folder, files).items()]
    for kernel in kernels:
        variant, arch = kernel.name.split(" on ")
        kernel.write(folder / variant / arch)
    suites = ET.Element("testsuites")
    suites.extend(kernel.junit() for kernel in kernels)
    ET.ElementTree(suites).write(xml, encoding="utf-8", xml_declaration=True)
    return judge(kernels)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
