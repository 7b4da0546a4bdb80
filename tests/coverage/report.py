#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Adds up which lines of the module have run: report.py MISSING DIRECTORY..., each with morsel.o and console.log.
Prints a table by file; which lines have not run is written to the file MISSING.
"""

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


def statements(elf, sources):
    """(address, file, line) of everything that came from the module's own @sources."""
    ours = False
    for line in output("objdump", "--dwarf=decodedline", elf):
        if line.endswith(":") and " " not in line:
            directory, _, name = line[:-1].rpartition("/")
            ours = name in sources and directory in ("", ".") or directory.endswith("/kmod")
        match = ours and LINE.match(line)
        if match and match[1] in sources:
            yield int(match[3], 16), match[1], int(match[2])


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
    for address, name, number in statements(elf, sources):
        at = bisect.bisect_right(starts, address) - 1
        # The call itself belongs to the block that it opens.
        near = at + 1 < len(starts) and starts[at + 1] - address <= 5
        ran = (at >= 0 and starts[at] in hit) or (near and starts[at + 1] in hit)
        lines[name][number] |= ran


def ranges(numbers):
    """1 2 3 7 as 1-3 7"""
    found = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


def row(name, ran, total):
    print(f"| {name} | {total} | {ran} | {100 * ran // max(1, total)} |")


def main():
    missing_path, directories = Path(sys.argv[1]), map(Path, sys.argv[2:])
    kmod = Path(__file__).resolve().parents[2] / "kmod"
    sources = {path.name for path in kmod.glob("*.[ch]")}
    lines = collections.defaultdict(lambda: collections.defaultdict(bool))
    for directory in directories:
        collect(directory, sources, lines)
    print("| file | lines | run | % |\n|---|---|---|---|")
    with missing_path.open("w") as missing:
        for name in sorted(lines):
            row(name, sum(lines[name].values()), len(lines[name]))
            left = sorted(number for number, good in lines[name].items() if not good)
            missing.write(f"{name}: {ranges(left)}\n")
    row("all", sum(sum(file.values()) for file in lines.values()), sum(len(file) for file in lines.values()))


if __name__ == "__main__":
    main()
