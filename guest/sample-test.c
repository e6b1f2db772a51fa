// SPDX-License-Identifier: GPL-2.0
/*
 * Test samples/seccomp/suspend.c of the series, which is /bin/suspend here.
 *
 *	sample-test	run /bin/suspend on processes under a filter, as a user would,
 *			and in each situation in which it must refuse
 *	sample-test lsm	only those in which Landlock and Yama refuse. The kernel must have both.
 *			Afterwards nothing can be traced any more.
 *
 * A process under the filter makes a forbidden call when it is asked, and reports whether
 * the call was filtered, and whether it has caught a signal. Between questions it sleeps
 * in a poll() that the filter would not let continue after an interruption.
 *
 * On a kernel without the option the only test is that the sample reports that. On one without
 * filters it is skipped. KTAP goes to stdout; the status is kselftest's.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest.h"

#define FORBIDDEN SYS_getppid
#define NOBODY	  65534
#define THREADS	  3

/* What a thread can be asked to do before it makes the forbidden call. */
enum { NOTHING, START, EXIT, EXEC, CREATE };
/* What it answers. */
enum { FILTERED = 1, CAUGHT = 2 };

/* A process under the filter. Thread N answers on socket N; it starts thread N + 1. */
struct target {
	pid_t pid;
	int fd[THREADS];
};

/* A process that runs the sample, and the other end of its standard input and output. */
struct sample {
	pid_t pid;
	int fd;
	FILE *out;
};

/* The target's ends of the sockets. */
static int served[THREADS];
static volatile sig_atomic_t caught;

static void catch(int unused)
{
	(void)unused;
	caught = CAUGHT;
}

static void *serve(void *arg)
{
	int *fd = arg;
	struct pollfd question = { .fd = *fd, .events = POLLIN };
	pthread_t next;
	char byte;

	for (;;) {
		if (poll(&question, 1, 3600 * 1000) < 0)
			continue;
		if (read(*fd, &byte, 1) != 1)
			_exit(0);
		if (byte == EXIT)
			syscall(SYS_exit, 0);
		if (byte == EXEC)
			execl("/bin/sleep", "sleep", "3600", NULL);
		if (byte == START && pthread_create(&next, NULL, serve, fd + 1))
			_exit(1);
		/* A new process answers. A tracer takes it for a thread, without SIGCHLD. */
		if (byte == CREATE && syscall(SYS_clone, 0, NULL, NULL, NULL, NULL))
			continue;
		if (byte == CREATE)
			prctl(PR_SET_PDEATHSIG, SIGKILL);
		byte = (syscall(FORBIDDEN) < 0 ? FILTERED : 0) | caught;
		if (write(*fd, &byte, 1) != 1)
			_exit(0);
	}
}

static void be_target(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_restart_syscall, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FORBIDDEN, 0, 2),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { .len = ARRAY_SIZE(filter), .filter = filter };

	signal(SIGUSR1, catch);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		_exit(1);
	serve(served);
}

/* Connect to a process. fds[0] is the test's end, where a read() fails after ten seconds. */
static void connect_process(int fds[2])
{
	struct timeval limit = { .tv_sec = 10 };

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) ||
	    setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		ksft_exit_fail_perror("socketpair");
}

static struct target start_target(void)
{
	struct target target;
	int fds[2];

	for (int i = 0; i < THREADS; i++) {
		connect_process(fds);
		target.fd[i] = fds[0];
		served[i] = fds[1];
	}
	target.pid = fork();
	if (target.pid < 0)
		ksft_exit_fail_perror("fork");
	if (!target.pid)
		be_target();
	for (int i = 0; i < THREADS; i++)
		close(served[i]);
	return target;
}

static void end_target(struct target *target)
{
	kill(target->pid, SIGKILL);
	waitpid(target->pid, NULL, __WALL);
	for (int i = 0; i < THREADS; i++)
		close(target->fd[i]);
}

/* Ask a thread. Returns its answer, or -1 if there is none. */
static int ask(struct target *target, int thread, char what)
{
	char byte = what;

	if (write(target->fd[thread], &byte, 1) != 1 || read(target->fd[thread], &byte, 1) != 1)
		return -1;
	return byte;
}

/* Do the threads @first to @last all answer @want? */
static bool answer(struct target *target, int first, int last, int want)
{
	for (int i = first; i <= last; i++) {
		int is = ask(target, i, NOTHING);

		if (is != want) {
			ksft_print_msg("thread %d answers %d instead of %d\n", i, is, want);
			return false;
		}
	}
	return true;
}

/* Wait until /proc/PID/stat has the state @want, for ten seconds at most. */
static void await(pid_t pid, char want)
{
	char path[32], state = 0;
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (int i = 0; i < 10000; i++) {
		stat = fopen(path, "r");
		if (!stat || fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
			ksft_exit_fail_msg("%s cannot be read\n", path);
		fclose(stat);
		if (state == want)
			return;
		usleep(1000);
	}
	ksft_exit_fail_msg("process %d is in state %c instead of %c\n", pid, state, want);
}

/* The thread that a process has started last. */
static pid_t last_thread(pid_t pid)
{
	struct dirent *entry;
	pid_t last = 0;
	char path[32];
	DIR *threads;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	threads = opendir(path);
	if (!threads)
		ksft_exit_fail_perror(path);
	while ((entry = readdir(threads)))
		if (atoi(entry->d_name) > last)
			last = atoi(entry->d_name);
	closedir(threads);
	return last;
}

/* Have a thread end the main thread, by its own exit or because another one executes. */
static void end_main_thread(struct target *target, int thread, char what)
{
	if (write(target->fd[thread], &what, 1) == 1)
		await(target->pid, 'Z');
}

/* Run the sample on a process, or on itself if that is 0, after before(). */
static struct sample start_sample(pid_t pid, void (*before)(void))
{
	struct sample sample;
	char number[16];
	int fds[2];

	connect_process(fds);
	sample.pid = fork();
	if (sample.pid < 0)
		ksft_exit_fail_perror("fork");
	if (!sample.pid) {
		dup2(fds[1], STDIN_FILENO);
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		if (before)
			before();
		snprintf(number, sizeof(number), "%d", pid ? pid : getpid());
		execl("/bin/suspend", "suspend", number, NULL);
		err(KSFT_FAIL, "/bin/suspend");
	}
	close(fds[1]);
	sample.fd = fds[0];
	sample.out = fdopen(fds[0], "r");
	return sample;
}

static void press_enter(struct sample *sample)
{
	if (write(sample->fd, "\n", 1) != 1)
		ksft_print_msg("the sample does not read its input\n");
}

/* Does the next line of its output contain @what? */
static bool says(struct sample *sample, const char *what)
{
	char line[256] = "nothing\n";

	if (!fgets(line, sizeof(line), sample->out))
		strcpy(line, "nothing\n");
	ksft_print_msg("the sample prints: %s", line);
	return strstr(line, what);
}

static bool suspends(struct sample *sample)
{
	return says(sample, "runs unfiltered");
}

/* Does it end with the status @want, without more output? */
static bool ends(struct sample *sample, int want)
{
	int status = 0;

	if (fgetc(sample->out) != EOF || ferror(sample->out))
		kill(sample->pid, SIGKILL);
	waitpid(sample->pid, &status, __WALL);
	fclose(sample->out);
	return WIFEXITED(status) && WEXITSTATUS(status) == want;
}

/* Functions for start_sample(): each makes the process one that the kernel must refuse. */

static void become_nobody(void)
{
	if (setresuid(NOBODY, NOBODY, NOBODY))
		err(KSFT_FAIL, "setresuid");
}

static void enter_user_namespace(void)
{
	FILE *map;

	if (unshare(CLONE_NEWUSER))
		err(KSFT_FAIL, "unshare");
	map = fopen("/proc/self/uid_map", "w");
	if (!map || fputs("0 0 1\n", map) < 0 || fclose(map))
		err(KSFT_FAIL, "uid_map");
}

static void enter_seccomp(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { .len = 1, .filter = &allow };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		err(KSFT_FAIL, "PR_SET_SECCOMP");
}

/* Forbid this process to create block devices. It cannot trace processes outside then. */
static void enter_landlock(void)
{
	struct landlock_ruleset_attr rules = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_BLOCK,
	};
	int fd = syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);

	if (fd < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_landlock_restrict_self, fd, 0))
		err(KSFT_FAIL, "landlock");
}

static void forbid_every_attach(void)
{
	FILE *scope = fopen("/proc/sys/kernel/yama/ptrace_scope", "w");

	if (!scope || fputs("3", scope) < 0 || fclose(scope))
		err(KSFT_FAIL, "yama");
}

static void wait_for_tracer(void)
{
	char byte;

	if (read(STDIN_FILENO, &byte, 1) != 1)
		err(KSFT_FAIL, "read");
}

static void drop_ptrace_capability(void)
{
	if (prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE))
		err(KSFT_FAIL, "PR_CAPBSET_DROP");
}

/* Process 1 of the namespace has a tracer, which is not in the namespace. */
static void enter_pid_namespace(void)
{
	pid_t first, second;
	int status;

	if (unshare(CLONE_NEWPID | CLONE_NEWNS))
		err(KSFT_FAIL, "unshare");
	first = fork();
	if (!first) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(first, &status, __WALL) != first || !WIFSTOPPED(status))
		err(KSFT_FAIL, "waitpid");

	second = fork();
	if (!second) {
		if (mount("proc", "/proc", "proc", 0, NULL))
			err(KSFT_FAIL, "mount");
		return;
	}
	waitpid(second, &status, 0);
	kill(first, SIGKILL);
	_exit(WEXITSTATUS(status));
}

/* The sample must refuse, and name @reason. */
static void refuses(const char *reason, struct sample sample)
{
	bool right = says(&sample, reason);

	ksft_test_result(ends(&sample, 1) && right, "names the reason: %s\n", reason);
}

static void test_refusals_because_of_itself(void)
{
	struct target target = start_target();
	struct sample sample;

	refuses("has no CAP_SYS_ADMIN", start_sample(target.pid, become_nobody));
	refuses("even root of this user namespace", start_sample(target.pid, enter_user_namespace));
	refuses("under seccomp itself", start_sample(target.pid, enter_seccomp));

	sample = start_sample(target.pid, wait_for_tracer);
	if (ptrace(PTRACE_SEIZE, sample.pid, NULL, (long)PTRACE_O_SUSPEND_SECCOMP))
		ksft_exit_fail_perror("PTRACE_SEIZE");
	press_enter(&sample);
	refuses("is suspended itself, by", sample);

	refuses("has no CAP_SYS_PTRACE", start_sample(target.pid, drop_ptrace_capability));
	refuses("is this program", start_sample(0, NULL));
	end_target(&target);
}

static void test_security_modules(void)
{
	struct target target = start_target();

	refuses("a security module forbids", start_sample(target.pid, enter_landlock));
	refuses("Yama forbids every attach", start_sample(target.pid, forbid_every_attach));
	end_target(&target);
}

static void test_refusals_because_of_the_process(void)
{
	struct target target = start_target();
	struct sample sample;
	pid_t tid, zombie;
	char reason[64];
	bool right;

	/* One thread of two cannot be suspended: then neither is. */
	ask(&target, 0, START);
	tid = last_thread(target.pid);
	refuses("is a thread of process", start_sample(tid, NULL));
	snprintf(reason, sizeof(reason), "thread %d is traced by %d (sample-test)", tid, getpid());
	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL))
		ksft_exit_fail_perror("PTRACE_SEIZE");
	sample = start_sample(target.pid, NULL);
	right = says(&sample, reason);
	ksft_test_result(ends(&sample, 1) && right, "names the tracer of a thread\n");
	ksft_test_result(answer(&target, 0, 1, FILTERED), "suspends all threads or none\n");
	/* The tracer must wait for the thread, or the process does not end. */
	kill(target.pid, SIGKILL);
	waitpid(tid, NULL, __WALL);
	end_target(&target);

	zombie = fork();
	if (!zombie)
		_exit(0);
	await(zombie, 'Z');
	refuses("has exited, but its parent", start_sample(zombie, NULL));
	waitpid(zombie, NULL, 0);
	refuses("there is no process", start_sample(zombie, NULL));

	refuses("2 is a kernel thread", start_sample(2, NULL));
	refuses("has a tracer outside of this PID namespace", start_sample(1, enter_pid_namespace));
}

static void test_thread(void)
{
	struct target target = start_target();
	struct sample sample;
	bool right;

	right = answer(&target, 0, 0, FILTERED);
	sample = start_sample(target.pid, NULL);
	right &= suspends(&sample) && answer(&target, 0, 0, 0);
	press_enter(&sample);
	right &= ends(&sample, 0);
	ksft_test_result(right && answer(&target, 0, 0, FILTERED),
			 "a thread: suspended until Enter, and not interrupted\n");

	sample = start_sample(target.pid, NULL);
	right = suspends(&sample) && answer(&target, 0, 0, 0);
	shutdown(sample.fd, SHUT_WR);
	right &= ends(&sample, 0);
	ksft_test_result(right && answer(&target, 0, 0, FILTERED),
			 "suspended until the input ends\n");
	end_target(&target);
}

static void test_threads(void)
{
	struct target target = start_target();
	struct sample sample;
	bool right;

	ask(&target, 0, START);
	sample = start_sample(target.pid, NULL);
	right = suspends(&sample) && ask(&target, 1, START) == 0 && answer(&target, 0, 2, 0);
	press_enter(&sample);
	right &= ends(&sample, 0);
	ksft_test_result(right && answer(&target, 0, 2, FILTERED),
			 "threads: all suspended, and one that is started meanwhile\n");
	end_target(&target);
}

static void test_main_thread(void)
{
	struct target target = start_target();
	struct sample sample;
	bool right;

	ask(&target, 0, START);
	sample = start_sample(target.pid, NULL);
	right = suspends(&sample);
	end_main_thread(&target, 0, EXIT);
	right &= answer(&target, 1, 1, 0);
	press_enter(&sample);
	right &= ends(&sample, 0);
	ksft_test_result(right && answer(&target, 1, 1, FILTERED),
			 "the main thread exits meanwhile\n");

	sample = start_sample(target.pid, NULL);
	right = suspends(&sample) && ask(&target, 1, START) == 0 && answer(&target, 1, 2, 0);
	press_enter(&sample);
	right &= ends(&sample, 0);
	ksft_test_result(right && answer(&target, 1, 2, FILTERED),
			 "the main thread has exited before\n");

	sample = start_sample(target.pid, NULL);
	right = suspends(&sample);
	kill(target.pid, SIGKILL);
	right &= says(&sample, "has ended");
	ksft_test_result(ends(&sample, 0) && right, "the other threads end as well\n");
	end_target(&target);
}

static void test_signals(void)
{
	struct target target = start_target();
	struct sample sample = start_sample(target.pid, NULL);
	struct pollfd reply = { .fd = target.fd[0], .events = POLLIN };
	bool right = suspends(&sample);
	char byte = NOTHING;

	kill(target.pid, SIGSTOP);
	await(target.pid, 't');
	right &= write(target.fd[0], &byte, 1) == 1 && poll(&reply, 1, 200) == 0;
	kill(target.pid, SIGCONT);
	right &= read(target.fd[0], &byte, 1) == 1 && byte == 0;
	ksft_test_result(right, "stops and continues with SIGSTOP and SIGCONT\n");

	kill(target.pid, SIGUSR1);
	ksft_test_result(answer(&target, 0, 0, CAUGHT), "passes a signal on\n");
	press_enter(&sample);
	ends(&sample, 0);
	end_target(&target);
}

/* A tracee stops for a signal that it ignores, too, and that interrupts its sleep. */
static void test_ignored_signals(void)
{
	struct target target = start_target();
	bool right = true;

	for (int i = 0; i < 10; i++) {
		struct sample sample = start_sample(target.pid, NULL);

		right &= suspends(&sample) && answer(&target, 0, 0, 0);
		kill(target.pid, SIGWINCH);
		press_enter(&sample);
		right &= ends(&sample, 0) && answer(&target, 0, 0, FILTERED);
	}
	ksft_test_result(right, "the process survives a signal before Enter\n");
	end_target(&target);
}

/* Like a thread, a process that clone() creates is attached. But it is another process. */
static void test_new_process(void)
{
	struct target target = start_target();
	struct sample sample = start_sample(target.pid, NULL);
	bool right = suspends(&sample) && answer(&target, 0, 0, 0);

	ksft_test_result(right && ask(&target, 0, CREATE) == FILTERED,
			 "a process that the process creates is filtered\n");
	press_enter(&sample);
	ends(&sample, 0);
	end_target(&target);
}

/* The sample ends while a signal waits to be passed on. The signal must not be lost. */
static void test_end(int signal, const char *what)
{
	struct target target = start_target();
	struct sample sample = start_sample(target.pid, NULL);
	bool right = suspends(&sample) && answer(&target, 0, 0, 0);

	kill(sample.pid, SIGSTOP);
	await(sample.pid, 'T');
	kill(target.pid, SIGUSR1);
	await(target.pid, 't');
	press_enter(&sample);
	kill(sample.pid, signal);
	ends(&sample, 0);
	ksft_test_result(right && answer(&target, 0, 0, FILTERED | CAUGHT),
			 "%s: enforces seccomp, and passes a signal on\n", what);
	end_target(&target);
}

static void test_death_of_the_process(void)
{
	struct target target = start_target();
	struct sample sample = start_sample(target.pid, NULL);
	bool right = suspends(&sample);

	kill(target.pid, SIGKILL);
	right &= says(&sample, "has ended");
	ksft_test_result(ends(&sample, 0) && right, "the process is killed\n");
	end_target(&target);
}

/* Run a sample that we trace until it has seized @number threads. */
static bool run_until_seized(struct sample *sample, int number)
{
	struct __ptrace_syscall_info info;
	bool seize = false;
	int status, sig = 0;

	while (number) {
		if (ptrace(PTRACE_SYSCALL, sample->pid, NULL, (long)sig) ||
		    waitpid(sample->pid, &status, __WALL) < 0 || !WIFSTOPPED(status))
			return false;
		sig = WSTOPSIG(status);
		if (sig != (SIGTRAP | 0x80))
			continue;
		sig = 0;
		ptrace(PTRACE_GET_SYSCALL_INFO, sample->pid, sizeof(info), &info);
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
			seize = info.entry.nr == SYS_ptrace && info.entry.args[0] == PTRACE_SEIZE;
		else if (seize)
			number--;
	}
	return true;
}

/*
 * A thread executes a program when two others are suspended and it is not. The execution waits
 * until the sample has waited for these, and PTRACE_SEIZE waits for the execution.
 */
static void test_exec(void)
{
	struct target target = start_target();
	struct sample sample = start_sample(target.pid, wait_for_tracer);
	bool right;

	ask(&target, 0, START);
	ask(&target, 1, START);
	right = !ptrace(PTRACE_SEIZE, sample.pid, NULL, (long)PTRACE_O_TRACESYSGOOD) &&
		!ptrace(PTRACE_INTERRUPT, sample.pid, NULL, NULL) &&
		waitpid(sample.pid, NULL, __WALL) == sample.pid;
	press_enter(&sample);
	right = right && run_until_seized(&sample, 2);
	end_main_thread(&target, 2, EXEC);
	right &= !ptrace(PTRACE_DETACH, sample.pid, NULL, NULL);
	right &= suspends(&sample);
	press_enter(&sample);
	ksft_test_result(ends(&sample, 0) && right, "a thread executes a program\n");
	end_target(&target);
}

/* The error of PTRACE_SEIZE for a child of our own, 0 if there is none. */
static int try_option(void)
{
	pid_t pid = fork();
	int error = 0;

	if (!pid)
		pause();
	if (ptrace(PTRACE_SEIZE, pid, NULL, (long)PTRACE_O_SUSPEND_SECCOMP))
		error = errno;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, __WALL);
	return error;
}

int main(int argc, char **argv)
{
	const char *missing = "does not know PTRACE_O_SUSPEND_SECCOMP";
	int error;

	/* If the sample has ended, a write to it must fail a test and not kill this program. */
	signal(SIGPIPE, SIG_IGN);
	ksft_print_header();
	error = try_option();
	if (error) {
		if (error == EINVAL)
			missing = prctl(PR_GET_SECCOMP) < 0 ?
				  "built without CONFIG_SECCOMP" :
				  "built without CONFIG_CHECKPOINT_RESTORE";
		ksft_set_plan(1);
		refuses(missing, start_sample(getpid(), NULL));
		ksft_finished();
	}

	/* Without a filter this fails in any case. */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) && errno == EINVAL)
		ksft_exit_skip("kernel has no seccomp filters\n");

	if (argc > 1 && !strcmp(argv[1], "lsm")) {
		ksft_set_plan(2);
		test_security_modules();
		ksft_finished();
	}

	ksft_set_plan(27);
	test_refusals_because_of_itself();
	test_refusals_because_of_the_process();
	test_thread();
	test_threads();
	test_main_thread();
	test_signals();
	test_ignored_signals();
	test_new_process();
	test_exec();
	test_end(SIGCONT, "ends by Enter");
	test_end(SIGKILL, "is killed");
	test_death_of_the_process();
	ksft_finished();
}
