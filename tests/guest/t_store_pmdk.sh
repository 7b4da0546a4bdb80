#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's libpmem and libpmemobj on files of a persistent pool, over a cut.
# nvdimm: 66M
# boots: 2
# unmount: no
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl /usr/bin/pmempool
# files: /usr/lib/x86_64-linux-gnu/libpmemobj.so.1
# pool: none
# timeout: 120
# groups: store
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

p=/mnt/p
mkdir -p $p

if [ "$MORSEL_BOOT" = 1 ]; then
	make_fsdax
	morsel-admin pool format -l pmdk /dev/pmem0
	ok "mounted" mount -t morsel /dev/pmem0 $p
	truncate -s 4M $p/plain
	is "libpmem takes it for persistent memory" "$(pmemobj map $p/plain)" "1 1"
	ok "pmempool create" pmempool create --layout=list --size=8M obj $p/tool
	ok "an object in that pool" pmemobj add $p/tool
	ok "pmemobj_create" pmemobj create $p/program
	for _ in 1 2 3 4 5; do pmemobj add $p/program; done
	is "a list" "$(pmemobj show $p/program)" "4 3 2 1 0 "
else
	ok "mounted" mount -t morsel /dev/pmem0 $p
	is "it was not unmounted" "$(trusted)" N
	is "what libpmem stored" "$(head -c 6 $p/plain)" stored
	is "the list" "$(pmemobj show $p/program)" "4 3 2 1 0 "
	ok "it can grow" pmemobj add $p/program
	is "and does" "$(pmemobj show $p/program)" "5 4 3 2 1 0 "
	is "the tool's" "$(pmemobj show $p/tool)" "0 "
	ok "pmempool check" pmempool check $p/tool
	like "pmempool info" "$(pmempool info $p/program)" 'Layout *: list'
	mkdir -p /tmp/tmpfs
	truncate -s 4M /tmp/tmpfs/plain
	is "elsewhere it does not" "$(pmemobj map /tmp/tmpfs/plain)" "0 0"
	ok "unmounted" umount $p
fi
done_testing
