#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Do with LAVA's own modules what its server does before and after a job. run/lava.sh calls it.

lava.py device JOB TYPES    check the job definition JOB against LAVA's schema, and print the device
                            dictionary for it: the device type that it names, of the folder TYPES,
                            with the job's context
lava.py results LOG         print the results of the tests in LOG, the log of lava-run, in the
                            format of run/results.awk, without reasons

Fails with one line if the job is not valid, or if LAVA reports that the job has failed.
"""
import re
import sys

import jinja2
import voluptuous
import yaml
from lava_common import jinja, schemas

# A line of the console that reports why a guest ended early.
REASON = re.compile(r"Kernel panic|^# guest: (cannot|end .*: (signal|timed out|cannot))")


def device(job_file, types):
    with open(job_file) as file:
        job = yaml.safe_load(file)
    try:
        schemas.validate(job)
    except voluptuous.Invalid as error:
        sys.exit(f"{job_file} does not match LAVA's schema: {error}")
    templates = jinja.create_device_templates_env(jinja2.FileSystemLoader(types))
    print(templates.get_template(job["device_type"] + ".jinja2").render(job["context"]))


def messages(lines, level):
    """The messages of one level in the lines of a log."""
    return [yaml.safe_load(line)["msg"] for line in lines if f'"lvl": "{level}"' in line]


def results(log_file):
    with open(log_file, errors="replace") as file:
        # The last line is cut if lava-run was killed or the disk is full.
        lines = [line for line in file if line.endswith("\n")]
    job = None
    for result in messages(lines, "results"):
        if result["definition"] != "lava":
            print(result["definition"], result["case"], result["result"], "", sep="\t")
        elif result["case"] == "job":
            job = result
    if not job:
        sys.exit(f"lava-run did not end its job: {lines[-1] if lines else 'it printed nothing'}")
    if job["result"] != "pass":
        error = " ".join(job["error_msg"].split())
        console = [line for line in messages(lines, "target") if line.strip()]
        reasons = [line for line in console if REASON.search(line)] or console
        sys.exit(f"{error}; the console: {reasons[-1].strip()}" if reasons else error)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
