// SPDX-License-Identifier: GPL-2.0
/*
 * Count the instructions of a system call under seccomp, and those to set and clear
 * PTRACE_O_SUSPEND_SECCOMP.
 *
 * For x86 with one CPU whose time stamp counter counts instructions: QEMU with -icount
 * shift=0. Out: KTAP, a result for each count, with the number of instructions behind
 * its name:
 *	ok 3 filter of 10, traced # 612
 * A result fails if its count is not exact, see per_turn(). What needs the option is
 * skipped on a kernel without it. If anything else fails, the program ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest.h"

#ifndef PTRACE_O_SUSPEND_SECCOMP
#define PTRACE_O_SUSPEND_SECCOMP (1 << 21)
#endif

/*
 * A loop makes TURNS turns, and then twice as many. At least AGREEING of at most TRIES tries
 * must agree on the fewest instructions. TURNS is small, because the kernel is interrupted
 * every million instructions, and a turn can execute a hundred thousand.
 */
#define TURNS		2
#define AGREEING	8
#define TRIES		100
#define MAX_COMPARISONS	4000

static bool has_option;

/* Loops */

#if defined(__x86_64__)
#define TRAP		"syscall\n"
#define FIRST		"D"
#define SECOND		"S"
#define THIRD		"d"
#define FOURTH		"r10"
#define CLOBBERED	"rax", "rcx", "r11"
#else
#define TRAP		"int $0x80\n"
#define FIRST		"b"
#define SECOND		"c"
#define THIRD		"d"
#define FOURTH		"esi"
#define CLOBBERED	"eax"
#endif
#define HUNDRED_NOPS	".rept 100\nnop\n.endr\n"

enum body { EMPTY, NOPS, READ, EMPTY_SET_CLEAR, SET_CLEAR };

struct loop {
	enum body body;
	long tracee, option;	/* of SET_CLEAR */
};

/* The call is read(-1, 0, 0): it fails at once, and strict mode allows it. */
#define REPEAT_READ(trap)						\
	asm volatile("1: mov %[nr], %%eax\n"				\
		     trap						\
		     "dec %[turns]\n"					\
		     "jnz 1b"						\
		     : [turns] "+r"(turns)				\
		     : [nr] "i"(SYS_read),				\
		       FIRST(-1L), SECOND(0L), THIRD(0L)		\
		     : CLOBBERED, "memory", "cc")

#define REPEAT_SET_CLEAR(trap)						\
	asm volatile("1: mov %[nr], %%eax\n"				\
		     "mov %[option], %%" FOURTH "\n"			\
		     trap						\
		     "mov %[nr], %%eax\n"				\
		     "mov $0, %%" FOURTH "\n"				\
		     trap						\
		     "dec %[turns]\n"					\
		     "jnz 1b"						\
		     : [turns] "+r"(turns)				\
		     : [nr] "i"(SYS_ptrace), [option] "m"(loop->option),\
		       FIRST((long)PTRACE_SETOPTIONS),			\
		       SECOND(loop->tracee), THIRD(0L)			\
		     : CLOBBERED, FOURTH, "memory", "cc")

static void repeat(const struct loop *loop, long turns)
{
	switch (loop->body) {
	case EMPTY:
		REPEAT_READ("");
		break;
	case NOPS:
		REPEAT_READ(HUNDRED_NOPS);
		break;
	case READ:
		REPEAT_READ(TRAP);
		break;
	case EMPTY_SET_CLEAR:
		REPEAT_SET_CLEAR("");
		break;
	case SET_CLEAR:
		REPEAT_SET_CLEAR(TRAP);
		break;
	}
}

/* Subjects: processes that run a loop on request. */

struct sandbox {
	const char *name;
	int filters, comparisons;	/* how many, and how many in each */
	bool cached;			/* do they read only the number of the call? */
	bool strict;
	bool no_tsc;			/* is its TSC disabled, as by strict mode? */
};

static const struct sandbox sandboxes[] = {
	{ .name = "no seccomp" },
	{ .name = "TSC disabled", .no_tsc = true },
	{ .name = "filter of 1", .filters = 1, .comparisons = 1 },
	{ .name = "filter of 10", .filters = 1, .comparisons = 10 },
	{ .name = "filter of 100", .filters = 1, .comparisons = 100 },
	{ .name = "filter of 1000", .filters = 1, .comparisons = 1000 },
	{ .name = "filter of 4000", .filters = 1, .comparisons = MAX_COMPARISONS },
	{ .name = "2 filters", .filters = 2, .comparisons = 1 },
	{ .name = "8 filters", .filters = 8, .comparisons = 1 },
	{ .name = "32 filters", .filters = 32, .comparisons = 1 },
	{ .name = "cached filter", .filters = 1, .comparisons = 1, .cached = true },
	{ .name = "strict mode", .strict = true },
};

static const struct {
	const char *name;
	long options;			/* -1: it is not traced */
} states[] = {
	{ "not traced", -1 }, { "traced", 0 }, { "suspended", PTRACE_O_SUSPEND_SECCOMP },
};

/* The options to set and clear. */
static const struct {
	const char *name;
	long option;
} options[] = {
	{ "EXITKILL", PTRACE_O_EXITKILL }, { "SUSPEND_SECCOMP", PTRACE_O_SUSPEND_SECCOMP },
};
static const int numbers_of_filters[] = { 0, 1, 2, 8, 32 };
static const int numbers_of_tracees[] = { 1, 10, 100, 1000 };

struct subject {
	pid_t pid;			/* 0: this process itself */
	int orders, done;		/* pipes: an order goes in, a byte comes out */
};

struct order {
	struct loop loop;
	long turns;
};

static void install_filter(const struct sandbox *s)
{
	/* The kernel caches the result of a filter only if it reads no argument of the call. */
	const int what = s->cached ? offsetof(struct seccomp_data, nr) :
				     offsetof(struct seccomp_data, args[2]);
	static struct sock_filter code[MAX_COMPARISONS + 2];
	struct sock_fprog filter = { .len = s->comparisons + 2, .filter = code };
	int i = 0;

	code[i++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, what);
	/* Compare with a value that never occurs. Equal or not, the next comparison follows. */
	while (i <= s->comparisons)
		code[i++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ~0U, 0, 0);
	code[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter))
		ksft_exit_fail_perror("seccomp");
}

/* Be a subject, in the child. After the setup it uses only read() and write(), for strict mode. */
static void __noreturn serve(const struct sandbox *s, int orders, int done)
{
	struct order order;

	for (int i = 0; i < s->filters; i++)
		install_filter(s);
	if (s->no_tsc && prctl(PR_SET_TSC, PR_TSC_SIGSEGV))
		ksft_exit_fail_perror("PR_SET_TSC");
	if (s->strict && prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
		ksft_exit_fail_perror("PR_SET_SECCOMP");
	while (write(done, "", 1) == 1 &&
	       read(orders, &order, sizeof(order)) == sizeof(order))
		repeat(&order.loop, order.turns);
	for (;;)
		syscall(SYS_exit, 1);
}

static void wait_until_done(const struct subject *subject)
{
	char byte;

	if (read(subject->done, &byte, 1) != 1)
		ksft_exit_fail_msg("the subject %d has ended\n", subject->pid);
}

static void start(struct subject *subject, const struct sandbox *s)
{
	int orders[2], done[2];

	if (pipe(orders) || pipe(done))
		ksft_exit_fail_perror("pipe");
	subject->pid = fork();
	if (subject->pid < 0)
		ksft_exit_fail_perror("fork");
	if (!subject->pid) {
		close(orders[1]);
		close(done[0]);
		serve(s, orders[0], done[1]);
	}
	close(orders[0]);
	close(done[1]);
	subject->orders = orders[1];
	subject->done = done[0];
	wait_until_done(subject);
}

static void end(const struct subject *subject)
{
	kill(subject->pid, SIGKILL);
	if (waitpid(subject->pid, NULL, __WALL) != subject->pid)
		ksft_exit_fail_perror("waitpid");
	close(subject->orders);
	close(subject->done);
}

static void run(const struct subject *subject, const struct loop *loop, long turns)
{
	const struct order order = { .loop = *loop, .turns = turns };

	if (!subject->pid) {
		repeat(loop, turns);
		return;
	}
	if (write(subject->orders, &order, sizeof(order)) != sizeof(order))
		ksft_exit_fail_perror("write");
	wait_until_done(subject);
}

static void seize(const struct subject *subject, long options)
{
	if (ptrace(PTRACE_SEIZE, subject->pid, 0, options))
		ksft_exit_fail_perror("PTRACE_SEIZE");
}

/* Counting */

/* Count the instructions of @turns turns of @loop, including those around the loop. */
static long clock_loop(const struct subject *subject, const struct loop *loop, long turns)
{
	uint64_t before = __builtin_ia32_rdtsc();

	run(subject, loop, turns);
	return __builtin_ia32_rdtsc() - before;
}

/*
 * Count the instructions of one turn, exactly: those of TURNS more turns when nothing
 * disturbs them, divided by TURNS. Returns false if there is no exact number.
 */
static bool per_turn(const struct subject *subject, const struct loop *loop, long *count)
{
	long least[2] = { LONG_MAX, LONG_MAX };
	int agree[2] = {};

	for (int try = 0; try < TRIES && (agree[0] < AGREEING || agree[1] < AGREEING); try++)
		for (int i = 0; i < 2; i++) {
			long clock = clock_loop(subject, loop, TURNS * (i + 1));

			if (clock < least[i]) {
				least[i] = clock;
				agree[i] = 0;
			}
			agree[i] += clock == least[i];
		}
	*count = (least[1] - least[0]) / TURNS;
	return agree[0] >= AGREEING && agree[1] >= AGREEING &&
	       *count * TURNS == least[1] - least[0];
}

/* Report how many instructions more than @empty the body of @loop executes. */
static void count(const char *name, const struct subject *subject,
		  const struct loop *empty, const struct loop *loop)
{
	long without, with;
	bool exact = per_turn(subject, empty, &without) && per_turn(subject, loop, &with);

	if (exact)
		ksft_test_result_pass("%s # %ld\n", name, with - without);
	else
		ksft_test_result_fail("%s # not exact\n", name);
}

static const struct loop empty = { .body = EMPTY };

/* To check the program itself: KNOWN results, which must be 0 and 100. */
#define KNOWN 4

static void count_known(void)
{
	const struct loop nops = { .body = NOPS };
	const struct subject self = {};
	struct subject other;

	start(&other, &sandboxes[0]);
	count("nothing, in this process", &self, &empty, &empty);
	count("hundred nops, in this process", &self, &empty, &nops);
	count("nothing, in another process", &other, &empty, &empty);
	count("hundred nops, in another process", &other, &empty, &nops);
	end(&other);
}

static void count_calls(const struct sandbox *s)
{
	const struct loop reads = { .body = READ };

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		struct subject subject;
		char name[64];

		snprintf(name, sizeof(name), "%s, %s", s->name, states[i].name);
		if (states[i].options > 0 && !has_option) {
			ksft_test_result_skip("%s\n", name);
			continue;
		}
		start(&subject, s);
		if (states[i].options >= 0)
			seize(&subject, states[i].options);
		count(name, &subject, &empty, &reads);
		end(&subject);
	}
}

/* PTRACE_SETOPTIONS with an option, and then with none. */
static void count_set_clear(const char *tracees, pid_t tracee)
{
	const struct subject self = {};

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		struct loop without = { EMPTY_SET_CLEAR, tracee, options[i].option };
		struct loop with = { SET_CLEAR, tracee, options[i].option };
		char name[64];

		snprintf(name, sizeof(name), "set and clear %s, %s", options[i].name, tracees);
		if (options[i].option == PTRACE_O_SUSPEND_SECCOMP && !has_option)
			ksft_test_result_skip("%s\n", name);
		else
			count(name, &self, &without, &with);
	}
}

static void stop(const struct subject *subject)
{
	if (ptrace(PTRACE_INTERRUPT, subject->pid, 0, 0))
		ksft_exit_fail_perror("PTRACE_INTERRUPT");
	if (waitpid(subject->pid, NULL, __WALL) != subject->pid)
		ksft_exit_fail_perror("waitpid");
}

static void count_set_clear_by_filters(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers_of_filters); i++) {
		const int filters = numbers_of_filters[i];
		const struct sandbox s = { .filters = filters, .comparisons = 1 };
		struct subject subject;
		char name[32];

		start(&subject, &s);
		seize(&subject, 0);
		stop(&subject);
		snprintf(name, sizeof(name), "%d filter%s", filters, filters == 1 ? "" : "s");
		count_set_clear(name, subject.pid);
		end(&subject);
	}
}

/* A tracee that does nothing, and ends with this process. */
static void add_tracee(void)
{
	struct subject subject = { .pid = fork() };

	if (subject.pid < 0)
		ksft_exit_fail_perror("fork");
	while (!subject.pid)
		pause();
	seize(&subject, PTRACE_O_EXITKILL);
}

static void count_set_clear_by_tracees(void)
{
	struct subject subject;
	int tracees = 1;

	start(&subject, &sandboxes[0]);
	seize(&subject, 0);
	stop(&subject);
	for (size_t i = 0; i < ARRAY_SIZE(numbers_of_tracees); i++) {
		char name[32];

		for (; tracees < numbers_of_tracees[i]; tracees++)
			add_tracee();
		snprintf(name, sizeof(name), "%d tracee%s", tracees, tracees == 1 ? "" : "s");
		count_set_clear(name, subject.pid);
	}
	end(&subject);
}

/*
 * The kernel looks up a process by its PID in a tree, which has one level more once a PID
 * is above 63. Let all following PIDs be above 63, so that each look-up costs the same.
 */
static void leave_low_pids(void)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY);

	if (fd < 0 || write(fd, "100", 3) != 3)
		ksft_exit_fail_perror("ns_last_pid");
	close(fd);
}

int main(void)
{
	const struct sched_param first = { .sched_priority = 1 };
	struct subject subject;

	ksft_print_header();
	ksft_set_plan(KNOWN + ARRAY_SIZE(sandboxes) * ARRAY_SIZE(states) + ARRAY_SIZE(options) *
		      (ARRAY_SIZE(numbers_of_filters) + ARRAY_SIZE(numbers_of_tracees)));
	/* The fair scheduler executes a different number of instructions at each switch. */
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		ksft_exit_fail_perror("sched_setscheduler");
	leave_low_pids();

	start(&subject, &sandboxes[0]);
	has_option = !ptrace(PTRACE_SEIZE, subject.pid, 0, PTRACE_O_SUSPEND_SECCOMP);
	end(&subject);

	count_known();
	for (size_t i = 0; i < ARRAY_SIZE(sandboxes); i++)
		count_calls(&sandboxes[i]);
	count_set_clear_by_filters();
	count_set_clear_by_tracees();
	ksft_finished();
}
