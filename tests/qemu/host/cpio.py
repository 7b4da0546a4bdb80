# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes an initramfs: a cpio archive (newc), uncompressed because unpacking is emulated."""

import os
import stat


class Archive:
    def __init__(self):
        self.entries = {}  # guest path -> (mode, content or host path, rdev)

    def _parents(self, path):
        parent = os.path.dirname(path)
        if parent and parent != "/" and parent not in self.entries:
            self._parents(parent)
            self.entries[parent] = (stat.S_IFDIR | 0o755, b"", (0, 0))

    def directory(self, path, mode=0o755):
        self._parents(path)
        self.entries[path] = (stat.S_IFDIR | mode, b"", (0, 0))

    def text(self, path, content, mode=0o644):
        self._parents(path)
        self.entries[path] = (stat.S_IFREG | mode, content.encode(), (0, 0))

    def symlink(self, path, target):
        self._parents(path)
        self.entries[path] = (stat.S_IFLNK | 0o777, target.encode(), (0, 0))

    def device(self, path, major, minor):
        self._parents(path)
        self.entries[path] = (stat.S_IFCHR | 0o600, b"", (major, minor))

    def file(self, path, source, mode=None):
        """A host file; symbolic links are followed."""
        self._parents(path)
        mode = mode or (0o755 if os.access(source, os.X_OK) else 0o644)
        self.entries[path] = (stat.S_IFREG | mode, source, (0, 0))

    def tree(self, path, source):
        for top, dirs, files in os.walk(source):
            dirs[:] = [d for d in dirs if d != "__pycache__"]
            for name in files:
                full = os.path.join(top, name)
                if os.path.isfile(full):
                    self.file(os.path.join(path, os.path.relpath(full, source)), full)

    def write(self, output):
        with open(output, "wb") as out:
            for number, (path, entry) in enumerate(self.entries.items(), 1):
                _write_entry(out, number, path.lstrip("/"), *entry)
            _write_entry(out, 0, "TRAILER!!!", 0, b"", (0, 0))


def _write_entry(out, number, name, mode, content, rdev):
    if not isinstance(content, bytes):
        with open(content, "rb") as source:
            content = source.read()
    raw = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, rdev[0], rdev[1], len(raw), 0)
    out.write(b"070701" + b"".join(b"%08X" % f for f in fields) + raw)
    out.write(b"\0" * (-(110 + len(raw)) % 4))
    out.write(content)
    out.write(b"\0" * (-len(content) % 4))
