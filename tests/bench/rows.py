# SPDX-License-Identifier: GPL-2.0-or-later
"""What the programs in the guests have measured."""

from collections import namedtuple

Key = namedtuple("Key", "bench store way size metric")
Value = namedtuple("Value", "median low high runs")


class Rows:
    """Medians by bench, store, way, size and metric."""

    def __init__(self, lines):
        self.values = {}
        self.missing = []  # (bench, store, reason)
        self.kernels = set()
        for line in lines:
            kind, *fields = line.split("\t")
            if kind == "=r":
                bench, store, way, size, metric, *numbers = fields
                self.values[Key(bench, store, way, int(size), metric)] = Value(*map(int, numbers))
            elif kind == "=n":
                self.missing.append((fields[0], fields[1], fields[-1]))
            elif kind == "=k":
                self.kernels.add(" ".join(fields))

    def get(self, bench, store, way, size, metric):
        """The median, or None."""
        value = self.values.get(Key(bench, store, way, size, metric))
        return value.median if value else None

    def curve(self, bench, store, way, metric):
        """{size: median}, growing."""
        found = {key.size: value.median for key, value in self.values.items()
                 if key[:3] == (bench, store, way) and key.metric == metric}
        return dict(sorted(found.items()))

    def sizes(self, bench):
        return sorted({key.size for key in self.values if key.bench == bench and key.store != "counter"})


def size_text(size):
    """Bytes, as people write them."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit:
            return f"{size / unit:.4g} {name}"
    return str(size)
