#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A guest that is left as it is goes down with its pool mounted and its processes running.
# pool: none
# boots: 3
# unmount: no
# nvdimm: 66M
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

if [ "$MORSEL_BOOT" = 1 ]; then
	make_fsdax && pool_format /dev/pmem0 stays
fi
mkdir -p /mnt/morsel
ok "the pool is there" mount -t morsel /dev/pmem0 /mnt/morsel
case $MORSEL_BOOT in
1)
	mkdir /mnt/morsel/dir
	tail -f /dev/null > /mnt/morsel/open &
	;;
2)
	is "it was not unmounted" "$(trusted)" N
	ok "what was acknowledged is there" test -d /mnt/morsel/dir
	umount /mnt/morsel
	;;
3) is "it was unmounted by the test" "$(trusted)" Y ;;
esac
done_testing
