# SPDX-License-Identifier: GPL-2.0-or-later
"""What in a kernel log makes a test fail."""

import re

BAD = re.compile(
    "|".join(
        [
            r"WARNING: ",
            r"\bBUG: ",
            r"\bBUG at ",
            r"kernel BUG",
            r"\bOops\b",
            r"general protection fault",
            r"unable to handle ",
            r"Kernel panic",
            r"KASAN",
            r"KFENCE",
            r"UBSAN",
            r"possible recursive locking",
            r"possible circular locking",
            r"inconsistent lock state",
            r"suspicious RCU usage",
            r"INFO: task .* blocked for more than",
            r"rcu.*detected.*stall",
            r"soft lockup",
            r"hard LOCKUP",
            r"Bad page",
            r"[Bb]ad (pmd|pud|p4d|pgd|swap)\b",
            r"Bad rss-counter",
            r"non-zero pgtables_bytes",
            r"page_table_check",
            r"ODEBUG",
            r"Objects remaining in ",
            r"Slab cache still has objects",
            r"list_(add|del) corruption",
            r"refcount_t: ",
            r"scheduling while atomic",
            r"sleeping function called from invalid context",
            r"Voluntary context switch within RCU",
            r"bad: scheduling",
            r"stack-protector",
            r"corrupted stack end",
            r"segfault at .* in init\b",
            r"traps: init\b",
            r"Out of memory: ",
            r"page allocation failure",
            r"unregister_netdevice: waiting",
            r"pagealloc: ",
            r"vmap allocation .* failed",
            r"double fault",
            r"invalid opcode",
            r"divide error",
        ]
    )
)

STAMP = re.compile(r"^\[\s*\d+\.\d+\]\s?(\[\s*[CT]\d+\]\s?)?")


def offences(text, allowed=None):
    """The offending lines of a piece of log; a test may allow some by a regular expression."""
    found = []
    for line in text.splitlines():
        text = STAMP.sub("", line.strip())
        if BAD.search(text) and not (allowed and re.search(allowed, text)):
            found.append(text)
    return found
