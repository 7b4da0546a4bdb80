# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables, side by side: one line a size, one column a contender."""

from rows import size_text

# Title, bench, metric, columns (heading, store, way); sizes are bytes unless the title says so.
TABLES = (
    ("Map, access one byte, unmap, by a further process; all is mapped where it says populate (instructions)",
     "map", "total", size_text, (
         ("morsel", "morsel", "first"), ("morsel 4k", "morsel-4k", "first"),
         ("memfd lazy", "memfd", "first"), ("memfd populate", "memfd", "populate"),
         ("hugetlb lazy", "hugetlbfs", "first"), ("hugetlb populate", "hugetlbfs", "populate"))),
    ("The same, of what is on persistent memory (instructions)",
     "map", "total", size_text, (
         ("ext4-dax lazy", "ext4-dax", "first"), ("ext4-dax populate", "ext4-dax", "populate"),
         ("device-dax lazy", "device-dax", "first"), ("device-dax populate", "device-dax", "populate"))),
    ("Map, access every leaf, unmap, by a further process (instructions)",
     "map", "total", size_text, (
         ("morsel", "morsel", "all"), ("morsel 4k", "morsel-4k", "all"), ("memfd", "memfd", "all"),
         ("hugetlbfs", "hugetlbfs", "all"), ("ext4-dax", "ext4-dax", "all"), ("device-dax", "device-dax", "all"))),
    ("Page faults of that",
     "map", "faults", size_text, (
         ("morsel", "morsel", "all"), ("morsel 4k", "morsel-4k", "all"), ("memfd", "memfd", "all"),
         ("hugetlbfs", "hugetlbfs", "all"), ("ext4-dax", "ext4-dax", "all"), ("device-dax", "device-dax", "all"))),
    ("Entries that a process writes for a morsel",
     "map", "links", size_text, (("whole GiB", "morsel", "first"), ("exact length", "morsel", "exact"),
                                 ("4k leaves", "morsel-4k", "first"))),
    ("Page tables of each further process, in bytes",
     "tables", "bytes per process", size_text, (
         ("morsel", "morsel", ""), ("morsel 4k", "morsel-4k", ""), ("memfd", "memfd", ""),
         ("memfd populate", "memfd", "populate"), ("hugetlbfs", "hugetlbfs", ""),
         ("ext4-dax", "ext4-dax", ""), ("device-dax", "device-dax", ""))),
    ("fork of a process that has all of it mapped (instructions)",
     "fork", "fork", size_text, (
         ("morsel", "morsel", ""), ("morsel 4k", "morsel-4k", ""), ("memfd", "memfd", ""),
         ("hugetlbfs", "hugetlbfs", ""), ("anonymous", "anonymous", ""),
         ("ext4-dax", "ext4-dax", ""), ("device-dax", "device-dax", ""))),
    ("open, mmap, access a byte, munmap, close; lazy: without the access (instructions, later times)",
     "calls", "loop", size_text, (
         ("morsel", "morsel", "access"), ("tmpfs lazy", "tmpfs", "lazy"), ("tmpfs", "tmpfs", "access"),
         ("memfd", "memfd", "access"), ("memfd populate", "memfd", "populate"),
         ("hugetlbfs", "hugetlbfs", "access"), ("ext4-dax", "ext4-dax", "access"),
         ("device-dax", "device-dax", "access"))),
    ("Persistent memory: open, mmap, access a byte of each 2 MiB, munmap, close (instructions, later times)",
     "calls", "loop", size_text, (("morsel", "morsel-pmem", "touch"), ("ext4-dax", "ext4-dax", "touch"))),
    ("Persistent memory, after an unmount: open, mmap, access a byte, munmap, close for the first time (instructions)",
     "boot", "first", size_text, (("4 KiB leaves", "morsel-pmem", "4 KiB"), ("2 MiB leaves", "morsel-pmem", "2 MiB"))),
    ("Later", "boot", "later", size_text, (("4 KiB leaves", "morsel-pmem", "4 KiB"),
                                           ("2 MiB leaves", "morsel-pmem", "2 MiB"))),
    ("A persistent pool with 100 objects is mounted, having been unmounted; unmounted (instructions)",
     "mount", "mount", size_text, (("mount", "morsel-pmem", "clean"),)),
    ("Unmounted", "mount", "unmount", size_text, (("unmount", "morsel-pmem", "clean"),)),
    ("First population: a store into each leaf (instructions)",
     "populate", "fill", size_text, (
         ("morsel", "morsel", "demand"), ("hugetlbfs", "hugetlbfs", "demand"), ("tmpfs huge", "tmpfs-huge", "demand"),
         ("ext4-dax", "ext4-dax", "demand"), ("device-dax", "device-dax", "demand"),
         ("morsel 4k", "morsel-4k", "demand"), ("tmpfs", "tmpfs", "demand"), ("memfd", "memfd", "demand"))),
    ("First population: mmap with MAP_POPULATE, and a store into each leaf (instructions)",
     "populate", "fill", size_text, (
         ("morsel", "morsel", "populate"), ("hugetlbfs", "hugetlbfs", "populate"),
         ("tmpfs huge", "tmpfs-huge", "populate"), ("ext4-dax", "ext4-dax", "populate"),
         ("device-dax", "device-dax", "populate"), ("morsel 4k", "morsel-4k", "populate"),
         ("tmpfs", "tmpfs", "populate"), ("memfd", "memfd", "populate"))),
    ("First population: fallocate (instructions)",
     "populate", "fill", size_text, (
         ("morsel", "morsel", "fallocate"), ("hugetlbfs", "hugetlbfs", "fallocate"),
         ("tmpfs huge", "tmpfs-huge", "fallocate"), ("ext4-dax", "ext4-dax", "fallocate"),
         ("morsel 4k", "morsel-4k", "fallocate"), ("tmpfs", "tmpfs", "fallocate"),
         ("memfd", "memfd", "fallocate"))),
    ("First population: write(2) (instructions)",
     "populate", "fill", size_text, (
         ("morsel", "morsel", "write"), ("tmpfs huge", "tmpfs-huge", "write"), ("ext4-dax", "ext4-dax", "write"),
         ("morsel 4k", "morsel-4k", "write"), ("tmpfs", "tmpfs", "write"), ("memfd", "memfd", "write"))),
    ("All of it is given back (instructions)",
     "populate", "free", size_text, (
         ("morsel", "morsel", "fallocate"), ("hugetlbfs", "hugetlbfs", "fallocate"),
         ("tmpfs huge", "tmpfs-huge", "fallocate"), ("ext4-dax", "ext4-dax", "fallocate"),
         ("morsel 4k", "morsel-4k", "fallocate"), ("tmpfs", "tmpfs", "fallocate"),
         ("memfd", "memfd", "fallocate"))),
    ("One more process maps, accesses and unmaps 16 MiB, by the number of those that have it (instructions)",
     "processes", "join", str, (("morsel", "morsel", ""), ("memfd", "memfd", ""),
                                ("memfd populate", "memfd", "populate"), ("hugetlbfs", "hugetlbfs", ""),
                                ("hugetlb populate", "hugetlbfs", "populate"), ("ext4-dax", "ext4-dax", ""),
                                ("device-dax", "device-dax", ""))),
    ("2 MiB are punched out, and taken back from so many processes (instructions)",
     "processes", "revoke", str, (("morsel", "morsel", ""), ("memfd", "memfd", ""), ("hugetlbfs", "hugetlbfs", ""),
                                  ("ext4-dax", "ext4-dax", ""))),
    ("Map, access and unmap 16 MiB in a process with so many other mappings, for the first time; later (instructions)",
     "mappings", "first", str, (("first", "morsel", ""),)),
    ("Later", "mappings", "later", str, (("later", "morsel", ""),)),
    ("Atomic operations of the allocator for 1000 frames taken and given back, by CPUs that do so",
     "frames", "atomics per 1000", str, (("4 KiB", "morsel-pmem", "4 KiB"), ("2 MiB", "morsel-pmem", "2 MiB"))),
    ("A look at what is active in 16 MiB, by its mappers; of others by smaps (instructions)",
     "usage", "look", str, (("morsel", "morsel", ""), ("morsel 4k", "morsel-4k", ""), ("memfd", "memfd", ""),
                            ("hugetlbfs", "hugetlbfs", ""))),
    ("Rights are taken back from so many processes (instructions)",
     "revoke", "revoke", str, (("revoke", "morsel", "mappers"),)),
    ("An address is given where so many reservations leave gaps that are too small (instructions)",
     "reserve", "reserve", str, (("morsel", "morsel", "lowest fit"),)),
    ("It is given back",
     "reserve", "give back", str, (("morsel", "morsel", "lowest fit"),)),
)


def number(value):
    return "-" if value is None else f"{value:,}"


def table(rows, title, bench, metric, label, columns):
    sizes = rows.sizes(bench)
    cells = [[label(size)] + [number(rows.get(bench, store, way, size, metric)) for _, store, way in columns]
             for size in sizes]
    used = [0] + [i for i in range(1, len(columns) + 1) if any(row[i] != "-" for row in cells)]
    cells = [row for row in cells if any(row[i] != "-" for i in used[1:])]
    if not cells:
        return
    head = [""] + [name for name, _, _ in columns]
    width = [max(len(row[i]) for row in cells + [head]) for i in range(len(head))]
    print(f"\n{title}")
    for row in [head] + cells:
        print("  " + "  ".join(row[i].rjust(width[i]) for i in used).rstrip())


def singles(rows, title, bench, metric):
    found = {key: value for key, value in rows.values.items() if key.bench == bench and key.metric == metric}
    if found:
        print(f"\n{title}")
    for key, value in found.items():
        print(f"  {key.store:24}{key.way:28}{value.median:>12,}")


def show(rows):
    for kernel in sorted(rows.kernels):
        print(f"\nkernel {kernel}")
    for spec in TABLES:
        table(rows, *spec)
    singles(rows, "Round trips over generic netlink (instructions)", "netlink", "round trip")
    singles(rows, "Interrupts to another CPU, per 1000 times mapping, accessing and unmapping", "ipi",
            "interrupts per 1000")
    singles(rows, "Free memory of a persistent pool while objects of 4 KiB to 16 MiB come and go (MiB)", "fragments",
            "free MiB")
    singles(rows, "Percent of that in areas of 2 MiB that are free as a whole", "fragments",
            "percent of it in whole 2 MiB")
    for change in ("create+unlink", "rename", "chmod"):
        singles(rows, f"Persistent memory: {change} (instructions)", "names", change)
    for bench, store, why in rows.missing:
        print(f"  not measured: {bench} of {store}: {why}")
    print()
