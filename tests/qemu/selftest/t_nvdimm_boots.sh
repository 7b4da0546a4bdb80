#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What one boot leaves on persistent memory, the next one finds.
# pool: unloaded
# boots: 2
# nvdimm: 514M
# modules: nfit nd_pmem
. /tests/lib/tap.sh

ok "the device is there" test -b "$MORSEL_NVDIMM"
is "its size in sectors" "$(cat "/sys/block/${MORSEL_NVDIMM#/dev/}/size")" 1048576
if [ "$MORSEL_BOOT" = 1 ]; then
	ok "write" sh -c "echo remember > $MORSEL_NVDIMM"
	sync
else
	is "read" "$(head -c 8 "$MORSEL_NVDIMM")" remember
fi
done_testing
