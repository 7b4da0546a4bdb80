#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The verdicts of make bench: figures that reach each aim, and for each one that misses it.

cd "$(dirname "$0")" || exit 1
top=$PWD/../..
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
. "$top/tests/unit/point.sh"

MIB=1048576
ODD=$((3492 * 2 * MIB))

row() { # BENCH STORE WAY SIZE METRIC MEDIAN
	printf '=r\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t3\n' "$1" "$2" "$3" "$4" "$5" "$6" "$6" "$6"
}

# What reaches all aims.
good() {
	local size store way change
	for size in $((2 * MIB)) $((8 * MIB)) $((16 * MIB)) "$ODD"; do
		for store in morsel morsel-4k; do
			for way in first all; do row map "$store" "$way" "$size" faults 1; done
			row map "$store" first "$size" total 1000
			row tables "$store" "" "$size" "bytes per process" 4096
			row fork "$store" "" "$size" fork 1000
		done
		row map morsel first "$size" again 800
		row map hugetlbfs populate "$size" total 1100
		row map hugetlbfs populate "$size" again 1100
		row map memfd populate "$size" total 2000000
		row calls morsel access "$size" loop 1200
		row calls tmpfs lazy "$size" loop 1000
		for way in demand fallocate; do
			for store in morsel morsel-4k hugetlbfs tmpfs tmpfs-huge; do
				row populate "$store" "$way" "$size" fill 1000
			done
		done
	done
	row netlink "GETFAMILY nlctrl" "" 0 "round trip" 1000
	for way in "pool-get by id" "morsel-get by id" "morsel-get by path"; do
		row netlink "$way" "" 0 "round trip" 1400
	done
	for change in create+unlink rename chmod; do
		row names morsel-pmem durable 0 "$change" 100
		row names ext4-dax durable 0 "$change" 300
	done
	for size in $((2 * MIB)) $((1024 * MIB)); do
		row calls morsel-pmem touch "$size" loop 100
		row calls ext4-dax touch "$size" loop 2000
		row calls morsel-pmem access "$size" loop 100
	done
	for size in 1 8 256; do
		row usage morsel "" "$size" look 1000
		row usage memfd "" "$size" look 2000000
		row revoke morsel mappers "$size" revoke $((1000 * size))
		row reserve morsel "lowest fit" "$size" reserve 1000
		row frames morsel-pmem "4 KiB" "$size" "atomics per 1000" 9000
		row frames morsel-pmem "2 MiB" "$size" "atomics per 1000" 4000
	done
	for way in "4 KiB" "2 MiB"; do
		row boot morsel-pmem "$way" $((1024 * MIB)) first 700
		row boot morsel-pmem "$way" $((4 * 1024 * MIB)) first 1000
		row boot morsel-pmem "$way" $((16 * 1024 * MIB)) first 1100
	done
	for way in mount unmount; do
		row mount morsel-pmem clean $((64 * MIB)) "$way" 1000
		row mount morsel-pmem clean $((2 * 1024 * MIB)) "$way" 1150
	done
}

judged() { # FILE
	"$top/tests/bench/run" --rows "$1" > "$work/out" 2>&1
}

# misses AIM BENCH STORE WAY SIZE METRIC MEDIAN: a later row counts; this aim is missed, and nothing else
misses() {
	local aim=$1 status
	shift
	{
		cat "$work/good"
		row "$@"
	} > "$work/bad"
	judged "$work/bad"
	status=$?
	[ $status = 1 ] && [ "$(grep -c '^FAIL' "$work/out")" = 1 ] && grep "^FAIL" "$work/out" | grep -q "$aim"
	status=$?
	[ $status = 0 ] || grep "^FAIL" "$work/out" | sed 's/^/# /'
	point $status "$aim"
}

good > "$work/good"
judged "$work/good"
status=$?
[ $status = 0 ] || sed 's/^/# /' "$work/out"
point $status "all aims are reached"
grep -vP '\tGETFAMILY' "$work/good" > "$work/bad"
judged "$work/bad"
[ $? = 1 ] && [ "$(grep -c '^FAIL.*not measured' "$work/out")" = 3 ]
point $? "what was not measured is missed"

misses "cost the same at any size, leaves of 2 MiB" map morsel first $((2 * MIB)) total 700
misses "cost the same at any size, leaves of 4 KiB" map morsel-4k first $((2 * MIB)) total 700
misses "one byte is accessed, leaves of 2 MiB" map morsel first "$ODD" faults 2
misses "every leaf is accessed, leaves of 4 KiB" map morsel-4k all "$ODD" faults 9
misses "below hugetlbfs, populated, from 8 MiB up" map hugetlbfs populate $((8 * MIB)) total 850
{
	cat "$work/good"
	row map hugetlbfs populate $((8 * MIB)) total 930
} > "$work/bad"
judged "$work/bad" && [ "$(grep -c '^miss .*from 8 MiB up' "$work/out")" = 1 ] && ! grep -q '^FAIL' "$work/out"
point $? "a miss that is known is said, and is no failure"
misses "once the process has had a morsel" map hugetlbfs populate "$ODD" again 700
misses "1000x below a populated memfd" map memfd populate "$ODD" total 999000
misses "page tables of a further process, leaves of 2 MiB" tables morsel "" "$ODD" "bytes per process" 20480
misses "page tables of a further process, leaves of 4 KiB" tables morsel-4k "" "$ODD" "bytes per process" 20480
misses "fork does not grow with the size, leaves of 4 KiB" fork morsel-4k "" "$ODD" fork 1100
misses "munmap, close at any size" calls morsel access "$ODD" loop 1400
misses "netlink morsel-get by path" netlink "morsel-get by path" "" 0 "round trip" 1600
misses "fallocate: morsel-4k not slower than tmpfs" populate tmpfs fallocate "$ODD" fill 900
misses "demand: morsel not slower than hugetlbfs" populate hugetlbfs demand "$ODD" fill 900
misses "demand: morsel not slower than tmpfs-huge" populate tmpfs-huge demand "$ODD" fill 900
misses "persistent memory, rename" names ext4-dax durable 0 rename 150
misses "unmap of 1 GiB: at least 10x" calls ext4-dax touch $((1024 * MIB)) loop 900
misses "the whole use costs the same" calls morsel-pmem access $((1024 * MIB)) loop 130
misses "memory, mount: the same" mount morsel-pmem clean $((2 * 1024 * MIB)) mount 1250
misses "memory, unmount: the same" mount morsel-pmem clean $((2 * 1024 * MIB)) unmount 1250
misses "leaves of 4 KiB, the first use after an unmount" boot morsel-pmem "4 KiB" $((4 * 1024 * MIB)) first 900
misses "leaves of 2 MiB, the first use after an unmount" boot morsel-pmem "2 MiB" $((16 * 1024 * MIB)) first 1300
misses "for a frame of 4 KiB the same" frames morsel-pmem "4 KiB" 8 "atomics per 1000" 11000
misses "for a frame of 2 MiB the same" frames morsel-pmem "2 MiB" 256 "atomics per 1000" 5000
misses "a look at what is active" usage morsel "" 256 look 1600
misses "below clear_refs and smaps" usage memfd "" 256 look 900000
misses "an address among 10" reserve morsel "lowest fit" 256 reserve 3100
misses "a revoke costs each process" revoke morsel mappers 256 revoke 400000
done_testing
