#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A mount after a power cut that takes long says how far it is.  An instruction takes the guest
# 16 ns, so that it is long for a pool with some tables.
# nvdimm: 386M
# mem: 1G
# cpus: 1
# icount: shift=4,sleep=off
# kargs: nowatchdog rcupdate.rcu_cpu_stall_suppress=1
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl
# pool: none
# timeout: 1200
# groups: store
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

dev=/dev/pmem0
dir=/mnt/p

told() { dmesg | sed -n 's/.*morsel: \(pool slow.*verified.*\)/\1/p'; }

ok "a namespace" make_fsdax
ok "a pool" pool_format $dev slow
mkdir -p $dir
ok "mounted" mount -t morsel -o huge=never $dev $dir
keep_superblocks $dev
for i in 1 2 3 4; do
	ok "a file with many tables" scatter $dir/f$i 8192
done
ok "unmounted" umount $dir
dmesg -c > /dev/null
ok "mounted after an unmount" mount -t morsel $dev $dir
is "there is nothing to tell" "$(told)" ""
umount $dir
restore_superblocks $dev
begun=$(cut -d. -f1 /proc/uptime)
ok "mounted after a power cut" mount -t morsel $dev $dir
took=$(($(cut -d. -f1 /proc/uptime) - begun))
told > /tmp/told
diag "$took s: $(cat /tmp/told)"
ok "it took more than two seconds" test $took -gt 2
times=$(wc -l < /tmp/told)
ok "it told of them, and no more often than every two" test "$times" -ge 1 -a "$times" -le $((took / 2))
line='pool slow on pmem0 has no checkpoint that counts: [0-9]* of [0-9]* records are verified, [0-9]* tables'
is "in these words" "$(grep -vxc "$line" /tmp/told)" 0
sed 's/.*counts: \([0-9]*\) of .* \([0-9]*\) tables/\1 \2/' /tmp/told > /tmp/figures
is "it goes on" "$(sort -n -k1,1 -k2,2 /tmp/figures)" "$(cat /tmp/figures)"
is "of as many records each time" "$(sed 's/.* of \([0-9]*\) records.*/\1/' /tmp/told | sort -u | wc -l)" 1
umount $dir
done_testing
