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
. /tests/lib/pmem.sh

init_labels > /tmp/labels 2>&1
add_fsdax morsel
PMEM=$(basename "$(readlink /dev/morsel)")
export PMEM
morsel-admin pool format -l bench /dev/morsel
mount -t debugfs debugfs /sys/kernel/debug 2> /dev/null
/bench/b_frames "$FRAMES" "$CHURN"
