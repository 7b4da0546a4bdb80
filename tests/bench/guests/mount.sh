#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Mounting persistent pools of different sizes, all with the same objects.
# mem: 2G
# cpus: 1
# icount: shift=0,sleep=off
# timeout: 900
# nvdimm: 8194M
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl
# leak-check: no, the device's pages stay
. /tests/lib/pmem.sh

mkdir -p /mnt/filled
init_labels > /tmp/labels 2>&1
size=64
while [ $size -le "$MOUNT" ]; do
	add_fsdax morsel -s ${size}M
	morsel-admin pool format -l bench /dev/morsel || exit 1
	mount -t morsel /dev/morsel /mnt/filled || exit 1
	# Sixteen of them have 2 MiB of contents in small leaves, which must not be read.
	for i in $(seq 100); do
		: > /mnt/filled/f"$i"
	done
	for i in $(seq 16); do
		dd if=/dev/zero of=/mnt/filled/f"$i" bs=64K seek=1 count=16 2> /dev/null
	done
	umount /mnt/filled
	/bench/b_mount /dev/morsel 5 $size || exit 1
	ndctl destroy-namespace -f all > /tmp/namespace 2>&1
	size=$((size * 2))
done
