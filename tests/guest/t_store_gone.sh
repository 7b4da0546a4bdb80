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
truncate -s 3M $p/mapped
touch /tmp/rounds /tmp/one /tmp/two
map_load $p/mapped 1 > /tmp/one &
one=$!

rounds() { wc -l < "$1"; }
beyond() { test "$(rounds "$1")" -gt "$2"; }
# NAME FILE: three rounds more
goes_on() {
	before=$(($(rounds "$2") + 2))
	await 200 beyond "$2" $before
	ok "$1" beyond "$2" $before
}
log_tells() { dmesg | grep -q 'pool gone: its device is to go'; }

goes_on "there is work" /tmp/rounds
goes_on "a process stores through a mapping, and syncs" /tmp/one
is "which is acknowledged" "$(sort -u -k 2 /tmp/one | cut -d ' ' -f 2-)" "done"
echo "$device" > $driver/unbind &
unbind=$!
await 200 log_tells
like "the log tells" "$(dmesg)" 'pool gone: its device is to go, which waits until the pool is unmounted'
await 200 grep -q error /tmp/one
is "the device cannot be asked any more: fsync" "$(tail -n 1 /tmp/one | cut -d ' ' -f 2-)" "Input/output error"
map_load $p/mapped 2 > /tmp/two &
two=$!
goes_on "the work goes on" /tmp/rounds
goes_on "who has it mapped goes on" /tmp/one
goes_on "so does who maps it now" /tmp/two
is "to whom fsync is an error, too" "$(sort -u -k 2 /tmp/two | cut -d ' ' -f 2-)" "Input/output error"
is "nobody gets a signal" "$(cat /tmp/one /tmp/two | grep -c SIGBUS)" 0
ok "who takes it away waits" kill -0 $unbind
kill $load
wait $load
fails "not unmounted while it is mapped" "busy" umount $p
kill $one $two
wait $one
is "who had it mapped was there to the end" $? 143
wait $two
is "so was who came later" $? 143
fails "no further pool of it" "." mount -t morsel -o name=again /dev/pmem0 /mnt
ok "unmounted" umount $p
wait $unbind
ok "then it has gone" test ! -e /sys/block/pmem0
echo "$device" > $driver/bind
sleep 1
ok "it can come back" mount -t morsel /dev/pmem0 $p
ok "with what was there" test -s $p/other
word() { od -A n -t u8 -j $((2097152 + $1 * 8)) -N 8 $p/mapped | tr -d ' '; }
acknowledged=$(grep 'done' /tmp/one | tail -n 1 | cut -d ' ' -f 1)
ok "and what was acknowledged ($acknowledged)" test "$(word 1)" -ge "$acknowledged"
ok "unmounted" umount $p
ok "it is sound" morsel-admin check /dev/pmem0
done_testing
