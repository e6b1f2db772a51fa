// SPDX-License-Identifier: GPL-2.0
/*
 * Does the example of the documentation do what it says?
 *
 *	example-test	runs /bin/example on a process under a filter, as a person
 *			would: one Enter after the other
 *
 * The process makes a forbidden call for each byte that it gets, and says whether it
 * was filtered. KTAP goes to stdout; the status is kselftest's.
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
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		_exit(1);
	while (read(fd, &byte, 1) == 1) {
		byte = syscall(FORBIDDEN) < 0;
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

static bool is_filtered(int target)
{
	char byte = 0;

	if (write(target, &byte, 1) != 1 || read(target, &byte, 1) != 1)
		ksft_exit_fail_msg("the target is gone\n");
	return byte;
}

int main(void)
{
	static const bool enforced[] = { false, true, false };
	pid_t target_pid, example_pid;
	int target = start(&target_pid, be_target, 0);
	int status, example;
	FILE *says;

	ksft_print_header();
	ksft_set_plan(ARRAY_SIZE(enforced) + 2);
	ksft_test_result(is_filtered(target), "filtered before the example runs\n");

	example = start(&example_pid, be_example, target_pid);
	says = fdopen(example, "r");
	for (size_t i = 0; i < ARRAY_SIZE(enforced); i++) {
		const char *state = enforced[i] ? "enforced" : "suspended";
		char line[64] = "";
		bool right;

		right = fgets(line, sizeof(line), says) && strstr(line, state);
		ksft_print_msg("%s", line);
		ksft_test_result(right && is_filtered(target) == enforced[i],
				 "%s: said and done\n", state);
		if (write(example, "\n", 1) != 1)
			break;
	}
	ksft_test_result(waitpid(example_pid, &status, 0) == example_pid && !status &&
			 is_filtered(target), "ends well, and leaves it filtered\n");
	ksft_finished();
}
