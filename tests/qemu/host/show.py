# SPDX-License-Identifier: GPL-2.0-or-later
"""What the caller sees."""

import collections
import json
import os
import re
import sys
import threading

TAIL = 40


class Show:
    """Prints each result as it comes; counts points."""

    def __init__(self, verbose=False, passthrough=False):
        self.verbose = verbose
        self.passthrough = passthrough
        self.lock = threading.Lock()
        self.guests = 0
        self.passed = 0
        self.failed = 0
        self.skipped = 0
        self.cuts = collections.Counter()  # what they have lost

    def number(self):
        with self.lock:
            self.guests += 1
            return self.guests

    def line(self, result, line):
        if self.passthrough:
            print(line, flush=True)
        elif self.verbose:
            with self.lock:
                print(f"{result.test.name}: {line}", flush=True)

    def result(self, result, directory):
        self._expect(result)
        with self.lock:
            self.passed += result.passed
            self.skipped += result.skipped
            self.failed += len(result.failures)
            if not result.failures:
                if not self.passthrough:
                    skipped = f", {result.skipped} skipped" if result.skipped else ""
                    points = f"{result.passed} passed{skipped}"
                    print(f"ok    {result.test.name}  ({points}, {result.seconds:.1f} s)", flush=True)
                return
            print(f"FAIL  {result.test.name}  ({result.seconds:.1f} s)", flush=True)
            for text in result.failures:
                print(f"      {text}")
            if not self.passthrough and not self.verbose:
                for line in result.output[-TAIL:]:
                    print(f"      | {line}")
            print(f"      logs: {os.path.relpath(directory)}", flush=True)

    def loss(self, report, was_cut):
        """What persistent memory has lost in one boot."""
        with self.lock:
            self.cuts.update(report.cut, cuts=was_cut)
            self.cuts["stores"] += sum(stores for _, stores, _, _ in report.sites)

    def _expect(self, result):
        """A self-test of the harness passes when its failure, and only that, was found."""
        wanted = result.test.header.get("expect")
        if wanted is None:
            return
        found, result.failures = result.failures, []
        hits = [text for text in found if re.search(wanted, text)]
        if not hits:
            result.passed = 0
            result.fail(f"the harness missed: {wanted}; it found: {found}")
            return
        result.passed = 1
        for text in found:
            if text not in hits:
                result.fail(f"besides {wanted}: {text}")

    def summary(self):
        skipped = f" ({self.skipped} skipped with a stated reason)" if self.skipped else ""
        if skipped:
            print(skipped.strip())
        if self.cuts:
            cuts = self.cuts
            print(f"{cuts['cuts']} power cuts: {cuts['in-flight']} lines in flight, of which {cuts['whole']} came "
                  f"whole, {cuts['part']} in part; {cuts['stores']} stores of the kernel looked at")
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0


def load_seconds(path):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


def save_seconds(path, seconds, results):
    for result in results:
        seconds[result.test.name] = round(result.seconds, 2)
    try:
        path.write_text(json.dumps(seconds, indent=1, sort_keys=True))
    except OSError as error:
        print(f"cannot keep test times: {error}", file=sys.stderr)
