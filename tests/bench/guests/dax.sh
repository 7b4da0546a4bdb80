#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Files and devices on persistent memory, mapped directly.
# mem: 2G
# cpus: 1
# icount: shift=0,sleep=off
# timeout: 900
# nvdimm: 2562M
# modules: nfit nd_pmem dax_pmem device_dax crc32c_generic ext4
# programs: /usr/bin/ndctl /usr/sbin/mkfs.ext4
# files: /etc/mke2fs.conf
. /tests/lib/pmem.sh

init_labels > /tmp/labels 2>&1
# 2 MiB of alignment throughout, or neither maps 2 MiB at once.
add_fsdax fsdax -s 1280M
ndctl create-namespace -f -m devdax -a 2M > /tmp/devdax || cat /tmp/devdax
dax=$(ls /dev/dax* | head -n 1)
ln -s "$dax" /dev/devdax
mkfs.ext4 -q -F -b 4096 -m 0 -E stride=512,stripe_width=512 /dev/fsdax

# The rest is measured even if one of them fails, but that is told.
status=0
bench() {
	program=$1
	shift
	"/bench/$program" "$@" || status=1
}

bench b_map 2 "$SMALL" 3 ext4-dax device-dax
bench b_tables 2 128 ext4-dax device-dax
bench b_fork 2 128 5 ext4-dax device-dax
bench b_calls 2 "$SMALL" 5 ext4-dax device-dax
bench b_populate 2 64 5 ext4-dax device-dax
bench b_growth processes 3 ext4-dax device-dax
exit $status
