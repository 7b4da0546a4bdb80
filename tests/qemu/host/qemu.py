# SPDX-License-Identifier: GPL-2.0-or-later
"""One QEMU process: its command line and its two ports."""

import os
import re
import select
import subprocess
import tempfile
import time
from pathlib import Path

from .paths import CACHE
from .suite import memory_size

# no_timer_check: on a busy host an emulated timer comes so late that the kernel thinks it broken.
CMDLINE = (
    "console=ttyS0 loglevel=5 panic=-1 oops=panic nokaslr no_timer_check"
    " rcupdate.rcu_cpu_stall_timeout=120"
)
PROBE_SECONDS = 20


def nvdimm_arguments(path, mem, moved=False):
    """
    The size without the label must be a multiple of 16 MiB, or ndctl calls it misaligned.
    @moved: it is at another address than usual.
    """
    label = 2 << 20
    size = os.path.getsize(path)
    if (size - label) % (16 << 20):
        raise ValueError(f"{path}: {size} bytes; without a label of 2 MiB not a multiple of 16 MiB")
    place = f",addr={(6 << 30) + (48 << 20)}" if moved else ""
    room = size + (4 << 30 if moved else 1 << 30)
    return [
        "-machine", "pc,nvdimm=on",
        "-m", f"{memory_size(mem) >> 20}M,slots=2,maxmem={(memory_size(mem) + room) >> 20}M",
        "-object", f"memory-backend-file,id=nv,share=on,mem-path={path},size={size}",
        "-device", f"nvdimm,memdev=nv,id=nvdimm0,label-size={label}{place}",
    ]


def node_arguments(nodes, mem, cpus):
    """@nodes NUMA nodes with equal parts of memory and CPUs."""
    args = []
    for node in range(nodes):
        first, end = cpus * node // nodes, cpus * (node + 1) // nodes
        own = f",cpus={first}-{end - 1}" if end > first else ""
        args += ["-object", f"memory-backend-ram,id=node{node},size={(memory_size(mem) >> 20) // nodes}M"]
        args += ["-numa", f"node,nodeid={node},memdev=node{node}{own}"]
    return args


def make_nvdimm(path, size):
    """A fresh backing file; sparse."""
    with open(path, "wb") as file:
        file.truncate(memory_size(size))


def command(kernel, initrd, mem, cpus, nvdimm, kargs, accel, features="", icount="", nodes=1, moved=False, devices=""):
    """
    @icount: QEMU counts instructions and makes them the guest's time; one CPU only.
    @moved: the NVDIMM is elsewhere. @devices: more arguments.
    """
    args = ["qemu-system-x86_64", "-nodefaults", "-no-reboot", "-display", "none", "-accel", accel]
    model = "host" if accel == "kvm" else "max"
    args += ["-cpu", f"{model},{features}" if features else model, "-smp"]
    args += [f"{cpus},sockets={nodes}" if nodes > 1 else str(cpus)]
    args += ["-icount", icount] if icount else []
    args += nvdimm_arguments(nvdimm, mem, moved) if nvdimm else ["-machine", "pc", "-m", mem]
    args += node_arguments(nodes, mem, int(cpus)) if nodes > 1 else []
    args += devices.split() + ["-kernel", str(kernel), "-initrd", str(initrd)]
    return args + ["-append", f"{CMDLINE} {kargs}".strip()]


def _kvm_works(kernel):
    """/dev/kvm may open and still not run a guest: boot one and wait for its first words."""
    with tempfile.TemporaryDirectory() as tmp:
        log = Path(tmp) / "log"
        args = command(kernel.image, "/dev/null", "512M", 1, None, "", "kvm") + ["-serial", f"file:{log}"]
        try:
            subprocess.run(args, timeout=PROBE_SECONDS, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return False
        # Without an init it must have got as far as missing one.
        return log.exists() and b"Kernel panic" in log.read_bytes()


def accelerator(wanted, kernel):
    """auto: KVM only if the CPU says so and a probe guest really runs; the answer is kept per host boot."""
    if wanted != "auto":
        return wanted
    flags = Path("/proc/cpuinfo").read_text()
    if not re.search(r"^flags.*\b(svm|vmx)\b", flags, re.M) or not os.access("/dev/kvm", os.W_OK):
        return "tcg"
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    memo = CACHE / f"kvm-{boot}"
    if not memo.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        memo.write_text("kvm" if _kvm_works(kernel) else "tcg")
    return memo.read_text()


class Guest:
    """Results come line by line from the second port; the console goes to a file."""

    def __init__(self, args, directory):
        self.console_path = Path(directory) / "console.log"
        self.console_path.write_bytes(b"")
        self.errors = open(Path(directory) / "qemu.err", "w+")
        args = args + ["-serial", f"file:{self.console_path}"]
        args += ["-chardev", "stdio,id=port,signal=off", "-serial", "chardev:port"]
        self.process = subprocess.Popen(
            args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors
        )
        self._pending = b""

    def line(self, deadline):
        """The next line; None when QEMU has ended, TimeoutError past the deadline."""
        while b"\n" not in self._pending:
            wait = deadline - time.monotonic()
            if wait <= 0:
                raise TimeoutError
            ready, _, _ = select.select([self.process.stdout], [], [], wait)
            if not ready:
                continue
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                return None
            self._pending += data
        line, self._pending = self._pending.split(b"\n", 1)
        return line.decode(errors="replace").rstrip("\r")

    def console(self, start):
        """The kernel log from byte @start on, and where it ends."""
        data = self.console_path.read_bytes()
        return data[start:].decode(errors="replace"), len(data)

    def console_until(self, marker, start, seconds=10):
        """The log up to the line with @marker; the two ports may be apart by a little."""
        marker = f"morsel-test: {marker}\r\n".encode()
        end = time.monotonic() + seconds
        while True:
            alive = self.process.poll() is None
            found = self.console_path.read_bytes().find(marker, start)
            if found >= 0:
                found += len(marker)
                return self.console_path.read_bytes()[start:found].decode(errors="replace"), found
            if not alive or time.monotonic() > end:
                return self.console(start)
            time.sleep(0.01)

    def stop(self, patience=0):
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.seek(0)
        text = self.errors.read()
        self.errors.close()
        return text
