#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What other tests show of files, mappings and revoked rights is so on persistent memory, too.
# nvdimm: 514M
# modules: nfit nd_pmem brd crc32c_generic ext4
# programs: /usr/bin/ndctl mkfs.ext4
# files: build/guest/t_fs[_x]* build/guest/t_[ghm]* build/guest/t_r[ae][cv]* build/guest/t_seal
# pool: none
# groups: store fs mm rights
# timeout: 900
# log-allow: .*SIGXFSZ.*
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

tests="fs_io fs_fallocate fs_size fs_attr fsx gup_direct gup_pipe hazard_futex race_dontneed mm_advice mm_fork
	mm_resize mm_zap revoke revoke_handed revoke_held revoke_pipe revoke_race seal"

# In a directory like that of the test's own pool; the name is one that the tests know.
run() {
	mount -t morsel -o name=p /dev/pmem0 /mnt/morsel
	chmod 1777 /mnt/morsel
	rm -rf /mnt/morsel/* # what the one before has left
	/build/guest/t_"$1" > /tmp/out 2>&1
	status=$?
	grep -v '^ok' /tmp/out | sed 's/^/# /'
	ok "$1" test $status = 0
	umount /mnt/morsel || umount -l /mnt/morsel
	pool_format --check /dev/pmem0 > /tmp/check 2>&1
	ok "$1 leaves a sound pool" test $? = 0
	grep -v '^clean' /tmp/check
}

make_fsdax
export MORSEL_DIR=/mnt/morsel
mkdir -p $MORSEL_DIR
pool_format /dev/pmem0
for name in $tests; do
	run "$name"
done
done_testing
