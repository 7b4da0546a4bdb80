# SPDX-License-Identifier: GPL-2.0-or-later
"""Getting along with whatever else runs on this machine."""

import contextlib
import fcntl
import os
import sys
import threading
import time

from .paths import BUILD, CACHE

GUESTS_PER_CPU = 2
MOST_STRETCH = 6
SILENT_SECONDS = 30  # that one waits for a guest


def stretch():
    """How much longer things take now than on an idle machine."""
    return min(MOST_STRETCH, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


@contextlib.contextmanager
def building():
    """One run at a time builds, as runs side by side build the same files."""
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def turn():
    """One of a limited number of guests on this machine, whoever starts them: more would only
    slow each other down until their time limits strike."""
    directory = CACHE / "turns"
    directory.mkdir(parents=True, exist_ok=True)
    files = [open(directory / str(n), "w") for n in range(GUESTS_PER_CPU * (os.cpu_count() or 1))]
    try:
        _wait(directory / "queue", files)
        yield
    finally:
        for file in files:
            file.close()


def _wait(queue, files):
    """The kernel grants a lock in the order of those who sleep for it; its owner alone looks for a guest that ends."""
    slow = threading.Timer(SILENT_SECONDS, _say_waiting, [len(files)])
    slow.daemon = True
    slow.start()
    with open(queue, "w") as line:
        fcntl.flock(line, fcntl.LOCK_EX)
        while not any(_taken(file) for file in files):
            time.sleep(0.3)
    slow.cancel()


def _say_waiting(guests):
    print(f"waiting: {guests} guests run on this machine", file=sys.stderr, flush=True)


def _taken(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
