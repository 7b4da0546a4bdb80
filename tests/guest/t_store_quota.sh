#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Limits of a persistent pool hold after an unmount and after a cut, on every way to pass them.
# nvdimm: 66M
# boots: 2
# unmount: no
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl
# pool: none
# timeout: 60
# groups: store quota
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

dev=/dev/pmem0
dir=/mnt/p
mkdir -p $dir

limits() { morsel-admin -H quota show lim 2> /dev/null | sort; }

enforced() { # WHEN: alice may have 64 KiB and 6 objects, and has 4 KiB in 1
	as alice dd if=/dev/zero of=$dir/d/a bs=4k count=16 conv=notrunc > /tmp/out 2>&1
	ok "$1: writing up to the limit" test "$(stat -c %s $dir/d/a)" = 65536
	like "$1: a write" \
		"$(as alice dd if=/dev/zero of=$dir/d/a bs=4k seek=16 count=1 conv=notrunc 2>&1)" '[Qq]uota exceeded'
	like "$1: preallocation" "$(as alice fallocate -l 128K $dir/d/a 2>&1)" '[Qq]uota exceeded'
	like "$1: a new object that is filled" \
		"$(as alice dd if=/dev/zero of=$dir/d/b bs=4k count=1 2>&1)" '[Qq]uota exceeded'
	like "$1: somebody's object given away" "$(chown alice $dir/d/other 2>&1)" '[Qq]uota exceeded'
	rm -f $dir/d/b
	for i in 1 2 3 4 5; do as alice touch $dir/d/n$i; done
	like "$1: one object more" "$(as alice touch $dir/d/n6 2>&1)" '[Qq]uota exceeded'
	like "$1: one name more" "$(as alice ln $dir/d/a $dir/d/name 2>&1)" '[Qq]uota exceeded'
	like "$1: one directory more" "$(as alice mkdir $dir/d/dir 2>&1)" '[Qq]uota exceeded'
	like "$1: the default, of another one" \
		"$(as bob dd if=/dev/zero of=$dir/d/z bs=4k count=16 2>&1)" '[Qq]uota exceeded'
	rm $dir/d/n? $dir/d/z
	as alice truncate -s 4096 $dir/d/a
	ok "$1: with room again" as alice touch $dir/d/n6
	rm $dir/d/n6
}

if [ "$MORSEL_BOOT" = 1 ]; then
	make_fsdax
	pool_format $dev lim > /dev/null
	mount -t morsel $dev $dir
	mkdir -m 777 $dir/d
	as alice touch $dir/d/a
	fallocate -l 128K $dir/d/other
	ok "limits of a user" morsel-admin quota set lim alice --hard 64K --soft 32K --objects-hard 6 --objects-soft 5
	ok "limits of others" morsel-admin quota set lim default --hard 32K
	ok "of somebody who has nothing" morsel-admin quota set lim 77 --objects-hard 3
	ok "and gone again" morsel-admin quota set lim 77 --remove
	ok "changed" morsel-admin quota set lim alice --objects-soft 4
	enforced "at once"
	before=$(limits)
	ok "they are told ($(echo "$before" | wc -l))" test "$(echo "$before" | wc -l)" -ge 3
	echo "$before" | sed 's/^/# /'
	umount $dir
	mount -t morsel $dev $dir
	is "the same after an unmount" "$(limits)" "$before"
	enforced "after an unmount"
	umount $dir
	mount -t morsel -o ro $dev $dir
	is "the same in a read-only pool" "$(limits)" "$before"
	like "where they cannot be changed" "$(morsel-admin quota set lim alice --hard 1M 2>&1)" 'read-only'
	umount $dir
	ok "nothing is wrong with it" pool_format --check $dev
	mount -t morsel $dev $dir
	morsel-admin quota set lim 1002 --hard 16K
	limits | grep -v root > $dir/d/limits
else
	mount -t morsel $dev $dir
	is "it was not unmounted" "$(trusted)" N
	is "the same after a cut" "$(limits | grep -v root)" "$(cat $dir/d/limits)"
	like "with the last one" "$(limits)" 'carol'
	enforced "after a cut"
	ok "limits go" morsel-admin quota set lim alice --remove
	umount $dir
	mount -t morsel $dev $dir
	ok "and are gone for good" as alice touch $dir/d/n1 $dir/d/n2 $dir/d/n3 $dir/d/n4 $dir/d/n5 $dir/d/n6
	umount $dir
	ok "nothing is wrong with it" pool_format --check $dev
fi
done_testing
