// SPDX-License-Identifier: GPL-2.0
/*
 * Print what the kernel's gcov has counted: for each file DIR/NAME.gcda a line
 * "# gcov: DIR/NAME.gcda" and the bytes of the file in hexadecimal, 32 in a line. An
 * error goes to stderr, and the exit status is 1.
 */
#define _GNU_SOURCE
#include <err.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#define GCOV "/sys/kernel/debug/gcov"

static int print_file(const char *path, const struct stat *st, int type)
{
	const char *dot = strrchr(path, '.');
	unsigned char bytes[32];
	size_t i, len;
	FILE *file;

	(void)st;
	if (type != FTW_F || !dot || strcmp(dot, ".gcda"))
		return 0;
	file = fopen(path, "r");
	if (!file)
		err(1, "%s", path);
	printf("# gcov: %s\n", path + strlen(GCOV));
	while ((len = fread(bytes, 1, sizeof(bytes), file))) {
		for (i = 0; i < len; i++)
			printf("%02x", bytes[i]);
		putchar('\n');
	}
	fclose(file);
	return 0;
}

int main(void)
{
	if (mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL))
		err(1, "cannot mount debugfs");
	if (ftw(GCOV, print_file, 16))
		err(1, GCOV);
	return 0;
}
