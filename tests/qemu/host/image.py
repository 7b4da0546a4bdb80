# SPDX-License-Identifier: GPL-2.0-or-later
"""What is inside a guest."""

import glob
import lzma
import os
import re
import shutil
import subprocess
import threading

from . import kernel as kernels
from .cpio import Archive
from .paths import BUILD, TOP

PASSWD = """root:x:0:0:root:/root:/bin/sh
alice:x:1000:1000:Alice:/home/alice:/bin/sh
bob:x:1001:1001:Bob:/home/bob:/bin/sh
carol:x:1002:1002:Carol:/home/carol:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/bin/false
"""
GROUP = """root:x:0:
alice:x:1000:
bob:x:1001:
carol:x:1002:
team:x:2000:alice,bob
nogroup:x:65534:
"""
SHELL = """mkdir -p /mnt/morsel
mount -t morsel -o size=512M none /mnt/morsel && cd /mnt/morsel
echo
echo "morsel guest: module loaded, a 512 MiB pool on /mnt/morsel; 'exit' ends the guest."
# The terminal is hung up when the leader of its session exits, and what it has not sent yet is gone: stty waits for it.
exec setsid cttyhack sh -c 'sh -l; stty sane'
"""
# Tools of the project that are taken along when they are built.
TOOLS = ("morsel-admin/morsel-admin", "morsel-top/morsel-top")


class Error(Exception):
    pass


def libraries(program):
    """The shared objects that a host program needs."""
    env = dict(os.environ, LD_LIBRARY_PATH=str(TOP / "libmorsel"))
    out = subprocess.run(["ldd", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env).stdout
    if "not found" in out:
        raise Error(f"{program}: {out.strip()}")
    return [match.group(1) for match in re.finditer(r"(?:=> |^\s*)(/\S+) \(0x", out, re.M)]


def add_program(archive, source, target=None):
    source = shutil.which(str(source)) or str(source)
    if not os.path.exists(source):
        raise Error(f"no program {source} on this machine")
    archive.file(target or source, source, 0o755)
    for library in libraries(source):
        own = library.startswith(str(TOP))
        archive.file(f"/usr/lib/{os.path.basename(library)}" if own else library, library)


def add_path(archive, spec):
    """SOURCE or SOURCE=TARGET; a directory brings all that is below."""
    source, _, target = spec.partition("=")
    matches = sorted(glob.glob(source)) or [source]
    for path in matches:
        if os.path.isdir(path):
            archive.tree(target or path, path)
        elif os.path.exists(path):
            archive.file(target or path, path)
        else:
            raise Error(f"no file {path} on this machine")


def _busybox(archive):
    busybox = shutil.which("busybox")
    if not busybox or libraries(busybox):
        raise Error("a static busybox is needed: apt-get install busybox-static")
    archive.file("/bin/busybox", busybox)
    applets = subprocess.run([busybox, "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout
    for name in applets.split():
        if name != "busybox":
            archive.symlink(f"/bin/{name}", "busybox")


def _base(archive):
    for path in ("/proc", "/sys", "/dev", "/mnt", "/run", "/root", "/home/alice", "/home/bob"):
        archive.directory(path)
    archive.directory("/tmp", 0o1777)
    archive.device("/dev/console", 5, 1)
    archive.text("/etc/passwd", PASSWD)
    archive.text("/etc/group", GROUP)
    archive.text("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n")
    archive.text("/etc/profile", "export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin PS1='morsel# '\n")
    _busybox(archive)


def _tools(archive):
    for tool in TOOLS:
        if os.access(TOP / tool, os.X_OK) and not os.path.isdir(TOP / tool):
            add_program(archive, TOP / tool, f"/usr/bin/{os.path.basename(tool)}")


def _module(path):
    """A module's bytes; Debian 13 compresses them."""
    if path.suffix != ".xz":
        return path
    plain = BUILD / "modules" / path.stem
    plain.parent.mkdir(parents=True, exist_ok=True)
    if not plain.exists() or plain.stat().st_mtime < path.stat().st_mtime:
        partial = plain.with_suffix(f".{os.getpid()}-{threading.get_ident()}")  # guests are made side by side
        partial.write_bytes(lzma.decompress(path.read_bytes()))
        partial.rename(plain)
    return plain


def _modules(archive, kernel, names, morsel):
    plan = []
    if morsel:
        archive.file("/lib/morsel/morsel.ko", morsel, 0o644)
        names = names + kernels.depends_of(morsel)
    for path in kernels.module_files(kernel, names):
        target = f"/lib/modules/{path.name.removesuffix('.xz')}"
        archive.file(target, _module(path), 0o644)
        plan.append(("insmod", target))
    return plan


def build(output, kernel, morsel, boot, plan, executables):
    """
    Writes the initramfs of one boot. @boot: header values (modules, programs, files);
    @plan: what the guest does; @executables: guest path -> host file.
    """
    archive = Archive()
    _base(archive)
    archive.file("/init", BUILD / "qemu/init", 0o755)
    _tools(archive)
    plan = _modules(archive, kernel, boot.get("modules", "").split(), morsel) + plan
    for program in boot.get("programs", "").split():
        add_program(archive, program)
    for spec in boot.get("files", "").split():
        add_path(archive, spec)
    for helper in sorted((BUILD / "guest").glob("h_*")):
        if os.access(helper, os.X_OK):
            archive.file(f"/usr/local/bin/{helper.name.removeprefix('h_')}", helper, 0o755)
    for script in sorted((TOP / "tests/guest/lib").iterdir()):
        if script.suffix in (".sh", ".jq"):
            archive.file(f"/tests/lib/{script.name}", script)
    for target, source in executables.items():
        archive.file(target, source, 0o755)
    archive.text("/etc/morsel/shell", SHELL)
    archive.text("/etc/morsel/plan", "".join("\t".join(step) + "\n" for step in plan))
    archive.write(output)
