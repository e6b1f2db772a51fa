#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Check docs/rules.md.

lint-rules.py TREE FILE...: each rule must have a test. Each test that docs/rules.md names must be
in the selftest of the TREE or in bench/, and each test of the selftest must be named there. Each
section must be in the documentation of the TREE. Each rule that a FILE refers to must exist.
Prints what is wrong, and then fails.
"""
import pathlib
import re
import sys

SELFTEST = "tools/testing/selftests/seccomp/seccomp_suspend.c"
DOCUMENTATION = "Documentation/userspace-api/seccomp_suspend.rst"


def problems(tree, files):
    source = (tree / SELFTEST).read_text()
    tests = set(re.findall(r"^TEST(?:_F)?\((?:\w+, )?(\w+)\)", source, re.M))
    bench = "".join(path.read_text() for path in pathlib.Path("bench").glob("*.py"))
    sections = re.findall(r"^(.+)\n=+$", (tree / DOCUMENTATION).read_text(), re.M)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]]
            for line in pathlib.Path("docs/rules.md").read_text().splitlines()
            if re.match(r"\| R\d", line)]
    rules = [row[0] for row in rows]
    named = set()
    if not rules or rules != [f"R{i + 1}" for i in range(len(rules))]:
        yield "the rules are not R1, R2 and so on"
    for rule, _, cell, _, section in rows:
        names = {name for name in re.findall(r"`([^`]*)`", cell)
                 if not name.startswith(("make ", "seccomp_suspend"))}
        named |= names
        if not names:
            yield f"{rule} has no test"
        for name in names - tests:
            if name not in bench:
                yield f"{rule} names {name}, which is no test"
        if section and section not in sections:
            yield f"{rule} names {section}, which is no section of the documentation"
    for name in tests - named:
        yield f"no rule names the test {name}"
    for path in files:
        for rule in set(re.findall(r"\bR\d+\b", pathlib.Path(path).read_text())) - set(rules):
            yield f"{path} refers to {rule}, which does not exist"


wrong = sorted(problems(pathlib.Path(sys.argv[1]), sys.argv[2:]))
for problem in wrong:
    print("docs/rules.md:", problem)
sys.exit(bool(wrong))
