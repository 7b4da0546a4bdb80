# SPDX-License-Identifier: GPL-2.0-or-later
"""Persistent memory that loses what was not flushed and fenced: the harness' side of ../plugin."""

import mmap
import os
import random
import re
import struct
import subprocess
from pathlib import Path

from .paths import BUILD

PLUGIN = BUILD / "qemu/powercut.so"
MAGIC = struct.pack("<Q", 0x0A0D4C4553524F4D)
FRAME = 4096
NR_FRAMES_AT = 144  # in the superblock
PERCENTS = (0, 20, 50, 80, 100)  # of the lines in flight, that come
EVENTS = 1500  # stores, flushes and fences from when the power is to go


def find_pool(path):
    """Where in the nvdimm's file the pool is, in bytes; None: there is none yet."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as data:
        at = data.find(MAGIC)
        while at >= 0 and at % FRAME:
            at = data.find(MAGIC, at + 1)
        if at < 0:
            return None
        return at, struct.unpack_from("<Q", data, at + NR_FRAMES_AT)[0] * FRAME


def copy(source, offset, target, at, size):
    """Copy @size bytes; what is zero in both stays a hole."""
    with open(source, "rb") as src, open(target, "r+b") as dst:
        for done in range(0, size, 1 << 16):
            src.seek(offset + done)
            dst.seek(at + done)
            data = src.read(min(1 << 16, size - done))
            if dst.read(len(data)) != data:
                dst.seek(at + done)
                dst.write(data)


class PowerCut:
    """One boot over an nvdimm file that has a pool."""

    def __init__(self, directory, nvdimm, percent=None):
        self.directory = Path(directory) / "powercut"
        self.directory.mkdir()
        self.nvdimm = nvdimm
        self.first, self.size = find_pool(nvdimm)
        self.percent = random.choice(PERCENTS) if percent is None else int(percent)
        self.seed = random.getrandbits(32)
        self.shadow = self.directory / "shadow"
        self.control = self.directory / "control"
        with open(self.shadow, "wb") as file:
            file.truncate(self.size)
        copy(nvdimm, self.first, self.shadow, 0, self.size)
        self.control.write_bytes(bytes(8))

    def arguments(self):
        """For QEMU."""
        return ["-plugin", f"{PLUGIN},dir={self.directory},first={self.first},percent={self.percent},seed={self.seed}"]

    def cut(self):
        """Let the power go at one of the next events."""
        with open(self.control, "r+b") as file:
            file.write(struct.pack("<Q", random.randint(1, EVENTS)))

    def finish(self, was_cut):
        """After QEMU has ended: the next boot finds what has lasted. Returns the plugin's report."""
        if was_cut:
            copy(self.shadow, 0, self.nvdimm, self.first, self.size)
        self.shadow.unlink()
        report = self.directory / "report"
        return Report(report.read_text() if report.exists() else "")


class Report:
    """What the plugin has seen; nothing, if it was killed before it could say so."""

    def __init__(self, text):
        self.sites = []  # address, stores, where the first was, what the call returns to (0: code of the module itself)
        self.cut = {}
        for line in text.splitlines():
            verb, *words = line.split()
            if verb == "site":
                address, offset, caller = (int(word, 16) for word in words[:1] + words[2:])
                self.sites.append((address, int(words[1]), offset, caller))
            elif verb == "cut":
                self.cut = dict(zip(words[::2], map(int, words[1::2])))

    def __str__(self):
        return " ".join(f"{key} {value}" for key, value in self.cut.items()) or "no line in flight came"


class Sections:
    """The code of the module, as it is loaded: which of it is a primitive of persist.h."""

    def __init__(self, module, text):
        """@text: NAME=ADDRESS for each section of code."""
        self.module = module
        self.starts = {}
        for word in text.split():
            name, _, address = word.partition("=")
            self.starts[name] = int(address, 16)
        out = subprocess.run(["readelf", "-SW", module], stdout=subprocess.PIPE, text=True, check=True).stdout
        sizes = re.findall(r"\] (\S+) +PROGBITS +\S+ \S+ (\S+)", out)
        self.sizes = {name: int(size, 16) for name, size in sizes}
        self.known = {}

    def _place(self, address):
        for name, start in self.starts.items():
            if start <= address < start + self.sizes.get(name, 0):
                return name, address - start
        return None

    def _frames(self, place):
        """Functions and lines that the compiler has put there, the innermost first."""
        if place not in self.known:
            command = ["addr2line", "-f", "-i", "-j", place[0], "-e", self.module, hex(place[1])]
            out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split("\n")
            self.known[place] = list(zip(out[::2], map(os.path.basename, out[1::2])))
        return self.known[place]

    def stranger(self, address, caller):
        """None, or who stores to the pool past persist.h."""
        place = self._place(address) or self._place(caller - 1)
        if not place:
            return f"code at {address:#x} that the module has not called"
        frames = self._frames(place)
        if any(line.startswith("persist.h:") for _, line in frames):
            return None
        return " in ".join(f"{name} ({line.split()[0]})" for name, line in frames)


def strangers(report, sections):
    """Whoever has stored to the pool past persist.h."""
    found = ((sections.stranger(address, caller), offset // FRAME) for address, _, offset, caller in report.sites)
    return sorted({f"{who}, frame {frame}" for who, frame in found if who})
