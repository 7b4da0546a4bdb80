# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the tests, reads their headers, groups them into boots."""

import difflib
import fnmatch
import os
import re
from pathlib import Path

HEADER = re.compile(r"^\s*(?:#|//|\*|/\*)\s*([a-z][a-z-]*):\s*(.*?)\s*(?:\*/)?$")
KEYS = {
    "timeout",  # seconds, before scaling
    "mem",  # guest memory
    "cpus",  # guest CPUs
    "groups",  # words for T=
    "boots",  # own: a guest for this test alone; N: N boots over the same nvdimm file
    "cut",  # seconds: in each boot but the first and the last the guest is killed within that time of "# under load"
    "lose",  # percent of the lines not flushed and fenced that come when the power is cut (tests/qemu/plugin)
    "moved",  # yes: in every second boot the NVDIMM has another address, and there is another one
    "qemu",  # more arguments of QEMU, such as devices
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
    "unmount",  # no: at the end of each of several boots but the last the guest is left as it is
    "kmemleak",  # yes: also in a guest of its own, where the debug kernel's leak detector is off
    "kernel",  # stock or debug: runs only there
    "ldflags",  # for C tests
    "expect",  # self-tests of the harness: the failure that must be found
}
BOOT_KEYS = ("mem", "cpus", "cpu", "icount", "nvdimm", "kargs", "qemu", "modules", "programs", "files")
# Where booting takes a minute, tests that differ in these share a guest that has it all.
JOINED_KEYS = ("modules", "programs", "files")
DEFAULT_TIMEOUT = 60
BOOT_SECONDS = 10


class Error(Exception):
    pass


def memory_size(text):
    """2G in bytes."""
    number, unit = re.fullmatch(r"(\d+)([KMGT]?)", text.upper()).groups()
    return int(number) << {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[unit]


def read_header(path):
    header = {}
    for line in path.read_text(errors="replace").splitlines()[:40]:
        match = HEADER.match(line)
        if not match:
            continue
        key, value = match.groups()
        if key in KEYS:
            header[key] = f"{header[key]} {value}" if key == "qemu" and key in header else value
        elif difflib.get_close_matches(key, KEYS, 1, 0.8):
            raise Error(f"{path}: unknown header {key}")
    return header


class Test:
    def __init__(self, path):
        self.path = path
        self.name = re.sub(r"^t_", "", path.stem)
        self.header = read_header(path)
        if self.stays and self.boots < 2:
            raise Error(f"{path}: unmount: no takes several boots")
        self.extra_env = ""
        self.is_cut = False
        self.is_moved = False
        self.is_left = False
        # The guest finds it under this name, compiled or not.
        self.guest_path = f"/tests/t_{self.name}"

    @property
    def timeout(self):
        return int(self.header.get("timeout", DEFAULT_TIMEOUT))

    @property
    def boots(self):
        value = self.header.get("boots", "1")
        if "cut" in self.header and os.environ.get("CUTS"):
            return int(os.environ["CUTS"]) + 2
        return 1 if value == "own" else int(value)

    @property
    def stays(self):
        return self.header.get("unmount") == "no"

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

    def boot_key(self, join=False):
        """@join: what can be had beside what others ask for keeps nobody apart."""
        apart = [k for k in BOOT_KEYS if not join or k not in JOINED_KEYS + ("mem",)]
        key = tuple(self.header.get(k, "") for k in apart)
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
    unwanted = [word[1:] for word in words if word.startswith("!")]
    wanted = [word for word in words if not word.startswith("!")]
    chosen = [t for t in tests if t.matches(wanted) and not (unwanted and t.matches(unwanted))]
    if not chosen:
        raise Error(f"no test matches {' '.join(words)}" if words else f"no tests in {directory}")
    return [test for test in chosen if test.header.get("kernel", kernel) == kernel]


def _seconds(tests, seconds):
    """How long tests may take: as the last time, or a part of what they are given at most."""
    return sum(seconds.get(test.name, test.timeout / 10) for test in tests)


def _spread(items, weight, count):
    """Cuts @items into @count parts of similar weight."""
    parts = [[] for _ in range(count)]
    load = [0.0] * count
    for item in sorted(items, key=weight, reverse=True):
        least = load.index(min(load))
        parts[least].append(item)
        load[least] += weight(item)
    return parts


def boot_header(tests):
    """What the guest of @tests needs: that of any of them, and all that they ask for together."""
    header = dict(tests[0].header)
    for key in JOINED_KEYS:
        words = [word for test in tests for word in test.header.get(key, "").split()]
        header[key] = " ".join(dict.fromkeys(words))
    header["mem"] = max((test.header.get("mem", "") for test in tests), key=lambda mem: memory_size(mem or "0"))
    return header


def shards(tests, seconds, jobs, join=False):
    """Tests that can share a guest, each such set cut into up to @jobs parts of similar length."""
    sets = {}
    for test in tests:
        sets.setdefault(test.boot_key(join), []).append(test)
    result = []
    for members in sets.values():
        # A guest of their own must be worth its boot.
        parts = min(jobs, len(members), int(_seconds(members, seconds) / BOOT_SECONDS / 2) or 1)
        result += _spread(members, lambda test: _seconds([test], seconds), parts)
    return sorted(result, key=lambda shard: -_seconds(shard, seconds))


def part(text):
    """I/N as index and number."""
    match = re.fullmatch(r"([0-9]+)/([0-9]+)", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise Error(f"not a part: {text}")
    return int(match[1]) - 1, int(match[2])


def share(shards_of_all, seconds, index, parts):
    """The part @index of @parts of what there is to run. Booting a guest takes time, too."""
    return _spread(shards_of_all, lambda shard: BOOT_SECONDS + _seconds(shard, seconds), parts)[index]
