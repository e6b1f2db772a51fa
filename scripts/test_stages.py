#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Test the stages on small stand-ins for the kernel tree, the emulator, apt and sudo.

Each test has a copy of the scripts in a folder of its own, with a machine "fake" whose emulator is
a shell script, and one patch for each series.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent
MACHINE = """\
packages=fake-package:fake-command
kbuild='ARCH=fake' abi=fake image=vmlinux target=vmlinux emulator={top}/qemu
"""
BASE = {
    "Makefile": "VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\n",
    "MAINTAINERS": "".join(f"entry {n}\n" for n in range(100)),
    "option": "none\n",
}
IS_ROOT = os.geteuid() == 0
STALL = "[    9.0] rcu: INFO: rcu_sched self-detected stall on CPU"
NO_TIMER = "[    0.1] Kernel panic - not syncing: IO-APIC + timer doesn't work!"


class Stages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        for name in "scripts", "kernel", "run", "arch", "config":
            shutil.copytree(TOP / name, self.top / name)
        (self.top / "arch/fake.sh").write_text(MACHINE.format(top=self.top))
        (self.top / "bin").mkdir()
        self.build = self.top / "build"
        self.build.mkdir()
        self.env = {name: value for name, value in os.environ.items()
                    if not name.startswith(("GIT_", "MAKE", "STAGE", "DRY"))}
        self.env.update(BUILD=str(self.build), BASE="7.3", LIMIT="1", VARIANTS="stock",
                        TREES="stock", PATH=f"{self.top}/bin:{os.environ['PATH']}")

    def program(self, path, text):
        path = self.top / path
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)

    def run_stage(self, *command, status=0, **env):
        """Returns what the stage prints."""
        done = subprocess.run(command, cwd=self.top, env={**self.env, **env}, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, status, done.stdout)
        return done.stdout

    def git(self, *args):
        return subprocess.run(("git", "-c", "user.name=A", "-c", "user.email=a@b") + args,
                              cwd=self.build / "stock/linux", check=True, env=self.env,
                              stdout=subprocess.PIPE, text=True).stdout

    # Trees and patches

    def make_stock(self, files):
        """Create the tree stock."""
        tree = self.build / "stock/linux"
        shutil.rmtree(self.build / "stock", ignore_errors=True)
        tree.mkdir(parents=True)
        for name, text in files.items():
            (tree / name).write_text(text)
        self.git("init", "-q", "-b", "stock")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "base")

    def make_patches(self):
        """Create kernel/strip.patch and patches/feature."""
        self.make_stock(BASE)
        tree, to = self.build / "stock/linux", self.top / "patches/feature"
        to.mkdir(parents=True)
        for text, patch in ("stripped\n", self.top / "kernel/strip.patch"), \
                           ("ours\n", to / "0001-ours.patch"):
            (tree / "option").write_text(text)
            (tree / "MAINTAINERS").write_text(BASE["MAINTAINERS"].replace(
                "entry 90\n", f"entry 90\n{text}"))
            self.git("commit", "-q", "-a", "-m", text)
            patch.write_text(self.git("format-patch", "--stdout", "--zero-commit",
                                      "--no-signature", "--abbrev=12", "-1"))
        patch.rename(to / "0001-ours.patch")

    def make_tree(self, **env):
        self.run_stage("kernel/tree.sh", "stripped", **env)
        self.run_stage("kernel/tree.sh", "feature", **env)

    def test_base_that_differs_far_away(self):
        self.make_patches()
        self.make_stock({**BASE, "MAINTAINERS": "more\n" + BASE["MAINTAINERS"]})
        self.make_tree()
        self.run_stage("kernel/export.sh", "compare", "feature")

    def test_patch_that_differs_from_the_tree(self):
        self.make_patches()
        self.make_stock(BASE)
        self.make_tree()
        patch = self.top / "patches/feature/0001-ours.patch"
        patch.write_text(patch.read_text().replace("+ours\n", "+other\n"))
        self.assertIn("0001-ours.patch differs from the commit",
                      self.run_stage("kernel/export.sh", "compare", "feature", status=1))

    def test_base_to_which_a_patch_does_not_apply(self):
        self.make_patches()
        self.make_stock({**BASE, "option": "changed\n"})
        self.assertIn("kernel/strip.patch does not apply to stock: patch failed: option:1",
                      self.run_stage("kernel/tree.sh", "stripped", status=1))

    def test_link_to_a_patch_that_is_a_file(self):
        """That is what git leaves on a file system without symbolic links."""
        self.make_patches()
        self.make_stock(BASE)
        followup = self.top / "patches/followup"
        followup.mkdir()
        (followup / "0001-ours.patch").write_text("../feature/0001-ours.patch")
        self.assertIn("0001-ours.patch has the name of a patch instead of a link",
                      self.run_stage("kernel/tree.sh", "followup", status=1))

    def test_file_systems(self):
        self.make_stock(BASE)
        linux = shutil.move(self.build / "stock/linux", self.top / "linux")
        (self.build / "stock").rmdir()
        self.env["LINUX"] = str(linux)
        message = "ignores case, or has no symbolic links"
        (self.build / "STOCK.TMP").mkdir()
        self.assertIn(message, self.run_stage("kernel/source.sh", status=1))
        (self.build / "STOCK.TMP").rmdir()
        self.program("bin/ln", "exit 1\n")
        self.assertIn(message, self.run_stage("kernel/source.sh", status=1))
        (self.top / "bin/ln").unlink()
        self.run_stage("kernel/source.sh")
        self.assertTrue((self.build / "stock/linux/option").exists())

    def test_dry_run_without_a_build_folder(self):
        self.build.rmdir()
        self.assertEqual(self.run_stage("kernel/source.sh", status=1, DRY="1",
                                        LINUX=str(self.top)).count("\n"), 1)

    @unittest.skipUnless(IS_ROOT, "needs root")
    def test_build_folder_that_is_read_only(self):
        mount = ("unshare", "-m", "sh", "-c", 'mount -t tmpfs -o ro none "$BUILD" && exec "$@"', "sh")
        self.assertEqual(self.run_stage(*mount, "scripts/locked.sh", "false", status=1),
                         f"make: cannot write to the folder {self.build}: name another one with "
                         "BUILD=\n")

    def test_git_settings_of_the_caller(self):
        self.make_patches()
        self.make_stock(BASE)
        (self.top / "template/hooks").mkdir(parents=True)
        self.program("template/hooks/applypatch-msg", "exit 1\n")
        self.make_tree(GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="commit.gpgsign",
                       GIT_CONFIG_VALUE_0="true", GIT_CONFIG_PARAMETERS="'user.name='",
                       GIT_TEMPLATE_DIR=str(self.top / "template"), GIT_DIR="/nonexistent",
                       GIT_INDEX_FILE="/nonexistent")

    @unittest.skipUnless(IS_ROOT, "needs root")
    def test_tree_of_another_user(self):
        self.make_patches()
        self.make_stock(BASE)
        for path in [self.build, *self.build.rglob("*")]:
            os.chown(path, 12345, 12345, follow_symlinks=False)
        self.make_tree()

    def test_tree_in_which_somebody_has_built(self):
        self.make_stock({**BASE, "Makefile": "tinyconfig:\n"
                         "\t@echo '***'\n\t@echo '*** The source tree is not clean'\n\t@false\n"})
        (self.top / "arch/fake.config").write_text("")
        self.assertIn("cannot be configured for fake: *** The source tree is not clean",
                      self.run_stage("kernel/build.sh", "stock", "fake", status=1))

    # Packages

    def fake_apt(self, update="", install="", user=0, sudo="exec"):
        """Stand-ins for apt-get, id and sudo, with the shell commands that they run."""
        self.program("bin/id", f"echo {user}\n")
        self.program("bin/sudo", f'{sudo} "$@"\n')
        self.program("bin/apt-get", f"""\
for word; do
	case $word in
	indextargets) echo mirror && exit ;;
	update) {update or ':'}; exit ;;
	install) {install or ':'}; exit ;;
	esac
done
""")

    def install(self, status=0):
        return self.run_stage("scripts/deps.sh", "fake", status=status)

    installs = 'cp "$0" "$(dirname "$0")/fake-command"'

    def test_packages_are_installed(self):
        self.fake_apt(install=self.installs)
        self.assertIn("installing fake-package", self.install())
        self.assertEqual(self.install(), "")

    def test_sudo_without_a_terminal(self):
        self.fake_apt(user=1000, sudo="echo 'sudo: a terminal is required' >&2; exit 1;")
        self.assertEqual(self.install(1), "deps.sh: packages are needed, but sudo: a terminal is "
                         "required: run make deps as root\n")

    def test_list_of_packages_that_is_not_needed(self):
        self.fake_apt("echo 'E: repository of somebody: gone'; exit 100", self.installs)
        self.assertIn("cannot read all lists: E: repository of somebody: gone", self.install())

    def test_network_that_is_down(self):
        self.fake_apt("exit 100", "echo 'E: Could not resolve mirror'; exit 100")
        self.assertIn("apt cannot install fake-package: E: Could not resolve mirror",
                      self.install(1))

    def fetch(self, suite, **env):
        """Returns the arguments that mmdebstrap gets."""
        self.program("bin/mmdebstrap", 'printf "%s\\n" "$@"\n')
        self.run_stage("scripts/fetch.sh", "dir", str(self.build / "log"), "mirror", suite,
                       "one", "two", **env)
        return (self.build / "log").read_text()

    def test_packages_of_a_suite(self):
        arguments = self.fetch("trixie")
        self.assertTrue(arguments.endswith("--include=one,two\ntrixie\ndir\nmirror\n"), arguments)
        self.assertNotIn("hook", arguments)

    def test_packages_of_two_suites_and_one_alone(self):
        arguments = self.fetch("trixie trixie-backports", FETCH_ALONE="three")
        self.assertTrue(arguments.endswith("--include=one,two\ntrixie\ndir\nmirror\n"
                                           "deb mirror trixie-backports main\n"), arguments)
        self.assertIn("apt-get -q download three &&", arguments)

    # Debian's kernels

    def fake_kernels(self, update="", download="", module=":"):
        """Stand-ins for apt and dpkg-deb, and a kernel 6.1-fake of the suite trixie.

        module is the command that makes its module.
        """
        self.env.update(MIRROR="mirror", SUITES="trixie")
        with (self.top / "arch/fake.sh").open("a") as facts:
            facts.write("kernels=linux-image-fake\n")
        self.program("bin/apt-cache", """\
case $1 in
pkgnames) echo linux-image-6.1-fake ;;
show) echo "Package: linux-image-fake\nVersion: 6.1.9-1" &&
	echo "Depends: linux-base, linux-image-6.1-fake (= 6.1.9-1)" ;;
madison) echo " linux-image-fake |    6.1.9-1 | mirror trixie/main fake Packages" ;;
esac
""")
        self.program("bin/apt-get", f"""\
case $* in
*update*) {update or ':'} ;;
*download*) {download or 'touch linux-image-6.1-fake.deb'} ;;
esac
""")
        self.program("bin/dpkg-deb", "mkdir boot && echo kernel >boot/vmlinuz-6.1-fake &&\n"
                                     f"\tcd boot && {{ {module}; }} && cd .. &&\n"
                                     "\ttar -c ./boot && rm -r boot\n")

    def prebuilt(self, status=0):
        """Returns what the stage prints, and its list of kernels."""
        out = self.run_stage("kernel/prebuilt.sh", "fake", status=status)
        path = self.build / "prebuilt/fake/kernels.tsv"
        return out, path.read_text() if path.exists() else None

    def test_prebuilt_kernel(self):
        self.fake_kernels()
        out, kernels = self.prebuilt()
        file = self.build / "prebuilt/fake/6.1-fake@6.1.9-1"
        self.assertEqual(kernels, f"trixie\t6.1-fake\t6.1.9-1\t{file}\n")
        self.assertEqual(file.read_text(), "kernel\n")
        self.assertIn("fetching 6.1-fake of trixie", out)
        self.fake_kernels(download="exit 1")
        self.assertEqual(self.prebuilt()[1], kernels)

    def test_module_of_a_prebuilt_kernel(self):
        make = "echo module >nfnetlink.ko; touch nfnetlink_log.ko"
        for module, files in (":", ""), (make, "module\n"), \
                             (f"{make}; xz nfnetlink.ko", "module\n"):
            shutil.rmtree(self.build / "prebuilt", ignore_errors=True)
            self.fake_kernels(module=module)
            self.prebuilt()
            archive = self.build / "prebuilt/fake/6.1-fake@6.1.9-1.cpio"
            listed = self.run_stage("cpio", "-t", "--quiet", "-F", str(archive))
            self.assertEqual(listed, files and "nfnetlink.ko\n")
            self.assertEqual(self.run_stage("cpio", "-i", "--quiet", "--to-stdout", "-F",
                                            str(archive)), files)

    def test_prebuilt_kernel_that_is_gone(self):
        self.fake_kernels(download="echo 'E: 404 Not Found'; exit 100")
        out, kernels = self.prebuilt()
        self.assertEqual(kernels, "trixie\t6.1-fake\t6.1.9-1\tnone\n")
        self.assertIn("the mirror does not have it: E: 404 Not Found", out)
        self.fake_kernels(download="echo 'E: Could not resolve mirror'; exit 100")
        self.assertIn("cannot fetch 6.1-fake: E: Could not resolve mirror", self.prebuilt(1)[0])

    def test_prebuilt_kernels_without_network(self):
        self.fake_kernels("echo 'E: Could not resolve mirror'; exit 100")
        self.assertIn("apt cannot read all lists", self.prebuilt()[0])
        self.program("bin/apt-cache", ":\n")
        self.assertIn("apt can read no list of mirror: E: Could not resolve mirror",
                      self.prebuilt(1)[0])

    def fake_image(self):
        (self.build / "guest/fake").mkdir(parents=True)
        (self.build / "guest/fake/tests.cpio").write_text("image\n")

    def test_prebuilt_kernel_gets_its_module(self):
        self.fake_kernels(module="echo module >nfnetlink.ko")
        self.fake_image()
        self.emulator(f'while [ "$1" != -initrd ]; do shift; done; cp "$2" {self.top}/initrd; '
                      f"{self.good}")
        self.run_stage("run/kernels.sh", "fake", "tests", "/bin/test")
        archive = self.build / "prebuilt/fake/6.1-fake@6.1.9-1.cpio"
        self.assertEqual((self.top / "initrd").read_bytes(), b"image\n" + archive.read_bytes())
        self.assertEqual((self.build / "kernels/fake/6.1-fake.tsv").read_text(),
                         "test\tall\tpass\texit 0\n")

    def test_prebuilt_kernel_that_does_not_end_well(self):
        self.fake_kernels()
        self.fake_image()
        run = "run/kernels.sh", "fake", "tests", "/bin/test"
        tsv = self.build / "kernels/fake/6.1-fake.tsv"
        self.emulator(f"[ $boot = 2 ] || echo '[    1.0] Oops: 0000'; {self.good}")
        self.assertIn("trying 6.1-fake again", self.run_stage(*run))
        self.assertEqual(tsv.read_text(), "test\tall\tpass\texit 0\n")
        tsv.unlink()
        self.emulator("echo '[    1.0] Oops: 0000'")
        self.assertIn("reports: Oops: 0000", self.run_stage(*run))
        self.assertFalse(tsv.exists())

    # Guests

    def emulator(self, text):
        """A stand-in for the emulator. It gets the number of this boot in $boot."""
        self.program("qemu", f"""\
echo $$ >>{self.top}/pids
boot=$(wc -l <{self.top}/pids)
{text}
""")

    def boot(self, status=0, variant="stock", out="test.tsv"):
        return self.run_stage("run/results.sh", str(self.build / out), variant, "fake",
                              "tests", "/bin/test", status=status)

    good = "echo '# guest: run /bin/test'; echo '# guest: end /bin/test: exit 0'; " \
           "echo '# guest: all done'"

    def test_boot(self):
        self.emulator(self.good)
        self.assertEqual(self.boot(), "")
        self.assertEqual((self.build / "test.tsv").read_text(), "test\tall\tpass\texit 0\n")

    def test_stall_of_this_computer(self):
        self.emulator(f"[ $boot = 2 ] || echo '{STALL}'; {self.good}")
        self.assertIn("trying again", self.boot())
        self.assertIn(STALL, (self.build / "test.stalled.log").read_text())

    def test_timer_of_this_computer(self):
        self.emulator(f"[ $boot = 2 ] || {{ echo \"{NO_TIMER}\"; exit 1; }}; {self.good}")
        self.assertIn("trying again", self.boot())

    def test_stall_of_the_kernel(self):
        self.emulator(f"echo '{STALL}'; {self.good}")
        self.assertIn("reports: rcu: INFO: rcu_sched self-detected stall", self.boot(1))
        self.assertEqual(len((self.top / "pids").read_text().split()), 2)

    def test_oops_is_not_tried_again(self):
        self.emulator(f"echo '[    1.0] Oops: 0000'; {self.good}")
        self.assertIn("reports: Oops: 0000", self.boot(1))
        self.assertEqual(len((self.top / "pids").read_text().split()), 1)

    def program_with_test(self, program, verdict, diagnostic=""):
        """Shell commands that print what a guest with one program prints, which has one test."""
        return f"echo '# guest: run /bin/{program}'; echo 1..1; echo '# {diagnostic}'; " \
               f"echo '{verdict} 1 some.test'; echo '# guest: end /bin/{program}: exit 0'; " \
               "echo '# guest: all done'"

    def feature_after_stock(self, *boots):
        """Returns what the stage prints for feature, and the results. Each boot has its commands."""
        self.emulator("case $boot in\n" + "".join(
            f"{number}) {commands};;\n" for number, commands in enumerate(boots, 1)) + "esac")
        self.boot(0, "stock", "check/stock/fake/some.tsv")
        printed = self.boot(0, "feature", "check/feature/fake/some.tsv")
        self.assertEqual(len((self.top / "pids").read_text().split()), len(boots))
        return printed, (self.build / "check/feature/fake/some.tsv").read_text()

    timeout = "test: Test terminated by timeout"

    def test_test_that_is_slow_once(self):
        good = self.program_with_test("seccomp_suspend", "ok")
        slow = self.program_with_test("seccomp_suspend", "not ok", self.timeout)
        printed, results = self.feature_after_stock(good, slow, good)
        self.assertIn("test fails on feature only, maybe by chance: trying again", printed)
        self.assertEqual(results, "seccomp_suspend\tsome.test\tpass\t\n")
        self.assertIn("timeout", (self.build / "check/feature/fake/some.first.log").read_text())

    def test_test_that_is_slow_twice(self):
        good = self.program_with_test("seccomp_suspend", "ok")
        slow = self.program_with_test("seccomp_suspend", "not ok", self.timeout)
        _, results = self.feature_after_stock(good, slow, slow)
        self.assertEqual(results, "seccomp_suspend\tsome.test\tfail\t\n")

    def test_test_that_is_slow_on_stock_too(self):
        slow = self.program_with_test("seccomp_suspend", "not ok", self.timeout)
        self.assertEqual(self.feature_after_stock(slow, slow)[0], "")

    def test_failure_of_ours_is_not_tried_again(self):
        good = self.program_with_test("seccomp_suspend", "ok")
        bad = self.program_with_test("seccomp_suspend", "not ok")
        printed, results = self.feature_after_stock(good, bad)
        self.assertEqual(printed, "")
        self.assertEqual(results, "seccomp_suspend\tsome.test\tfail\t\n")

    def test_failure_of_the_kernels_own_test(self):
        good, bad = (self.program_with_test("seccomp_bpf", verdict) for verdict in ("ok", "not ok"))
        printed, results = self.feature_after_stock(good, bad, bad)
        self.assertIn("some.test fails on feature only", printed)
        self.assertEqual(results, "seccomp_bpf\tsome.test\tfail\t\n")

    def test_failure_of_the_kernels_own_test_on_stock_too(self):
        bad = self.program_with_test("seccomp_bpf", "not ok")
        self.assertEqual(self.feature_after_stock(bad, bad)[0], "")

    def artifacts(self, status=0):
        """Returns what the stage prints, and the job or None."""
        out = self.run_stage("run/artifacts.sh", "stock", "fake", "/bin/test", status=status)
        job = self.build / "ci/stock-fake/job.yaml"
        return out, job.read_text() if job.exists() else None

    def make_artifacts(self):
        for name in "stock/linux/build-fake/vmlinux", "stock/linux/build-fake/.config", \
                    "guest/fake/tests.cpio", "guest/fake/kselftest.tar.gz":
            path = self.build / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
        out, job = self.artifacts()
        self.assertEqual(out, f"artifacts: {self.build}/ci/stock-fake\n")
        return job

    def test_artifacts(self):
        job = self.make_artifacts()
        self.assertIn(f"url: file://{self.build}/ci/stock-fake/vmlinux\n", job)
        self.assertIn('cpus=1 end=poweroff timeout=1 -- /bin/test"', job)
        self.assertIn("name: test\n", job)
        self.assertEqual({path.name for path in (self.build / "ci/stock-fake").iterdir()},
                         {"vmlinux", "config", "initramfs.cpio", "kselftest.tar.gz", "job.yaml"})

    def test_artifacts_of_a_machine_without_emulator(self):
        self.make_artifacts()
        with (self.top / "arch/fake.sh").open("a") as facts:
            facts.write("emulator=\n")
        out, job = self.artifacts()
        self.assertIn("no job for LAVA: fake is a program", out)
        self.assertIsNone(job)
        self.assertIn("LAVA has no device for fake",
                      self.run_stage("run/lava.sh", "stock", "fake", "x", "x.tsv", status=1))

    def test_artifact_that_is_missing(self):
        self.make_artifacts()
        (self.build / "guest/fake/tests.cpio").unlink()
        out, job = self.artifacts(1)
        self.assertIsNone(job)
        self.assertEqual(len(out.splitlines()), 1)
        self.assertIn("cannot lay out the files: cp: ", out)

    def emulator_ends(self):
        pid = int((self.top / "pids").read_text())
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                return True
            if stat.rpartition(")")[2].split()[0] == "Z":
                return True
            time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        return False

    def test_signals(self):
        """Only a SIGINT, which comes from a terminal, goes to more than one process."""
        stage = ["run/results.sh", str(self.build / "test.tsv"), "stock", "fake", "tests", "/x"]
        for command in stage, ["scripts/locked.sh", *stage]:
            for sig in signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL:
                with self.subTest(command=command[0], signal=sig.name):
                    (self.top / "pids").unlink(missing_ok=True)
                    self.emulator("exec sleep 60")
                    process = subprocess.Popen(command, cwd=self.top, env=self.env,
                                               stdin=subprocess.DEVNULL,
                                               stdout=subprocess.DEVNULL,
                                               stderr=subprocess.DEVNULL, process_group=0)
                    pids = self.top / "pids"
                    while not (pids.exists() and pids.read_text()):
                        time.sleep(0.02)
                    kill = os.killpg if sig == signal.SIGINT else os.kill
                    kill(process.pid, sig)
                    process.wait()
                    self.assertTrue(self.emulator_ends())
                    self.assertFalse((self.build / "test.tsv").exists())
                    # The next run works.
                    (self.top / "pids").unlink()
                    self.emulator(self.good)
                    self.run_stage(*command)
                    (self.build / "test.tsv").unlink()

    def uml(self, prefix=(), **env):
        """The environment and the arguments that User Mode Linux is started with."""
        self.program("linux", 'echo "TMPDIR=$TMPDIR" "$@"\n')
        return self.run_stage(*prefix, "run/emulator.sh", "um", str(self.top / "linux"), "initrd",
                              "append", **env)

    def test_uml_needs_no_home(self):
        self.assertIn(f"uml_dir={self.build}/uml ", self.uml(HOME="/nonexistent"))

    @unittest.skipUnless(IS_ROOT, "needs root")
    def test_uml_needs_no_shm(self):
        for option in "size=64m", "noexec":
            mount = ("unshare", "-m", "sh", "-c",
                     f'mount -t tmpfs -o {option} none /dev/shm && exec "$0" "$@"')
            self.assertIn(f"TMPDIR={self.build} ", self.uml(mount))


if __name__ == "__main__":
    unittest.main()
