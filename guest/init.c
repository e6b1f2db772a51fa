// SPDX-License-Identifier: GPL-2.0
/*
 * PID 1 of the guests: mount the file systems, run the commands one by one, report
 * how each ended, shut down.
 *
 * In, from the kernel's command line:
 *	-- CMD...	the commands, each one's arguments separated by commas
 *	timeout=N	seconds that each command may take; 0 or nothing: no limit
 *	cpus=N		the number of CPUs that the machine must have
 *	end=WAY		how to shut down: "poweroff" (the default), or
 *			"restart", for a machine that cannot power off
 *
 * Out, on the console, each at the beginning of a line:
 *	# guest: run CMD
 *	# guest: end CMD: exit N | signal N | timed out after N s | cannot ...
 *	# guest: all done
 *
 * An error before the first command is reported in the same way. The guest then ends
 * without "all done".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define MAX_ARGS 32

static const struct {
	const char *type, *where;
} mounts[] = {
	{ "proc",     "/proc" },
	{ "sysfs",    "/sys" },
	{ "devtmpfs", "/dev" },
	{ "devpts",   "/dev/pts" },
	{ "tmpfs",    "/dev/shm" },
	{ "tmpfs",    "/tmp" },
	{ "tmpfs",    "/run" },
};

/* Print one line with one write(), so that no other output can be inside it. */
static void __attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
	char line[1024];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	if (len > (int)sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	if (write(STDOUT_FILENO, line, len) != len)
		_exit(1);
}

/* Shut down. Does not return. */
static void stop_machine(void)
{
	const char *end = getenv("end");

	/* A serial console may still be printing. */
	tcdrain(STDOUT_FILENO);
	sync();
	if (end && !strcmp(end, "restart"))
		reboot(RB_AUTOBOOT);
	reboot(RB_POWER_OFF);
	_exit(1);	/* If it cannot: the end of PID 1 makes the kernel panic. */
}

/* The guest cannot work: print why, from errno, and shut down. Does not return. */
static void give_up(const char *verb, const char *what)
{
	say("# guest: cannot %s %s: %s", verb, what, strerror(errno));
	stop_machine();
}

static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	/* Without a console no message can be printed. */
	if (fd < 0)
		stop_machine();
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static void mount_all(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		mkdir(mounts[i].where, 0755);
		if (mount(mounts[i].type, mounts[i].where, mounts[i].type, 0, NULL))
			give_up("mount", mounts[i].where);
	}
}

static void count_cpus(void)
{
	const char *want = getenv("cpus");

	if (want && atoi(want) != get_nprocs()) {
		say("# guest: cannot run with %d CPUs, %s are required", get_nprocs(), want);
		stop_machine();
	}
}

static void bring_up_loopback(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		give_up("bring up", "lo");
	close(fd);
}

/*
 * Called in the process of a command: give it a controlling terminal, for the job control
 * of a shell. /dev/console cannot be one, but the device behind it can. Only for a shell:
 * when a process that has a terminal ends, output that is not printed yet may be lost.
 */
static void take_terminal(void)
{
	char path[64] = "/dev/", *name = path + strlen(path);
	int fd = open("/sys/class/tty/console/active", O_RDONLY);
	ssize_t len = read(fd, name, sizeof(path) - strlen(path) - 1);

	close(fd);
	if (len <= 0)
		return;
	name[strcspn(name, " \n")] = '\0';
	fd = open(path, O_RDWR);
	if (fd < 0)
		return;
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

/*
 * Wait for @pid until @deadline, in seconds since the boot; 0: for ever. Reaps all other
 * processes that end. Returns false if @pid still runs.
 */
static bool wait_for(pid_t pid, time_t deadline, int *status)
{
	sigset_t sigchld;
	pid_t ended;

	sigemptyset(&sigchld);
	sigaddset(&sigchld, SIGCHLD);
	for (;;) {
		struct timespec now, left = { .tv_sec = 3600 };

		while ((ended = waitpid(-1, status, WNOHANG)) > 0)
			if (ended == pid)
				return true;

		clock_gettime(CLOCK_MONOTONIC, &now);
		if (deadline && now.tv_sec >= deadline)
			return false;
		if (deadline)
			left.tv_sec = deadline - now.tv_sec;
		sigtimedwait(&sigchld, NULL, &left);
	}
}

/* Run one command to its end, and report the end. */
static void run(char *command)
{
	const char *timeout = getenv("timeout");
	int limit = timeout ? atoi(timeout) : 0;
	char *args[MAX_ARGS + 1] = {};
	struct timespec now;
	int status, fault[2];
	bool ended;
	pid_t pid;

	/* What was printed before, by the firmware for example, may lack the end of its line. */
	say("\n# guest: run %s", command);

	/* The error of a failed execv() comes through this pipe. */
	if (pipe2(fault, O_CLOEXEC))
		give_up("make", "a pipe");
	clock_gettime(CLOCK_MONOTONIC, &now);
	pid = fork();
	if (pid < 0)
		give_up("fork for", command);
	if (!pid) {
		sigset_t none;

		for (int i = 0; i < MAX_ARGS; i++)
			args[i] = strtok(i ? NULL : command, ",");
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		setsid();
		if (!limit)
			take_terminal();
		execv(args[0], args);
		write(fault[1], &errno, sizeof(errno));
		_exit(127);
	}
	close(fault[1]);
	ended = wait_for(pid, limit ? now.tv_sec + limit : 0, &status);

	/* Processes that a command leaves behind must not disturb the next one. */
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;

	if (read(fault[0], &errno, sizeof(errno)) == sizeof(errno))
		say("# guest: end %s: cannot be started: %s", command, strerror(errno));
	else if (!ended)
		say("# guest: end %s: timed out after %d s", command, limit);
	else if (WIFSIGNALED(status))
		say("# guest: end %s: signal %d", command, WTERMSIG(status));
	else
		say("# guest: end %s: exit %d", command, WEXITSTATUS(status));
	close(fault[0]);
}

int main(int argc, char **argv)
{
	sigset_t sigchld;

	/* The program is also /bin/true and /bin/sleep, which the kernel's own tests execute. */
	if (getpid() != 1) {
		unsigned int left = argc > 1 ? atoi(argv[1]) : 0;

		while (left)
			left = sleep(left);
		return 0;
	}

	open_console();
	mount_all();
	count_cpus();
	bring_up_loopback();

	sigemptyset(&sigchld);
	sigaddset(&sigchld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &sigchld, NULL);
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/tmp", 1);

	for (int i = 1; i < argc; i++)
		run(argv[i]);
	say("# guest: all done");
	stop_machine();
}
