#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# machines.sh all|criu|counting|smp|compat: print the machines of arch/, one a line: all, those
# that run CRIU, those whose instructions can be counted, those with several CPUs, or those
# that run programs of a second ABI.
# machines.sh compiler ARCH: print the compiler for the second ABI of ARCH.
. ./scripts/lib.sh

if [ "$1" = compiler ]; then
	machine "$2"
	say "$compat"
	exit
fi
for file in arch/*.sh; do
	name=$(basename "$file" .sh)
	machine "$name"
	case $1 in
	all) ;;
	criu) case " $fragments " in *' criu '*) ;; *) continue ;; esac ;;
	counting) [ -n "$counting" ] || continue ;;
	smp) [ "$cpus" -gt 1 ] || continue ;;
	compat) [ -n "$compat" ] || continue ;;
	esac
	say "$name"
done
