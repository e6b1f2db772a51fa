#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# image.sh CPIO SELFTESTS USERLAND INIT PROGRAM...: pack the initramfs CPIO: the folder USERLAND,
# INIT as /init, links to it as /bin/true and /bin/sleep if USERLAND has none, the programs of the
# folder SELFTESTS in /selftests, the PROGRAMs in /bin. Either folder may be "none". The initramfs
# is not compressed, because an emulated machine would need long to unpack it.
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
