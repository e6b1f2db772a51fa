#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# fastpath.sh MACHINE...: for each MACHINE whose kernel of feature is built, print what a thread
# under seccomp executes first, from the beginning of the function that enforces seccomp to the
# first branch on "not zero" or "not equal". On feature that is the branch that a suspended thread
# takes. It and the load of the pointer are what the option adds. Leaves out the other machines.
# Fails if there is no such branch; does not check where it leads.
. ./scripts/lib.sh

for name; do
	machine "$name"
	build=$BUILD/feature/linux/build-$name
	[ -e "$build/vmlinux" ] || continue
	# This one is there where the kernel has no filters.
	function=secure_computing_strict
	grep -q " $function\$" "$build/System.map" || function=__seccomp_permit_syscall
	say "$name: $function()"
	"${cross}objdump" -d --no-show-raw-insn --disassemble="$function" "$build/vmlinux" | awk '
		/^ *[0-9a-f]+:/ {
			sub(/^[^:]*:/, "")
			print
			if ($1 ~ /^(b|br|cb|j)n(e|ez|z)(,|$)/ && (found = 1))
				exit
		}
		END { exit !found }' || die "$function() of $name has no branch for a suspended thread"
done
