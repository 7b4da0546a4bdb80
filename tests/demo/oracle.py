#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Makes a random small package index and answers questions about it the slow way.

usage: oracle.py SEED DIRECTORY: writes index, questions and expected there.
Knows nothing of the C program but what its documentation says.
"""

import itertools
import random
import sys
from pathlib import Path

NAMES = ["a", "ab", "b", "c0", "d+", "e.f", "g-1", "h", "i", "j", "k", "l"]
VIRTUAL = ["v", "w", "x:any", "nobody"]
# In ascending order; the program must find that out itself.
VERSIONS = ["0~~", "0~a", "0", "0.1~", "0.1", "0.1-1", "0.1-1+b1", "0.9", "0.10", "0.10a", "0.10+", "1", "1:0",
            "2:0-0.1"]
OPS = {"<<": int.__lt__, "<=": int.__le__, "=": int.__eq__, ">=": int.__ge__, ">>": int.__gt__}


class Version:
    def __init__(self, rng, name):
        self.name = name
        self.number = rng.randrange(len(VERSIONS))
        self.depends = [self._group(rng) for _ in range(rng.choice([0, 0, 1, 1, 2]))]
        self.pre = [self._group(rng) for _ in range(rng.choice([0, 0, 0, 1]))]
        provided = rng.sample(NAMES + VIRTUAL[:3], rng.choice([0, 0, 0, 1, 2]))
        self.provides = [(n, rng.choice([None, rng.randrange(len(VERSIONS))])) for n in provided]

    @staticmethod
    def _relation(rng):
        target = rng.choice(NAMES + VIRTUAL)
        if rng.random() < 0.5:
            return (target, None, None)
        return (target, rng.choice(list(OPS)), rng.randrange(len(VERSIONS)))

    def _group(self, rng):
        return [self._relation(rng) for _ in range(rng.choice([1, 1, 1, 2, 3]))]

    @staticmethod
    def _text(relation):
        name, op, number = relation
        return name if op is None else f"{name} ({op} {VERSIONS[number]})"

    def _field(self, name, groups):
        text = ", ".join(" | ".join(self._text(r) for r in g) for g in groups)
        return f"{name}: {text}\n" if groups else ""

    def stanza(self, serial):
        provides = [[(name, number if number is None else "=", number)] for name, number in self.provides]
        return (
            f"Package: {self.name}\nVersion: {VERSIONS[self.number]}\nArchitecture: all\n"
            + self._field("Depends", self.depends) + self._field("Provides", provides)
            + self._field("Pre-Depends", self.pre) + f"SHA256: {serial:08x}\n"
        )


class Oracle:
    def __init__(self, versions):
        self.versions = versions
        self.candidate = {}
        for version in versions:
            best = self.candidate.get(version.name)
            if best is None or version.number > best.number:
                self.candidate[version.name] = version
        self.leads = {name: self._leads(name) for name in self.candidate}

    def _leads(self, name):
        found = set()
        for group in self.candidate[name].pre + self.candidate[name].depends:
            target, op, number = group[0]
            found |= {target} & self.candidate.keys()
            for other in self.candidate.values():
                for provided, at in other.provides:
                    fits = op is None or (at is not None and OPS[op](at, number))
                    if provided == target != other.name and fits:
                        found.add(other.name)
        return found

    def closure(self, name):
        found = {name}
        while True:
            more = found.union(*(self.leads.get(n, set()) for n in found))
            if more == found:
                return found
            found = more

    def needed_by(self, name):
        if name in self.candidate:
            return {n for n in self.candidate if name in self.closure(n)}
        direct = set()
        for owner in self.candidate.values():
            if name in [group[0][0] for group in owner.pre + owner.depends]:
                direct.add(owner.name)
        return {name}.union(*(self.needed_by(n) for n in direct))

    def circle(self, name):
        return frozenset(n for n in self.closure(name) if name in self.closure(n))

    def chains(self, circle):
        """All maximal chains, as lists of circles."""
        after = {self.circle(m) for n in circle for m in self.leads[n]} - {circle}
        if not after:
            return [[circle]]
        return [[circle] + rest for following in after for rest in self.chains(following)]

    def chain(self, start):
        starts = [start] if start else sorted(self.candidate)
        chains = [c for name in starts for c in self.chains(self.circle(name))]
        best = min(chains, key=lambda c: (-len(c), [min(link).encode() for link in c]))
        lines = [f"  {min(link)}" + (f" (a circle of {len(link)})" if len(link) > 1 else "") for link in best]
        return [f"{len(best)} links"] + lines

    def depends(self, name):
        lines = [name]
        candidate = self.candidate[name]
        for kind, groups in (("PreDepends", candidate.pre), ("Depends", candidate.depends)):
            for group in groups:
                for place, relation in enumerate(group, 1):
                    target = relation[0] if relation[0] in self.candidate else f"<{relation[0]}>"
                    lines.append(f" {' ' if place == len(group) else '|'}{kind}: {target}")
        return lines

    def named_in(self, name):
        versions = self.versions
        return sum(r[0] == name for v in versions for g in v.pre + v.depends for r in g)

    def count(self, name):
        down = len(self.closure(name)) - 1
        up = len(self.needed_by(name)) - 1
        return [f"{name}: needs {down} packages; named in {self.named_in(name)} dependencies; needed by {up} packages"]

    def answers(self):
        names = sorted(self.candidate)
        virtual = [n for n in VIRTUAL + NAMES if n not in self.candidate and self.named_in(n)]
        yield "chain", self.chain(None)
        for name in names:
            yield f"depends {name}", self.depends(name)
            yield f"closure {name}", sorted(self.closure(name), key=str.encode)
            yield f"chain {name}", self.chain(name)
        for name in names + virtual:
            yield f"needed-by {name}", sorted(self.needed_by(name), key=str.encode)
            yield f"count {name}", self.count(name)


def main():
    seed, directory = int(sys.argv[1]), Path(sys.argv[2])
    rng = random.Random(seed)
    names = rng.sample(NAMES, rng.randint(2, len(NAMES)))
    versions = [Version(rng, name) for name in names for _ in range(rng.choice([1, 1, 2, 3]))]
    # Equal numbers of one package would leave the choice to the order of reading.
    unique = {(v.name, v.number): v for v in versions}
    versions = list(unique.values())
    rng.shuffle(versions)
    text = "\n".join(v.stanza(serial) for serial, v in zip(itertools.count(), versions))
    (directory / "index").write_text(text)
    answers = list(Oracle(versions).answers())
    (directory / "questions").write_text("".join(f"{question}\n" for question, _ in answers))
    (directory / "expected").write_text("".join("\n".join(lines) + "\n\n" for _, lines in answers))


if __name__ == "__main__":
    main()
