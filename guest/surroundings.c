// SPDX-License-Identifier: GPL-2.0
/*
 * Test the selftest of the series, PROGRAM, in surroundings that people run it in: traced, under
 * a seccomp profile, without /proc, with little memory.
 *
 *	surroundings PROGRAM
 *
 * First PROGRAM runs without restrictions. In each of the surroundings each of its tests must have
 * the same verdict as there, or be skipped with the reason that belongs to the surroundings. KTAP
 * goes to stdout, a test for each of them; the status is kselftest's. Skips all on a kernel without
 * filters.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest.h"

#define CANNOT_TRACE "cannot trace a child"
#define MIB	     (1ULL << 20)

/* What PROGRAM has reported of a test. */
struct result {
	char name[160];
	char verdict;	 /* 'o' for "ok", 'n' for "not ok", 's' for a skip */
	char reason[80]; /* of a skip */
};

struct results {
	struct result of[400];
	int number;
};

static bool in_own_mounts(void)
{
	return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* A stop of a tracee, as waitpid() reports it. */
struct stop {
	pid_t pid;
	int status;
};

static void resume(struct stop stop)
{
	int event = stop.status >> 16, sig = WSTOPSIG(stop.status);

	if (event == PTRACE_EVENT_STOP && sig != SIGTRAP)
		ptrace(PTRACE_LISTEN, stop.pid, 0, 0);
	else
		ptrace(PTRACE_SYSCALL, stop.pid, 0, event || sig & 0x80 ? 0 : sig);
}

/*
 * As "strace -f" does, stop each call, and wait for all that has happened before a tracee is
 * resumed: the harness of the selftest waits for a child as soon as a pidfd reports its exit, and
 * that works only if the tracer has already waited for it.
 */
static bool traced(void)
{
	const long options = PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD;
	struct stop stops[100];
	int status, fds[2];
	pid_t tracee, pid;
	char c;

	/* The tracer stays the child of the test. */
	if (pipe2(fds, O_CLOEXEC))
		return false;
	tracee = fork();
	if (tracee < 0)
		return false;
	if (!tracee)
		return read(fds[0], &c, 1) == 1;
	if (ptrace(PTRACE_SEIZE, tracee, 0, options) || write(fds[1], "", 1) != 1)
		_exit(2);
	for (;;) {
		int flags = __WALL, n = 0;

		while (n < (int)ARRAY_SIZE(stops) && (pid = waitpid(-1, &status, flags)) > 0) {
			if (WIFSTOPPED(status))
				stops[n++] = (struct stop){ pid, status };
			else if (pid == tracee)
				_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
			flags |= WNOHANG;
		}
		for (int i = 0; i < n; i++)
			resume(stops[i]);
	}
}

static bool under_profile(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { .len = ARRAY_SIZE(filter), .filter = filter };

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

static bool without_proc(void)
{
	return in_own_mounts() && !umount2("/proc", MNT_DETACH);
}

static bool with_read_only_tmp(void)
{
	return in_own_mounts() && !mount("none", "/tmp", "tmpfs", MS_RDONLY, NULL);
}

/* As "ulimit -v 150000" does. */
static bool with_few_addresses(void)
{
	const struct rlimit limit = { 150000 << 10, 150000 << 10 };

	return !setrlimit(RLIMIT_AS, &limit);
}

/*
 * Leave 100 MiB. The memory belongs to a child that ends with PROGRAM, and that the kernel does not
 * kill when PROGRAM needs more.
 */
static bool with_little_memory(void)
{
	struct sysinfo info;
	int fds[2], fd;
	char c;

	if (pipe2(fds, O_CLOEXEC) || sysinfo(&info))
		return false;
	switch (fork()) {
	case -1:
		return false;
	case 0:
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fd = open("/proc/self/oom_score_adj", O_WRONLY);
		if (write(fd, "-1000", 5) != 5)
			_exit(1);
		c = (unsigned long long)info.freeram * info.mem_unit < 100 * MIB ||
		    mmap(NULL, (size_t)info.freeram * info.mem_unit - 100 * MIB,
			 PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
			 0) != MAP_FAILED;
		if (write(fds[1], &c, 1) == 1)
			pause();
		_exit(1);
	}
	return read(fds[0], &c, 1) == 1 && c;
}

static bool without_limits(void)
{
	return true;
}

static const struct {
	const char *name;
	bool (*restrict_self)(void);
	const char *reason; /* with which tests may be skipped, and some are */
} surroundings[] = {
	{ "without restrictions", without_limits, NULL },
	{ "all processes are traced", traced, CANNOT_TRACE },
	{ "a seccomp profile forbids ptrace", under_profile, CANNOT_TRACE },
	{ "no /proc", without_proc, "no /proc" },
	{ "/tmp is read-only", with_read_only_tmp, "cannot create /tmp" },
	{ "150 MB of addresses", with_few_addresses, NULL },
	{ "100 MB of memory", with_little_memory, NULL },
};

/* A line of KTAP: "ok 1 name # SKIP reason". */
static void parse(const char *line, struct results *results)
{
	struct result *result = &results->of[results->number];
	bool failed = !strncmp(line, "not ", 4);
	const char *skip = strstr(line, " # SKIP ");

	if (sscanf(line + (failed ? 4 : 0), "ok %*d %159s", result->name) != 1)
		return;
	if (results->number++ == ARRAY_SIZE(results->of) - 1)
		ksft_exit_fail_msg("too many tests\n");
	result->verdict = failed ? 'n' : skip ? 's' : 'o';
	snprintf(result->reason, sizeof(result->reason), "%s", skip ? skip + 8 : "");
}

/* Run PROGRAM. Returns false, and says why, if it does not run or is killed. */
static bool run(char *program, bool (*restrict_self)(void), struct results *results)
{
	char *argv[] = { program, NULL };
	char line[512];
	int status, fds[2];
	FILE *out;
	pid_t pid;

	results->number = 0;
	if (pipe2(fds, O_CLOEXEC))
		ksft_exit_fail_perror("pipe2");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		ksft_exit_fail_perror("fork");
	if (!pid) {
		if (!restrict_self())
			err(2, "the surroundings cannot be made");
		dup2(fds[1], STDOUT_FILENO);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		execv(program, argv);
		_exit(2);
	}
	close(fds[1]);
	out = fdopen(fds[0], "r");
	while (fgets(line, sizeof(line), out)) {
		line[strcspn(line, "\n")] = '\0';
		parse(line, results);
	}
	fclose(out);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) == 2) {
		ksft_print_msg("%s did not run to its end: status %x\n", program, status);
		return false;
	}
	return true;
}

static bool is_as_expected(const struct results *results, const struct results *plain,
			   const char *reason)
{
	bool ok = results->number && results->number == plain->number;
	int skipped = 0;

	if (!ok)
		ksft_print_msg("%d tests, expected %d\n", results->number, plain->number);
	for (int i = 0; ok && i < results->number; i++) {
		const struct result *result = &results->of[i];

		if (result->verdict == plain->of[i].verdict)
			continue;
		if (result->verdict == 's' && reason &&
		    !strncmp(result->reason, reason, strlen(reason))) {
			skipped++;
			continue;
		}
		ksft_print_msg("%s: %s\n", result->name,
			       result->verdict == 's' ? result->reason : "another verdict");
		ok = false;
	}
	if (ok && reason && !skipped)
		ksft_print_msg("no test is skipped with the reason: %s\n", reason);
	return ok && (!reason || skipped);
}

int main(int argc, char **argv)
{
	static struct results plain, results;

	if (argc != 2)
		ksft_exit_fail_msg("usage: surroundings PROGRAM\n");
	ksft_print_header();
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) && errno == EINVAL)
		ksft_exit_skip("kernel has no seccomp filters\n");
	ksft_set_plan(ARRAY_SIZE(surroundings));
	for (size_t i = 0; i < ARRAY_SIZE(surroundings); i++) {
		struct results *seen = i ? &results : &plain;
		bool ok = run(argv[1], surroundings[i].restrict_self, seen) &&
			  is_as_expected(seen, &plain, surroundings[i].reason);

		ksft_test_result(ok, "%s\n", surroundings[i].name);
	}
	ksft_finished();
}
