# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdict on one test: its TAP, its exit, what the guest and the kernel log say."""

import re

POINT = re.compile(r"^(not )?ok\b(?:\s+(\d+))?(?:\s*-?\s*([^#]*))?(?:#\s*(\w+)\s*(.*))?$")
PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#.*)?$")


class Result:
    """Collects what arrives between a test's begin and end."""

    def __init__(self, test):
        self.test = test
        self.passed = 0
        self.skipped = 0
        self.failures = []  # texts
        self.output = []  # what is shown with a failure
        self.plan = None
        self.points = 0
        self.ended = False
        self.seconds = 0.0

    def fail(self, text):
        self.failures.append(text)

    def feed(self, line):
        self.output.append(line)
        plan = PLAN.match(line)
        if plan:
            self.plan = int(plan.group(1))
            return
        point = POINT.match(line)
        if point:
            self._point(point)
        elif line.startswith("Bail out!"):
            self.fail(line)

    def _point(self, match):
        self.points += 1
        negative, _, text, directive, reason = match.groups()
        text = (text or "").strip()
        if directive and directive.upper() == "SKIP":
            self._skip(text, reason)
        elif directive and directive.upper() == "TODO":
            self.fail(f"{text}: TODO is not a result")
        elif negative:
            self.fail(text or f"point {self.points}")
        else:
            self.passed += 1

    def _skip(self, text, reason):
        allowed = self.test.header.get("may-skip")
        if reason and allowed and re.search(allowed, reason):
            self.skipped += 1
        else:
            self.fail(f"unexplained skip: {text} {reason}".strip())

    def exited(self, status):
        """A TAP producer must have announced its plan; any other test is one point."""
        if status != 0 and not self.failures:
            self.fail(f"exit status {status}")
        if self.points or self.plan is not None:
            if self.plan is None:
                self.fail("the test ended before its plan")
            elif self.plan != self.points:
                self.fail(f"{self.points} points, but {self.plan} planned")
        elif status == 0:
            self.passed += 1
