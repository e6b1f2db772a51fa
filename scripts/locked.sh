#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# locked.sh COMMAND...: run COMMAND as the only one at work in $BUILD. Returns
# what COMMAND returns, or says who is at work already and fails.
set -eu

mkdir -p "$BUILD" || {
	echo "make: cannot make the folder $BUILD: name another one with BUILD=" >&2
	exit 1
}
# The lock is flock's own (-o): nothing that a stage may leave behind has it.
status=0
flock -n -o -E 75 "$BUILD/.lock" "$@" || status=$?
[ $status -ne 75 ] ||
	echo "make: another make is at work in $BUILD: wait for its end, or name another folder with BUILD=" >&2
exit $status
