# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Persistent memory for shell tests: . /tests/lib/pmem.sh

# Make the whole nvdimm one fsdax namespace.  It has labels only when somebody has written some.
make_fsdax() {
	{
		ndctl disable-region all
		ndctl init-labels -f all
		ndctl enable-region all
		ndctl create-namespace -f -m fsdax -a 2M
	} > /tmp/ndctl.log 2>&1 || { cat /tmp/ndctl.log; return 1; }
	test -b /dev/pmem0
}

# What the kernel says about a refused mount.
refusal() {
	dmesg -c > /dev/null
	mount -t morsel "$@" 2> /dev/null && { echo "not refused"; return; }
	dmesg | sed -n 's/.*morsel: //p'
}
