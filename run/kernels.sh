#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kernels.sh MACHINE IMAGE COMMAND...: run the commands on each kernel that Debian has for MACHINE
# (see kernel/prebuilt.sh), with the guest image IMAGE and the kernel's module nfnetlink in
# /nfnetlink.ko, unless that is built in. The results of the tests are in
# $BUILD/kernels/MACHINE/RELEASE.tsv, the console is in the .log file beside it. Goes on when a
# kernel cannot be fetched, or does not end well; that one has no .tsv. run/kernels.py judges the
# results.
#
# A kernel that does not end well is booted again, once: QEMU can execute code while another CPU of
# the guest patches it, and the kernel panics.
. ./scripts/lib.sh

machine "$1"
name=$1 image=$2
shift 2
kernel/prebuilt.sh "$name"
list=$BUILD/prebuilt/$name/kernels.tsv dir=$BUILD/kernels/$name
# The kernel unpacks all archives of its initramfs, one after the other.
images=$BUILD/guest/$abi
test_kernel() {
	cat "$images/$image.cpio" "$file.cpio" >"$images/prebuilt.cpio" ||
		die "cannot write $images/prebuilt.cpio"
	PREBUILT_KERNEL=$file run/results.sh "$dir/$release.tsv" "$release" "$name" prebuilt "$@" </dev/null
}

number=0
while IFS="$(printf '\t')" read -r suite release version file; do
	number=$((number + 1))
	say "kernels: $number of $(wc -l <"$list") for $name: $release ($suite, $version)"
	[ "$file" = none ] || test_kernel "$@" || {
		say "kernels: trying $release again"
		mv "$dir/$release.log" "$dir/$release.first.log"
		test_kernel "$@" || true
	}
done <"$list"
