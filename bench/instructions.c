// SPDX-License-Identifier: GPL-2.0
/*
 * Count the instructions of a system call under seccomp on any machine, with the clock.
 *
 * For one CPU under QEMU with -icount shift=0, where the clock advances by one nanosecond for
 * each instruction. The resolution of the clock differs between machines, so the numbers are
 * rounded means of many calls. bench/cost.c counts exactly, but only on x86.
 *
 * Out: KTAP, a result for each kind of call, with the number of instructions behind its name:
 *	ok 2 filtered # 468
 * What the kernel does not have is skipped.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"

#ifndef PTRACE_O_SUSPEND_SECCOMP
#define PTRACE_O_SUSPEND_SECCOMP (1 << 21)
#endif

/* An interrupt makes a try longer, so the shortest of many is the right one. */
enum { CALLS = 2000, TRIES = 10 };

enum mode { NO_SECCOMP, FILTERED, STRICT };

static int requests[2], replies[2];

/* Uses only read() and write(), which strict mode allows. */
static void make_calls(void)
{
	int calls;

	while (read(requests[0], &calls, sizeof(calls)) == sizeof(calls)) {
		for (; calls; calls--)
			syscall(SYS_read, -1, NULL, 0);
		write(replies[1], "", 1);
	}
	_exit(0);
}

static int enter(enum mode mode)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { .len = 1, .filter = &allow };

	if (mode == NO_SECCOMP)
		return 0;
	if (mode == STRICT)
		return prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ?:
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

/* How many nanoseconds a process needs for that many calls, at least. */
static long shortest(int calls)
{
	struct timespec begin, end;
	long ns, best = 0;
	char byte;

	for (int i = 0; i < TRIES; i++) {
		clock_gettime(CLOCK_MONOTONIC, &begin);
		if (write(requests[1], &calls, sizeof(calls)) != sizeof(calls) ||
		    read(replies[0], &byte, 1) != 1)
			return -1;
		clock_gettime(CLOCK_MONOTONIC, &end);
		ns = (end.tv_sec - begin.tv_sec) * 1000000000L + end.tv_nsec - begin.tv_nsec;
		if (!i || ns < best)
			best = ns;
	}
	return best;
}

static void count(const char *name, enum mode mode, bool suspended)
{
	const char *missing = NULL;
	long once = 0, twice = 0;
	char byte;
	pid_t pid;

	if (pipe(requests) || pipe(replies))
		ksft_exit_fail_perror("pipe");
	pid = fork();
	if (!pid) {
		if (enter(mode))
			_exit(1);
		write(replies[1], "", 1);
		make_calls();
	}
	close(replies[1]);
	if (pid < 0 || read(replies[0], &byte, 1) != 1)
		missing = "kernel has no seccomp filters";
	else if (suspended && ptrace(PTRACE_SEIZE, pid, NULL, (long)PTRACE_O_SUSPEND_SECCOMP))
		missing = "kernel has no PTRACE_O_SUSPEND_SECCOMP";
	if (missing) {
		ksft_test_result_skip("%s: %s\n", name, missing);
	} else {
		once = shortest(CALLS);
		twice = shortest(2 * CALLS);
		ksft_test_result(once > 0 && twice > once, "%s # %ld\n", name,
				 (twice - once + CALLS / 2) / CALLS);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, __WALL);
	close(requests[0]);
	close(requests[1]);
	close(replies[0]);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	ksft_print_header();
	ksft_set_plan(5);
	count("without seccomp", NO_SECCOMP, false);
	count("filtered", FILTERED, false);
	count("filtered, suspended", FILTERED, true);
	count("strict mode", STRICT, false);
	count("strict mode, suspended", STRICT, true);
	ksft_finished();
}
