#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A pool does not care where its device is in the machine's address map, nor what it is called; memmap=.
# nvdimm: 66M
# moved: yes
# boots: 3
# modules: nd_e820 nfit nd_pmem
# programs: jq /usr/bin/ndctl
# pool: none
# timeout: 120
# groups: store fs
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

# Which of two gets the name differs between kernels.
dev=/dev/pmem0 other=/dev/pmem1
if test "$MORSEL_BOOT" != 1 && ! morsel-admin -H pool list -o label $dev 2> /dev/null | grep -q moves; then
	dev=/dev/pmem1 other=/dev/pmem0
fi
p=/mnt/p
mkdir -p $p

where() {
	printf '%#x\n' "$(cat "/sys/block/${dev#/dev/}/device/resource")"
}

state() {
	(cd $p && find . | sort | while read -r name; do
		stat -c '%n %a %u:%g %h %s %Y' "$name"
		test ! -f "$name" || md5sum "$name"
	done)
	morsel-admin -H vas
}

# Memory that the command line says to be persistent.
memmap() {
	ok "memmap=: a namespace" ndctl create-namespace -f -e "namespace${other#/dev/pmem}.0" -m fsdax -M mem
	ok "memmap=: a pool" morsel-admin pool format -l other $other
	mkdir -p /mnt/q
	ok "memmap=: mounted" mount -t morsel $other /mnt/q
	echo kept > /mnt/q/file
	ok "memmap=: unmounted" umount /mnt/q
	ok "memmap=: mounted again" mount -t morsel $other /mnt/q
	is "memmap=: its file" "$(cat /mnt/q/file)" kept
	umount /mnt/q
}

case $MORSEL_BOOT in
1)
	ok "a namespace" make_fsdax
	ok "a pool" morsel-admin pool format -l moves "$dev"
	ok "mounted" mount -t morsel "$dev" $p
	mkdir $p/d
	for i in 1 2 3; do dd if=/dev/urandom of=$p/d/$i bs=5000 count=$((i * 100)) 2> /dev/null; done
	ln $p/d/1 $p/again
	ok "an address" morsel-admin create -s 4M --addr 0x300000000000 moves:fixed
	dd if=/dev/urandom of=$p/fixed bs=4096 count=700 conv=notrunc 2> /dev/null
	mkdir $p/.was
	{ where; state; } > /tmp/was
	mv /tmp/was $p/.was/state
	;;
*)
	test "$MORSEL_BOOT" = 3 || memmap
	ok "mounted" mount -t morsel "$dev" $p
	mv $p/.was/state /tmp/was
	is "another address" "$(head -n 1 /tmp/was | grep -c "$(where)")" 0
	state > /tmp/is
	sed -i -e '/\.was/d' /tmp/was /tmp/is
	is "everything is there" "$(grep -v '^\. ' /tmp/is)" "$(sed 1d /tmp/was | grep -v '^\. ')"
	ok "and can be changed" sh -c "echo $MORSEL_BOOT > $p/new && rm $p/new"
	{ where; state; } > /tmp/was
	mv /tmp/was $p/.was/state
	;;
esac
ok "unmounted" umount $p
ok "nothing is wrong with it" morsel-admin check "$dev"
done_testing
