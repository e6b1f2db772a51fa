#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# run.sh USERLAND LINUX: check each litmus test of this folder with the herd7 in USERLAND (see
# herd.sh) and the memory model of the kernel tree LINUX. Prints one line for each test: the
# outcome that herd7 finds for its "exists" clause. The output of herd7 is in $BUILD/litmus.
# Fails if herd7 or the model is missing, if an outcome differs from the "Result:" line of its
# test, if herd7 reports a flag such as a data race or needs more than 60 seconds, if a claim (a
# test with "Result: Never") has no twin NAME+CHANGE with "Result: Sometimes", or if there is no
# test.
. ./scripts/lib.sh

userland=$1 model=$2/tools/memory-model
logs=$BUILD/litmus tests=$PWD/litmus limit=60
rm -rf "$logs"
mkdir -p "$logs"
[ -f "$model/linux-kernel.cfg" ] || die "there is no memory model in $2: call make tree-stock"

# The userland has a libc of its own, newer than this machine's: start herd7 with it.
cat >"$logs/herd7" <<EOF
#!/bin/sh
exec "$userland/usr/lib64/ld-linux-x86-64.so.2" --library-path "$userland/usr/lib/x86_64-linux-gnu" \\
	"$userland/usr/bin/herd7" -set-libdir "$userland/usr/share/herdtools7/herd" "\$@"
EOF
chmod +x "$logs/herd7"
version=$("$logs/herd7" -version 2>"$logs/version") ||
	die "herd7 does not start: remove $userland and call make again ($(head -n1 "$logs/version"))"

# A claim comes before its twins.
names=$(find "$tests" -name '*.litmus' -exec basename {} .litmus ';' | sort)
[ -n "$names" ] || die "there is no test in $tests"

# The configuration names the files of the model relative to its folder. A failure of
# herd7 is in its log.
say "litmus: herd7 ${version%%,*}, the model of $2 ($logs)"
# shellcheck disable=SC2016 # for the shell that xargs starts
(cd "$model" && printf '%s\n' "$names" | LIMIT=$limit TESTS=$tests LOGS=$logs xargs -n1 -P "$(nproc)" \
	sh -c 'timeout "$LIMIT" "$LOGS/herd7" -conf linux-kernel.cfg "$TESTS/$1.litmus" >"$LOGS/$1" 2>&1 ||
		echo "# exit status $?" >>"$LOGS/$1"' sh)

# outcome NAME: what herd7 found, with its flags, or why it found nothing.
outcome() {
	awk -v limit=$limit '/^Observation / { found = $3 } /^Flag / { flags = flags ", " $2 }
		/^# exit status/ { failed = 1 } /^# exit status 124$/ { last = "no result within " limit " s" }
		NF && !/^# / { last = $0 } END { print (found && !failed ? found flags : last) }' "$logs/$1"
}

passed=0 failed=0
for name in $names; do
	expected=$(sed -n 's/^ \* Result: //p' "$tests/$name.litmus") found=$(outcome "$name")
	verdict=ok
	if [ "$found" != "$expected" ]; then
		verdict=FAIL found="$found, expected: ${expected:-a Result: line}"
	elif [ "$expected" = Never ] && ! grep -qsx ' \* Result: Sometimes' "$tests/$name"+*.litmus; then
		verdict=FAIL found="$found, but there is no $name+CHANGE with Result: Sometimes"
	fi
	printf '  %-4s  %-28s  %s\n' "$verdict" "$name" "$found"
	if [ $verdict = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
say "litmus: $passed passed, $failed failed"
[ $failed -eq 0 ] || die "$failed tests do not have the expected result, see above ($logs)"
