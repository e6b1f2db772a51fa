#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# races.sh VARIANT ARCH TEST: run TEST, of the selftest, ten times on a kernel with
# KCSAN, a flavour of ARCH, print the data races that it reports, and how often. Fails
# if one is in seccomp; others are the kernel's own.
. ./scripts/lib.sh

name=$1 arch=$2 what=$3 log=$BUILD/races.log
test=/selftests/seccomp_suspend,-t,$what
set -- "$test" "$test" "$test" "$test" "$test" "$test" "$test" "$test" "$test" "$test"
why=$(guest/boot.sh "$name" "$arch" tests "$log" "$@" 2>&1) ||
	case $why in
	*' complains: BUG: KCSAN:'*) grep -aq '^# guest: all done' "$log" || die "the guest ended early ($log)" ;;
	*) die "$why" ;;
	esac
[ "$(grep -ac "^ok .*$what" "$log")" -eq $# ] || die "$what has not passed each time ($log)"
tr -d '\r' <"$log" | sed -n 's/.*BUG: KCSAN: //p' | sort | uniq -c
! grep -a 'BUG: KCSAN' "$log" | grep -q seccomp || die "there is a data race in seccomp ($log)"
say "races: none in seccomp, $# runs of $what ($log)"
