#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Adds up which lines of the module have run: report.py DIRECTORY..., each with morsel.o and console.log."""

import bisect
import collections
import re
import subprocess
import sys
from pathlib import Path

REACH = 1 << 19
CALL = re.compile(r"^\s*([0-9a-f]+):.*\bcall\s.*<__sanitizer_cov_trace_pc>")
NEXT = re.compile(r"^\s*([0-9a-f]+):")
LINE = re.compile(r"^(\S+\.[ch])\s+(\d+)\s+(0x[0-9a-f]+|0)\b")


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()


def link(directory):
    """Addresses that are unique over all sections; what the kernel provides is left open."""
    elf = directory / "morsel.elf"
    subprocess.run(
        ["ld", "-e", "0", "-Ttext=0x10000000", "--unresolved-symbols=ignore-all", "-o", elf, directory / "morsel.o"],
        stderr=subprocess.DEVNULL, check=True,
    )
    return elf


def blocks(elf):
    """Where the calls return to, sorted: the beginnings of basic blocks."""
    found, called = [], False
    for line in output("objdump", "-d", "--no-show-raw-insn", elf):
        match = NEXT.match(line)
        if not match:
            continue
        if called:
            found.append(int(match[1], 16))
        called = bool(CALL.match(line))
    return sorted(found)


def anchor(elf):
    for line in output("nm", elf):
        address, _, name = line.partition(" ")
        if name.endswith(" morsel_cov_anchor"):
            return int(address, 16)
    raise SystemExit("no anchor: was the module instrumented?")


def statements(elf):
    """(address, file, line) of everything that came from the module's own sources."""
    for line in output("objdump", "--dwarf=decodedline", elf):
        match = LINE.match(line)
        if match:
            yield int(match[3], 16), Path(match[1]).name, int(match[2])


def hits(log, base):
    for line in log.read_text(errors="replace").splitlines():
        _, found, words = line.partition("morsel-cov:")
        if found:
            for word in words.split():
                yield base + int(word, 16) - REACH


def collect(directory, sources, lines):
    elf = link(directory)
    starts = blocks(elf)
    hit = set(hits(directory / "console.log", anchor(elf)))
    for address, name, number in statements(elf):
        if name not in sources:
            continue
        at = bisect.bisect_right(starts, address) - 1
        # The call itself belongs to the block that it opens.
        near = at + 1 < len(starts) and starts[at + 1] - address <= 5
        ran = (at >= 0 and starts[at] in hit) or (near and starts[at + 1] in hit)
        lines[name][number] |= ran


def main():
    kmod = Path(__file__).resolve().parents[2] / "kmod"
    sources = {path.name for path in kmod.glob("*.[ch]")} - {"cov.c"}
    lines = collections.defaultdict(lambda: collections.defaultdict(bool))
    for directory in map(Path, sys.argv[1:]):
        collect(directory, sources, lines)
    total = covered = 0
    for name in sorted(lines):
        ran = sum(lines[name].values())
        missing = sorted(number for number, good in lines[name].items() if not good)
        total += len(lines[name])
        covered += ran
        print(f"{name:20} {ran:5} of {len(lines[name]):5}  {100 * ran // len(lines[name]):3} %  "
              f"{' '.join(map(str, missing))}")
    print(f"{'all':20} {covered:5} of {total:5}  {100 * covered // max(1, total):3} %")


if __name__ == "__main__":
    main()
