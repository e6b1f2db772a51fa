#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# machines.sh MACHINE...: run make check on each machine, one after the other, on the kernels of
# $VARIANTS, and write a table to $BUILD/machines.md (see machines.py). The output of each make is
# in $BUILD/machines/MACHINE.log. Goes on when one fails, and then fails at the end.
. ./scripts/lib.sh

dir=$BUILD/machines
mkdir -p "$dir"
failed='' number=0
for name; do
	number=$((number + 1))
	say "machines: $number of $#: $name ($dir/$name.log)"
	start=$(date +%s)
	# If make fails, the table must not show the results of an earlier one.
	rm -f "$dir/$name".* "$dir/$name"-* "$BUILD"/check/*/"$name"/expected \
		"$BUILD"/check/*/"$name"/actual
	${MAKE:-make} --no-print-directory -f Makefile check ARCH="$name" VARIANTS="$VARIANTS" \
		>"$dir/$name.log" 2>&1 || {
		failed="$failed $name"
		say "machines: $name: $(tail -n3 "$dir/$name.log" | head -n1)"
	}
	machine "$name"
	version=
	[ -z "$emulator" ] || version=$(${emulator%% *} --version | awk 'NR == 1 { print $4 }')
	# The facts for the table, in the order of its columns.
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$cpus" "$emulator${version:+, QEMU $version}" \
		"$abi${compat:+, 32-bit $compat_srcarch}" \
		"$(find "$BUILD/feature/linux/build-$name" -name '*.o' ! -name '*.mod.o' | wc -l)" \
		"$(($(date +%s) - start))" "$(uname -m)" >"$dir/$name.facts"
	[ -z "$emulator" ] || for variant in $VARIANTS; do
		log=$dir/$name-$variant.log
		why=$(COUNT=1 run/boot.sh "$variant" "$name" tests "$log" /bin/instructions 2>&1) || {
			say "machines: $name: instructions cannot be counted: $why"
			break
		}
		awk -f run/results.awk "$log" >"${log%.log}.tsv"
	done
	release="Linux $(make -s -C "$BUILD/stock/linux" kernelversion) and gcc $(gcc -dumpfullversion)"
	kernels=$(echo "$VARIANTS" | sed 's/ \([^ ]*\) /, \1 /; s/ \([^ ]*\)$/ and \1/')
	run/machines.py "$BUILD" "$release" "$kernels" "$@" \
		>"$BUILD/machines.md"
done
say "machines: the table is $BUILD/machines.md"
[ -z "$failed" ] || die "make check failed for$failed: see $dir"
