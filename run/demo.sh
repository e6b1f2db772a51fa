#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# demo.sh ARCH IMAGE: let CRIU dump sandboxed processes on the stripped kernel, where it must fail,
# and on the feature kernel, where it must succeed, and restore them there. Prints a line for
# each test. Fails, and names the log, if an outcome is different.
. ./scripts/lib.sh

# part VARIANT OUTCOME TITLE: one kernel, and the expected outcome there.
part() {
	log=$BUILD/demo-$1.log
	say "$3"
	run/results.sh "${log%.log}.tsv" "$1" "$arch" "$image" "/bin/criu-scenarios $2"
	awk -F '\t' '
		{ printf "  %-4s  %s\n", $3 == "pass" ? "ok" : toupper($3), $2 }
		$3 == "pass" { passed++ }
		END { exit !(NR && passed == NR) }' "${log%.log}.tsv" ||
		die "on $1 a test fails or none has run: see $log"
}

arch=$1 image=$2
release=$(make -s -C "$BUILD/stock/linux" kernelversion)
part stripped refused "Linux $release without PTRACE_O_SUSPEND_SECCOMP"
part feature saved "Linux $release with the series"
say "Without the series CRIU cannot dump a sandboxed process, and trying kills those under" \
	"a filter. With it, all are dumped and restored, sandbox included."
