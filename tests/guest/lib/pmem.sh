# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Persistent memory for shell tests: . /tests/lib/pmem.sh

# An nvdimm has labels only when somebody has written some, and cannot be divided without.
init_labels() {
	ndctl disable-region all
	ndctl init-labels -f all
	ndctl enable-region all
}

# NAME [ARGUMENT...]: a new fsdax namespace is to be /dev/NAME.
add_fsdax() {
	name=$1
	shift
	ndctl create-namespace -f -m fsdax -a 2M "$@" > /tmp/namespace || cat /tmp/namespace
	ln -sf "/dev/$(sed -n 's/.*"blockdev":"\(.*\)".*/\1/p' /tmp/namespace)" "/dev/$name"
}

# Make the whole nvdimm one fsdax namespace.
make_fsdax() {
	{
		init_labels
		ndctl create-namespace -f -m fsdax -a 2M
	} > /tmp/ndctl.log 2>&1 || { cat /tmp/ndctl.log; return 1; }
	test -b /dev/pmem0
}

# A pool with the superblocks of when it was mounted was not unmounted.
keep_superblocks() { # DEVICE
	superblocks_end=$(($(blockdev --getsize64 "$1") / 4096 - 1))
	dd if="$1" of=/tmp/superblock0 bs=4096 count=1 iflag=direct status=none
	dd if="$1" of=/tmp/superblock1 bs=4096 count=1 skip=$superblocks_end iflag=direct status=none
}
restore_superblocks() { # DEVICE, that they were kept of
	dd if=/tmp/superblock0 of="$1" bs=4096 count=1 oflag=direct status=none conv=notrunc
	dd if=/tmp/superblock1 of="$1" bs=4096 count=1 seek=$superblocks_end oflag=direct status=none conv=notrunc
}

# Did the mount trust the checkpoint that an unmount leaves? Y or N
trusted() {
	cat /sys/kernel/debug/morsel/pmem0/trusted
}

# What the kernel says about a refused mount.
refusal() {
	dmesg -c > /dev/null
	mount -t morsel "$@" 2> /dev/null && { echo "not refused"; return; }
	dmesg | sed -n 's/.*morsel: //p'
}
