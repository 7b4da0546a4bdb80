#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Somebody writes to the device of a mounted pool (hazard T12): what cannot be right is an error,
# the kernel goes on, the checker finds it, and what was not hit is as it was.
# nvdimm: 130M
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl
# pool: none
# timeout: 120
# groups: store hazard
# leak-check: no, the kernel makes the map of the device's pages while the test runs
# log-allow: .*morsel: .*
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

dev=/dev/pmem0
dir=/mnt/p
mkdir -p $dir
make_fsdax
pool_format $dev raw > /dev/null
frames=$(($(blockdev --getsize64 $dev) / 4096))

# overwrite FROM COUNT: these frames get what makes no sense
overwrite() {
	tr '\0' '\377' < /dev/zero | dd of=$dev bs=4096 seek="$1" count="$2" iflag=fullblock conv=notrunc oflag=direct \
		status=none
}

fill() {
	mkdir $dir/d
	for i in $(seq 40); do
		head -c 20000 /dev/urandom > $dir/d/f"$i"
	done
	fallocate -l 8M $dir/large
}

use() { # each operation may fail, and none may hang
	ls -lR $dir
	cat $dir/d/f1 $dir/d/f40 $dir/large
	for i in $(seq 5); do
		echo more > $dir/d/new"$i"
		mv $dir/d/f"$i" $dir/moved"$i"
		rm $dir/d/f"$((i + 10))"
		fallocate -l 1M $dir/d/f"$((i + 20))"
		truncate -s 3 $dir/d/f"$((i + 30))"
	done
	sync
} > /tmp/used 2>&1

for what in "metadata at the beginning" "the middle" "all but the superblocks"; do
	pool_format $dev raw > /dev/null
	mount -t morsel -o huge=never $dev $dir
	fill
	case $what in
	metadata*) overwrite 1 200 ;;
	"the middle") overwrite $((frames / 2)) 500 ;;
	all*) overwrite 1 $((frames - 2)) ;;
	esac
	use
	ok "$what: the pool can be used, and unmounted" umount $dir
	ok "the kernel goes on" mount -t morsel -o size=16M none $dir
	umount $dir
	if [ "$what" = "the middle" ]; then
		continue
	fi
	morsel-admin check $dev > /tmp/check 2>&1
	like "the checker tells" "$?" '^[1-9]'
	if mount -t morsel $dev $dir 2> /tmp/mount; then
		use
		ok "mounted again, it can be used and unmounted" umount $dir
	else
		ok "or it is not mounted again" test -s /tmp/mount
	fi
done
done_testing
