# SPDX-License-Identifier: GPL-2.0-or-later
"""A program that knows files and nothing of morsels. usage: unmodified.py FILE"""

import mmap
import os
import sys
import zlib

CHUNK = 1 << 20


def crc_by_read(fd):
    crc, at = 0, 0
    while data := os.pread(fd, CHUNK, at):
        crc = zlib.crc32(data, crc)
        at += len(data)
    return crc


def main():
    fd = os.open(sys.argv[1], os.O_RDWR)
    with mmap.mmap(fd, 0) as memory:
        if zlib.crc32(memory) != crc_by_read(fd):
            return "the mapping and read() differ"
        at = memory.rfind(b"Package: ")
        before = os.pread(fd, 64, at)
        memory[at : at + 7] = b"PACKAGE"
        if os.pread(fd, 64, at) != b"PACKAGE" + before[7:]:
            return "read() does not see what was stored through the mapping"
        os.pwrite(fd, b"Package", at)
        if memory[at : at + 64] != before:
            return "the mapping does not see what was written with write()"
    return 0


sys.exit(main())
