# SPDX-License-Identifier: GPL-2.0
"""Check in the disassembly of an x86_64 kernel that a suspended call takes no lock.

It must not store to memory that other CPUs use either: only to the stack and to the CPU's own
memory (%gs). Each instruction is checked that lies on a path from the beginning of FAST to a
return from SLOW. A path that ends the suspension (it calls END) or filters the call is not the
path of a suspended call.
"""
import re
import subprocess

FAST, SLOW, END = "__seccomp_permit_syscall", "seccomp_permit_suspended", "seccomp_end_suspension"
# The first two write a counter of the thread itself, where RCU is preemptible. The third
# is called when the scheduler is due.
KNOWN = {"__rcu_read_lock", "__rcu_read_unlock", "preempt_schedule_thunk", "__x86_return_thunk"}
READS = re.compile(r"(cmp|test|bt |nop|lea|push|prefetch)")
MEMORY = re.compile(r"\)$|(?:^|[:,])0x[0-9a-f]+$")
OWN = re.compile(r"%gs:[^,]*$|\(%rsp[^,]*\)$|\(%rsp,[^)]*\)$")


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


class Instruction:
    def __init__(self, function, address, text):
        self.function, self.address, self.following = function, address, None
        self.text = " ".join(text.split("#")[0].split())
        self.numbers = [int(n, 16) for n in re.findall(r"\b(?:0x)?([0-9a-f]{6,16})\b", text)]
        self.branch = re.match(r"(?:\w+ )*(j\w+|call)\s+(\S+)(?: <(.*)>)?$", self.text)
        self.target = self.branch and self.branch[3]

    def returns(self):
        return re.match(r"(repz )?ret|jmp .*<__x86_return_thunk>", self.text)

    def outside(self):
        """The name of what it calls or jumps to, if that is not in its own function."""
        if self.branch and not (self.target or "*").startswith(self.function + "+"):
            return self.target or self.branch[2]
        return None

    def leaves(self):
        """Does it jump to a function that this program does not follow?"""
        return self.outside() not in (None, END, FAST) and self.branch[1] != "call"

    def next(self):
        """The addresses where a suspended call can go on."""
        if self.returns() or self.text == "ud2" or self.outside() in (END, FAST):
            return []
        if not self.branch or self.branch[1] == "call":
            return [self.following]
        return [self.branch[2]] + [self.following] * (self.branch[1] != "jmp")

    def wrong(self, locks):
        """What a suspended call must not do, or None."""
        memory = self.text.split(" ", 1)[-1]
        for number in self.numbers:
            if number in locks:
                return "uses " + locks[number]
        if self.text.startswith("lock ") or self.text.startswith("xchg") and "(" in memory:
            return "has a locked instruction"
        if self.outside() and self.outside() not in KNOWN | {SLOW}:
            return "calls or jumps to " + self.outside()
        if not self.branch and not READS.match(self.text) and MEMORY.search(memory) \
                and not OWN.search(memory):
            return "stores to memory"
        return None


def judge(vmlinux):
    """Check the kernel file VMLINUX. Returns what a suspended call does wrong, or None."""
    locks = {int(address, 16): name for address, name in re.findall(
        r"^(\w+) [AbBdD] (\w*(?:lock|mutex|sem))$", run("nm", vmlinux), re.M) if name not in KNOWN}
    code, start = {}, {}
    for function in FAST, SLOW:
        last = None
        for address, text in re.findall(r"^ *([0-9a-f]+):\t(.*)$", run(
                "objdump", "-d", "--no-show-raw-insn", "--disassemble=" + function, vmlinux), re.M):
            code[address] = Instruction(function, address, text)
            start.setdefault(function, address)
            if last:
                code[last].following = address
            last = address
        if not last:
            return "there is no function " + function

    reached, todo = set(), [start[FAST]]
    while todo:
        address = todo.pop()
        if address in code and address not in reached:
            reached.add(address)
            todo += code[address].next()
    slow = [code[a] for a in reached if code[a].function == SLOW]
    if not any(i.returns() for i in slow):
        return f"no path leads to a return from {SLOW} without {END} and {FAST}"
    way = {i.address for i in slow if i.returns() or i.leaves()}
    grown = 0
    while grown != len(way):
        grown = len(way)
        way |= {a for a in reached if way.intersection(code[a].next())}
    for address in sorted(way):
        what = code[address].wrong(locks)
        if what:
            return f"{code[address].function} {what}: {code[address].text}"
    return None
