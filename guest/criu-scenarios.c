// SPDX-License-Identifier: GPL-2.0
/*
 * Dump and restore sandboxed processes with CRIU, and check the outcome.
 *
 *	criu-scenarios refused	for a kernel without PTRACE_O_SUSPEND_SECCOMP:
 *				each dump must fail, and kill a target under a filter
 *	criu-scenarios saved	for a kernel with it: each target must be dumped and
 *				restored, continue to count at the next number, and
 *				be in the same sandbox as before
 *	criu-scenarios running	for the same: each target must go on after a dump that
 *				leaves it running. After a pre-dump, threads under a
 *				filter must go on if it allows restart_syscall(), and
 *				die of it if not, see below.
 *	criu-scenarios counted	for both, where the clock counts instructions: dump a
 *				target without seccomp a few times, and one under a
 *				filter if seccomp can be suspended. The number of
 *				instructions is behind each result:
 *				ok 1 a process under a filter: dumped # 12345000
 *
 * A target is a process that counts: each of its threads appends the numbers 1, 2
 * and so on to a file of its own. Its sandbox, a filter or strict mode, allows only
 * the calls that this needs. After SIGUSR1 it makes a forbidden call.
 *
 * Why does a failed dump kill a target under a filter? CRIU interrupts the target
 * before it finds that it cannot suspend seccomp. An interrupted sleep continues with
 * restart_syscall(), which the filter does not allow. In strict mode a target cannot
 * sleep, so it survives a failed dump. In a thread whose registers CRIU saves, it lets the
 * interrupted call fail with EINTR instead. A pre-dump does so in the main thread only.
 *
 * KTAP goes to stdout; the exit status is kselftest's. A failed test prints why.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "kselftest.h"

/*
 * Seconds that one wait may last. On an emulated machine criu needs one second. Even if
 * one wait for each target times out, the program ends within PID 1's limit.
 */
#define PATIENCE	40
/* A target that prints this many more numbers is alive. */
#define ALIVE		2
/*
 * Milliseconds that a target under a filter sleeps after each number: so long that a
 * dump interrupts the sleep.
 */
#define PACE		500
/* How many lines of criu's output are printed when it fails. */
#define SHOWN		15
#define MAX_THREADS	3
/* How often each target is dumped for "counted". */
#define DUMPS		5

struct target {
	const char *who;	/* for the names of the tests */
	const char *sandbox;	/* the same */
	int threads;
	int mode, filters;	/* of each thread, as in /proc/PID/status */
	int deadly;		/* the signal that follows a forbidden call */
	bool restarts;		/* the filter allows restart_syscall() */

	pid_t pid;
	bool ended;
	int status;		/* from wait(), if it has ended */
	char dir[32];		/* of the numbers, the images and criu's output */
	long seen[MAX_THREADS];	/* how many numbers each thread had written at the dump */
};

static struct target targets[] = {
	{
		.who = "a process under a filter", .sandbox = "under its filter",
		.threads = 1, .mode = SECCOMP_MODE_FILTER, .filters = 1, .deadly = SIGSYS,
	}, {
		.who = "a process in strict mode", .sandbox = "in strict mode",
		.threads = 1, .mode = SECCOMP_MODE_STRICT, .filters = 0, .deadly = SIGKILL,
	}, {
		.who = "three threads under a filter", .sandbox = "under their filter",
		.threads = 3, .mode = SECCOMP_MODE_FILTER, .filters = 1, .deadly = SIGSYS,
	},
};

static struct target restarting = {
	.who = "three threads whose filter allows restart_syscall", .sandbox = "under their filter",
	.threads = 3, .mode = SECCOMP_MODE_FILTER, .filters = 1, .deadly = SIGSYS,
	.restarts = true,
};

static struct target unconfined = {
	.who = "a process without seccomp", .threads = 1, .mode = SECCOMP_MODE_DISABLED,
};

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* Poll until @condition holds. False, with a message, if it does not within PATIENCE. */
#define wait_for(condition, what) ({					\
	time_t end__ = now() + PATIENCE;				\
	bool met__;							\
									\
	while (!(met__ = (condition)) && now() < end__)			\
		usleep(10000);						\
	if (!met__)							\
		ksft_print_msg("timed out after %d s, waiting for %s\n",	\
			       PATIENCE, what);				\
	met__;								\
})

/* The target */

static int counts[MAX_THREADS];
static int running;
static bool strict;

/*
 * In strict mode a thread can only call exit(), which ends this thread alone. That is
 * enough: the tests notice a missing thread.
 */
static void __noreturn leave(int status)
{
	for (;;)
		syscall(SYS_exit, status);
}

/* Ends the thread, so that a call that was not filtered is noticed as well. */
static void make_forbidden_call(int sig)
{
	syscall(SYS_getppid);
	leave(sig);
}

/*
 * Not with sleep(), because the C library may make other calls. In strict mode, spin:
 * read() of a timerfd would work, but CRIU restores an expired timerfd disarmed.
 */
static void pause_between_numbers(void)
{
	const struct timespec pace = { .tv_nsec = PACE * 1000000 };

	if (!strict)
		syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &pace, NULL);
	else
		for (volatile int spin = 0; spin < 300000; spin++)
			;
}

static void *count(void *index)
{
	int i = (intptr_t)index;

	__atomic_add_fetch(&running, 1, __ATOMIC_SEQ_CST);
	for (uint32_t number = 1; ; number++) {
		if (write(counts[i], &number, sizeof(number)) != sizeof(number))
			leave(1);
		pause_between_numbers();
	}
	return NULL;
}

/* For all threads. Even the return from a signal handler is forbidden. */
static int install_filter(bool restarts)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_nanosleep, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_restart_syscall, restarts, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = ARRAY_SIZE(code), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
}

/* Be the target, in the child. The test notices a failure here as an early end. */
static void __noreturn be_target(struct target *t)
{
	const struct sigaction action = { .sa_handler = make_forbidden_call };
	char path[PATH_MAX];
	pthread_t thread;

	strict = t->mode == SECCOMP_MODE_STRICT;

	/* CRIU dumps a whole session. This one has no other process and no terminal. */
	setsid();
	close_range(0, UINT_MAX, 0);
	if (open("/dev/null", O_RDWR) != 0 || dup(0) != 1 || dup(0) != 2)
		leave(1);

	/* The processes that wait for the target have priority. */
	if (setpriority(PRIO_PROCESS, 0, 19) || sigaction(SIGUSR1, &action, NULL))
		leave(1);
	for (int i = 0; i < t->threads; i++) {
		snprintf(path, sizeof(path), "%s/count%d", t->dir, i);
		counts[i] = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
		if (counts[i] < 0)
			leave(1);
	}

	/* When all run, the C library makes no more calls to start a thread. */
	for (intptr_t i = 1; i < t->threads; i++)
		if (pthread_create(&thread, NULL, count, (void *)i))
			leave(1);
	while (__atomic_load_n(&running, __ATOMIC_SEQ_CST) < t->threads - 1)
		usleep(1000);

	if (t->mode == SECCOMP_MODE_FILTER && install_filter(t->restarts))
		leave(1);
	if (strict && prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
		leave(1);
	count((void *)0);
	leave(1);
}

/* The state of a target, as the test sees it */

/* The number of the line "@key: NUMBER" in a /proc/.../status, or -1. */
static int status_field(const char *path, const char *key)
{
	size_t len = strlen(key);
	char line[256];
	int value = -1;
	FILE *file;

	file = fopen(path, "r");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, key, len) && line[len] == ':')
			value = atoi(line + len + 1);
	fclose(file);
	return value;
}

/* Are all of its threads there, each with its seccomp mode and number of filters? */
static bool is_confined(const struct target *t)
{
	struct dirent *entry;
	char path[PATH_MAX];
	int confined = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", t->pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%s/status", t->pid, entry->d_name);
		if (status_field(path, "Seccomp") != t->mode ||
		    status_field(path, "Seccomp_filters") != t->filters) {
			confined = -1;
			break;
		}
		confined++;
	}
	closedir(dir);
	return confined == t->threads;
}

/* How many numbers a thread has written. */
static long counted(const struct target *t, int thread)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/count%d", t->dir, thread);
	return stat(path, &st) ? 0 : st.st_size / sizeof(uint32_t);
}

/* Has every thread written at least ALIVE more numbers than @t->seen? */
static bool is_counting(const struct target *t)
{
	for (int i = 0; i < t->threads; i++)
		if (counted(t, i) < t->seen[i] + ALIVE)
			return false;
	return true;
}

/* Has each number been written once, and in order? */
static bool has_counted_well(const struct target *t)
{
	uint32_t number, expected;
	char path[PATH_MAX];
	FILE *file;

	for (int i = 0; i < t->threads; i++) {
		snprintf(path, sizeof(path), "%s/count%d", t->dir, i);
		file = fopen(path, "r");
		if (!file)
			ksft_exit_fail_perror(path);
		for (expected = 1; fread(&number, sizeof(number), 1, file) == 1; expected++)
			if (number != expected)
				break;
		if (!feof(file)) {
			ksft_print_msg("found the number %u instead of %u (dumped at %ld)\n",
				       number, expected, t->seen[i]);
			fclose(file);
			return false;
		}
		fclose(file);
	}
	return true;
}

static bool has_ended(struct target *t)
{
	if (!t->ended)
		t->ended = waitpid(t->pid, &t->status, WNOHANG) == t->pid;
	return t->ended;
}

/* Wait for the end of a target, which must be killed by the signal @sig. */
static bool ends_by(struct target *t, int sig)
{
	if (!wait_for(has_ended(t), "the target's end"))
		return false;
	if (WIFSIGNALED(t->status) && WTERMSIG(t->status) == sig)
		return true;
	ksft_print_msg("the target's end: %s %d, instead of signal %d\n",
		       WIFSIGNALED(t->status) ? "signal" : "exit",
		       WIFSIGNALED(t->status) ? WTERMSIG(t->status) : WEXITSTATUS(t->status), sig);
	return false;
}

/* Wait for a target to count, in its sandbox. */
static bool is_well(struct target *t)
{
	bool well = false;

	if (!wait_for(has_ended(t) || (well = is_confined(t) && is_counting(t)),
		      "the target to count in its sandbox"))
		ksft_print_msg("it is %sin its sandbox, and is %scounting\n",
			       is_confined(t) ? "" : "not ", is_counting(t) ? "" : "not ");
	else if (!well)
		ksft_print_msg("the target ended at once: wait status %#x\n", t->status);
	return well;
}

/* CRIU */

/* Print the last lines of a file with criu's output. */
static void show(const char *path)
{
	char lines[SHOWN][256];
	FILE *file;
	int n;

	file = fopen(path, "r");
	if (!file)
		ksft_exit_fail_perror(path);
	for (n = 0; fgets(lines[n % SHOWN], sizeof(*lines), file); n++)
		lines[n % SHOWN][strcspn(lines[n % SHOWN], "\n")] = '\0';
	fclose(file);
	ksft_print_msg("%s:\n", path);
	for (int i = n > SHOWN ? n - SHOWN : 0; i < n; i++)
		ksft_print_msg("| %s\n", lines[i % SHOWN]);
}

/* Run criu, with its output in @out. Returns its exit status, or -1. */
static int criu(const char *out, char **args)
{
	struct target self = {};

	self.pid = fork();
	if (self.pid < 0)
		ksft_exit_fail_perror("fork");
	if (!self.pid) {
		close_range(0, UINT_MAX, 0);
		if (open("/dev/null", O_RDONLY) == 0 &&
		    open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600) == 1 && dup(1) == 2)
			execvp(args[0], args);
		_exit(127);
	}
	if (!wait_for(has_ended(&self), args[1])) {
		kill(self.pid, SIGKILL);
		waitpid(self.pid, NULL, 0);
		return -1;
	}
	if (!WIFEXITED(self.status)) {
		ksft_print_msg("criu %s: signal %d\n", args[1], WTERMSIG(self.status));
		return -1;
	}
	if (WEXITSTATUS(self.status) == 127)
		ksft_exit_fail_msg("cannot run criu, or cannot write to %s\n", out);
	return WEXITSTATUS(self.status);
}

/* The steps. If one fails, it prints why and returns false. */

/* Does criu find what it needs, and is it right about whether seccomp can be suspended? */
static bool checks_find(bool suspend)
{
	const char *out = "/tmp/criu-check.log";

	if (!criu(out, (char *[]){ "criu", "check", NULL }) &&
	    !criu(out, (char *[]){ "criu", "check", "--feature", "seccomp_suspend", NULL }) == suspend)
		return true;
	show(out);
	return false;
}

static bool starts(struct target *t)
{
	t->ended = false;
	memset(t->seen, 0, sizeof(t->seen));
	strcpy(t->dir, "/tmp/criu-XXXXXX");
	if (!mkdtemp(t->dir))
		ksft_exit_fail_perror(t->dir);
	t->pid = fork();
	if (t->pid < 0)
		ksft_exit_fail_perror("fork");
	if (!t->pid)
		be_target(t);
	return is_well(t);
}

/* Run criu's @command, with one more argument or NULL. Does it succeed or, if not @works, fail? */
static bool dump(struct target *t, char *command, char *arg, bool works)
{
	char pid[16], out[64];
	int status;

	snprintf(pid, sizeof(pid), "%d", t->pid);
	snprintf(out, sizeof(out), "%s/dump.log", t->dir);
	for (int i = 0; i < t->threads; i++)
		t->seen[i] = counted(t, i);
	status = criu(out, (char *[]){ "criu", command, "-v4", "-D", t->dir, "-t", pid, arg,
				    NULL });
	if (status >= 0 && !status == works)
		return true;
	ksft_print_msg("criu %s: exit %d\n", command, status);
	show(out);
	return false;
}

/* After a successful dump criu kills the target with SIGKILL. */
static bool is_dumped(struct target *t)
{
	if (!dump(t, "dump", NULL, true) || !ends_by(t, SIGKILL))
		return false;
	for (int i = 0; i < t->threads; i++)
		t->seen[i] = counted(t, i);
	return true;
}

static bool is_refused(struct target *t)
{
	if (!dump(t, "dump", NULL, false))
		return false;
	return t->mode == SECCOMP_MODE_STRICT ? is_well(t) : ends_by(t, t->deadly);
}

static bool is_left_running(struct target *t)
{
	return dump(t, "dump", "--leave-running", true) && is_well(t) && has_counted_well(t);
}

/* Does it go on or, if the restart of a sleep is forbidden, die of that? */
static bool is_pre_dumped(struct target *t)
{
	if (!dump(t, "pre-dump", NULL, true))
		return false;
	return t->restarts ? is_well(t) && has_counted_well(t) : ends_by(t, t->deadly);
}

/* With -d, criu exits and the process becomes a child of the nearest subreaper, the test. */
static bool is_restored(struct target *t)
{
	char out[64], path[64];
	int status;

	t->ended = false;
	snprintf(out, sizeof(out), "%s/restore.log", t->dir);
	status = criu(out, (char *[]){ "criu", "restore", "-v4", "-D", t->dir, "-d", NULL });
	if (status || !is_well(t)) {
		ksft_print_msg("criu restore: exit %d\n", status);
		show(out);
		return false;
	}
	snprintf(path, sizeof(path), "/proc/%d/status", t->pid);
	if (status_field(path, "PPid") != getpid()) {
		ksft_print_msg("process %d is not the restored one\n", t->pid);
		return false;
	}
	return has_counted_well(t);
}

static bool dies_of_forbidden_call(struct target *t)
{
	if (kill(t->pid, SIGUSR1)) {
		ksft_perror("kill");
		return false;
	}
	return ends_by(t, t->deadly) && has_counted_well(t);
}

/* No target outlives its tests. */
static void clean_up(struct target *t)
{
	if (t->ended)
		return;
	kill(t->pid, SIGKILL);
	wait_for(has_ended(t), "a killed target to end");
}

/* The scenarios. If a step has failed, the following tests fail as well. */

static void be_refused(struct target *t)
{
	bool refused = starts(t) && is_refused(t);

	ksft_test_result(refused, "%s: the dump fails%s\n", t->who,
			 t->mode == SECCOMP_MODE_STRICT ? "" : ", and ends in SIGSYS");
	clean_up(t);
}

static void be_saved(struct target *t)
{
	bool dumped = starts(t) && is_dumped(t);
	bool restored = dumped && is_restored(t);
	bool confined = restored && dies_of_forbidden_call(t);

	ksft_test_result(dumped, "%s: dumped, and gone\n", t->who);
	ksft_test_result(restored, "%s: restored, still counting %s\n", t->who, t->sandbox);
	ksft_test_result(confined, "%s: a forbidden call still ends in %s\n", t->who,
			 t->deadly == SIGKILL ? "SIGKILL" : "SIGSYS");
	clean_up(t);
}

static void be_left_running(struct target *t)
{
	bool left = starts(t) && is_left_running(t);

	ksft_test_result(left, "%s: dumped and left running, still counting %s\n", t->who,
			 t->sandbox);
	clean_up(t);
}

static void be_pre_dumped(struct target *t)
{
	bool dumped = starts(t) && is_pre_dumped(t);

	ksft_test_result(dumped, "%s: pre-dumped, %s%s\n", t->who,
			 t->restarts ? "still counting " : "where a sleep ends in SIGSYS",
			 t->restarts ? t->sandbox : "");
	clean_up(t);
}

/* Does not return. */
static void leave_running(void)
{
	struct target *threads = &targets[ARRAY_SIZE(targets) - 1];

	ksft_set_plan(ARRAY_SIZE(targets) + 2);
	for (struct target *t = targets; t <= threads; t++)
		be_left_running(t);
	be_pre_dumped(threads);
	be_pre_dumped(&restarting);
	ksft_finished();
}

/* Nanoseconds of processor time of all children that have ended. */
static long long ended_took(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000LL +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000LL;
}

/* The same for a target that has not ended. */
static long long has_taken(const struct target *t)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(t->pid, &clock) || clock_gettime(clock, &ts))
		ksft_exit_fail_perror("the target's clock");
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* Count a dump: the processor time of criu, and of the target while it runs criu's code. */
static void count_dump(struct target *t)
{
	bool dumped = starts(t);
	long long before = 0;

	if (dumped) {
		before = ended_took() + has_taken(t);
		dumped = is_dumped(t);
	}
	ksft_test_result(dumped, "%s: dumped # %lld\n", t->who, ended_took() - before);
	clean_up(t);
}

/* Does not return. */
static void count_dumps(void)
{
	bool suspend = !criu("/tmp/criu-check.log", (char *[]){ "criu", "check", "--feature",
								"seccomp_suspend", NULL });

	ksft_set_plan(DUMPS * (1 + suspend));
	for (int i = 0; i < DUMPS; i++) {
		count_dump(&unconfined);
		if (suspend)
			count_dump(&targets[0]);
	}
	ksft_finished();
}

int main(int argc, char **argv)
{
	bool saved = argc == 2 && !strcmp(argv[1], "saved");
	bool left = argc == 2 && !strcmp(argv[1], "running");
	bool counted = argc == 2 && !strcmp(argv[1], "counted");

	if (!saved && !left && !counted && (argc != 2 || strcmp(argv[1], "refused"))) {
		fprintf(stderr, "usage: %s refused|saved|running|counted\n", argv[0]);
		return 2;
	}
	ksft_print_header();
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		ksft_exit_fail_perror("prctl");
	if (counted)
		count_dumps();
	if (left)
		leave_running();
	ksft_set_plan(1 + ARRAY_SIZE(targets) * (saved ? 3 : 1));

	if (saved)
		ksft_test_result(checks_find(true),
				 "criu check: looks good, and seccomp can be suspended\n");
	else
		ksft_test_result(checks_find(false),
				 "criu check: looks good, but seccomp cannot be suspended\n");
	for (struct target *t = targets; t < targets + ARRAY_SIZE(targets); t++)
		(saved ? be_saved : be_refused)(t);
	ksft_finished();
}
