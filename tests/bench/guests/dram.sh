#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory objects in DRAM. MAX: the largest object of cheap stores, in MiB; FULL: of those that go page by page.
# mem: 10G
# cpus: 1
# icount: shift=0,sleep=off
# pool: size=8448M
# timeout: 1500

# The rest is measured even if one of them fails, but that is told.
status=0
bench() {
	program=$1
	shift
	"/bench/$program" "$@" || status=1
}

bench b_map 2 "$MAX" 5 morsel hugetlbfs
bench b_map 2 "$FULL" 3 memfd morsel-4k
bench b_tables 2 "$MAX" morsel hugetlbfs
bench b_tables 2 "$SMALL" memfd morsel-4k
bench b_fork 2 "$MAX" 5 morsel
bench b_fork 2 "$SMALL" 3 morsel-4k memfd hugetlbfs anonymous
bench b_calls 2 "$MAX" 5 morsel
bench b_calls 2 "$SMALL" 5 tmpfs memfd hugetlbfs
bench b_populate 2 "$FILL" 5 morsel hugetlbfs tmpfs-huge morsel-4k tmpfs memfd
bench b_netlink 21
bench b_growth processes 3 morsel memfd hugetlbfs
bench b_growth mappings 3 morsel
exit $status
