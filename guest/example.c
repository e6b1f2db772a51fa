// SPDX-License-Identifier: GPL-2.0
/*
 * Does the example of the documentation do what it says?
 *
 *	example-test	runs /bin/example on a process under a filter, as a person
 *			would: one Enter after the other
 *
 * The process makes a forbidden call for each byte that it gets, and says whether it
 * was filtered, and whether it has caught a signal. KTAP goes to stdout; the status is
 * kselftest's.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest.h"

#define FORBIDDEN SYS_getppid

/* What the process says. */
#define FILTERED 1
#define CAUGHT   2

static volatile sig_atomic_t caught;

static void catch(int unused)
{
	(void)unused;
	caught = CAUGHT;
}

/* The process under a filter. */
static void be_target(int fd, pid_t unused)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FORBIDDEN, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { .len = ARRAY_SIZE(filter), .filter = filter };
	char byte;

	(void)unused;
	signal(SIGUSR1, catch);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		_exit(1);
	while (read(fd, &byte, 1) == 1) {
		byte = (syscall(FORBIDDEN) < 0 ? FILTERED : 0) | caught;
		if (write(fd, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

static void be_example(int fd, pid_t target)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", target);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	execl("/bin/example", "example", number, NULL);
	err(KSFT_FAIL, "/bin/example");
}

/* Start a process, and give one end of a socket: it has the other. */
static int start(pid_t *pid, void (*be)(int fd, pid_t target), pid_t target)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		err(KSFT_FAIL, "socketpair");
	*pid = fork();
	if (*pid < 0)
		err(KSFT_FAIL, "fork");
	if (!*pid) {
		close(fds[0]);
		be(fds[1], target);
	}
	close(fds[1]);
	return fds[0];
}

static int ask(int target)
{
	char byte = 0;

	if (write(target, &byte, 1) != 1 || read(target, &byte, 1) != 1)
		ksft_exit_fail_msg("the target is gone\n");
	return byte;
}

/* Send the target a signal, which the example holds back until the next Enter. */
static void interrupt(pid_t target_pid)
{
	char path[32], state = 0;
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", target_pid);
	kill(target_pid, SIGUSR1);
	while (state != 't') {
		stat = fopen(path, "r");
		if (!stat || fscanf(stat, "%*d %*s %c", &state) != 1)
			ksft_exit_fail_msg("%s cannot be read\n", path);
		fclose(stat);
	}
}

int main(void)
{
	static const bool enforced[] = { false, true, false };
	pid_t target_pid, example_pid;
	int target = start(&target_pid, be_target, 0);
	int status, example;
	FILE *says;

	/* An example that fails is a failed test, not the end of this program. */
	signal(SIGPIPE, SIG_IGN);
	ksft_print_header();
	ksft_set_plan(ARRAY_SIZE(enforced) + 3);
	ksft_test_result(ask(target) == FILTERED, "filtered before the example runs\n");

	example = start(&example_pid, be_example, target_pid);
	says = fdopen(example, "r");
	for (size_t i = 0; i < ARRAY_SIZE(enforced); i++) {
		const char *state = enforced[i] ? "enforced" : "suspended";
		char line[64] = "nothing\n";
		bool right;

		right = fgets(line, sizeof(line), says) && strstr(line, state);
		ksft_print_msg("it says: %s", line);
		ksft_test_result(right && (ask(target) & FILTERED) == (enforced[i] ? FILTERED : 0),
				 "%s: said and done\n", state);
		if (right && i == 0)
			interrupt(target_pid);
		if (write(example, "\n", 1) != 1)
			break;
	}
	ksft_test_result(waitpid(example_pid, &status, 0) == example_pid && !status &&
			 ask(target) & FILTERED, "ends well, and leaves it filtered\n");
	ksft_test_result(ask(target) & CAUGHT, "a signal is delivered\n");
	ksft_finished();
}
