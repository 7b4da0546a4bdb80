#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The allocator of a persistent pool: counts, which need no counted instructions.
# mem: 1G
# cpus: 8
# timeout: 600
# nvdimm: 770M
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl
# leak-check: no, the device's pages stay

{ ndctl disable-region all; ndctl init-labels -f all; ndctl enable-region all; } > /tmp/labels 2>&1
ndctl create-namespace -f -m fsdax -a 2M > /tmp/namespace || cat /tmp/namespace
PMEM=$(sed -n 's/.*"blockdev":"\(.*\)".*/\1/p' /tmp/namespace)
export PMEM
ln -s "/dev/$PMEM" /dev/morsel
morsel-admin pool format -l bench /dev/morsel
mount -t debugfs debugfs /sys/kernel/debug 2> /dev/null
/bench/b_frames "$FRAMES" "$CHURN"
