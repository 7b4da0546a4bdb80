# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots guests and turns what they say into results."""

import argparse
import copy
import os
import random
import subprocess
import time
from pathlib import Path

from . import image, klog, load, powercut, qemu
from .suite import Test, boot_header
from .tap import Result

BOOT_SECONDS = 120
GRACE_SECONDS = 45  # beyond a test's own limit: clean-up, leak check
EXIT_SECONDS = 20
CUT_SECONDS = 3  # for as many events as are drawn
MEMMAP = "memmap=32M!512M"  # more persistent memory, of nd_e820
UNDER_LOAD = "# under load"  # from here on the guest may be killed


def defaults(**other):
    """Options as the command line has them when nothing is said."""
    values = {"mem": "1G", "cpus": 1, "kargs": "", "nodes": 1, "pool_options": "", "nvdimm": None,
              "timeout_scale": 0, "accel": "auto"}
    return argparse.Namespace(**(values | other))


class Settings:
    """What one run of the harness has in common."""

    def __init__(self, kernel, morsel, directory, options):
        self.kernel = kernel
        self.morsel = morsel
        self.directory = Path(directory)
        self.mem = options.mem
        self.cpus = options.cpus
        self.kargs = options.kargs
        self.nodes = options.nodes
        self.pool_options = options.pool_options
        self.nvdimm = options.nvdimm
        self.fixed_scale = options.timeout_scale
        self.accel = qemu.accelerator(options.accel, kernel)

    def scale(self):
        """By how much time limits are stretched, now."""
        return self.fixed_scale or (6 if self.kernel.slow else 2) * load.stretch()


class _Outside:
    """Stands for what happens in a guest outside of any test."""

    def __init__(self, number):
        self.name = f"guest-{number}"
        self.header = {}


def _environment(settings, scale, test):
    words = [f"MORSEL_KERNEL={settings.kernel.name}", f"MORSEL_TIME_SCALE={scale:.1f}"]
    return " ".join(words + [test.extra_env] if test.extra_env else words)


# What may be missing after a test, in KiB (the noise is a few dozen). The debug kernel keeps
# stack traces of allocations outside the slabs and never gives them back.
LEAK_LIMIT = 512
LEAK_LIMIT_DEBUG = 12288


def _debug_kargs(tests):
    """The leak detector's scans take half a minute: guests of single tests do without, unless they ask."""
    leaks = not tests[0].alone or tests[0].header.get("kmemleak") == "yes"
    return "panic_on_warn=1 page_poison=1 kmemleak=" + ("on" if leaks else "off")


def _pool(settings, test):
    """What a test mounts, if it mounts anything, and what this run adds to it."""
    if test.pool.startswith("-") or not settings.pool_options:
        return test.pool
    return f"{test.pool},{settings.pool_options}"


def _steps(settings, scale, tests):
    yield ("leak-limit", str(LEAK_LIMIT_DEBUG if settings.kernel.slow else LEAK_LIMIT))
    for test in tests:
        limit = max(1, int(test.timeout * scale))
        check = "no" if test.header.get("leak-check", "").startswith("no") else "leak-check"
        if test.is_left:
            check = "stay"
        yield ("test", test.name, str(limit), _pool(settings, test), test.guest_path,
               _environment(settings, scale, test), check)


class Boot:
    """One guest from start to end; knows which tests have begun."""

    def __init__(self, settings, number, tests, nvdimm, show):
        self.settings = settings
        self.scale = settings.scale()
        self.tests = {test.name: test for test in tests}
        self.outside = Result(_Outside(number))
        self.results = []
        self.current = None
        self.booted = False
        self.success = False
        self.cut_at = None  # when the power goes
        self.is_cut = False
        self.powercut = None
        self.sections = None  # where the module is
        self.offset = 0  # how much of the console is judged
        self.show = show
        self.directory = settings.directory / f"guest-{number}"
        self.directory.mkdir(parents=True)
        self.guest = self._start(tests, nvdimm)

    def _start(self, tests, nvdimm):
        settings, header = self.settings, boot_header(tests)
        initrd = self.directory / "initrd"
        executables = {test.guest_path: test.host_path for test in tests}
        steps = list(_steps(settings, self.scale, tests))
        image.build(initrd, settings.kernel, settings.morsel, header, steps, executables)
        kargs = [_debug_kargs(tests)] if settings.kernel.slow else []
        kargs += [MEMMAP] if tests[0].is_moved else []
        kargs += [header.get("kargs", ""), settings.kargs]
        losing = self._losing(tests[0], nvdimm)
        args = qemu.command(
            settings.kernel.packed if "cpu" in header else settings.kernel.image, initrd,
            header.get("mem") or settings.mem, header.get("cpus") or settings.cpus, nvdimm,
            " ".join(filter(None, kargs)), "tcg" if losing else settings.accel,
            header.get("cpu", ""), header.get("icount", ""), settings.nodes, tests[0].is_moved, header.get("qemu", ""),
        )
        args += losing
        (self.directory / "command").write_text(" ".join(args) + "\n")
        return qemu.Guest(args, self.directory)

    def _losing(self, test, nvdimm):
        """Persistent memory with a pool loses lines if the test, or the caller, asks for it."""
        percent = test.header.get("lose")
        wanted = percent or os.environ.get("LOSE", "0") not in ("", "0")
        if not nvdimm or not wanted or not powercut.find_pool(nvdimm):
            return []
        self.powercut = powercut.PowerCut(self.directory, nvdimm, percent)
        return self.powercut.arguments()

    def run(self, last=True):
        """A guest that does not reach its first process reports that only if it is the @last attempt."""
        deadline = time.monotonic() + BOOT_SECONDS * self.scale
        with open(self.directory / "port.log", "w") as log:
            try:
                while (line := self.guest.line(min(deadline, self.cut_at or deadline))) is not None:
                    log.write(line + "\n")
                    deadline = self._handle(line) or deadline
                self._died()
            except TimeoutError:
                if self.cut_at and time.monotonic() < deadline:
                    self._cut()
                else:
                    self._problem("the guest hangs")
        errors = self.guest.stop(0 if not self.success else EXIT_SECONDS)
        (self.directory / "initrd").unlink()
        if self.powercut:
            self._after_loss()
        if self.booted or last:
            self._last_words(errors)

    def _cut(self):
        self.is_cut = True
        if self.powercut:
            self.powercut.cut()
            try:
                self.guest.process.wait(CUT_SECONDS * self.scale)
            except subprocess.TimeoutExpired:
                pass  # it does not store: all that is in flight is lost
        self.guest.process.kill()
        self.current.passed += 1

    def _after_loss(self):
        report = self.powercut.finish(self.is_cut)
        self.show.loss(report, self.is_cut)
        result = self.current or (self.results[-1] if self.results else self.outside)
        result.output.append(f"# power cut: {report}")
        if self.sections:
            for text in powercut.strangers(report, self.sections):
                result.fail(f"a store to the pool past persist.h: {text}")
            return
        if report.sites:
            result.fail("nobody has said where the module is that stores to the pool")

    def _problem(self, text):
        (self.current or self.outside).fail(text)

    def _died(self):
        if not self.success:
            self._problem("the guest died")

    def _handle(self, line):
        """Returns a new deadline or None."""
        if not line.startswith("@"):
            if self.current and line:
                if line == UNDER_LOAD and self.current.test.is_cut:
                    self._cut_soon()
                self.current.feed(line)
                self.show.line(self.current, line)
            return None
        verb, _, rest = line.partition(" ")
        handler = getattr(self, "_on_" + verb[1:].replace("-", "_"), None)
        if handler is None:
            self._problem(f"garbled line: {line}")
            return None
        return handler(rest)

    def _cut_soon(self):
        most = float(self.current.test.header["cut"])
        self.cut_at = time.monotonic() + random.uniform(0.1, most) * self.scale

    def _on_boot(self, _):
        self.booted = True
        return time.monotonic() + GRACE_SECONDS * self.scale

    def _on_boot_failed(self, rest):
        self.outside.fail(rest)

    def _on_begin(self, rest):
        name, limit = rest.split()
        self.current = Result(self.tests[name])
        self.current.started = time.monotonic()
        self._judge_log(self.outside, f"begin {name}")
        return time.monotonic() + int(limit) + GRACE_SECONDS * self.scale

    def _on_module(self, rest):
        if self.powercut:
            self.sections = powercut.Sections(self.settings.morsel, rest)

    def _on_exit(self, rest):
        self.current.exited(int(rest))

    def _on_problem(self, rest):
        self._problem(rest)

    def _on_memory(self, rest):
        """For whoever reads the port's log."""

    def _on_kmemleak(self, rest):
        self.outside.output.append(rest)
        if rest.startswith("unreferenced object"):
            self.outside.fail(f"kmemleak: {rest}")

    def _on_end(self, _):
        result, self.current = self.current, None
        result.seconds = time.monotonic() - result.started
        self._judge_log(result, f"end {result.test.name}")
        self._finish(result)
        # The leak detector scans twice after the last test.
        return time.monotonic() + (GRACE_SECONDS + (60 if self.settings.kernel.slow else 0)) * self.scale

    def _on_success(self, _):
        self.success = True
        return time.monotonic() + EXIT_SECONDS * self.scale

    def _judge_log(self, result, marker=None):
        """Charges the kernel log since the last look to @result."""
        if marker:
            text, end = self.guest.console_until(marker, self.offset)
        else:
            text, end = self.guest.console(self.offset)
        self.offset = end
        bad = klog.offences(text, result.test.header.get("log-allow"))
        if bad:
            result.fail(f"kernel log: {bad[0]}")
            result.output += [""] + text.splitlines()

    def _finish(self, result):
        if not result.failures and not result.passed and not result.skipped:
            result.fail("no result")
        self.results.append(result)
        self.show.result(result, self.directory)

    def _last_words(self, errors):
        if self.current:
            result, self.current = self.current, None
            self._judge_log(result)
            self._finish(result)
        else:
            self._judge_log(self.outside)
        if errors.strip() and not self.success:
            self.outside.fail(f"QEMU: {errors.strip()}")
        if self.outside.failures:
            self._finish(self.outside)

    def missing(self):
        """Tests that were not reached because the guest ended early."""
        done = {result.test.name for result in self.results}
        return [test for name, test in self.tests.items() if name not in done]


class Runner:
    def __init__(self, settings, show):
        self.settings = settings
        self.show = show

    def _boot(self, tests, nvdimm):
        for last in (False, True):
            with load.turn():
                boot = Boot(self.settings, self.show.number(), tests, nvdimm, self.show)
                boot.run(last)
            if boot.booted:
                break
        return boot

    def shard(self, tests):
        """Runs tests that share a guest; after a crash a fresh guest goes on with the rest."""
        if tests[0].boots > 1 or "nvdimm" in tests[0].header or self.settings.nvdimm:
            return self._over_nvdimm(tests)
        results = []
        while tests:
            boot = self._boot(tests, None)
            results += boot.results
            left = boot.missing()
            if len(left) == len(tests):
                return results + self._unreachable(left, boot)
            tests = left
        return results

    def _unreachable(self, tests, boot):
        results = []
        for test in tests:
            result = Result(test)
            result.fail("its guest did not get as far as running it")
            self.show.result(result, boot.directory)
            results.append(result)
        return results

    def _over_nvdimm(self, tests):
        """Each boot gets what the one before left in the file."""
        results = []
        path = self.settings.nvdimm
        if not path:
            path = self.settings.directory / f"nvdimm-{tests[0].name}"
            qemu.make_nvdimm(path, tests[0].header.get("nvdimm", "514M"))
        for number in range(1, tests[0].boots + 1):
            boot = self._boot([_numbered(test, number) for test in tests], path)
            results += boot.results
            left = boot.missing()
            if left:
                results += self._unreachable(left, boot)
                break
        if not self.settings.nvdimm:
            Path(path).unlink()
        return results


def _numbered(test, number):
    test = copy.copy(test)
    test.is_cut = "cut" in test.header and 1 < number < test.boots
    test.is_moved = "moved" in test.header and number % 2 == 0
    test.is_left = test.stays and number < test.boots
    test.extra_env = f"{test.extra_env} MORSEL_BOOT={number} MORSEL_BOOTS={test.boots} MORSEL_NVDIMM=/dev/pmem0".strip()
    if test.boots > 1:
        test.name = f"{test.name}#{number}"
    return test


def adhoc(path, header):
    """A script of the caller's, run like a test."""
    test = Test(Path(path))
    test.header.update(header)
    test.host_path = path
    return test
