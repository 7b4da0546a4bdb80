#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Interrupts between CPUs, of what is mapped on persistent memory.
# mem: 1G
# leak-check: no, the devices stay, and ext4 stays mounted
# cpus: 2
# timeout: 300
# nvdimm: 514M
# modules: nfit nd_pmem dax_pmem device_dax crc32c_generic ext4
# programs: /usr/bin/ndctl /usr/sbin/mkfs.ext4
# files: /etc/mke2fs.conf
. /tests/lib/pmem.sh

init_labels > /tmp/labels 2>&1
for device in fsdax morsel; do
	add_fsdax $device -s 160M
done
ndctl create-namespace -f -m devdax -a 2M > /tmp/namespace || cat /tmp/namespace
ln -s "$(ls /dev/dax* | head -n 1)" /dev/devdax
mkfs.ext4 -q -F -b 4096 -m 0 -E stride=512,stripe_width=512 /dev/fsdax
morsel-admin pool format -l bench /dev/morsel

/bench/b_ipi 1000 morsel-pmem ext4-dax device-dax
