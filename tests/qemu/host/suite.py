# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the tests, reads their headers, groups them into boots."""

import difflib
import fnmatch
import re
from pathlib import Path

HEADER = re.compile(r"^\s*(?:#|//|\*|/\*)\s*([a-z][a-z-]*):\s*(.*?)\s*(?:\*/)?$")
KEYS = {
    "timeout",  # seconds, before scaling
    "mem",  # guest memory
    "cpus",  # guest CPUs
    "groups",  # words for T=
    "boots",  # own: a guest for this test alone; N: N boots over the same nvdimm file
    "nvdimm",  # size of a persistent-memory module, with its label, such as 514M
    "kargs",  # more for the kernel's command line
    "cpu",  # features for QEMU's CPU, such as +la57
    "icount",  # count instructions: what goes behind -icount of QEMU (one CPU)
    "modules",  # kernel modules of the distribution
    "programs",  # host programs to bring along
    "files",  # host files and trees to bring along
    "pool",  # mount options, "none" for no pool, "unloaded" for not even the module
    "log-allow",  # kernel log lines that are part of the test
    "may-skip",  # reasons for which points may be skipped
    "leak-check",  # no, with the reason after it
    "kmemleak",  # yes: also in a guest of its own, where the debug kernel's leak detector is off
    "kernel",  # stock or debug: runs only there
    "ldflags",  # for C tests
    "expect",  # self-tests of the harness: the failure that must be found
}
BOOT_KEYS = ("mem", "cpus", "cpu", "icount", "nvdimm", "kargs", "modules", "programs", "files")
DEFAULT_TIMEOUT = 60


class Error(Exception):
    pass


def read_header(path):
    header = {}
    for line in path.read_text(errors="replace").splitlines()[:40]:
        match = HEADER.match(line)
        if not match:
            continue
        key, value = match.groups()
        if key in KEYS:
            header[key] = value
        elif difflib.get_close_matches(key, KEYS, 1, 0.8):
            raise Error(f"{path}: unknown header {key}")
    return header


class Test:
    def __init__(self, path):
        self.path = path
        self.name = re.sub(r"^t_", "", path.stem)
        self.header = read_header(path)
        self.extra_env = ""
        # The guest finds it under this name, compiled or not.
        self.guest_path = f"/tests/t_{self.name}"

    @property
    def timeout(self):
        return int(self.header.get("timeout", DEFAULT_TIMEOUT))

    @property
    def boots(self):
        value = self.header.get("boots", "1")
        return 1 if value == "own" else int(value)

    @property
    def alone(self):
        return "boots" in self.header or "nvdimm" in self.header

    @property
    def groups(self):
        return self.header.get("groups", "").split()

    @property
    def pool(self):
        value = self.header.get("pool", "size=256M")
        return {"none": "-", "unloaded": "--"}.get(value, value)

    def boot_key(self):
        key = tuple(self.header.get(k, "") for k in BOOT_KEYS)
        return key + ((self.name,) if self.alone else ())

    def matches(self, words):
        return not words or any(
            word in self.groups or word == self.name or fnmatch.fnmatch(self.name, word)
            for word in words
        )


def discover(directory, words, kernel):
    paths = sorted(Path(directory).glob("t_*.c")) + sorted(Path(directory).glob("t_*.sh"))
    tests = [Test(path) for path in paths]
    names = [test.name for test in tests]
    for name in names:
        if names.count(name) > 1:
            raise Error(f"two tests are named {name}")
    chosen = [test for test in tests if test.matches(words)]
    if not chosen:
        raise Error(f"no test matches {' '.join(words)}" if words else f"no tests in {directory}")
    return [test for test in chosen if test.header.get("kernel", kernel) == kernel]


def shards(tests, seconds, jobs):
    """Tests that can share a guest, each such set cut into up to @jobs parts of similar length."""
    sets = {}
    for test in tests:
        sets.setdefault(test.boot_key(), []).append(test)
    result = []
    for members in sets.values():
        parts = [[] for _ in range(min(jobs, len(members)))]
        load = [0.0] * len(parts)
        for test in sorted(members, key=lambda t: -seconds.get(t.name, 1.0)):
            part = load.index(min(load))
            parts[part].append(test)
            load[part] += seconds.get(test.name, 1.0)
        result += parts
    return sorted(result, key=lambda part: -sum(seconds.get(t.name, 1.0) for t in part))
