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
exec 9>>"$BUILD/.lock"
if ! flock -n 9; then
	echo "make: another make (process $(cat "$BUILD/.lock")) is at work in $BUILD:" \
		"wait for its end, or name another folder with BUILD=" >&2
	exit 1
fi
echo $$ >"$BUILD/.lock"
exec "$@"
