#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# machines.sh all|default|lint|criu|counting|smp|emulated|compat|prebuilt|abis: print the machines
# of arch/, one a line: all, those that make check tests, those for which make lint compiles the
# series, those that run CRIU, those whose instructions can be counted, those with several CPUs,
# those that QEMU emulates, those that run programs of a second ABI, or those for which Debian has
# kernels. Those that make check tests come first. With abis, each has a colon and the ABI of its
# programs after it.
# machines.sh compiler|compat-compiler|lacks ARCH: print that fact of the machine ARCH.
. ./scripts/lib.sh

case $1 in
compiler) machine "$2" && say "${cross}gcc" && exit ;;
compat-compiler) machine "$2" && say "$compat" && exit ;;
lacks) machine "$2" && say "$lacks" && exit ;;
esac
for kind in yes ''; do
	for file in arch/*.sh; do
		name=$(basename "$file" .sh)
		machine "$name"
		[ "$default" = "$kind" ] || continue
		case $1 in
		all) ;;
		default) [ -n "$default" ] || continue ;;
		lint) [ -n "$lint" ] || continue ;;
		criu) case " $fragments " in *' criu '*) ;; *) continue ;; esac ;;
		counting) [ -n "$counting" ] || continue ;;
		smp) [ "$cpus" -gt 1 ] || continue ;;
		emulated) [ -n "$emulator" ] || continue ;;
		compat) [ -n "$compat" ] || continue ;;
		prebuilt) [ -n "$kernels" ] || continue ;;
		abis) name=$name:$abi ;;
		esac
		say "$name"
	done
done
