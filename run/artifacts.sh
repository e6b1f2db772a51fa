#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# artifacts.sh VARIANT ARCH COMMAND...: lay out what LAVA, KernelCI and LKFT take, in
# $BUILD/ci/VARIANT-ARCH: the kernel and its config, the initramfs, the tarball of kselftest, and
# job.yaml, a LAVA job for its device type "qemu". The job boots the kernel, lets PID 1 run the
# COMMANDs (see guest/init.c), each for $LIMIT seconds at most, and reads their KTAP output. It
# fetches the files from the address $ARTIFACTS_URL, by default the folder itself. A machine
# without an emulator gets no job. Replaces the folder. Fails if a file cannot be copied.
. ./scripts/lib.sh

name=$1 arch=$2
shift 2
machine "$arch"
objs=$BUILD/$name/linux/build-$arch
dir=$BUILD/ci/$name-$arch tmp=$BUILD/ci/tmp
kernel=${image##*/} url=${ARTIFACTS_URL:-file://$dir}
qemu=${emulator%% *}

# monitor PROGRAM: the part of the job that reads the results of a program. The pattern reads a line
# as run/results.awk does. A look-ahead finds the directive after the name, if there is one. LAVA
# searches what has arrived so far, so the pattern must match the end of the line: otherwise it cuts
# names short. PID 1 prints the end of the monitor only if the program has ended by itself.
monitor() {
	cat <<-EOF
		    - name: ${1##*/}
		      start: '# guest: run $1\r*\n'
		      end: '# guest: end $1: exit [0-9]+\r*\n'
		      pattern: '(?m)^(?=(?:ok [^\r\n#]*# (?=XPASS(?! unknown\r*\n))|[^\r\n#]*# (?=SKIP|XFAIL))?(?P<result>SKIP|XFAIL|XPASS|(?:not )?ok) )(?:not )?ok \d+ *(?:- )?(?:# \w+ )?(?P<test_case_id>[^\r\n]*?)(?: *# [^\r\n]*)?\r*\n'
		      fixupdict: {ok: pass, not ok: fail, SKIP: skip, XFAIL: pass, XPASS: skip}
	EOF
}

error=$({
	rm -rf "$tmp" "$dir" && mkdir -p "$tmp" &&
		cp "$objs/$image" "$BUILD/guest/$abi/kselftest.tar.gz" "$tmp/" &&
		cp "$objs/.config" "$tmp/config" &&
		cp "$BUILD/guest/$abi/tests.cpio" "$tmp/initramfs.cpio"
} 2>&1) || die "cannot lay out the files: $error"
if [ -z "$emulator" ]; then
	mv "$tmp" "$dir"
	say "artifacts: $dir (no job for LAVA: $arch is a program of this computer, without QEMU)"
	exit
fi

longest=$((LIMIT * $# + 60))
{
	cat <<-EOF
		job_name: 'PTRACE_O_SUSPEND_SECCOMP: $name on $arch'
		device_type: qemu
		visibility: public
		priority: medium
		context:
		  arch: ${qemu#qemu-system-}
		  no_kvm: true
		  no_network: true
		  memory: 1024
		  extra_options:
		  - -accel ${ACCEL:-tcg}${emulator#"$qemu"} -smp $cpus,sockets=$cpus -no-reboot
		timeouts:
		  job: {seconds: $((longest + 300))}
		  action: {seconds: $longest}
		  connection: {seconds: $longest}
		actions:
		- deploy:
		    to: tmpfs
		    images:
		      kernel:
		        url: $url/$kernel
		        image_arg: '-kernel {kernel} -append "$append $(kernel_arguments "$arch" "$@")"'
		      initramfs:
		        url: $url/initramfs.cpio
		        image_arg: '-initrd {initramfs}'
		- boot:
		    method: qemu
		- test:
		    monitors:
	EOF
	for command; do monitor "${command%% *}"; done
} >"$tmp/job.yaml"
mv "$tmp" "$dir"
say "artifacts: $dir"
