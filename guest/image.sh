#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# image.sh CPIO SELFTESTS USERLAND INIT PROGRAM...: pack an initramfs. INIT becomes /init
# and what it stands in for, the programs below the folder SELFTESTS go to /selftests, the
# PROGRAMs to /bin, over the folder USERLAND. Either folder may be "none".
# It is not compressed: unpacking is what would take an emulated machine long.
. ./scripts/lib.sh

cpio=$1 root=$1.root selftests=$2 userland=$3 init=$4
shift 4
rm -rf "$root"
[ ! -d "$userland" ] || cp -a "$userland" "$root"
mkdir -p "$root/selftests" "$root/bin"
cp "$init" "$root/init"
cp "$@" "$root/bin/"
for name in true sleep; do
	[ -e "$root/bin/$name" ] || ln -s /init "$root/bin/$name"
done
[ "$selftests" = none ] || find "$selftests/seccomp" "$selftests/ptrace" -type f -perm -u+x \
	-exec cp {} "$root/selftests/" \;
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >"$cpio.tmp" ||
	die "cannot pack $cpio"
rm -rf "$root"
mv "$cpio.tmp" "$cpio"
