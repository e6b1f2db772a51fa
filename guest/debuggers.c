// SPDX-License-Identifier: GPL-2.0
/*
 * Do strace and gdb work on this kernel, with threads and under a seccomp filter?
 *
 *	debuggers [OPTION...]	run the tests; the options are those of kselftest_harness.h
 *	debuggers free|filtered|forbidden
 *				be the program that a tool starts: two threads work, then
 *				the process exits with STATUS. "filtered" installs the
 *				filter first; "forbidden" also makes a forbidden call at
 *				the end
 *
 * strace and gdb must be on the PATH: without its tool a test fails. KTAP goes to stdout,
 * the exit status is kselftest's. A failed test prints the end of its tool's output. No
 * wait is longer than PATIENCE seconds.
 *
 * The filter allows all calls but getppid(), which kills the process with SIGSYS. Neither
 * tool sets PTRACE_O_SUSPEND_SECCOMP, so the filter must be enforced under both.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

/* In order with what ksft_print_msg() prints. */
#define TH_LOG_STREAM stdout
#include "kselftest_harness.h"

/* Seconds that one wait may last. A gdb needs two, on an emulated machine. */
#define PATIENCE 20
/* Seconds that one test may last. Then the harness kills it, and no output is shown. */
#define TEST_LIMIT (5 * PATIENCE)
/* How many more rounds a thread must make to prove that it runs. */
#define ALIVE 2
/* How many lines of a tool's output a failed test prints. */
#define SHOWN 25

/*
 * The exit status of the program, and of what has survived a forbidden call. The tests
 * look for these numbers in the output of the tools, too.
 */
#define STATUS	 7
#define SURVIVED 9
/* What end_of() returns for a process that did not end. */
#define NO_END	 1000

#define OUTPUT	 "/tmp/debuggers.log"
#define MAX_ARGS 32

/* The main thread and two more. PR_SET_NAME gives them these names. */
static const char *const names[] = { "main", "first", "second" };
/* As strace and gdb print them. */
static const char *const quoted[] = { "\"main\"", "\"first\"", "\"second\"" };
#define THREADS ((int)ARRAY_SIZE(names))

/* For gdb to read. */
static volatile pid_t own_pid;
/* How often each thread of a process has worked: shared with the test that forked it. */
static volatile int *rounds;

static char program[PATH_MAX];

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* Poll until @condition holds. False if that takes longer than PATIENCE. */
#define wait_for(condition) ({						\
	time_t end__ = now() + PATIENCE;				\
	bool met__;							\
									\
	while (!(met__ = (condition)) && now() < end__)			\
		usleep(10000);						\
	met__;								\
})

/* What is traced. */

static int install_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = ARRAY_SIZE(code), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

static void make_forbidden_call(int sig)
{
	(void)sig;
	getppid();
	_exit(SURVIVED);
}

/* For breakpoints. strace shows the call, and gdb the name. */
static void __attribute__((noinline, noclone)) work(const char *name)
{
	prctl(PR_SET_NAME, name);
}

static void *work_once(void *index)
{
	work(names[(intptr_t)index]);
	return NULL;
}

static void *work_on(void *index)
{
	for (;;) {
		work(names[(intptr_t)index]);
		rounds[(intptr_t)index]++;
		usleep(20000);
	}
	return NULL;
}

static void start_threads(pthread_t *threads, void *(*run)(void *index))
{
	for (intptr_t i = 1; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, run, (void *)i))
			_exit(1);
}

/* The program that a tool starts. */
static int be_program(bool filtered, bool forbidden)
{
	pthread_t threads[THREADS];

	if (filtered && install_filter())
		return 1;
	prctl(PR_GET_SECCOMP);
	start_threads(threads, work_once);
	for (int i = 1; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	getuid();
	if (forbidden)
		make_forbidden_call(0);
	return STATUS;
}

/* The process that a tool attaches to. SIGUSR1 has it make a forbidden call. */
static void be_process(bool filtered)
{
	pthread_t threads[THREADS];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGUSR1, make_forbidden_call);
	own_pid = getpid();
	if (filtered && install_filter())
		_exit(1);
	start_threads(threads, work_on);
	work_on((void *)0);
}

/* What traces. */

#define ARGS(...) ((const char *const []){ __VA_ARGS__, NULL })

/* Start a tool with @args and then @more. Its output has the reason if it does not start. */
static pid_t start(const char *const *args, const char *const *more)
{
	const char *all[MAX_ARGS + 1] = {};
	pid_t pid;
	int n = 0;

	while (*args && n < MAX_ARGS)
		all[n++] = *args++;
	while (*more && n < MAX_ARGS)
		all[n++] = *more++;
	pid = fork();
	if (pid < 0)
		err(KSFT_FAIL, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_range(0, UINT_MAX, 0);
	if (open("/dev/null", O_RDONLY) == 0 &&
	    open(OUTPUT, O_WRONLY | O_APPEND) == 1 && dup(1) == 2) {
		execvp(all[0], (char **)all);
		warn("%s", all[0]);
	}
	_exit(127);
}

/*
 * Wait for the end of a child: its exit status, or the signal as a negative number. One
 * that does not end is killed.
 */
static int end_of(pid_t pid)
{
	int status;

	if (!wait_for(waitpid(pid, &status, WNOHANG) == pid)) {
		ksft_print_msg("process %d did not end within %d s\n", pid, PATIENCE);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		return NO_END;
	}
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/*
 * Look in the output for a line that has all @words, in this order. Returns the number
 * at its beginning, where strace has the thread ID, or 0; -1 if there is no such line.
 */
static int find_line(const char *const *words)
{
	char line[1024];
	int number = -1;
	FILE *file;

	file = fopen(OUTPUT, "r");
	if (!file)
		return -1;
	while (number < 0 && fgets(line, sizeof(line), file)) {
		const char *at = line;

		for (int i = 0; at && words[i]; i++)
			at = strstr(at, words[i]) ? strstr(at, words[i]) + strlen(words[i]) : NULL;
		if (at)
			number = atoi(line);
	}
	fclose(file);
	return number;
}

#define line_with(...) find_line(ARGS(__VA_ARGS__))
#define has_line(...)  (line_with(__VA_ARGS__) >= 0)

static void clear_output(struct __test_metadata *_metadata)
{
	int fd = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ASSERT_LE(0, fd);
	close(fd);
}

static void show_output(struct __test_metadata *_metadata)
{
	char lines[SHOWN][256];
	FILE *file;
	int n;

	if (__test_passed(_metadata))
		return;
	file = fopen(OUTPUT, "r");
	if (!file)
		return;
	for (n = 0; fgets(lines[n % SHOWN], sizeof(*lines), file); n++)
		lines[n % SHOWN][strcspn(lines[n % SHOWN], "\n")] = '\0';
	fclose(file);
	ksft_print_msg("the tool's output, %d lines, ends with:\n", n);
	for (int i = n > SHOWN ? n - SHOWN : 0; i < n; i++)
		ksft_print_msg("| %s\n", lines[i % SHOWN]);
}

/* strace starts the program. */

FIXTURE(strace) {};

FIXTURE_VARIANT(strace) {
	const char *option;
	/* How a program without a filter of its own finds its seccomp mode. */
	const char *mode;
};

FIXTURE_VARIANT_ADD(strace, plain) {
	.option = NULL,
	.mode = "= 0",
};

FIXTURE_VARIANT_ADD(strace, seccomp_bpf) {
	.option = "--seccomp-bpf",
	.mode = "= 2",
};

FIXTURE_SETUP(strace)
{
	clear_output(_metadata);
}

FIXTURE_TEARDOWN(strace)
{
	show_output(_metadata);
}

#define STRACE "strace", "-f", "-A", "-o", OUTPUT, "-e", "trace=prctl,getuid,getppid"

/* strace ends as the program does. */
TEST_F_TIMEOUT(strace, threads_and_exit_status, TEST_LIMIT)
{
	pid_t strace = start(ARGS(STRACE, variant->option), ARGS(program, "free"));
	int first, second;

	EXPECT_EQ(STATUS, end_of(strace));
	EXPECT_TRUE(has_line("prctl(PR_GET_SECCOMP)", variant->mode));
	first = line_with("prctl(PR_SET_NAME, \"first\"");
	second = line_with("prctl(PR_SET_NAME, \"second\"");
	EXPECT_LT(0, first);
	EXPECT_LT(0, second);
	EXPECT_NE(first, second);
	EXPECT_TRUE(has_line("getuid("));
	EXPECT_TRUE(has_line("+++ exited with 7 +++"));
}

TEST_F_TIMEOUT(strace, filter_is_enforced, TEST_LIMIT)
{
	pid_t strace = start(ARGS(STRACE, variant->option), ARGS(program, "forbidden"));

	EXPECT_EQ(-SIGSYS, end_of(strace));
	EXPECT_TRUE(has_line("prctl(PR_GET_SECCOMP)", "= 2"));
	EXPECT_TRUE(has_line("prctl(PR_SET_NAME, \"first\""));
	EXPECT_TRUE(has_line("prctl(PR_SET_NAME, \"second\""));
	EXPECT_TRUE(has_line("getuid("));
	EXPECT_TRUE(has_line("+++ killed by SIGSYS"));
}

/* strace turns an allowed call into a forbidden one, which the filter must see. */
TEST_F_TIMEOUT(strace, injected_call_is_filtered, TEST_LIMIT)
{
	pid_t strace = start(ARGS(STRACE, "-e", "inject=getuid:retval=0:syscall=getppid",
				  variant->option), ARGS(program, "filtered"));

	EXPECT_EQ(-SIGSYS, end_of(strace));
	EXPECT_TRUE(has_line("getuid("));
	EXPECT_TRUE(has_line("+++ killed by SIGSYS"));
}

/* gdb starts the program. */

FIXTURE(gdb) {};

FIXTURE_SETUP(gdb)
{
	clear_output(_metadata);
}

FIXTURE_TEARDOWN(gdb)
{
	show_output(_metadata);
}

#define GDB "gdb", "-nx", "-batch", "-ex", "set startup-with-shell off"

TEST_F_TIMEOUT(gdb, threads_to_breakpoint_and_exit, TEST_LIMIT)
{
	pid_t gdb = start(ARGS(GDB, "-ex", "break work", "-ex", "run"),
			  ARGS("-ex", "continue", "-ex", "continue", "--args", program, "free"));

	EXPECT_EQ(0, end_of(gdb));
	EXPECT_TRUE(has_line("Thread 2 ", " hit Breakpoint 1, "));
	EXPECT_TRUE(has_line("Thread 3 ", " hit Breakpoint 1, "));
	EXPECT_TRUE(has_line("exited with code 07]"));
}

TEST_F_TIMEOUT(gdb, filter_is_enforced, TEST_LIMIT)
{
	pid_t gdb = start(ARGS(GDB, "-ex", "run"), ARGS("--args", program, "forbidden"));

	EXPECT_EQ(0, end_of(gdb));
	EXPECT_TRUE(has_line("terminated with signal SIGSYS"));
}

/* strace and gdb attach to a process. */

FIXTURE(attached) {
	pid_t pid;
	char number[16];
};

FIXTURE_VARIANT(attached) {
	bool filtered;
	int end;	/* of a process that makes a forbidden call */
};

FIXTURE_VARIANT_ADD(attached, unfiltered) {
	.filtered = false,
	.end = SURVIVED,
};

FIXTURE_VARIANT_ADD(attached, filtered) {
	.filtered = true,
	.end = -SIGSYS,
};

static bool have_worked(const int *more_than)
{
	for (int i = 0; i < THREADS; i++)
		if (rounds[i] < more_than[i] + ALIVE)
			return false;
	return true;
}

/* Does every thread work again, counted from now? */
static bool goes_on(void)
{
	int seen[THREADS];

	for (int i = 0; i < THREADS; i++)
		seen[i] = rounds[i];
	return wait_for(have_worked(seen));
}

FIXTURE_SETUP(attached)
{
	clear_output(_metadata);
	rounds = mmap(NULL, THREADS * sizeof(*rounds), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)rounds);
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (!self->pid)
		be_process(variant->filtered);
	snprintf(self->number, sizeof(self->number), "%d", self->pid);
	ASSERT_TRUE(goes_on());
}

FIXTURE_TEARDOWN(attached)
{
	kill(self->pid, SIGKILL);
	show_output(_metadata);
}

/* After the tool has gone, the process must run on, and a forbidden call must end in @end. */
static void check_left_alone(struct __test_metadata *_metadata, pid_t pid, int end)
{
	EXPECT_TRUE(goes_on());
	EXPECT_EQ(0, kill(pid, SIGUSR1));
	EXPECT_EQ(end, end_of(pid));
}

TEST_F_TIMEOUT(attached, strace_detaches, TEST_LIMIT)
{
	pid_t strace = start(ARGS(STRACE, "-p", self->number), ARGS(NULL));

	for (int i = 0; i < THREADS; i++)
		ASSERT_TRUE(wait_for(has_line("prctl(PR_SET_NAME, ", quoted[i])));
	EXPECT_EQ(0, kill(strace, SIGINT));
	EXPECT_EQ(-SIGINT, end_of(strace));
	EXPECT_TRUE(has_line("Process ", self->number, " detached"));
	check_left_alone(_metadata, self->pid, variant->end);
}

TEST_F_TIMEOUT(attached, strace_sees_forbidden_call, TEST_LIMIT)
{
	pid_t strace = start(ARGS(STRACE, "-p", self->number), ARGS(NULL));

	ASSERT_TRUE(wait_for(has_line("prctl(PR_SET_NAME, ")));
	EXPECT_EQ(0, kill(self->pid, SIGUSR1));
	EXPECT_EQ(variant->end, end_of(self->pid));
	end_of(strace);
	EXPECT_TRUE(has_line("--- SIGUSR1 "));
	EXPECT_TRUE(has_line("getppid("));
	EXPECT_TRUE(has_line(variant->filtered ? "+++ killed by SIGSYS" : "+++ exited with 9 +++"));
}

TEST_F_TIMEOUT(attached, gdb_detaches, TEST_LIMIT)
{
	pid_t gdb = start(ARGS(GDB, "-p", self->number, "-ex", "info threads"),
			  ARGS("-ex", "print (int)own_pid", "-ex", "call (int)getpid()",
			       "-ex", "break work", "-ex", "continue",
			       "-ex", "delete", "-ex", "detach"));

	EXPECT_EQ(0, end_of(gdb));
	for (int i = 0; i < THREADS; i++)
		EXPECT_TRUE(has_line("LWP ", quoted[i]));
	EXPECT_TRUE(has_line("$1 = ", self->number));
	EXPECT_TRUE(has_line("$2 = ", self->number));
	EXPECT_TRUE(has_line(" hit Breakpoint 1, "));
	EXPECT_TRUE(has_line(" detached]"));
	check_left_alone(_metadata, self->pid, variant->end);
}

TEST_F_TIMEOUT(attached, gdb_calls_forbidden_function, TEST_LIMIT)
{
	pid_t gdb = start(ARGS(GDB, "-p", self->number),
			  ARGS("-ex", "call (int)getppid()"));
	char parent[16];

	EXPECT_NE(NO_END, end_of(gdb));
	if (variant->filtered) {
		/* gdb may miss the signal when several threads die, but not that they do. */
		ASSERT_TRUE(has_line("(getppid) will be abandoned"));
		EXPECT_EQ(-SIGSYS, end_of(self->pid));
	} else {
		snprintf(parent, sizeof(parent), "%d", getpid());
		EXPECT_TRUE(has_line("$1 = ", parent));
		check_left_alone(_metadata, self->pid, variant->end);
	}
}

int main(int argc, char **argv)
{
	static const char *const programs[] = { "free", "filtered", "forbidden" };

	for (int i = 0; argc == 2 && i < (int)ARRAY_SIZE(programs); i++)
		if (!strcmp(argv[1], programs[i]))
			return be_program(i >= 1, i >= 2);
	if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
		ksft_exit_fail_perror("/proc/self/exe");
	return test_harness_run(argc, argv);
}
