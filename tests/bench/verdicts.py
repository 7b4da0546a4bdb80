# SPDX-License-Identifier: GPL-2.0-or-later
"""What the measurements must reach."""

from rows import size_text

MIB = 1 << 20
GIB = 1 << 30
ODD = 3492 * 2 * MIB  # 6.82 GiB
SAME = 1.02  # two counts that differ by less are the same


class Verdict:
    """
    One aim: good, bad, or None where it could not be judged. @known: it is missed, by no more
    than docs/evaluation.md says and explains.
    """

    def __init__(self, aim, good, found, known=False):
        self.aim = aim
        self.good = good
        self.found = found
        self.known = known


def spread(curve):
    return max(curve.values()) / min(curve.values())


def worst(ratios):
    """The pair (size, ratio) with the greatest ratio."""
    return max(ratios.items(), key=lambda item: item[1])


def ratios(above, below, first=0):
    return {size: above[size] / below[size] for size in above if size in below and size >= first}


def flat(aim, curve, limit, text=size_text):
    """@text: of a size, or of what else the curve is over."""
    if len(curve) < 2:
        return Verdict(aim, None, "no curve")
    low, high = min(curve), max(curve)
    return Verdict(aim, spread(curve) <= limit,
                   f"{spread(curve):.3f}x over {text(low)} to {text(high)}")


def no_more(aim, above, below, limit, first=0, known=0):
    found = ratios(above, below, first)
    if not found:
        return Verdict(aim, None, "nothing to compare")
    size, ratio = worst(found)
    return Verdict(aim, ratio <= limit, f"at most {ratio:.3f}x, at {size_text(size)}", limit < ratio <= known)


def mapping(rows):
    first = rows.curve("map", "morsel", "first", "total")
    for store, leaf in (("morsel", "2 MiB"), ("morsel-4k", "4 KiB")):
        yield flat(f"map, access, unmap cost the same at any size, leaves of {leaf}: within 1.2x",
                   rows.curve("map", store, "first", "total"), 1.2)
        for way, text in (("first", "one byte"), ("all", "every leaf")):
            faults = rows.curve("map", store, way, "faults")
            yield Verdict(f"no fault beyond the link when {text} is accessed, leaves of {leaf}",
                          set(faults.values()) == {1} if faults else None,
                          f"faults: {sorted(set(faults.values()))}" if faults else "not measured")
    populated = rows.curve("map", "hugetlbfs", "populate", "total")
    yield no_more("below hugetlbfs, populated, from 8 MiB up", first, populated, 1, 8 * MIB, 1.15)
    yield no_more("below hugetlbfs, populated, from 16 MiB up", first, populated, 1, 16 * MIB)
    yield no_more("the same from 8 MiB up, once the process has had a morsel",
                  rows.curve("map", "morsel", "first", "again"),
                  rows.curve("map", "hugetlbfs", "populate", "again"), 1, 8 * MIB)
    own, memfd = first.get(ODD), rows.get("map", "memfd", "populate", ODD, "total")
    yield Verdict("6.82 GiB at least 1000x below a populated memfd", own and memfd and memfd / own >= 1000,
                  f"{memfd / own:,.0f}x" if own and memfd else "not measured")


def tables(rows):
    for store, leaf in (("morsel", "2 MiB"), ("morsel-4k", "4 KiB")):
        curve = rows.curve("tables", store, "", "bytes per process")
        aim = f"page tables of a further process, leaves of {leaf}: at most 4 pages at any size"
        yield Verdict(aim, max(curve.values()) <= 4 * 4096 if curve else None,
                      f"at most {max(curve.values()):,} bytes" if curve else "not measured")


def fork(rows):
    for store, leaf in (("morsel", "2 MiB"), ("morsel-4k", "4 KiB")):
        yield flat(f"fork does not grow with the size, leaves of {leaf}: within 1.05x",
                   rows.curve("fork", store, "", "fork"), 1.05)


def calls(rows):
    own = rows.curve("calls", "morsel", "access", "loop")
    lazy = rows.curve("calls", "tmpfs", "lazy", "loop")
    aim = "open, mmap, access, munmap, close at any size: within 1.3x of tmpfs without the access"
    if not own or not lazy:
        yield Verdict(aim, None, "not measured")
        return
    base = sorted(lazy.values())[len(lazy) // 2]
    size, cost = worst(own)
    yield Verdict(aim, cost / base <= 1.3, f"at most {cost / base:.3f}x, at {size_text(size)}")


def netlink(rows):
    base = rows.get("netlink", "GETFAMILY nlctrl", "", 0, "round trip")
    for what in ("pool-get by id", "morsel-get by id", "morsel-get by path"):
        own = rows.get("netlink", what, "", 0, "round trip")
        aim = f"netlink {what}: within 1.5x of the controller's GETFAMILY"
        yield Verdict(aim, own / base <= 1.5 if own and base else None,
                      f"{own / base:.3f}x" if own and base else "not measured")


def population(rows):
    for own, other in (("morsel-4k", "tmpfs"), ("morsel", "hugetlbfs"), ("morsel", "tmpfs-huge")):
        for way in ("demand", "fallocate"):
            yield no_more(f"first population by {way}: {own} not slower than {other}",
                          rows.curve("populate", own, way, "fill"), rows.curve("populate", other, way, "fill"), SAME)


def persistent(rows):
    for change in ("create+unlink", "rename", "chmod"):
        own = rows.get("names", "morsel-pmem", "durable", 0, change)
        other = rows.get("names", "ext4-dax", "durable", 0, change)
        yield Verdict(f"persistent memory, {change}: at least 2x below ext4-dax",
                      other / own >= 2 if own and other else None,
                      f"{other / own:.1f}x" if own and other else "not measured")
    own, other = rows.curve("calls", "morsel-pmem", "touch", "loop"), rows.curve("calls", "ext4-dax", "touch", "loop")
    large = max(own, default=0)
    aim = "persistent memory, open, map, touch each 2 MiB, unmap of 1 GiB: at least 10x below ext4-dax"
    yield Verdict(aim, other[large] / own[large] >= 10 if large == 1024 * MIB and large in other else None,
                  f"{other[large] / own[large]:.1f}x at {size_text(large)}" if large in other else "not measured")
    once = rows.curve("calls", "morsel-pmem", "access", "loop")
    yield flat("persistent memory, the whole use costs the same at any size: within 1.2x", once, 1.2)


def mounting(rows):
    for what in ("mount", "unmount"):
        curve = rows.curve("mount", "morsel-pmem", "clean", what)
        yield flat(f"persistent memory, {what}: the same for the smallest pool and the largest: within 1.2x",
                   curve, 1.2)


def booting(rows):
    for leaves in ("4 KiB", "2 MiB"):
        curve = rows.curve("boot", "morsel-pmem", leaves, "first")
        aim = f"persistent memory, leaves of {leaves}, the first use after an unmount, from 4 GiB up: within 1.2x"
        yield flat(aim, {size: cost for size, cost in curve.items() if size >= 4 * GIB}, 1.2)


def allocating(rows):
    for way in ("4 KiB", "2 MiB"):
        aim = f"persistent memory, atomic operations for a frame of {way} the same on 1 and on 8 CPUs: within 1.2x"
        yield flat(aim, rows.curve("frames", "morsel-pmem", way, "atomics per 1000"), 1.2, str)


def managing(rows):
    """Quantities are processes or reservations here, not bytes."""
    for what, bench, metric, way, limit in (
            ("a look at what is active costs the same for 1 and for 256 processes: within 1.5x",
             "usage", "look", "", 1.5),
            ("an address among 10 and among 10,000 reservations: within 3x",
             "reserve", "reserve", "lowest fit", 3)):
        yield flat(what, rows.curve(bench, "morsel", way, metric), limit, str)
    own, other = rows.curve("usage", "morsel", "", "look"), rows.curve("usage", "memfd", "", "look")
    many = max(own, default=0)
    aim = "a look at what is active, with 256 processes: at least 1000x below clear_refs and smaps of a memfd"
    yield Verdict(aim, other[many] / own[many] >= 1000 if many == 256 and many in other else None,
                  f"{other[many] / own[many]:,.0f}x among {many}" if many in other else "not measured")
    curve = rows.curve("revoke", "morsel", "mappers", "revoke")
    each = {n: cost / n for n, cost in curve.items() if n >= 8}
    yield Verdict("a revoke costs each process no more among many than among eight: within 1.2x",
                  max(each.values()) / each[8] <= 1.2 if len(each) > 1 else None,
                  f"{each[max(each)]:,.0f} instructions each among {max(each)}" if len(each) > 1 else "no curve")


AIMS = (mapping, tables, fork, calls, netlink, population, persistent, mounting, booting, allocating, managing)


def judge(rows, whole):
    """
    Prints a verdict on each aim. What was not measured counts as missed in a @whole run only; what
    is known to be missed counts neither way.
    """
    good = bad = 0
    for group in AIMS:
        for verdict in group(rows):
            if verdict.good is None and not whole:
                print(f"-     {verdict.aim}: {verdict.found}")
                continue
            if verdict.known:
                print(f"miss  {verdict.aim}: {verdict.found}; see docs/evaluation.md")
                continue
            print(f"{'ok  ' if verdict.good else 'FAIL'}  {verdict.aim}: {verdict.found}")
            if verdict.good:
                good += 1
            else:
                bad += 1
    return good, bad
