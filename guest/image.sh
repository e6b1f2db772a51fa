#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# image.sh CPIO INIT [PROGRAM [USERLAND]]: pack an initramfs. INIT becomes /init and
# what it stands in for, the selftests go to /selftests, PROGRAM to /bin, over the
# folder USERLAND.
# It is not compressed: unpacking is what would take an emulated machine long.
. ./scripts/lib.sh

cpio=$1 root=$1.root
rm -rf "$root"
[ $# -lt 4 ] || cp -a "$4" "$root"
mkdir -p "$root/selftests" "$root/bin"
cp "$2" "$root/init"
for name in true sleep; do
	[ -e "$root/bin/$name" ] || ln -s /init "$root/bin/$name"
done
[ $# -lt 3 ] || cp "$3" "$root/bin/"
find "$BUILD/guest/selftests/seccomp" "$BUILD/guest/selftests/ptrace" -type f -perm -u+x \
	-exec cp {} "$root/selftests/" \;
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >"$cpio.tmp" ||
	die "cannot pack $cpio"
rm -rf "$root"
mv "$cpio.tmp" "$cpio"
