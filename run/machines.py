#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Print a table of what make check has found on each machine, in Markdown.

machines.py BUILD RELEASE VARIANTS MACHINE...: reads the results of make check, and MACHINE.facts
below BUILD/machines, which run/machines.sh writes. A machine without results is shown as such.
"""
import os
import pathlib
import sys

from verdict import OURS

HEAD = """\
# The machines

`make machines` wrote this page, with {release}.
It runs `make check` on each machine of `arch/`, on the kernels {variants}.

- *Passed*, *skipped* and *failed* are the tests of the series, with the random runs, on feature. A
  test fails here if its result is not the expected one.
- *Stock fails* is the number of tests that fail on Linux as released.
- *Objects* are those of the kernel of feature. *Time* is that of `make check`, in minutes and
  seconds on {cpus} CPUs, with the kernels that it had to build.

QEMU emulates machines with a weak memory order on x86, which orders more. So the races of the
tests, which run on several threads of QEMU, show less there than on real machines. What the series
claims about memory order is proved by the [litmus tests](../litmus/README).
"""
COLUMNS = ("Machine", "CPUs", "Emulated by", "Programs", "Passed", "Skipped", "Failed",
           "Stock fails", "Objects", "Time")


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def split(line):
    """A line of run/verdict.py: verdict, program, test, reason."""
    text, _, reason = line.partition("  # ")
    verdict, program, test = text.split(None, 2)
    return verdict, program, test, reason


def row(build, name, skips):
    """The row of a machine. Adds the reasons of its skipped tests of the series to skips."""
    folder = build / "check/feature" / name
    results = [split(line) for line in lines(folder / "actual")]
    seen = {result[1:3]: result for result in results}
    wanted = {result[1:3]: result for result in map(split, lines(folder / "expected"))}
    wrong = sum(seen.get(test) != wanted.get(test) for test in seen.keys() | wanted.keys())
    facts = lines(build / "machines" / f"{name}.facts")
    if not results or not facts:
        return f"| {name} | no results |" + " |" * (len(COLUMNS) - 2)
    cpus, emulator, programs, objects, seconds, host = facts[0].split("\t")
    ours = [result for result in results
            if OURS.match(result[1]) or result[1].startswith("sample")]
    for verdict, program, test, reason in ours:
        if verdict == "skip":
            skips.setdefault((program, reason), {}).setdefault(name, []).append(test)
    count = [sum(result[0] == verdict for result in ours) for verdict in ("pass", "skip")]
    on_stock = [split(line) for line in lines(build / "check/stock" / name / "actual")]
    fails = sum(result[0] == "fail" and bool(OURS.match(result[1])) for result in on_stock)
    time = f"{int(seconds) // 60}:{int(seconds) % 60:02}"
    cells = [name, cpus, emulator or f"a process on {host}", programs, *count, wrong, fails,
             objects, time]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def instructions(build, name):
    """The row of a machine in the table of instructions, or None."""
    counted = {}
    for path in (build / "machines").glob(f"{name}-*.tsv"):
        variant = path.stem.rpartition("-")[2]
        for _, call, verdict, number in (line.split("\t") for line in lines(path)):
            if verdict == "pass":
                counted[variant, call] = int(number)
    if ("feature", "without seccomp") not in counted:
        return None
    plain = counted["feature", "without seccomp"]
    cells = [name, plain]
    for call in "filtered", "strict mode":
        number = counted.get(("feature", call))
        cell = str(number) if number else "none"
        for variant in "stripped", "stock":
            if number and (variant, call) in counted:
                cell += f" ({number - counted[variant, call]:+} to {variant})"
        suspended = counted.get(("feature", f"{call}, suspended"))
        cells += [cell, f"{suspended} ({suspended - plain:+})" if suspended else "none"]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def main(build, release, variants, *machines):
    skips = {}
    print(HEAD.format(release=release, variants=variants, cpus=os.cpu_count()))
    print("| " + " | ".join(COLUMNS) + " |\n" + "| --- " * len(COLUMNS) + "|")
    for name in machines:
        print(row(pathlib.Path(build), name, skips))
    print("\nSkipped tests of the series:\n")
    for (program, reason), where in sorted(skips.items()):
        print(f"- {program}: {reason}: " +
              ", ".join(f"{len(tests)} on {name}" for name, tests in where.items()))
    rows = [instructions(pathlib.Path(build), name) for name in machines]
    print("\nInstructions of a system call on feature, in parentheses of a suspended one the "
          "difference from a\ncall without seccomp:\n")
    print("| Machine | Without seccomp | Filtered | Suspended | Strict mode | Suspended |\n" +
          "| --- " * 6 + "|")
    print("\n".join(row for row in rows if row))


if __name__ == "__main__":
    main(*sys.argv[1:])
