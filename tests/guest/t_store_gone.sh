#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A device that is taken away while its pool is being used goes when the pool is unmounted.
# nvdimm: 34M
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl
# pool: none
# timeout: 60
# groups: store
# log-allow: .*morsel: pool gone: .*
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

p=/mnt/p
mkdir -p $p
make_fsdax
morsel-admin pool format -l gone /dev/pmem0
mount -t morsel /dev/pmem0 $p
driver=/sys/bus/nd/drivers/nd_pmem
device=$(basename "$(readlink -f /sys/block/pmem0/device)")

while :; do
	dd if=/dev/zero of=$p/file bs=64K count=40 2> /dev/null
	mv $p/file $p/other
	cat $p/other > /dev/null
	echo x >> /tmp/rounds
done &
load=$!
sleep 1
echo "$device" > $driver/unbind &
unbind=$!
sleep 2
like "the log tells" "$(dmesg)" 'pool gone: its device is to go, which waits until the pool is unmounted'
ok "who takes it away waits" kill -0 $unbind
before=$(wc -l < /tmp/rounds)
sleep 2
ok "the work goes on" test "$(wc -l < /tmp/rounds)" -gt "$before"
kill $load
wait $load
fails "no further pool of it" "." mount -t morsel -o name=again /dev/pmem0 /mnt
ok "unmounted" umount $p
wait $unbind
ok "then it has gone" test ! -e /sys/block/pmem0
echo "$device" > $driver/bind
sleep 1
ok "it can come back" mount -t morsel /dev/pmem0 $p
ok "with what was there" test -s $p/other
ok "unmounted" umount $p
ok "it is sound" morsel-admin check /dev/pmem0
done_testing
