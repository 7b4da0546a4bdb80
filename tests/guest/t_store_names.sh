#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Names and attributes of a persistent pool are there after an unmount, a cut and a reboot.
# nvdimm: 66M
# boots: 3
# unmount: no
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl /usr/bin/getfacl /usr/bin/setfacl
# pool: none
# timeout: 120
# groups: store fs
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

dev=/dev/pmem0
dir=/mnt/p

mount_pool() {
	mkdir -p $dir
	mount -t morsel $dev $dir
}

refused_at_first() {
	like "a raw namespace" "$(refusal $dev $dir)" 'ndctl create-namespace -f -m fsdax -e namespace0.0'
	ok "a namespace is made" make_fsdax
	like "an empty device" "$(refusal $dev $dir)" 'this is no morsel pool'
	like "no block device" "$(refusal /dev/null $dir)" 'not a block device'
	like "nothing there" "$(refusal /dev/pmem7 $dir)" 'error 2'
	ok "a pool is made" pool_format $dev first
}

# Names, owners, modes, times, links and lists of all there is, but of where that is kept.
state() {
	(cd $dir && find . -path ./.was -prune -o -print | sort | while read -r name; do
		stat -c '%n %F %a %u:%g %h %s %Y' "$name" | sed "s/ regular empty file/ regular file/"
		test ! -L "$name" || readlink "$name"
		test -L "$name" || getfacl -p -c -n "$name" | grep '^.*:[0-9].*:\|^default' || :
	done)
}

build() {
	cd $dir || return
	mkdir -p a/b/c d e .was
	for i in $(seq 40); do : > "a/f$i"; done
	truncate -s 12345 a/f1
	ln a/f1 d/second
	ln a/f1 d/third
	rm a/f1
	ln -s ../a/b/somewhere d/link
	mv a/f2 a/b/c/moved
	: > e/over
	chmod 640 e/over
	mv e/over a/f3
	mv a/b/c e/c
	rm a/f4
	rmdir a/b
	mkdir a/b
	chmod 2750 a/b
	chown 1000:2000 a/f5
	chmod 4755 a/f5
	setfacl -m u:1001:rw,g:2000:r a/f6
	setfacl -m d:u:1002:rwx a/b
	: > a/b/inherits
	chmod 600 a/f6
	setfacl -m u:1001:r a/f7
	setfacl -b a/f7
	truncate -s 1M a/f8
	truncate -s 4097 a/f8
	find . | sort | while read -r n; do touch -h -d @1000000000 "$n"; done
	touch -d @-5 a/f9
	cd /
}

# The same as the state before, which the pool has kept as a file.
same() {
	state > /tmp/state
	ok "$1" diff $dir/.was/state /tmp/state
}

# Mount, change something of each kind, unmount.
use() {
	mount_pool
	mkdir $dir/d
	for i in $(seq 20); do : > $dir/d/$i; done
	setfacl -m u:1:r $dir/d/1
	ln $dir/d/1 $dir/d/link
	ln -s x $dir/d/symlink
	rm -r $dir/d
	umount $dir
}

# What is free, or waits for its next user in a cache or a list of a CPU's.
free_kb() {
	echo 3 > /proc/sys/vm/drop_caches
	awk '/^MemFree|^Slab|^Cached/ { sum += $2 } / count:/ { sum += $2 * 4 } END { print sum }' \
		/proc/meminfo /proc/zoneinfo
}

case $MORSEL_BOOT in
1)
	mkdir -p $dir
	refused_at_first
	ok "mounted" mount_pool
	build
	ok "something is there" test "$(state | wc -l)" -gt 45
	state > /tmp/state
	cp /tmp/state $dir/.was/state
	ok "unmounted" umount $dir
	ok "mounted again" mount_pool
	is "it was unmounted" "$(trusted)" Y
	same "the same after an unmount"
	mkdir -p /mnt/q
	ok "mounted at another place, too" mount -t morsel $dev /mnt/q
	is "it is the same pool" "$(stat -c %i /mnt/q/a)" "$(stat -c %i $dir/a)"
	ok "gone there" umount /mnt/q
	;;
2)
	ok "mounted after a cut" mount_pool
	is "it was not unmounted" "$(trusted)" N
	same "the same after a cut"
	like "the state is what was built" "$(state)" 'd/second regular file 644 0:0 2 12345 1000000000'
	like "a list" "$(state)" 'user:1001:rw-'
	ok "unmounted" umount $dir
	ok "mounted read-only" mount -t morsel -o ro $dev $dir
	same "the same read-only"
	fails "no change there" "Read-only" touch $dir/new
	like "not by a remount either" "$(refusal -o remount,rw $dir)" 'opened for reading'
	ok "unmounted" umount $dir
	ok "the device is free" pool_format --check $dev
	;;
3)
	ok "mounted after a reboot" mount_pool
	is "after which all was in order" "$(trusted)" Y
	same "the same after a reboot"
	is "the label is the name" "$(grep -c ' /mnt/p morsel .*name=first' /proc/mounts)" 1
	rm -r "${dir:?}"/* "$dir/.was"
	ok "everything can be removed" test -z "$(ls -A $dir)"
	ok "unmounted" umount $dir
	use
	use
	before=$(free_kb)
	for i in $(seq 10); do use; done
	ok "memory comes back" test $((before - $(free_kb))) -lt 256
	ok "nothing is wrong with it" pool_format --check $dev
	;;
esac
done_testing
