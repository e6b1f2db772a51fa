// SPDX-License-Identifier: GPL-2.0
/*
 * Measure how many system calls suspended threads make in a billion ticks of the time
 * stamp counter, and how many forks another thread makes meanwhile. The numbers are
 * calculated from the median time of a batch of calls, or of a fork, because other load on
 * the computer makes only some of them longer. They are not exact and depend on the
 * computer: compare only kernels that were measured on the same one.
 *
 * For x86 with two CPUs. The clock of the guest is not used: it has only jiffies, and loses
 * some under load. Out: KTAP, a result for each measurement, with the number behind its
 * name:
 *	ok 3 calls, 1 suspended thread # 1234567
 * What needs the option is skipped on a kernel without it. If anything else fails, the
 * program ends.
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "kselftest.h"

#ifndef PTRACE_O_SUSPEND_SECCOMP
#define PTRACE_O_SUSPEND_SECCOMP (1 << 21)
#endif

#define CPUS		2
#define WARM_UP		1	/* seconds */
#define DURATION	2
#define BATCH		250	/* calls */
#define MAX_TIMES	100000

static bool has_option;

/* The ticks of each batch, or of each fork. */
struct times {
	volatile int number;
	uint64_t time[MAX_TIMES];
};

/* A process of one thread on a CPU of its own that calls read(-1, 0, 0) all the time. */
struct caller {
	pid_t pid;
	struct times *times;	/* in memory that is shared with it */
};

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void add(struct times *times, uint64_t time)
{
	if (times->number < MAX_TIMES)
		times->time[times->number++] = time;
}

/* How often in a billion ticks, from the median. Sorts @times: nobody may add to them any more. */
static double rate(struct times *times)
{
	if (!times->number)
		ksft_exit_fail_msg("no batch or fork was measured\n");
	qsort(times->time, times->number, sizeof(*times->time), compare);
	return 1e9 / times->time[times->number / 2];
}

static void stay_on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		ksft_exit_fail_perror("sched_setaffinity");
}

static void install_filter(void)
{
	/* It looks at an argument, so that the kernel does not cache its result. */
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ~0U, 0, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = ARRAY_SIZE(code), .filter = code };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		ksft_exit_fail_perror("PR_SET_SECCOMP");
}

static bool suspend(pid_t pid)
{
	return !ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_SUSPEND_SECCOMP);
}

static void start(struct caller *caller, int cpu, bool suspended)
{
	caller->times = mmap(NULL, sizeof(*caller->times), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (caller->times == MAP_FAILED)
		ksft_exit_fail_perror("mmap");
	caller->pid = fork();
	if (caller->pid < 0)
		ksft_exit_fail_perror("fork");
	if (!caller->pid) {
		stay_on_cpu(cpu);
		if (suspended)
			install_filter();
		for (;;) {
			uint64_t begin = __builtin_ia32_rdtsc();

			for (int i = 0; i < BATCH; i++)
				syscall(SYS_read, -1, NULL, 0);
			add(caller->times, __builtin_ia32_rdtsc() - begin);
		}
	}
	if (suspended && !suspend(caller->pid))
		ksft_exit_fail_perror("PTRACE_SEIZE");
}

static void stop(const struct caller *caller)
{
	kill(caller->pid, SIGKILL);
	if (waitpid(caller->pid, NULL, __WALL) != caller->pid)
		ksft_exit_fail_perror("waitpid");
}

/* With vfork(), which copies no memory: so more of the time is spent under tasklist_lock. */
static void fork_and_wait(void)
{
	pid_t child = vfork();

	if (!child)
		_exit(0);
	if (waitpid(child, NULL, 0) != child)
		ksft_exit_fail_perror("vfork");
}

/* Fork for @seconds, with the child on the CPU of this thread. */
static void fork_for(int seconds, struct times *times)
{
	const time_t until = time(NULL) + seconds;
	uint64_t begin = __builtin_ia32_rdtsc();

	while (time(NULL) < until) {
		uint64_t end;

		fork_and_wait();
		end = __builtin_ia32_rdtsc();
		add(times, end - begin);
		begin = end;
	}
}

/* The measurements: the forks of this thread on CPU 0, or else the calls of the callers. */
static const struct measure {
	const char *name;
	bool forks;
	int callers;		/* the first one on CPU 1, the second one on CPU 0 */
	bool suspended;
} measures[] = {
	{ "calls, 1 thread without seccomp", .callers = 1 },
	{ "calls, 2 threads without seccomp", .callers = 2 },
	{ "calls, 1 suspended thread", .callers = 1, .suspended = true },
	{ "calls, 2 suspended threads", .callers = 2, .suspended = true },
	{ "forks, alone", .forks = true },
	{ "forks, beside 1 suspended thread", .forks = true, .callers = 1, .suspended = true },
	{ "forks, beside 2 suspended threads", .forks = true, .callers = 2, .suspended = true },
};

static void measure(const struct measure *m)
{
	static struct times forks;
	struct caller callers[CPUS];
	double sum = 0;

	if (m->suspended && !has_option) {
		ksft_test_result_skip("%s\n", m->name);
		return;
	}
	for (int i = 0; i < m->callers; i++)
		start(&callers[i], CPUS - 1 - i, m->suspended);
	sleep(WARM_UP);
	for (int i = 0; i < m->callers; i++)
		callers[i].times->number = 0;
	forks.number = 0;
	if (m->forks)
		fork_for(DURATION, &forks);
	else
		sleep(DURATION);
	for (int i = 0; i < m->callers; i++)
		stop(&callers[i]);
	for (int i = 0; i < m->callers; i++) {
		sum += BATCH * rate(callers[i].times);
		munmap(callers[i].times, sizeof(*callers[i].times));
	}
	if (m->forks)
		sum = rate(&forks);
	ksft_test_result_pass("%s # %.0f\n", m->name, sum);
}

int main(void)
{
	struct caller caller;

	ksft_print_header();
	ksft_set_plan(ARRAY_SIZE(measures));
	stay_on_cpu(0);

	start(&caller, 1, false);
	has_option = suspend(caller.pid);
	stop(&caller);

	for (size_t i = 0; i < ARRAY_SIZE(measures); i++)
		measure(&measures[i]);
	ksft_finished();
}
