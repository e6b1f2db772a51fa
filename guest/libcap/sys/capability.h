/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of libcap that the kernel's seccomp selftests use: the capabilities of the calling
 * thread. libcap itself is in no package of a cross compiler.
 */
#ifndef GUEST_SYS_CAPABILITY_H
#define GUEST_SYS_CAPABILITY_H

#include <linux/capability.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef int cap_value_t;
typedef enum { CAP_CLEAR, CAP_SET } cap_flag_value_t;
typedef enum { CAP_EFFECTIVE, CAP_PERMITTED, CAP_INHERITABLE } cap_flag_t;
typedef struct __user_cap_data_struct *cap_t;

static inline struct __user_cap_header_struct *libcap_header(void)
{
	static struct __user_cap_header_struct header;

	header.version = _LINUX_CAPABILITY_VERSION_3;
	header.pid = 0;
	return &header;
}

static inline int cap_free(void *caps)
{
	free(caps);
	return 0;
}

static inline cap_t cap_get_proc(void)
{
	cap_t caps = calloc(_LINUX_CAPABILITY_U32S_3, sizeof(*caps));

	if (caps && syscall(SYS_capget, libcap_header(), caps)) {
		cap_free(caps);
		return NULL;
	}
	return caps;
}

static inline int cap_set_proc(cap_t caps)
{
	return syscall(SYS_capset, libcap_header(), caps);
}

static inline __u32 *libcap_set(cap_t caps, cap_value_t value, cap_flag_t flag)
{
	cap_t half = &caps[CAP_TO_INDEX(value)];

	switch (flag) {
	case CAP_EFFECTIVE:
		return &half->effective;
	case CAP_PERMITTED:
		return &half->permitted;
	default:
		return &half->inheritable;
	}
}

static inline int cap_get_flag(cap_t caps, cap_value_t value, cap_flag_t flag,
			       cap_flag_value_t *set)
{
	*set = *libcap_set(caps, value, flag) & CAP_TO_MASK(value) ? CAP_SET : CAP_CLEAR;
	return 0;
}

static inline int cap_set_flag(cap_t caps, cap_flag_t flag, int nr, const cap_value_t *values,
			       cap_flag_value_t set)
{
	for (int i = 0; i < nr; i++) {
		__u32 *word = libcap_set(caps, values[i], flag);

		*word &= ~CAP_TO_MASK(values[i]);
		if (set)
			*word |= CAP_TO_MASK(values[i]);
	}
	return 0;
}

#endif
