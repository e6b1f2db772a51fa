#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Judge what the selftest reports on the kernels that Debian has, and print a table in Markdown.

kernels.py FAILS RULES BUILD MACHINE...: reads the results of run/kernels.sh and writes the table
to BUILD/kernels.md. FAILS lists the tests that fail on Linux as released, RULES is docs/rules.md.
Prints each result that is not the expected one, and fails if there is one, or if a machine has no
results. Each of our tests must fail if FAILS lists it and pass if not, unless it is skipped.
"""
import pathlib
import re
import sys

import verdict

HEAD = """\
# Debian's kernels

`make kernels` wrote this page. It boots the kernels that Debian has at the time, as they are, and
runs the selftest on each. No module is loaded, except nfnetlink where CRIU runs.

- *Breaks* lists the rules of [rules.md](rules.md) that the kernel breaks: a test of the rule fails.
- *Skips* lists the other rules of which a test is skipped, for a reason that is below the table.
- A rule in neither column is kept: each of its tests passes. R6 is a promise about kernels that are
  configured without the option, R23 one about instructions; they are not tested here.
- *CRIU* is the answer of `criu check --feature seccomp_suspend`, on one machine. CRIU needs
  nfnetlink to start, which is a module in some kernels.
"""
COLUMNS = ("Machine", "Kernel", "Suite and version", "Passed", "Failed", "Skipped", "Breaks",
           "Skips", "CRIU")
ELSEWHERE = "R6", "R23"


def rules_of_tests(text):
    """{the last part of a test's name: the rules that list it in docs/rules.md}"""
    rules = {}
    for line in text.splitlines():
        if match := re.match(r"\| (R\d+) \|(.*)", line):
            for test in re.findall(r"`(\w+)`", match[2].split("|")[1]):
                if match[1] not in ELSEWHERE:
                    rules.setdefault(test, []).append(match[1])
    return rules


def expected_failures(text):
    """{the last part of a test's name: the rule that it shows to be broken}"""
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return {test: rule for rule, test in lines}


class Kernel:
    """What one kernel reports. It has no results if it could not be fetched, or did not end well."""

    def __init__(self, machine, line, folder):
        self.machine = machine
        self.suite, self.release, self.version, image = line.split("\t")
        self.fetched = image != "none"
        path = folder / f"{self.release}.tsv"
        self.results = verdict.read(path, {}) if path.exists() else {}
        self.log = folder / f"{self.release}.log"
        self.twice = (folder / f"{self.release}.first.log").exists()
        self.criu = self.results.pop(("criu", "all"), ("", ""))[0]
        # insmod loads what CRIU needs, and fails where that is built in.
        self.results.pop(("insmod", "all"), None)

    def criu_error(self):
        """The last error that CRIU prints."""
        text = self.log.read_text("ascii", "backslashreplace")
        errors = re.findall(r"^Error \(.*?\): (.*?)\.?\r?$", text, re.MULTILINE)
        return errors[-1] if errors else "it prints no error"

    def differences(self, fails):
        """The results that are not the expected ones, a line for each."""
        if self.fetched and not self.results:
            return [f"no results, see {self.log}"]
        lines = []
        for test, (result, _) in self.results.items():
            wanted = "fail" if verdict.last_part(test) in fails else "pass"
            if result not in (wanted, "skip"):
                lines.append(f"{result}, expected {wanted}: {test[1]}")
        return lines

    def breaks(self, fails, rules):
        failed = [verdict.last_part(test) for test in self.results
                  if self.results[test][0] == "fail"]
        return by_number({rule for test in failed
                          for rule in ([fails[test]] if test in fails else rules.get(test, []))})

    def skips(self, fails, rules):
        """{rule: the reasons of its skipped tests}, for the rules that the kernel does not break."""
        skipped = {}
        for test, (result, reason) in self.results.items():
            if result == "skip":
                for rule in rules.get(verdict.last_part(test), []):
                    skipped.setdefault(rule, set()).add(reason)
        for rule in self.breaks(fails, rules):
            skipped.pop(rule, None)
        return skipped

    def row(self, fails, rules):
        cells = [self.machine, self.release + ", second boot" * self.twice, f"{self.suite}, {self.version}"]
        if not self.results:
            cells += ["no results" if self.fetched else "not on the mirror"]
            return cells + [""] * (len(COLUMNS) - len(cells))
        results = [result for result, _ in self.results.values()]
        cells += [str(results.count(result)) for result in ("pass", "fail", "skip")]
        return cells + [" ".join(self.breaks(fails, rules)) or "none",
                        " ".join(by_number(self.skips(fails, rules))) or "none",
                        {"": "", "pass": "yes"}.get(self.criu, "no")]


def by_number(rules):
    return sorted(rules, key=lambda rule: int(rule[1:]))


def reasons(kernels, fails, rules):
    """The reasons why tests are skipped and why criu check fails, and on how many kernels."""
    where = {}
    for kernel in kernels:
        skips = kernel.skips(fails, rules)
        why = [(rule, reason) for rule in by_number(skips) for reason in sorted(skips[rule])]
        if kernel.criu == "fail":
            why.append(("CRIU", kernel.criu_error()))
        for what in why:
            machines = where.setdefault(what, {})
            machines[kernel.machine] = machines.get(kernel.machine, 0) + 1
    return [f"- {what}: {reason}: " +
            ", ".join(f"{number} on {machine}" for machine, number in machines.items())
            for (what, reason), machines in where.items()]


def main(fails, rules, build, *machines):
    fails = expected_failures(pathlib.Path(fails).read_text())
    rules = rules_of_tests(pathlib.Path(rules).read_text())
    build = pathlib.Path(build)
    kernels, wrong = [], []
    for machine in machines:
        path = build / "prebuilt" / machine / "kernels.tsv"
        lines = path.read_text().splitlines() if path.exists() else []
        tested = [Kernel(machine, line, build / "kernels" / machine) for line in lines]
        if not any(kernel.results for kernel in tested):
            wrong.append(f"{machine}: no kernel has results")
        kernels += tested
    rows = [COLUMNS, ["---"] * len(COLUMNS)] + [kernel.row(fails, rules) for kernel in kernels]
    page = [HEAD, *(f"| {' | '.join(row)} |" for row in rows), "",
            "Why tests are skipped, and on how many kernels:", "", *reasons(kernels, fails, rules)]
    (build / "kernels.md").write_text("\n".join(page) + "\n")
    wrong += [f"{kernel.release} on {kernel.machine}: {line}"
              for kernel in kernels for line in kernel.differences(fails)]
    print("\n".join(wrong + [f"{row[0]} {row[1]}: " + (f"breaks {row[6]}" if row[6] else row[3])
                            for row in rows[2:]]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
