#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A persistent pool and ext4-DAX, each on one half of the same persistent memory.
# mem: 2G
# cpus: 1
# icount: shift=0,sleep=off
# timeout: 900
# nvdimm: 2562M
# modules: nfit nd_pmem crc32c_generic ext4
# programs: /usr/bin/ndctl /usr/sbin/mkfs.ext4
# files: /etc/mke2fs.conf
. /tests/lib/pmem.sh

init_labels > /tmp/labels 2>&1
for device in fsdax morsel; do
	add_fsdax $device -s 1280M
done
mkfs.ext4 -q -F -b 4096 -m 0 -E stride=512,stripe_width=512 /dev/fsdax
morsel-admin pool format -l bench /dev/morsel

status=0
bench() {
	program=$1
	shift
	"/bench/$program" "$@" || status=1
}

# Contents are a small part of these objects.
bench b_boot /dev/morsel 5 $((PMEM * 16))
bench b_names 50 5 morsel-pmem ext4-dax
bench b_calls 2 "$PMEM" 5 touch morsel-pmem ext4-dax
bench b_calls 2 "$PMEM" 5 morsel-pmem ext4-dax
exit $status
