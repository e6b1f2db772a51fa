#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# lint.sh INCLUDE: is our own code clean for shellcheck, gcc's analyzer and cppcheck,
# and can make -n show every target? INCLUDE is the folder of kselftest.h. Says what
# is not, and fails.
. ./scripts/lib.sh

log=$BUILD/lint.log
: >"$log"
say "lint: shellcheck"
git ls-files '*.sh' .ci/run | xargs -d '\n' shellcheck -x >>"$log" 2>&1 || bad=1
say "lint: gcc -fanalyzer, cppcheck"
for file in guest/*.c bench/*.c; do
	gcc -std=gnu11 -O2 -Wall -Wextra -fanalyzer -I"$1" -o /dev/null -c -Werror "$file" >>"$log" 2>&1 || bad=1
	cppcheck -q --std=c11 --enable=warning,portability,performance --inline-suppr \
		--error-exitcode=1 -D__linux__ "$file" >>"$log" 2>&1 || bad=1
done
say "lint: make -n"
for target in $(make help | sed -n 's/^  make \([a-z-]*\).*/\1/p'); do
	make -n "$target" >/dev/null 2>>"$log" || bad=1
done
[ -z "${bad-}" ] || die "this is to be put right: $(cat "$log")"
