# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels to boot: Debian's, from installed or downloaded packages, and the debug kernel."""

import fcntl
import glob
import lzma
import os
import re
import shutil
import subprocess
from pathlib import Path

from .paths import BUILD, CACHE, TOP


class Error(Exception):
    pass


class Kernel:
    def __init__(self, name, image, kdir, modules=None, packed=None):
        self.name = name  # stock, debug or a release
        self.image = image  # what QEMU boots
        self.packed = packed or image  # slower, with the set-up code that looks at the CPU's features
        self.kdir = kdir  # what modules are built against
        self.modules = modules  # /lib/modules/RELEASE, or None if all is built in

    @property
    def slow(self):
        return self.name == "debug"


def _version_key(path):
    return [int(n) for n in re.findall(r"\d+", str(path))]


def _newest_headers():
    found = glob.glob("/usr/src/linux-headers-*-amd64")
    if not found:
        raise Error("no kernel headers: apt-get install linux-headers-amd64")
    return max(found, key=_version_key)


def _locked(name):
    CACHE.mkdir(parents=True, exist_ok=True)
    lock = open(CACHE / f"{name}.lock", "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _download(release, root):
    """The image package is unpacked, not installed: nothing of the host changes."""
    partial = Path(f"{root}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    print(f"fetching linux-image-{release}", flush=True)
    done = subprocess.run(
        ["apt-get", "-q", "download", f"linux-image-{release}"],
        cwd=partial, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    packages = list(partial.glob("*.deb"))
    if done.returncode or not packages:
        raise Error(f"cannot fetch linux-image-{release}:\n{done.stdout}")
    subprocess.run(["dpkg-deb", "-x", packages[0], partial], check=True)
    packages[0].unlink()
    base = partial / "usr" if (partial / "usr/lib/modules").exists() else partial
    subprocess.run(["/sbin/depmod", "-b", base, release], check=True)
    partial.rename(root)


def _files(release):
    """The image and the modules of a Debian kernel."""
    image = Path(f"/boot/vmlinuz-{release}")
    modules = Path(f"/lib/modules/{release}")
    if image.exists() and (modules / "modules.dep").exists():
        return image, modules
    root = CACHE / f"linux-image-{release}"
    with _locked("linux-image"):
        if not root.exists():
            _download(release, root)
    modules = root / "usr/lib/modules" / release
    if not modules.exists():
        modules = root / "lib/modules" / release
    return root / f"boot/vmlinuz-{release}", modules


def _decompress(image):
    """A bzImage's payload: booted as ELF, it saves the emulated CPU 3 s of unpacking."""
    data = image.read_bytes()
    for match in re.finditer(b"\xfd7zXZ\x00", data):
        try:
            payload = lzma.LZMADecompressor().decompress(data[match.start():])
        except lzma.LZMAError:
            continue
        if payload[:4] == b"\x7fELF":
            return payload
    return None


def _bootable(image, release):
    stamp = f"{image.stat().st_size:x}-{int(image.stat().st_mtime):x}"
    unpacked = CACHE / f"vmlinux-{release}-{stamp}"
    if unpacked.exists():
        return unpacked
    with _locked("vmlinux"):
        if unpacked.exists():
            return unpacked
        payload = _decompress(image)
        if payload is None:
            return image
        partial = Path(f"{unpacked}.partial")
        partial.write_bytes(payload)
        partial.rename(unpacked)
    return unpacked


def _distribution(name, kdir):
    release = os.path.basename(kdir).removeprefix("linux-headers-")
    image, modules = _files(release)
    return Kernel(name, _bootable(image, release), kdir, modules, image)


def _backports(name):
    """The kernel of the next Debian, unpacked in the cache."""
    done = subprocess.run([TOP / "tests/qemu/fetch-backports-kernel"], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise Error("the backports kernel could not be fetched")
    root, release = done.stdout.split()
    image = Path(root) / f"boot/vmlinuz-{release}"
    modules = Path(root) / "lib/modules" / release
    return Kernel(name, _bootable(image, release), f"{root}/usr/src/linux-headers-{release}", modules, image)


def find(name):
    """@name: stock, debug, backports, or a release whose headers are installed."""
    if name == "backports":
        return _backports(name)
    if name == "stock":
        return _distribution(name, _newest_stock())
    if name == "debug":
        script = TOP / "tests/qemu/build-debug-kernel"
        done = subprocess.run([script], stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise Error("the debug kernel could not be built")
        kdir = done.stdout.strip()
        return Kernel(name, Path(kdir) / "bzImage", kdir)
    kdir = f"/usr/src/linux-headers-{name}"
    if not os.path.isdir(kdir):
        raise Error(f"{kdir} is missing: apt-get install linux-headers-{name}")
    return _distribution(name, kdir)


def _newest_stock():
    """The newest of the distribution's own series: backports are chosen by name only."""
    own = [p for p in glob.glob("/usr/src/linux-headers-6.1.0-*-amd64") if "-rt-" not in p and "-cloud-" not in p]
    return max(own, key=_version_key) if own else _newest_headers()


def _mirror(source, target):
    """A tree of links, so that each kernel gets its own objects of the same sources."""
    target.mkdir(parents=True, exist_ok=True)
    for link in target.rglob("*"):
        if link.is_symlink() and not link.exists():
            link.unlink()
    for path in source.rglob("*"):
        if path.suffix not in (".c", ".h", ".S") and path.name not in ("Kbuild", "Makefile"):
            continue
        if path.name.endswith(".mod.c"):
            continue
        link = target / path.relative_to(source)
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(path)


def build_module(kernel):
    """
    Builds morsel.ko for @kernel and returns its path; None if there is no module in the tree.
    $KMOD names another directory to take the sources from (see tests/mutants).
    """
    other = os.environ.get("KMOD")
    source = Path(other).resolve() if other else TOP / "kmod"
    if not (source / "Kbuild").exists():
        return None
    key = re.sub(r"[^\w.+-]", "_", os.path.basename(str(kernel.kdir)))
    top = BUILD / "kernels" / (f"{key}-{source.parent.name}" if other else key)
    _mirror(source, top / "kmod")
    for path in TOP.iterdir():
        link = top / path.name
        if path.is_dir() and path.name not in ("kmod", "build") and not link.is_symlink():
            link.symlink_to(path)
    # No type information: it would need pahole, and nothing in a guest reads it.
    done = subprocess.run(
        ["make", "-s", "-C", top / "kmod", f"KDIR={kernel.kdir}", "CONFIG_DEBUG_INFO_BTF_MODULES="],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    if done.returncode:
        raise Error(f"the module does not build against {kernel.kdir}:\n{done.stdout}")
    return top / "kmod/morsel.ko"


def _index(path):
    deps = {}
    for line in path.read_text().splitlines():
        name, _, rest = line.partition(":")
        deps[_module_name(name)] = (name, rest.split())
    return deps


def _module_name(path):
    return re.sub(r"\.ko(\.xz|\.zst|\.gz)?$", "", os.path.basename(path)).replace("-", "_")


def module_files(kernel, names):
    """The .ko files for @names in load order. What is built in is left out, what is unknown is an error."""
    if kernel.modules is None:
        return []
    deps = _index(kernel.modules / "modules.dep")
    builtin = {_module_name(p) for p in (kernel.modules / "modules.builtin").read_text().split()}
    order = []
    for name in names:
        name = name.replace("-", "_")
        if name in builtin:
            continue
        if name not in deps:
            raise Error(f"{kernel.name} has no module {name}")
        path, needed = deps[name]
        for file in list(reversed(needed)) + [path]:
            if file not in order:
                order.append(file)
    return [kernel.modules / file for file in order]


def depends_of(module):
    """The modules that morsel.ko itself needs."""
    out = subprocess.run(
        ["/sbin/modinfo", "-F", "depends", module], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    return [name for name in out.strip().split(",") if name]
