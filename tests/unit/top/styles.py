#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""styles.py ROW: in which style the first character of a row is, in what tmux capture-pane -e -p prints."""

import re
import sys

# What each of these codes puts an end to; the other way round, 39 and 49 are the colours of the terminal.
ENDS = {22: (1, 2), 24: (4,), 27: (7,), 39: range(30, 39), 49: range(40, 49)}


def apply(style, code):
    if code in ENDS:
        return style - set(ENDS[code])
    if code == 0:
        return set()
    if 30 <= code < 39 or 40 <= code < 49:
        style = style - set(range(code // 10 * 10, code // 10 * 10 + 9))
    return style | {code}


def main():
    style = set()
    for number, row in enumerate(sys.stdin, 1):
        begin = re.match(r"(\033\[[0-9;]*m)*", row).end()
        for at, codes in ((found.start(), found[1]) for found in re.finditer(r"\033\[([0-9;]*)m", row)):
            if number == int(sys.argv[1]) and at >= begin:
                break
            for code in codes.split(";"):
                style = apply(style, int(code or 0))
        if number == int(sys.argv[1]):
            print(*sorted(style))
            return


main()
