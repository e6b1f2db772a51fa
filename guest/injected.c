// SPDX-License-Identifier: GPL-2.0
/*
 * Inject code that does not need its tracer to return, and kill the tracer.
 *
 *	injected N SEED		until a process has survived N deaths of its tracer, which is
 *				killed at random moments
 *
 * The process sleeps, reads and computes under a filter that kills it for nearly every other call.
 * Its tracer suspends that and lets it make forbidden calls, as CRIU does, but returns differently:
 *
 * - Before it changes a register, it writes a signal frame with the registers and the signal mask
 *   of the process to its stack. rt_sigreturn(), which the filter allows, restores both.
 * - After each call, the process is about to call rt_sigreturn(). So the tracer can be killed at
 *   any moment but one: when it has asked for a forbidden call that was not filtered yet. Such a
 *   death is counted, and another process takes over.
 * - It sets PTRACE_O_TRACESYSGOOD. Without it, a process whose tracer is killed while the process
 *   is in a syscall-stop receives a SIGTRAP.
 *
 * The filter allows restart_syscall(), too: with that an interrupted sleep continues if the tracer is
 * killed before it has changed a register.
 *
 * The process also makes a harmless forbidden call all the time. It must be filtered once kill() of
 * the tracer has returned.
 *
 * For x86_64 without shadow stacks. KTAP goes to stdout; the exit status is kselftest's. A failed
 * test prints why.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "kselftest.h"

/* Seconds that one wait may last. */
#define PATIENCE	30
/* A process that has gone round its loop this often after a death is alive. */
#define ALIVE		3
/* Milliseconds of each sleep, of the process and of the tracer. */
#define PAUSE		3
/* Bytes that the tracer has written to, so that its exit takes some time. */
#define BALLAST		(16 << 20)
/* How often a tracer lets the process make two forbidden calls. */
#define ROUNDS		4

#define HARMLESS	SYS_getppid	/* fails */
#define DEADLY		SYS_getuid	/* kills */

/* The red zone below the stack pointer belongs to the compiler. */
#define RED_ZONE	128
/* UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS of the kernel's ucontext.h */
#define UC_FLAGS		7

/* What the processes share. */
static struct {
	/* Of the process */
	long rounds, escaped;
	bool changed;		/* a register, or what a call returns */
	/* Of the tracer */
	int steps;		/* that it has begun */
	bool asked;		/* for a forbidden call, which may not have passed yet */
	/* Of the test */
	bool killed;		/* kill() of the tracer has returned */
} *shared;

/* Microseconds */
static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

/* The process */

static int enter_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 6, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_nanosleep, 5, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_restart_syscall, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, HARMLESS, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = ARRAY_SIZE(code), .filter = code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

/* Registers that no call changes. The vectors are longer than those of SSE. */
struct registers {
	uint64_t general[5];
	uint8_t vector[4][32];
};

/*
 * Make a call and compute, with the registers @in, and write to @out what they are afterwards.
 * Returns what the call does.
 */
static long call_with(const struct registers *in, struct registers *out, long number, long arg1,
		      long arg2, long arg3)
{
	register const struct registers *r8 asm("r8") = in;
	register struct registers *r9 asm("r9") = out;
	register long r10 asm("r10") = 0;

	asm volatile("mov (%[in]), %%rbx\n\t"
		     "mov 8(%[in]), %%r12\n\t"
		     "mov 16(%[in]), %%r13\n\t"
		     "mov 24(%[in]), %%r14\n\t"
		     "mov 32(%[in]), %%r15\n\t"
		     "vmovdqu 40(%[in]), %%ymm0\n\t"
		     "vmovdqu 72(%[in]), %%ymm5\n\t"
		     "vmovdqu 104(%[in]), %%ymm10\n\t"
		     "vmovdqu 136(%[in]), %%ymm15\n\t"
		     "syscall\n\t"
		     "mov $300000, %%ecx\n"
		     "1:\n\t"
		     "dec %%ecx\n\t"
		     "jnz 1b\n\t"
		     "mov %%rbx, (%[out])\n\t"
		     "mov %%r12, 8(%[out])\n\t"
		     "mov %%r13, 16(%[out])\n\t"
		     "mov %%r14, 24(%[out])\n\t"
		     "mov %%r15, 32(%[out])\n\t"
		     "vmovdqu %%ymm0, 40(%[out])\n\t"
		     "vmovdqu %%ymm5, 72(%[out])\n\t"
		     "vmovdqu %%ymm10, 104(%[out])\n\t"
		     "vmovdqu %%ymm15, 136(%[out])\n\t"
		     "vzeroupper"
		     : "+a"(number)
		     : "D"(arg1), "S"(arg2), "d"(arg3), "r"(r10), [in] "r"(r8), [out] "r"(r9)
		     : "rbx", "rcx", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm5", "xmm10",
		       "xmm15", "cc", "memory");
	return number;
}

/* An interrupted sleep may fail with EINTR, an interrupted read() must not. */
static void __noreturn be_process(void)
{
	const struct timespec time = { .tv_nsec = PAUSE * 1000000 };
	const struct timespec longer = { .tv_nsec = 2 * PAUSE * 1000000 };
	const struct itimerspec interval = { .it_interval = longer, .it_value = longer };
	int timer = timerfd_create(CLOCK_MONOTONIC, 0);
	struct registers in, out;

	for (size_t i = 0; i < sizeof(in); i++)
		((uint8_t *)&in)[i] = i + 1;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (timerfd_settime(timer, 0, &interval, NULL) || enter_filter())
		_exit(1);
	for (;;) {
		bool killed = __atomic_load_n(&shared->killed, __ATOMIC_SEQ_CST);
		uint64_t expired;
		long result;

		/* The test may have gone on to the next tracer meanwhile. */
		if (syscall(HARMLESS) >= 0 && killed &&
		    __atomic_load_n(&shared->killed, __ATOMIC_SEQ_CST))
			shared->escaped++;
		result = call_with(&in, &out, SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, (long)&time);
		if ((result && result != -EINTR) || memcmp(&in, &out, sizeof(in)))
			shared->changed = true;
		result = call_with(&in, &out, SYS_read, timer, (long)&expired, sizeof(expired));
		if (result != sizeof(expired) || memcmp(&in, &out, sizeof(in)))
			shared->changed = true;
		__atomic_add_fetch(&shared->rounds, 1, __ATOMIC_SEQ_CST);
	}
}

/* The tracer */

/* The injected code makes a call, and then rt_sigreturn(). */
static const uint8_t code[] = {
	0x0f, 0x05,			/* syscall */
	0xb8, SYS_rt_sigreturn, 0, 0, 0,	/* mov $SYS_rt_sigreturn, %eax */
	0x0f, 0x05,			/* syscall */
};

/* Where to enter it. */
enum { CALL = 0, RETURN = 2 };

/* Where it is in the process, and the stack pointer for it. */
static unsigned long code_at, stack_at;

/*
 * The end of the program's code: the last page is filled up with zeros, where nobody runs. What a
 * killed tracer has left there can be used again.
 */
static unsigned long find_room(pid_t pid, int mem)
{
	char path[32], line[256];
	uint8_t there[sizeof(code)];
	unsigned long last = 0;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "r");
	if (!maps)
		err(KSFT_FAIL, "%s", path);
	while (!last && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%*x-%lx r-xp", &last) != 1 || !strstr(line, " r-xp "))
			last = 0;
	fclose(maps);
	last -= sizeof(code);
	if (pread(mem, there, sizeof(code), last) != sizeof(code))
		err(KSFT_FAIL, "the code of the process");
	for (size_t i = 0; i < sizeof(code); i++)
		if (there[i] && there[i] != code[i])
			errx(KSFT_FAIL, "no room for code");
	return last;
}

static void write_at(int mem, unsigned long address, const void *data, size_t size)
{
	if (pwrite(mem, data, size, address) != (ssize_t)size)
		err(KSFT_FAIL, "the memory of the process");
}

/* The registers with which the process continues. */
static void fill_context(ucontext_t *context, struct user_regs_struct *regs)
{
	greg_t *to = context->uc_mcontext.gregs;

	/*
	 * An interrupted call is made again, by the instruction of two bytes before, or fails: the
	 * kernel forgets in rt_sigreturn() how restart_syscall() continues a sleep.
	 */
	if ((long)regs->orig_rax >= 0) {
		switch (-(long)regs->rax) {
		case 512 ... 514:	/* ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND */
			regs->rax = regs->orig_rax;
			regs->rip -= 2;
			break;
		case 516:		/* ERESTART_RESTARTBLOCK */
			regs->rax = -EINTR;
			break;
		}
	}
	to[REG_R8] = regs->r8;
	to[REG_R9] = regs->r9;
	to[REG_R10] = regs->r10;
	to[REG_R11] = regs->r11;
	to[REG_R12] = regs->r12;
	to[REG_R13] = regs->r13;
	to[REG_R14] = regs->r14;
	to[REG_R15] = regs->r15;
	to[REG_RDI] = regs->rdi;
	to[REG_RSI] = regs->rsi;
	to[REG_RBP] = regs->rbp;
	to[REG_RBX] = regs->rbx;
	to[REG_RDX] = regs->rdx;
	to[REG_RAX] = regs->rax;
	to[REG_RCX] = regs->rcx;
	to[REG_RSP] = regs->rsp;
	to[REG_RIP] = regs->rip;
	to[REG_EFL] = regs->eflags;
	to[REG_CSGSFS] = regs->cs | regs->gs << 16 | regs->fs << 32 | regs->ss << 48;
	context->uc_flags = UC_FLAGS;
}

/*
 * How much of an XSAVE area is in use. The kernel does not accept more in a frame than what the
 * process may use, and ptrace() also reads states for which it must ask, such as that of AMX.
 */
static uint32_t used_of(const uint8_t *xsave)
{
	uint32_t used = 512 + 64, size, offset, ecx, edx;
	uint64_t features;

	memcpy(&features, xsave + 512, sizeof(features));
	for (int i = 2; i < 63; i++) {
		if (!(features >> i & 1))
			continue;
		__cpuid_count(0xd, i, size, offset, ecx, edx);
		if (used < offset + size)
			used = offset + size;
	}
	return used;
}

/*
 * Write the frame of a stopped process. From its lower end: room for a return address, the context,
 * the state of the floating point unit. What the context says about an alternate stack is
 * invalid, so the kernel leaves that alone.
 */
static void write_frame(pid_t pid, int mem, struct user_regs_struct *regs)
{
	static uint8_t fpu[16384] __attribute__((aligned(64)));
	struct iovec state = { .iov_base = fpu, .iov_len = sizeof(fpu) - 64 };
	struct _fpx_sw_bytes *trailer = (void *)(fpu + 464);
	const uint32_t magic2 = FP_XSTATE_MAGIC2;
	ucontext_t context = {};
	unsigned long fpu_at;

	if (ptrace(PTRACE_GETREGSET, pid, NT_X86_XSTATE, &state) ||
	    ptrace(PTRACE_GETSIGMASK, pid, 8, &context.uc_sigmask))
		err(KSFT_FAIL, "the state of the process");
	/* ptrace() and the kernel's frames have the same format, except for this. */
	memcpy(&trailer->xstate_bv, trailer, sizeof(trailer->xstate_bv));
	trailer->magic1 = FP_XSTATE_MAGIC1;
	trailer->xstate_size = used_of(fpu);
	trailer->extended_size = trailer->xstate_size + sizeof(magic2);
	memcpy(fpu + trailer->xstate_size, &magic2, sizeof(magic2));

	fpu_at = (regs->rsp - RED_ZONE - trailer->extended_size) & ~63UL;
	stack_at = (fpu_at - sizeof(context)) & ~15UL;
	fill_context(&context, regs);
	context.uc_mcontext.fpregs = (void *)fpu_at;
	write_at(mem, fpu_at, fpu, trailer->extended_size);
	write_at(mem, stack_at, &context, sizeof(context));
}

/* With one request, let the process continue in the injected code, at CALL or RETURN. */
static void set_registers(pid_t pid, const struct user_regs_struct *regs, int where, long number,
			  long arg)
{
	struct user_regs_struct new = *regs;

	new.rip = code_at + where;
	new.rsp = stack_at;
	/* Not an error, so the kernel does not make the interrupted call again. */
	new.rax = number;
	new.rdi = 0;
	new.rsi = 0;
	new.rdx = arg;
	new.r10 = 0;
	if (ptrace(PTRACE_SETREGS, pid, NULL, &new))
		err(KSFT_FAIL, "PTRACE_SETREGS");
}

static void wait_for_stop(pid_t pid, int want)
{
	int status;

	if (waitpid(pid, &status, __WALL) != pid || status >> 8 != want)
		errx(KSFT_FAIL, "the process has the wait status %#x instead of %#x", status,
		     want << 8 | 0x7f);
}

/* Let the process make a call. It waits afterwards, about to return. */
static long make_call(pid_t pid, const struct user_regs_struct *regs, long number, long arg)
{
	struct user_regs_struct new;

	set_registers(pid, regs, CALL, number, arg);
	for (int stop = 0; stop < 2; stop++) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL))
			err(KSFT_FAIL, "PTRACE_SYSCALL");
		wait_for_stop(pid, SIGTRAP | 0x80);
	}
	if (ptrace(PTRACE_GETREGS, pid, NULL, &new))
		err(KSFT_FAIL, "PTRACE_GETREGS");
	return new.rax;
}

/* Begin a step with a pause, to be killed in it or afterwards. */
static void begin_step(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE * 1000000 };

	__atomic_add_fetch(&shared->steps, 1, __ATOMIC_SEQ_CST);
	nanosleep(&pause, NULL);
}

/* Exits with 0 unless a step has failed. */
static void __noreturn be_tracer(pid_t pid)
{
	static char ballast[BALLAST];
	struct user_regs_struct regs;
	const uint64_t all = -1;
	char path[32];
	int mem;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	memset(ballast, 1, BALLAST);
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	mem = open(path, O_RDWR);
	if (mem < 0)
		err(KSFT_FAIL, "%s", path);
	begin_step();
	if (ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_SUSPEND_SECCOMP | PTRACE_O_TRACESYSGOOD))
		err(errno == EINVAL || errno == EIO ? KSFT_SKIP : KSFT_FAIL, "PTRACE_SEIZE");

	/* The suspended process runs as before. */
	begin_step();
	begin_step();
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL))
		err(KSFT_FAIL, "PTRACE_INTERRUPT");
	wait_for_stop(pid, SIGTRAP | PTRACE_EVENT_STOP << 8);
	begin_step();

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs))
		err(KSFT_FAIL, "PTRACE_GETREGS");
	code_at = find_room(pid, mem);
	write_at(mem, code_at, code, sizeof(code));
	write_frame(pid, mem, &regs);
	begin_step();
	set_registers(pid, &regs, RETURN, 0, 0);
	/* Now the mask: to return restores it. */
	if (ptrace(PTRACE_SETSIGMASK, pid, sizeof(all), &all))
		err(KSFT_FAIL, "PTRACE_SETSIGMASK");

	for (int i = 0; i < ROUNDS; i++) {
		/* The process is stopped, for example while its memory is read. */
		begin_step();
		/* poll() is forbidden, too, but once it sleeps, the end of the tracer is harmless. */
		__atomic_store_n(&shared->asked, true, __ATOMIC_SEQ_CST);
		if (make_call(pid, &regs, DEADLY, 0) != 0 || make_call(pid, &regs, SYS_poll, PAUSE) != 0)
			err(KSFT_FAIL, "a forbidden call");
		__atomic_store_n(&shared->asked, false, __ATOMIC_SEQ_CST);
	}
	begin_step();
	if (ptrace(PTRACE_DETACH, pid, NULL, NULL))
		err(KSFT_FAIL, "PTRACE_DETACH");
	begin_step();
	_exit(0);
}

/* The test */

static pid_t start(void)
{
	pid_t pid = fork();

	if (pid < 0)
		ksft_exit_fail_perror("fork");
	if (!pid)
		be_process();
	return pid;
}

/* Is the process running, traced by nobody, filtered, and with its signals? If not, print it. */
static bool is_well(pid_t pid)
{
	static const char * const lines[] = {
		"\nTracerPid:\t0\n", "\nSigBlk:\t0000000000000000\n", "\nSeccomp:\t2\n",
		"\nSeccomp_filters:\t1\n",
	};
	char path[32], text[4096] = "";
	bool well = true;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	if (!file || !fread(text, 1, sizeof(text) - 1, file))
		ksft_exit_fail_perror(path);
	fclose(file);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (!strstr(text, lines[i])) {
			ksft_print_msg("%s lacks the line%.*s\n", path, (int)strlen(lines[i]) - 2,
				       lines[i] + 1);
			well = false;
		}
	}
	if (shared->changed) {
		ksft_print_msg("a register or a call's result is wrong\n");
		well = false;
	}
	return well;
}

/* Does it go on? If not, and it has ended, @status is its wait status, otherwise 0. */
static bool goes_on(pid_t pid, int *status)
{
	long rounds = __atomic_load_n(&shared->rounds, __ATOMIC_SEQ_CST) + ALIVE;
	long long limit = now() + PATIENCE * 1000000LL;

	*status = 0;
	while (__atomic_load_n(&shared->rounds, __ATOMIC_SEQ_CST) < rounds) {
		if (waitpid(pid, status, WNOHANG) == pid || now() > limit)
			return false;
		usleep(1000);
	}
	return true;
}

/*
 * Start a tracer and kill it after the beginning of its step @step or, if that is 0, let it end.
 * Returns its wait status.
 */
static int trace(pid_t pid, int step)
{
	long long moment = random() % (2 * PAUSE * 1000);
	siginfo_t ended = {};
	pid_t tracer;
	int status;

	__atomic_store_n(&shared->killed, false, __ATOMIC_SEQ_CST);
	shared->steps = 0;
	shared->asked = false;
	tracer = fork();
	if (tracer < 0)
		ksft_exit_fail_perror("fork");
	if (!tracer)
		be_tracer(pid);
	/* A sleep here would end with that of the tracer, at a tick of the kernel. */
	while (__atomic_load_n(&shared->steps, __ATOMIC_SEQ_CST) < step && !ended.si_pid)
		waitid(P_PID, tracer, &ended, WEXITED | WNOHANG | WNOWAIT);
	if (step) {
		for (moment += now(); now() < moment; )
			;
		kill(tracer, SIGKILL);
		__atomic_store_n(&shared->killed, true, __ATOMIC_SEQ_CST);
	}
	waitpid(tracer, &status, 0);
	return status;
}

int main(int argc, char **argv)
{
	int deaths = argc == 3 ? atoi(argv[1]) : 0;
	int survived = 0, fell = 0, missed = 0, steps, status;
	bool well;
	pid_t pid;

	if (deaths < 1) {
		fprintf(stderr, "usage: %s N SEED\n", argv[0]);
		return 2;
	}
	ksft_print_header();
	ksft_print_msg("seed %s\n", argv[2]);
	srandom(atoi(argv[2]));
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		ksft_exit_fail_perror("mmap");

	pid = start();
	if (!goes_on(pid, &status))
		ksft_exit_fail_msg("the process does not start: wait status %#x\n", status);
	status = trace(pid, 0);
	steps = shared->steps;
	if (WIFEXITED(status) && WEXITSTATUS(status) == KSFT_SKIP)
		ksft_exit_skip("kernel has no PTRACE_O_SUSPEND_SECCOMP\n");
	well = !status && goes_on(pid, &status) && is_well(pid);
	ksft_set_plan(3);
	ksft_test_result(well, "injected code makes forbidden calls and returns\n");

	while (well && survived < deaths && fell < deaths) {
		status = trace(pid, 1 + random() % steps);
		if (WIFEXITED(status)) {
			missed++;
			well = !WEXITSTATUS(status);
		} else if (goes_on(pid, &status)) {
			survived++;
			well = is_well(pid);
		} else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS && shared->asked) {
			fell++;
			pid = start();
			well = goes_on(pid, &status);
		} else {
			ksft_print_msg("the process %s, wait status %#x\n",
				       status ? "has ended" : "does not go on", status);
			well = false;
		}
	}
	ksft_print_msg("deaths of the tracer: %d survived, %d in a forbidden call, %d ends missed\n",
		       survived, fell, missed);
	ksft_test_result(well && survived == deaths, "injected code outlives its tracer\n");

	if (shared->escaped)
		ksft_print_msg("%ld forbidden calls have passed\n", shared->escaped);
	ksft_test_result(well && !shared->escaped,
			 "no forbidden call passes after the tracer is killed\n");
	kill(pid, SIGKILL);
	ksft_finished();
}
