#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# lava.sh VARIANT ARCH USERLAND OUT: run the job of run/artifacts.sh with the lava-run in USERLAND,
# a folder with the packages lava-dispatcher and lava-server, without a server. The device is
# LAVA's own device type "qemu", and the emulator is that of this computer. Writes the results to
# OUT, a .tsv file (see lava.py); the log of lava-run, in YAML, is in the .log file beside it.
# Needs no root, and no network unless the job names files of another computer, and writes nothing
# outside $BUILD. Fails with one line when the job is not valid or does not come to its end. It
# does not check whether the tests passed.
. ./scripts/lib.sh

name=$1 arch=$2 usr=$3/usr out=$4 log=${4%.tsv}.log
machine "$arch"
[ -n "$emulator" ] ||
	die "LAVA has no device for $arch, which is a program of this computer: choose another ARCH="
job=$BUILD/ci/$name-$arch/job.yaml work=$BUILD/ci/work

# The userland has a libc of its own, newer than this machine's: start its Python with it.
python=$BUILD/ci/python
cat >"$python" <<EOF
#!/bin/sh
PYTHONHOME=$usr exec $usr/lib64/ld-linux-x86-64.so.2 --library-path $usr/lib/x86_64-linux-gnu \\
	$usr/bin/python3 "\$@"
EOF
chmod +x "$python"

rm -rf "$work" "$out"
mkdir -p "$work"
"$python" run/lava.py device "$job" "$usr/share/lava-server/device-types" \
	>"$work/device.yaml" 2>"$log" ||
	die "$(tail -n1 "$log") ($log)"
# With an absolute prefix, LAVA keeps its files there and not in /var/lib.
printf 'dispatcher_ip: 127.0.0.1\nprefix: %s/\n' "$work" >"$work/dispatcher.yaml"
limit=$(sed -n 's/^  job: {seconds: \(.*\)}/\1/p' "$job")
with_progress "lava: $name on $arch, test results" "$log" '"definition": "[^"]*", "case": ' '' \
	timeout --foreground -k 5 $((limit + 60)) "$python" "$usr/bin/lava-run" --skip-sudo-warning \
	--job-id=1 --output-dir="$work/output" --device="$work/device.yaml" \
	--dispatcher="$work/dispatcher.yaml" "$job" </dev/null || true
error=$("$python" run/lava.py results "$log" 2>&1 >"$out.tmp") ||
	die "LAVA's job failed: $error ($log)"
rm -rf "$work"
mv "$out.tmp" "$out"
