// SPDX-License-Identifier: GPL-2.0
/*
 * Dump and restore sandboxed processes with CRIU, and check the outcome.
 *
 *	criu-scenarios refused	for a kernel without PTRACE_O_SUSPEND_SECCOMP:
 *				each dump must fail, and kill a target under a filter
 *	criu-scenarios unable	for a kernel without checkpoint/restore: criu check must
 *				not look good, and each dump must fail as for "refused"
 *	criu-scenarios saved	for a kernel with it: each target must be dumped and
 *				restored, continue to count at the next number, and
 *				be in the same sandbox as before
 *	criu-scenarios running	for the same: each target must go on after a dump that
 *				leaves it running. After a pre-dump, threads under a
 *				filter must go on if it allows restart_syscall(), and
 *				die of it if not, see below.
 *	criu-scenarios trees	for the same, configured for it (config/variants/criu.config):
 *				as "saved", with targets of many kinds, whose filters must
 *				be the same afterwards, flags included
 *	criu-scenarios killed N SEED
 *				for the same: kill criu at N random moments of a dump, and
 *				at N of a restore, for several targets. No target may be
 *				traced or stopped afterwards, and none that goes on may be
 *				unfiltered. Prints what becomes of them.
 *	criu-scenarios faults	for the same: dump a target while the disk is full, while
 *				criu is stopped for longer than its own time limit, and with
 *				a criu that may not suspend seccomp. The target must go on.
 *				Then let the kernel kill criu because memory runs out: the
 *				same must hold as for "killed".
 *	criu-scenarios counted	for both, where the clock counts instructions: dump a
 *				target without seccomp a few times, and one under a
 *				filter if seccomp can be suspended. The number of
 *				instructions is behind each result:
 *				ok 1 a process under a filter: dumped # 12345000
 *
 * A target is a process that counts. Each of its workers, which are threads and at most
 * one child process, appends its TID and the numbers 1, 2 and so on to a file of its own.
 * Its sandbox, a filter or strict mode, allows only the calls that this needs. After
 * SIGUSR1 it makes a forbidden call.
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
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
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
/* How many lines of criu's output are printed when it fails. */
#define SHOWN		15
#define MAX_WORKERS	3
/* How often each target is dumped for "counted". */
#define DUMPS		5

enum sandbox {
	NONE,
	STRICT,
	FILTER,
	RESTARTING,	/* a filter that allows a few more calls, such as restart_syscall() */
	PARASITE,	/* a filter that allows all that CRIU's code calls */
	LOGGED,		/* the same as RESTARTING, after one that allows all, with SECCOMP_FILTER_FLAG_LOG */
	LISTENED,	/* the same as RESTARTING, with a listener that the target keeps open */
};

static const struct {
	int mode, filters;	/* as in /proc/TID/status */
	int deadly;		/* the signal that follows a forbidden call */
} sandboxes[] = {
	[STRICT]	= { SECCOMP_MODE_STRICT, 0, SIGKILL },
	[FILTER]	= { SECCOMP_MODE_FILTER, 1, SIGSYS },
	[RESTARTING]	= { SECCOMP_MODE_FILTER, 1, SIGSYS },
	[PARASITE]	= { SECCOMP_MODE_FILTER, 1, SIGSYS },
	[LOGGED]	= { SECCOMP_MODE_FILTER, 2, SIGSYS },
	[LISTENED]	= { SECCOMP_MODE_FILTER, 1, SIGSYS },
};

#define MAX_FILTERS	2

/* A filter that is in place, as ptrace() reads it. */
struct filter {
	long len;
	struct sock_filter code[16];
	struct __ptrace_seccomp_metadata metadata;
};

struct target {
	const char *who;	/* for the names of the tests */
	const char *confined;	/* the same */
	int workers;		/* the first is the main thread, the others are threads */
	bool child;		/* but the last one is a child process */
	enum sandbox sandbox[MAX_WORKERS];
	bool tsync;		/* the main thread installs the filter for all */
	bool unprivileged;	/* user 1000, without any capability */
	bool contained;		/* in a user namespace, as its root */
	bool socket;		/* sends each number through a socket */
	bool compat;		/* a 32-bit program */
	int memory;		/* how many MB of memory it has filled */
	int times;		/* how often it is dumped and restored, if more than once */

	pid_t pid;
	bool ended;
	int status;		/* from wait(), if it has ended */
	char dir[32];		/* of the numbers, the images and criu's output */
	/* For each worker */
	long seen[MAX_WORKERS];	/* how many numbers it had written at the dump */
	struct filter filters[MAX_WORKERS][MAX_FILTERS];
};

static struct target targets[] = {
	{
		.who = "a process under a filter", .confined = "under its filter",
		.workers = 1, .sandbox = { FILTER },
	}, {
		.who = "a process in strict mode", .confined = "in strict mode",
		.workers = 1, .sandbox = { STRICT },
	}, {
		.who = "three threads under a filter", .confined = "under their filter",
		.workers = 3, .sandbox = { FILTER, FILTER, FILTER }, .tsync = true,
	},
};

static struct target restarting = {
	.who = "three threads whose filter allows restart_syscall", .confined = "under their filter",
	.workers = 3, .sandbox = { RESTARTING, RESTARTING, RESTARTING }, .tsync = true,
};

static struct target unconfined = {
	.who = "a process without seccomp", .workers = 1,
};

/* The forbidden call is made by the last worker. */
static struct target trees[] = {
	{
		.who = "threads without, with one and with two filters", .confined = "as before",
		.workers = 3, .sandbox = { NONE, RESTARTING, LOGGED },
	}, {
		.who = "a thread in strict mode", .confined = "beside one without seccomp",
		.workers = 2, .sandbox = { NONE, STRICT },
	}, {
		.who = "a child in strict mode", .confined = "beside its parent under a filter",
		.workers = 2, .child = true, .sandbox = { RESTARTING, STRICT },
	}, {
		.who = "a process with a socket", .confined = "under its filter",
		.workers = 1, .socket = true, .sandbox = { RESTARTING },
	}, {
		.who = "a process without privilege", .confined = "under its filters",
		.workers = 1, .unprivileged = true, .sandbox = { LOGGED },
	}, {
		.who = "a 32-bit process", .confined = "under its filters",
		.workers = 2, .compat = true, .sandbox = { RESTARTING, LOGGED },
	}, {
		.who = "a process that is saved ten times", .confined = "under its filter",
		.workers = 1, .times = 10, .sandbox = { RESTARTING },
	},
};

static struct target listening = {
	.who = "a process with a listener", .confined = "under its filter",
	.workers = 1, .sandbox = { LISTENED },
};

/* For "faults" */
static struct target faulty = {
	.who = "a process under a filter", .confined = "under its filter",
	.workers = 1, .sandbox = { RESTARTING },
};

static struct target contained = {
	.who = "a process in a user namespace", .confined = "under its filter",
	.workers = 1, .contained = true, .sandbox = { RESTARTING },
};

/* For "killed". CRIU's code can return to the process only if the filter allows its calls. */
static struct target victims[] = {
	{
		.who = "a process whose filter forbids CRIU's calls", .workers = 1,
		.sandbox = { RESTARTING },
	}, {
		.who = "a process whose filter allows CRIU's calls", .workers = 1,
		.sandbox = { PARASITE },
	}, {
		.who = "a process with 200 MB of memory", .workers = 1, .memory = 200,
		.sandbox = { PARASITE },
	},
};

/*
 * Milliseconds that a target under a filter sleeps after each number: so long that a
 * dump interrupts the sleep.
 */
static int pace = 500;

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

static struct target *me;
static int counts[MAX_WORKERS];
static int sockets[2];
static char *memory;
static int running;

/*
 * In strict mode a thread can only call exit(), which ends this thread alone. That is
 * enough: the tests notice a missing thread.
 */
static void __noreturn leave(int status)
{
	for (;;)
		syscall(SYS_exit, status);
}

static void enter_user_namespace(void)
{
	FILE *map;

	if (unshare(CLONE_NEWUSER))
		leave(1);
	map = fopen("/proc/self/uid_map", "w");
	if (!map || fputs("0 0 1\n", map) < 0 || fclose(map))
		leave(1);
}

/* A call that was not filtered is noticed by the 0, if not by the end of the process. */
static void make_forbidden_call(int sig)
{
	const uint32_t escaped = 0;

	syscall(SYS_getppid);
	for (int i = 0; i < me->workers; i++)
		if (write(counts[i], &escaped, sizeof(escaped)) != sizeof(escaped))
			break;
	leave(sig);
}

/*
 * Not with sleep(), because the C library may make other calls. In strict mode, spin:
 * read() of a timerfd would work, but CRIU restores an expired timerfd disarmed.
 */
static void pause_between_numbers(enum sandbox sandbox)
{
	const struct timespec time = { .tv_nsec = pace * 1000000 };

	if (sandbox != STRICT)
		syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &time, NULL);
	else
		for (volatile int spin = 0; spin < 300000; spin++)
			;
}

/* FILTER forbids even the return from a signal handler. */
static int install_filter(bool restarts, unsigned int flags)
{
	const int calls[] = { SYS_write, SYS_clock_nanosleep, SYS_exit, SYS_restart_syscall,
			      SYS_rt_sigreturn, SYS_read };
	const int nr_calls = restarts ? ARRAY_SIZE(calls) : 3;
	struct sock_filter code[16] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog filter = { .len = 1, .filter = code };

	for (int i = 0; i < nr_calls; i++)
		code[filter.len++] = (struct sock_filter)
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i], nr_calls - i, 0);
	code[filter.len++] = (struct sock_filter)
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	code[filter.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
}

/* It forbids, with @action, only what make_forbidden_call() calls. */
static int install_wide_filter(unsigned int action, unsigned int flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = ARRAY_SIZE(code), .filter = code };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
}

/* Returns a negative number if that fails. */
static int enter(enum sandbox sandbox)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	switch (sandbox) {
	case NONE:
		return 0;
	case STRICT:
		return prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
	case PARASITE:
		return install_wide_filter(SECCOMP_RET_KILL_PROCESS, 0);
	case LISTENED:
		return install_filter(true, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	case LOGGED:
		if (install_wide_filter(SECCOMP_RET_LOG, SECCOMP_FILTER_FLAG_LOG))
			return -1;
		break;
	default:
		break;
	}
	return install_filter(sandbox != FILTER, me->tsync ? SECCOMP_FILTER_FLAG_TSYNC : 0);
}

/* Send a number through the socket. */
static uint32_t sent(uint32_t number)
{
	uint32_t received = 0;

	if (write(sockets[0], &number, sizeof(number)) == sizeof(number) &&
	    read(sockets[1], &received, sizeof(received)) == sizeof(received))
		return received;
	return 0;
}

static void *work(void *index)
{
	int i = (intptr_t)index;
	uint32_t number = gettid();

	if (write(counts[i], &number, sizeof(number)) != sizeof(number))
		leave(1);
	__atomic_add_fetch(&running, 1, __ATOMIC_SEQ_CST);
	if ((!i || !me->tsync) && enter(me->sandbox[i]) < 0)
		leave(1);
	for (number = 1; ; number++) {
		uint32_t output = me->socket ? sent(number) : number;

		if (write(counts[i], &output, sizeof(output)) != sizeof(output))
			leave(1);
		pause_between_numbers(me->sandbox[i]);
	}
	return NULL;
}

/* Be the target, in the child. The test notices a failure here as an early end. */
static void __noreturn be_target(struct target *t)
{
	const struct sigaction action = { .sa_handler = make_forbidden_call };
	int threads = t->workers - t->child;
	char path[PATH_MAX];
	pthread_t thread;

	me = t;

	/* CRIU dumps a whole session. This one has no other process and no terminal. */
	setsid();
	close_range(0, UINT_MAX, 0);
	if (open("/dev/null", O_RDWR) != 0 || dup(0) != 1 || dup(0) != 2)
		leave(1);

	/* The processes that wait for the target have priority. */
	if (setpriority(PRIO_PROCESS, 0, 19) || sigaction(SIGUSR1, &action, NULL) ||
	    signal(SIGCHLD, SIG_IGN) == SIG_ERR)
		leave(1);
	for (int i = 0; i < t->workers; i++) {
		snprintf(path, sizeof(path), "%s/count%d", t->dir, i);
		counts[i] = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
		if (counts[i] < 0)
			leave(1);
	}
	if (t->memory) {
		memory = malloc(t->memory << 20);
		if (!memory)
			leave(1);
		memset(memory, 1, t->memory << 20);
	}
	if (t->socket && socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		leave(1);
	if (t->unprivileged && (setgroups(0, NULL) || setresgid(1000, 1000, 1000) ||
				setresuid(1000, 1000, 1000)))
		leave(1);

	if (t->contained)
		enter_user_namespace();

	if (t->child && !fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		work((void *)(intptr_t)threads);
	}
	/* When all run, the C library makes no more calls to start a thread. */
	for (intptr_t i = 1; i < threads; i++)
		if (pthread_create(&thread, NULL, work, (void *)i))
			leave(1);
	while (__atomic_load_n(&running, __ATOMIC_SEQ_CST) < threads - 1)
		usleep(1000);
	work((void *)0);
	leave(1);
}

/* The state of a target, as the test sees it */

/* The text of the line "@key: TEXT" in /proc/@tid/status, or "". Valid until the next call. */
static const char *status_text(pid_t tid, const char *key)
{
	static char line[256];
	const char *text = "";
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	file = fopen(path, "r");
	if (!file)
		return text;
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, key, strlen(key)) && line[strlen(key)] == ':') {
			text = line + strlen(key) + 1;
			text += strspn(text, " \t");
			break;
		}
	}
	fclose(file);
	return text;
}

/* The same as a number, or -1. */
static int status_number(pid_t tid, const char *key)
{
	const char *text = status_text(tid, key);

	return *text ? atoi(text) : -1;
}

/* What a worker has written: its TID, then numbers. */
static FILE *open_count(const struct target *t, int worker)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/count%d", t->dir, worker);
	return fopen(path, "r");
}

/* Returns 0 if it has not written it yet. */
static pid_t tid_of(const struct target *t, int worker)
{
	FILE *file = open_count(t, worker);
	uint32_t tid;

	if (!file)
		return 0;
	if (fread(&tid, sizeof(tid), 1, file) != 1)
		tid = 0;
	fclose(file);
	return tid;
}

/* Are all of its workers there, each with its user, seccomp mode and number of filters? */
static bool is_confined(const struct target *t)
{
	for (int i = 0; i < t->workers; i++) {
		pid_t tid = tid_of(t, i);

		if (status_number(tid, "Uid") != (t->unprivileged ? 1000 : 0) ||
		    status_number(tid, "Seccomp") != sandboxes[t->sandbox[i]].mode ||
		    status_number(tid, "Seccomp_filters") != sandboxes[t->sandbox[i]].filters)
			return false;
	}
	return true;
}

/* How many numbers a worker has written. */
static long counted(const struct target *t, int worker)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/count%d", t->dir, worker);
	return stat(path, &st) ? 0 : st.st_size / sizeof(uint32_t) - 1;
}

/* Note how many numbers each worker has written. */
static void look(struct target *t)
{
	for (int i = 0; i < t->workers; i++)
		t->seen[i] = counted(t, i);
}

/* Has every worker written at least ALIVE more numbers than @t->seen? */
static bool is_counting(const struct target *t)
{
	for (int i = 0; i < t->workers; i++)
		if (counted(t, i) < t->seen[i] + ALIVE)
			return false;
	return true;
}

/* Has each number been written once, and in order? */
static bool has_counted_well(const struct target *t)
{
	uint32_t number, expected;
	FILE *file;

	for (int i = 0; i < t->workers; i++) {
		file = open_count(t, i);
		if (!file || fread(&number, sizeof(number), 1, file) != 1)
			ksft_exit_fail_perror("the numbers of a target");
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

/* What criu's process does first, if not NULL. */
static void (*prepare)(void);

/* Start criu, with its output in @out. */
static struct target start_criu(const char *out, char **args)
{
	struct target self = {};

	self.pid = fork();
	if (self.pid < 0)
		ksft_exit_fail_perror("fork");
	if (!self.pid) {
		if (prepare)
			prepare();
		close_range(0, UINT_MAX, 0);
		if (open("/dev/null", O_RDONLY) == 0 &&
		    open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600) == 1 && dup(1) == 2)
			execvp(args[0], args);
		_exit(127);
	}
	return self;
}

/* Run it. Returns its exit status, or -1. */
static int criu(const char *out, char **args)
{
	struct target self = start_criu(out, args);

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

static const char check_log[] = "/tmp/criu-check.log";

/* Does criu find that it can suspend seccomp? */
static bool checks_suspension(void)
{
	return !criu(check_log,
		     (char *[]){ "criu", "check", "--feature", "seccomp_suspend", NULL });
}

/* Is criu right about whether it finds what it needs, and whether seccomp can be suspended? */
static bool checks_find(bool good, bool suspend)
{
	if (!criu(check_log, (char *[]){ "criu", "check", NULL }) == good &&
	    checks_suspension() == suspend)
		return true;
	show(check_log);
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
	if (!t->pid && t->compat)
		execl("/bin/criu-scenarios_compat", "criu-scenarios_compat", "target", t->who,
		      t->dir, NULL);
	if (!t->pid)
		be_target(t);
	return is_well(t);
}

/*
 * Read the filters of all workers. They stop for that, so their filters must allow
 * restart_syscall(). What is not there is 0.
 */
static bool read_filters(const struct target *t, struct filter filters[][MAX_FILTERS])
{
	bool read = true;

	memset(filters, 0, sizeof(t->filters));
	for (int i = 0; i < t->workers; i++) {
		pid_t tid = tid_of(t, i);

		if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) ||
		    ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) || waitpid(tid, NULL, __WALL) != tid) {
			ksft_perror("cannot stop a thread of the target");
			return false;
		}
		for (int n = 0; n < sandboxes[t->sandbox[i]].filters; n++) {
			struct filter *filter = &filters[i][n];

			filter->metadata.filter_off = n;
			filter->len = ptrace(PTRACE_SECCOMP_GET_FILTER, tid, n, filter->code);
			if (filter->len < 0 || ptrace(PTRACE_SECCOMP_GET_METADATA, tid,
						      sizeof(filter->metadata),
						      &filter->metadata) < 0) {
				ksft_perror("cannot read a filter of the target");
				read = false;
			}
		}
		if (ptrace(PTRACE_DETACH, tid, NULL, NULL)) {
			ksft_perror("cannot detach from the target");
			return false;
		}
	}
	return read;
}

static bool has_same_filters(const struct target *t)
{
	static struct filter filters[MAX_WORKERS][MAX_FILTERS];

	if (!read_filters(t, filters))
		return false;
	if (!memcmp(filters, t->filters, sizeof(filters)))
		return true;
	ksft_print_msg("the filters are not the same as before\n");
	return false;
}

/* Run criu's @command, with one more argument or NULL. Does it succeed or, if not @works, fail? */
static bool dump(struct target *t, char *command, char *arg, bool works)
{
	char pid[16], out[64];
	int status;

	snprintf(pid, sizeof(pid), "%d", t->pid);
	snprintf(out, sizeof(out), "%s/dump.log", t->dir);
	look(t);
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
	/* The test, as the subreaper, inherits the child. */
	if (t->child)
		waitpid(tid_of(t, t->workers - 1), NULL, 0);
	look(t);
	return true;
}

/* A refused dump interrupts the target's sleep, so only one that may restart it goes on. */
static bool is_refused(struct target *t)
{
	if (!dump(t, "dump", NULL, false))
		return false;
	return t->sandbox[0] == FILTER ? ends_by(t, SIGSYS) : is_well(t) && has_counted_well(t);
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
	return t->sandbox[0] == FILTER ? ends_by(t, SIGSYS) : is_well(t) && has_counted_well(t);
}

/* With -d, criu exits and the process becomes a child of the nearest subreaper, the test. */
static bool is_restored(struct target *t)
{
	char out[64];
	int status;

	snprintf(out, sizeof(out), "%s/restore.log", t->dir);
	status = criu(out, (char *[]){ "criu", "restore", "-v4", "-D", t->dir, "-d", NULL });
	t->ended = status != 0;
	if (status || !is_well(t)) {
		ksft_print_msg("criu restore: exit %d\n", status);
		show(out);
		return false;
	}
	if (status_number(t->pid, "PPid") != getpid()) {
		ksft_print_msg("process %d is not the restored one\n", t->pid);
		return false;
	}
	return has_counted_well(t);
}

/*
 * Let the last worker make a forbidden call. A filter kills its process, which is the whole
 * target unless the worker is a child. Strict mode kills only the thread.
 */
static bool dies_of_forbidden_call(struct target *t)
{
	int last = t->workers - 1;
	pid_t tid = tid_of(t, last);
	bool alone = last && (t->child || t->sandbox[last] == STRICT);

	if (syscall(SYS_tkill, tid, SIGUSR1)) {
		ksft_perror("tkill");
		return false;
	}
	if (!alone)
		return ends_by(t, sandboxes[t->sandbox[last]].deadly) && has_counted_well(t);
	return wait_for(syscall(SYS_tkill, tid, 0) && errno == ESRCH, "the end of a worker") &&
	       has_counted_well(t);
}

/* Free the memory that the images need, so that the next target has it. */
static void remove_images(const struct target *t)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/pages-1.img", t->dir);
	unlink(path);
}

/* Let the main thread have written @numbers numbers only. */
static void cut_count(const struct target *t, long numbers)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/count0", t->dir);
	if (truncate(path, (numbers + 1) * sizeof(uint32_t)))
		ksft_exit_fail_perror(path);
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
			 t->sandbox[0] == FILTER ? ", and ends in SIGSYS" : "");
	clean_up(t);
}

static void be_saved(struct target *t)
{
	int last = t->workers - 1;
	bool filters = t->sandbox[0] != FILTER;	/* see read_filters() */
	bool dumped = false, restored, confined;

	restored = starts(t) && (!filters || read_filters(t, t->filters));
	for (int i = 0; restored && (!i || i < t->times); i++) {
		dumped = is_dumped(t);
		restored = dumped && is_restored(t) && (!filters || has_same_filters(t));
	}
	confined = restored && dies_of_forbidden_call(t);

	ksft_test_result(dumped, "%s: dumped, and gone\n", t->who);
	ksft_test_result(restored, "%s: restored, still counting %s\n", t->who, t->confined);
	ksft_test_result(confined, "%s: a forbidden call still ends in %s\n", t->who,
			 t->sandbox[last] == STRICT ? "SIGKILL" : "SIGSYS");
	clean_up(t);
}

static void be_left_running(struct target *t)
{
	bool left = starts(t) && is_left_running(t);

	ksft_test_result(left, "%s: dumped and left running, still counting %s\n", t->who,
			 t->confined);
	clean_up(t);
}

static void be_pre_dumped(struct target *t)
{
	bool dumped = starts(t) && is_pre_dumped(t);

	ksft_test_result(dumped, "%s: pre-dumped, %s%s\n", t->who,
			 t->sandbox[0] == FILTER ? "where a sleep ends in SIGSYS" : "still counting ",
			 t->sandbox[0] == FILTER ? "" : t->confined);
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
	bool suspend = checks_suspension();

	ksft_set_plan(DUMPS * (1 + suspend));
	for (int i = 0; i < DUMPS; i++) {
		count_dump(&unconfined);
		if (suspend)
			count_dump(&targets[0]);
	}
	ksft_finished();
}

/* Does not return. */
static void save_trees(void)
{
	ksft_set_plan(ARRAY_SIZE(trees) * 3 + 1);
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++)
		be_saved(&trees[i]);
	be_refused(&listening);
	ksft_finished();
}

/* CRIU is killed. */

enum fate {
	MISSED,		/* criu had ended before it was killed */
	GOES_ON,
	BLOCKS,		/* goes on, with all signals blocked */
	SLEEPS,		/* for ever, in CRIU's code */
	FORBIDDEN,	/* died of a forbidden call */
	DIED,		/* otherwise; a complete dump ends in SIGKILL */
	ABSENT,		/* was not restored yet */
	NR_FATES
};

static const char * const fates[] = {
	"not killed in time", "go on", "go on with signals blocked", "sleep in CRIU's code",
	"died of SIGSYS", "died otherwise", "not there yet"
};

/* Microseconds */
static long long microseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

static bool exists(struct target *t)
{
	return !has_ended(t) && !kill(t->pid, 0);
}

/* Start criu and kill it after @delay microseconds. False if it had ended before that. */
static bool kill_criu(struct target *t, char **args, long long delay)
{
	struct target self;
	char out[64];

	snprintf(out, sizeof(out), "%s/killed.log", t->dir);
	self = start_criu(out, args);
	usleep(delay);
	kill(self.pid, SIGKILL);
	return wait_for(has_ended(&self), "criu's end") && WIFSIGNALED(self.status);
}

/*
 * What has become of a target after criu was killed? If it runs, it must be confined, and die of
 * a forbidden call. It must not be traced or stopped in any case.
 */
static enum fate fate_of(struct target *t, bool *well)
{
	long long end = microseconds() + 3000000;
	char state;

	look(t);
	while (exists(t) && !is_counting(t) && microseconds() < end)
		usleep(10000);
	if (t->ended)
		return WIFSIGNALED(t->status) && WTERMSIG(t->status) == SIGSYS ? FORBIDDEN : DIED;
	if (!exists(t))
		return ABSENT;
	state = *status_text(t->pid, "State");
	if (!state)
		return DIED;
	*well = status_number(t->pid, "TracerPid") == 0 && !strchr("Tt", state) &&
		(!is_counting(t) || is_confined(t));
	if (!*well)
		ksft_print_msg("the target is %straced, in the state %c, %sconfined\n",
			       status_number(t->pid, "TracerPid") ? "" : "not ", state,
			       is_confined(t) ? "" : "not ");
	if (!is_counting(t))
		return SLEEPS;
	if (strtoull(status_text(t->pid, "SigBlk"), NULL, 16))
		return BLOCKS;
	*well = *well && dies_of_forbidden_call(t);
	return GOES_ON;
}

/* Print what became of the targets, and the result of the test. */
static void report_fates(const struct target *t, const char *what, const int *count, int kills,
			 bool well)
{
	for (int fate = 0; fate < NR_FATES; fate++)
		if (count[fate])
			ksft_print_msg("%s, %s: %d %s\n", t->who, what, count[fate], fates[fate]);
	if (count[MISSED] == kills)
		ksft_test_result_skip("%s: CRIU was never killed in time\n", t->who);
	else
		ksft_test_result(well, "%s: no %s is unfiltered, traced or stopped\n",
				 t->who, what);
}

/* Kill criu at @kills moments of a dump, half of which leave the target running. */
static void kill_dumps(struct target *t, int kills)
{
	int count[NR_FATES] = {};
	long long duration = 0;
	bool well = true;
	char pid[16];

	/* The first two are not killed, the second shows the duration. */
	for (int i = -2; well && i < kills; i++) {
		char *args[] = { "criu", "dump", "-D", t->dir, "-t", pid,
				 i % 2 ? NULL : "--leave-running", NULL };

		if (!starts(t))
			ksft_exit_fail_msg("cannot start a target\n");
		snprintf(pid, sizeof(pid), "%d", t->pid);
		if (i < 0) {
			duration = -microseconds();
			well = dump(t, "dump", "--leave-running", true);
			duration += microseconds();
		} else if (!kill_criu(t, args, random() % duration)) {
			count[MISSED]++;
		} else {
			count[fate_of(t, &well)]++;
		}
		clean_up(t);
		remove_images(t);
	}
	report_fates(t, "survivor of a dump", count, kills, well);
}

/* Kill criu at @kills moments of a restore. */
static void kill_restores(struct target *t, int kills)
{
	int count[NR_FATES] = {};
	long long duration = 0, seen;
	bool well = starts(t) && is_dumped(t);

	seen = t->seen[0];
	for (int i = -2; well && i < kills; i++) {
		char *args[] = { "criu", "restore", "-D", t->dir, "-d", NULL };

		/* CRIU restores a file only if it has its size at the dump. */
		cut_count(t, seen);
		t->ended = false;
		if (i < 0) {
			duration = -microseconds();
			well = is_restored(t);
			duration += microseconds();
		} else if (!kill_criu(t, args, random() % duration)) {
			count[MISSED]++;
		} else {
			count[fate_of(t, &well)]++;
		}
		if (exists(t))
			clean_up(t);
	}
	remove_images(t);
	report_fates(t, "restored process", count, kills, well);
}

/* Does not return. */
static void kill_all(int kills, int seed)
{
	ksft_print_msg("seed %d\n", seed);
	srandom(seed);
	pace = 100;
	ksft_set_plan(ARRAY_SIZE(victims) * 2);
	for (size_t i = 0; i < ARRAY_SIZE(victims); i++) {
		int share = victims[i].memory ? kills / 5 + 1 : kills;

		kill_dumps(&victims[i], share);
		kill_restores(&victims[i], share);
	}
	ksft_finished();
}

/* Faults */

/* Seconds for which criu is stopped. It gives its targets ten to stop. */
#define STOPPED	15

/* Does a line of the file @path contain @text? */
static bool contains(const char *path, const char *text)
{
	char line[512];
	bool found = false;
	FILE *file;

	file = fopen(path, "r");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = strstr(line, text);
	fclose(file);
	return found;
}

/* The same for criu's output. If there is no such line, print the last ones. */
static bool has_printed(const char *path, const char *text)
{
	bool printed = contains(path, text);

	if (!printed)
		show(path);
	return printed;
}

/* A dump to the folder @images must fail. criu must print @why, and the target go on. */
static void fail_to_dump(struct target *t, char *images, const char *what, const char *why)
{
	char pid[16], out[64];
	bool failed = starts(t);

	look(t);
	snprintf(pid, sizeof(pid), "%d", t->pid);
	snprintf(out, sizeof(out), "%s/dump.log", t->dir);
	failed = failed && criu(out, (char *[]){ "criu", "dump", "-v4", "-D", images, "-t", pid,
						 NULL }) > 0;
	failed = failed && has_printed(out, why) && is_well(t) && has_counted_well(t);
	ksft_test_result(failed, "%s: %s, the dump fails, still counting %s\n", t->who, what,
			 t->confined);
	clean_up(t);
}

/* Stop criu for a while in the middle of a dump. The target must wait for it, and then go on. */
static void be_dumped_slowly(struct target *t)
{
	bool dumped = starts(t);
	struct target self;
	char pid[16], out[64];

	snprintf(pid, sizeof(pid), "%d", t->pid);
	snprintf(out, sizeof(out), "%s/slow.log", t->dir);
	self = start_criu(out, (char *[]){ "criu", "dump", "-v4", "-D", t->dir, "-t", pid,
					   "--leave-running", NULL });
	dumped = dumped && wait_for(*status_text(t->pid, "State") == 't', "criu to stop it");
	kill(self.pid, SIGSTOP);
	self.ended = waitpid(self.pid, &self.status, WUNTRACED) == self.pid &&
		     !WIFSTOPPED(self.status);
	look(t);
	sleep(STOPPED);
	if (counted(t, 0) != t->seen[0]) {
		ksft_print_msg("the target has gone on meanwhile\n");
		dumped = false;
	}
	kill(self.pid, SIGCONT);
	dumped = wait_for(has_ended(&self), "criu's end") && dumped && is_well(t) &&
		 has_counted_well(t);
	ksft_print_msg("%s: criu, stopped for %d s, ends with wait status %#x\n", t->who,
		       STOPPED, self.status);
	ksft_test_result(dumped, "%s: CRIU is stopped for a while, still counting %s\n", t->who,
			 t->confined);
	clean_up(t);
}

static void enter_seccomp(void)
{
	if (install_wide_filter(SECCOMP_RET_ALLOW, 0))
		_exit(126);
}

/* Enter the user namespace of the target. */
static void join(void)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/user", contained.pid);
	fd = open(path, O_RDONLY);
	if (setns(fd, CLONE_NEWUSER))
		_exit(126);
}

/* Make this process the first one that the kernel kills when memory runs out. */
static void offer_self(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);

	if (write(fd, "1000", 4) != 4)
		_exit(126);
}

static void __noreturn take_all_memory(void)
{
	for (;;)
		mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
}

/* Let memory run out when criu's code is in the target, so that the kernel kills criu. */
static void be_dumped_without_memory(struct target *t)
{
	bool killed = starts(t), well = true;
	struct target self;
	char pid[16], out[64];
	enum fate fate;
	pid_t hog;

	snprintf(pid, sizeof(pid), "%d", t->pid);
	snprintf(out, sizeof(out), "%s/oom.log", t->dir);
	prepare = offer_self;
	self = start_criu(out, (char *[]){ "criu", "dump", "-v4", "-D", t->dir, "-t", pid, NULL });
	killed = killed && wait_for(contains(out, "Putting parasite blob"), "criu's code");
	kill(self.pid, SIGSTOP);
	hog = fork();
	if (hog < 0)
		ksft_exit_fail_perror("fork");
	if (!hog)
		take_all_memory();
	killed = wait_for(has_ended(&self), "criu's end") && killed && WIFSIGNALED(self.status) &&
		 WTERMSIG(self.status) == SIGKILL;
	kill(hog, SIGKILL);
	waitpid(hog, NULL, 0);
	if (!killed)
		show(out);
	fate = fate_of(t, &well);
	ksft_print_msg("%s, when memory runs out: %s\n", t->who, fates[fate]);
	ksft_test_result(killed && well, "%s: CRIU is killed because memory runs out\n", t->who);
	clean_up(t);
}

/* Does not return. */
static void cause_faults(void)
{
	char *full = "/tmp/full";

	ksft_set_plan(6);
	if (mkdir(full, 0700) || mount("none", full, "tmpfs", 0, "size=16k"))
		ksft_exit_fail_perror(full);
	fail_to_dump(&faulty, full, "the disk is full", "No space left on device");
	be_dumped_slowly(&faulty);
	prepare = enter_seccomp;
	ksft_test_result(checks_find(true, false) &&
			 has_printed(check_log, "couldn't suspend seccomp: Operation not permitted"),
			 "CRIU is under seccomp: criu check --feature seccomp_suspend reports that\n");
	fail_to_dump(&faulty, "/tmp", "CRIU is under seccomp",
		     "suspending seccomp failed: Operation not permitted");
	prepare = join;
	fail_to_dump(&contained, "/tmp", "CRIU is in it, too",
		     "suspending seccomp failed: Operation not permitted");
	be_dumped_without_memory(&victims[1]);
	ksft_finished();
}

/* Be the 32-bit target, for starts(). */
static void __noreturn be_named_target(const char *who, const char *dir)
{
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		if (!strcmp(trees[i].who, who)) {
			strcpy(trees[i].dir, dir);
			be_target(&trees[i]);
		}
	}
	leave(2);
}

int main(int argc, char **argv)
{
	const char *mode = argc == 2 ? argv[1] : "";
	bool saved = !strcmp(mode, "saved"), unable = !strcmp(mode, "unable");
	bool killed = argc == 4 && !strcmp(argv[1], "killed");

	if (argc == 4 && !strcmp(argv[1], "target"))
		be_named_target(argv[2], argv[3]);
	if (!saved && !unable && !(killed && atoi(argv[2]) > 0) && strcmp(mode, "refused") &&
	    strcmp(mode, "running") && strcmp(mode, "trees") && strcmp(mode, "faults") &&
	    strcmp(mode, "counted")) {
		fprintf(stderr, "usage: %s refused|unable|saved|running|trees|faults|counted|"
			"killed N SEED\n", argv[0]);
		return 2;
	}
	ksft_print_header();
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		ksft_exit_fail_perror("prctl");
	if (!strcmp(mode, "counted"))
		count_dumps();
	if (!strcmp(mode, "running"))
		leave_running();
	if (!strcmp(mode, "trees"))
		save_trees();
	if (!strcmp(mode, "faults"))
		cause_faults();
	if (killed)
		kill_all(atoi(argv[2]), atoi(argv[3]));
	ksft_set_plan(1 + ARRAY_SIZE(targets) * (saved ? 3 : 1));

	ksft_test_result(checks_find(!unable, saved), "criu check: %s, %s\n",
			 unable ? "does not look good" : "looks good",
			 saved ? "and seccomp can be suspended" :
			 unable ? "and seccomp cannot be suspended" :
				  "but seccomp cannot be suspended");
	for (struct target *t = targets; t < targets + ARRAY_SIZE(targets); t++)
		(saved ? be_saved : be_refused)(t);
	ksft_finished();
}
