#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# locked.sh COMMAND...: run COMMAND while no other make works in $BUILD. Returns what COMMAND
# returns; fails if another make works there, or if the name of a folder has
# characters that would be misread. When this script is killed, COMMAND is.
set -eu

# make, kbuild and the shell read these characters.
case $PWD$BUILD in
*[]\"\'\`\$\#%\&*:\;\<=\>?\\^\|\(\)\[{}]*)
	echo "make: choose a folder whose name has only letters, digits and ._+,@~-: $PWD, $BUILD" >&2
	exit 1 ;;
esac

{ mkdir -p "$BUILD" 2>/dev/null && [ -w "$BUILD" ]; } || {
	echo "make: cannot write to the folder $BUILD: name another one with BUILD=" >&2
	exit 1
}
# With -o only flock has the lock, so a process that a stage leaves behind does not keep it.
status=0
setpriv --pdeathsig TERM -- flock -n -o -E 75 "$BUILD/.lock" \
	setpriv --pdeathsig TERM -- "$@" || status=$?
[ $status -ne 75 ] ||
	echo "make: another make works in $BUILD: wait until it ends, or name another BUILD=" >&2
exit $status
