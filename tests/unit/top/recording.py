#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""recording.py [MORSELS [LOOKS]]: prints a recording for morsel-top --replay, always the same one."""

import json
import sys

GIB = 1 << 30
MIB = 1 << 20
START = 1764165802 * 10**9  # 2025-11-26 14:03:22 UTC
WINDOW = 0x200000000000
WINDOW_END = 0x500000000000


def morsel(number, name, look, **members):
    size = members.get("size", 64 * MIB)
    resident = members.get("allocated", size // 2)
    return {
        "name": name, "pool": name.split(":")[0], "pool_id": 1, "id": number, "type": 1, "uid": 0, "gid": 0,
        "mode": 0o640, "rights": 6, "size": size, "allocated": resident, "huge": resident // (2 * MIB) * 2 * MIB,
        "active": resident // 4, "dirty": 0, "interval": 10**9, "mappers": number % 4, "processes": number % 3,
        "links": 1, "faults": number * look, "maps": look,
        "rw_tables": 1, "ro_tables": 0, "tree_tables": 2, "address": "0x0", "max_size": 0,
        "last_mapped": 0, "created": START - number * 86400 * 10**9, "sealed": 0, "poisoned": 0, **members}


def named(look):
    """A database, names of all kinds, everything that is drawn in its own way."""
    db = [morsel(1, "db:", look, type=2, size=0), morsel(2, "db:orders", look, type=2, size=0)]
    db += [
        morsel(3, "db:orders/2024", look, size=64 * GIB, allocated=41 * GIB + 300 * MIB, mappers=12, uid=41000,
               faults=12100 * look, dirty=3 * MIB, address=hex(WINDOW), max_size=64 * GIB, last_mapped=START),
        morsel(4, "db:orders/2025", look, size=512 * MIB, allocated=512 * MIB, mappers=2, faults=88 * look,
               address=hex(WINDOW + 64 * GIB), sealed=1),
        morsel(5, "db:orders-old", look, size=8 * GIB, mappers=0, poisoned=1, address=hex(WINDOW + 512 * GIB)),
        morsel(6, "db:tmp", look, type=2, size=0),
        morsel(7, "db:tmp/join", look, size=3 * GIB, active=None, dirty=None),
        morsel(8, "db:\u00e4\u00f6\u00fc/\u6c49\u5b57", look, size=4096, allocated=4096, uid=44711, rights=4),
        morsel(9, "db:" + "a-very-long-name/" * 12 + "end", look, size=1, allocated=0),
    ]
    if look > 1:
        db.append(morsel(10, "db:fresh", look, size=16 * MIB))
    return db


def look_at(look, morsels):
    objects = named(look)
    objects += [morsel(100 + i, f"db:many/{i:05d}", look, size=(i % 97 + 1) * MIB, uid=41000 + i % 3,
                       address=hex(WINDOW + 4096 * GIB + i * 1024 * MIB)) for i in range(morsels)]
    commands = ("postgres", "report.py", "\u4e16\u754c")
    attachments = [
        {"pool_id": 1, "id": 3, "pid": 4711 + i, "uid": 41000, "command": commands[i % 3], "start": hex(WINDOW),
         "end": hex(WINDOW + 64 * GIB), "offset": 0, "writable": 1 - i % 2, "since": START - i * 3700 * 10**9}
        for i in range(4)]
    attachments.append({**attachments[0], "id": 4, "start": hex(WINDOW + 64 * GIB),
                        "end": hex(WINDOW + 64 * GIB + 512 * MIB)})
    reservations = [{"start": o["address"], "size": max(o["size"], 2 * MIB), "name": o["name"], "pool_id": 1,
                     "id": o["id"], "collides": int(o["id"] == 5)} for o in objects if o["address"] != "0x0"]
    # 8 GiB behind the last are somebody else's.
    gaps, at = [], WINDOW
    places = sorted((int(r["start"], 16), r["size"]) for r in reservations)
    for start, size in sorted(places + [(WINDOW + 1024 * GIB, 8 * GIB)]):
        gaps.append({"start": hex(at), "size": start - at})
        at = start + size
    gaps = [gap for gap in gaps + [{"start": hex(at), "size": WINDOW_END - at}] if gap["size"] > 0]
    rights = [{"is_default": 0, "tag": tag, "id": number, "perm": perm}
              for tag, number, perm in ((1, 0, 6), (2, 44711, 6), (3, 0, 4), (4, 45000, 7), (5, 0, 6), (6, 0, 0))]
    vmas = [
        {"start": hex(WINDOW), "end": hex(WINDOW + 64 * GIB), "is_morsel": 1, "name": "/run/morsel/db/orders/2024"},
        {"start": hex(WINDOW + 600 * GIB), "end": hex(WINDOW + 601 * GIB), "is_morsel": 0, "name": "(anonymous)"},
        {"start": "0x555555554000", "end": "0x555555580000", "is_morsel": 0, "name": "/usr/bin/postgres"},
        {"start": "0x7ffff7dc0000", "end": "0x7ffff7ffe000", "is_morsel": 0, "name": "/lib/libc.so.6"}]
    texts = (("morsel-set", "db:tmp/0  8M mode 0640  by 41000 pid 4711"),
             ("quota-refused", "db  of 41000: 64G of 64G  by 41000 pid 4711"),
             ("collision", "db:orders-old  8G at 0x208000000000, which id 3 has"))
    events = [{"time": START + look * 10**9, "seq": 90000 + 2 * look + i, "type": texts[(look + i) % 3][0],
               "text": texts[(look + i) % 3][1]} for i in range(2)]
    return {
        "time": START + look * 10**9, "monotonic": look * 10**9, "window_start": hex(WINDOW),
        "window_end": hex(WINDOW_END), "reserved": 80 * GIB, "largest_gap": 40 * 1024 * GIB,
        "module": "0.1.0", "rights_pool": 1, "rights_id": 3, "heard": 4, "hidden": 17, "lost": 0,
        "inexact": 0, "events_known": 1,
        "vma_pid": 4711,
        "pools": [{"id": 1, "name": "db", "size": 128 * GIB, "used": 48 * GIB + 200 * MIB, "objects": 412,
                   "poisoned": 4096, "persistent": True, "used_huge": 47 * GIB, "available": 79 * GIB,
                   "available_huge": 64 * GIB, "tree_tables": 700, "rw_tables": 60, "ro_tables": 40,
                   "generation": 8812, "refused": 2},
                  {"id": 2, "name": "scratch", "size": GIB, "used": 0, "objects": 1, "poisoned": 0,
                   "persistent": False, "used_huge": 0, "available": GIB, "available_huge": None, "tree_tables": 0,
                   "rw_tables": 0, "ro_tables": 0, "generation": 1, "refused": None}],
        "morsels": objects, "attachments": attachments, "reservations": reservations, "vmas": vmas,
        "gaps": gaps, "rights": rights,
        "users": [{"pool_id": 1, "uid": 41000, "bytes": 41 * GIB, "objects": 1, "bytes_soft": 50 * GIB,
                   "bytes_hard": 64 * GIB, "objects_soft": 0, "objects_hard": 0},
                  {"pool_id": 1, "uid": 44711, "bytes": 4096, "objects": 10, "bytes_soft": 0, "bytes_hard": 0,
                   "objects_soft": 5, "objects_hard": 10}],
        "events": events}


def main():
    numbers = [int(word) for word in sys.argv[1:]] + [0, 3][len(sys.argv) - 1:]
    for look in range(1, numbers[1] + 1):
        print(json.dumps(look_at(look, numbers[0])))


main()
