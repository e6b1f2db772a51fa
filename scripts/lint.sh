#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# lint.sh TREE: check the code of this repository: shellcheck, gcc's analyzer, cppcheck, the tests
# of make selfcheck, make -n for each target, and that docs/rules.md and the tests agree. TREE is
# a kernel tree with the series. Fails with all that is wrong.
. ./scripts/lib.sh

tree=$1
log=$BUILD/lint.log
: >"$log"

say "lint: shellcheck"
shellcheck -x .ci/run ./*/*.sh >>"$log" 2>&1 || bad=1
say "lint: gcc -fanalyzer, cppcheck"
for file in guest/*.c bench/*.c; do
	gcc -std=gnu11 -O2 -Wall -Wextra -Werror -fanalyzer -I"$tree/tools/testing/selftests" \
		-c -o /dev/null "$file" >>"$log" 2>&1 || bad=1
	cppcheck -q --std=c11 --enable=warning,portability,performance --inline-suppr \
		--error-exitcode=1 -D__linux__ "$file" >>"$log" 2>&1 || bad=1
done
say "lint: make selfcheck"
${MAKE:-make} --no-print-directory -f Makefile selfcheck >"$log.tests" 2>&1 ||
	{ cat "$log.tests" >>"$log" && bad=1; }
say "lint: docs/rules.md"
scripts/lint-rules.py "$tree" mutants/list "kernel/$BASE.fails" >>"$log" 2>&1 || bad=1
say "lint: make -n"
for target in $(make help | sed -n 's/^  make \([a-z-]*\).*/\1/p'); do
	make -n "$target" >/dev/null 2>>"$log" || bad=1
done
[ -z "${bad-}" ] || die "this must be corrected: $(cat "$log")"
