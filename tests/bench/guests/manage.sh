#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What it costs to manage objects: looks at what is active, revokes, addresses.
# mem: 3G
# cpus: 1
# icount: shift=0,sleep=off
# pool: size=1G,name=p
# timeout: 900

# The rest is measured even if one of them fails, but that is told.
status=0
/bench/b_usage 256 3 morsel morsel-4k memfd hugetlbfs || status=1
/bench/b_revoke 256 5 || status=1
/bench/b_reserve 21 10 100 1000 10000 || status=1
exit $status
