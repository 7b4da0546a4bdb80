#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A pool that was unmounted is mounted without walking any tree, whatever its size;
# after a cut what is read grows with the tables that there are.
# nvdimm: 514M
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl
# pool: none
# timeout: 180
# groups: store
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

dev=/dev/pmem0
dir=/mnt/p
debug=/sys/kernel/debug/morsel/pmem0

make_pool() { # MIB
	make_fsdax
	ndctl destroy-namespace -f all > /tmp/ndctl.log 2>&1
	ndctl create-namespace -f -m fsdax -a 2M -s "$1M" >> /tmp/ndctl.log 2>&1 || cat /tmp/ndctl.log
	pool_format $dev sized > /dev/null
}

count() { cat $debug/"$1"; }

# What objects have, and who has it.
usage() { morsel-admin -H quota show sized 2> /dev/null | sort; morsel-admin -H pool list; }

mkdir -p $dir
mount -t debugfs debugfs /sys/kernel/debug 2> /dev/null

for size in 64 192 448; do
	make_pool $size
	mount -t morsel -o huge=never $dev $dir
	for i in 1 2 3 4; do
		fallocate -l $((size / 8))M $dir/f$i
		echo "bytes $i of $size" | dd of=$dir/f$i conv=notrunc status=none
	done
	fallocate -l 100K $dir/small
	chown 1000 $dir/f2
	keep_superblocks $dev
	sums=$(md5sum $dir/f? | md5sum)
	usage > /tmp/usage
	umount $dir

	ok "$size MiB: mounted after an unmount" mount -t morsel $dev $dir
	is "as the checkpoint says" "$(count trusted)" Y
	is "no table is read" "$(count tables)" 0
	test $size = 64 && records=$(count records)
	is "records as in the smallest" "$(count records)" "$records"
	usage > /tmp/usage2
	ok "what everybody has is known at once" cmp /tmp/usage /tmp/usage2
	ok "an object is opened" dd if=$dir/f1 of=/dev/null bs=4k count=1 status=none
	is "of its tables those on the way are read" "$(count tables)" 2
	is "contents are there" "$(md5sum $dir/f? | md5sum)" "$sums"
	usage > /tmp/usage2
	ok "and nothing else is counted" cmp /tmp/usage /tmp/usage2
	tables=$(count tables)
	ok "all tables are read by now" test "$tables" -ge $((size / 4)) -a "$tables" -le $((size / 4 + 4))
	fallocate -l 1M $dir/more
	rm $dir/f3 $dir/more
	umount $dir
	ok "nothing is wrong with it" pool_format --check $dev

	ok "mounted again" mount -t morsel $dev $dir
	keep_superblocks $dev
	umount $dir
	restore_superblocks $dev
	ok "mounted after a cut" mount -t morsel $dev $dir
	is "the checkpoint does not count" "$(count trusted)" N
	is "records as before" "$(count records)" "$records"
	tables=$(count tables)
	least=$((3 * size / 16))
	ok "all tables are read" test "$tables" -ge $least -a "$tables" -le $((least + 16))
	echo "# $size MiB, cut: $tables tables, $(count records) frames of records"
	umount $dir
	ok "mounted once more" mount -t morsel $dev $dir
	is "the new checkpoint counts" "$(count trusted)" Y
	ok "an object goes whose tree nobody has walked" rm $dir/f1
	umount $dir
	ok "its frames are free" pool_format --check $dev
done

# What a remount says of 2 MiB frames is so.
frames_of() { # FILE
	fallocate -l 4M $dir/"$1"
	(exec 3< $dir/"$1" && sed -n 's/^morsel-huge-pages:.//p' /proc/self/fdinfo/3)
}

mount -t morsel -o huge=never $dev $dir
is "no 2 MiB frames" "$(frames_of small1)" 0
ok "a remount allows them" mount -o remount,huge=always $dir
is "there are some" "$(frames_of large)" 2
ok "another one forbids them" mount -o remount,huge=never $dir
is "there are no more" "$(frames_of small2)" 0
is "those that there are stay" "$(frames_of large)" 2
umount $dir

# An index that is not what was left does not count.
damage() { # FRAME
	printf '\0\0\0\0\0\0\0\0' | dd of=$dev bs=1 seek=$(($1 * 4096)) conv=notrunc status=none
	sync
}
fill() {
	used=0
	while test $used -lt 200; do
		used=$((used + 8))
		fallocate -l 8M $dir/fill$used || break
	done
}
mount -t morsel $dev $dir
umount $dir
damage 17
ok "mounted with a damaged checkpoint" mount -t morsel $dev $dir
is "which does not count" "$(count trusted)" N
fill # so that there are records for it
rm $dir/fill*
free=$(count free)
umount $dir

# Of a map that is not, a part does not count; what is free in there is found again by the next mount.
damage 18
ok "mounted with a damaged map" mount -t morsel $dev $dir
is "its index counts" "$(count trusted)" Y
is "and says how much is free" "$(count free)" "$free"
dmesg -c > /dev/null
fill
ok "a part of it is not valid" sh -c 'dmesg | grep -q "a part of the checkpoint is not valid"'
ok "what is free there cannot be had" test "$(count free)" -lt $((free - used * 256))
ok "what is elsewhere can" test $used -ge 200
sums=$(md5sum $dir/f? | md5sum)
umount $dir
ok "mounted once more, all trees are walked" mount -t morsel $dev $dir
is "as the checkpoint does not count" "$(count trusted)" N
is "contents are there" "$(md5sum $dir/f? | md5sum)" "$sums"
rm $dir/fill*
is "and all that is free is known" "$(count free)" "$free"
umount $dir
ok "nothing is wrong with it" pool_format --check $dev

done_testing
