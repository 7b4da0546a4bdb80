#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A pool on virtio-pmem, where the host must be asked to make stores last: each change asks
# it before it returns; a host that fails to is noticed, and nothing is acknowledged.
# qemu: -object memory-backend-memfd,id=good,size=64M,share=on -device virtio-pmem-pci,memdev=good
# qemu: -object memory-backend-ram,id=bad,size=64M -device virtio-pmem-pci,memdev=bad
# kargs: iomem=relaxed
# nvdimm: 66M
# modules: nfit nd_pmem virtio_pci virtio_pmem
# programs: jq
# pool: none
# may-skip: no driver for virtio-pmem
# timeout: 120
# groups: store
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

# The debug kernel has none.
if [ ! -d /sys/bus/virtio/drivers/virtio_pmem ]; then
	skip "a pool on virtio-pmem" "no driver for virtio-pmem"
	done_testing
	exit
fi

dir=/mnt/p
mkdir -p $dir
driver=/sys/bus/virtio/drivers/virtio_pmem
devices=$(cd $driver && ls -d virtio*/ndbus*/region*/namespace*/block/*)
is "two devices" "$(echo "$devices" | wc -l)" 2
# The host makes the file's stores last for one of them, and can do nothing for the other.
for path in $devices; do
	name=${path##*/}
	echo 1 > /sys/block/"$name"/queue/iostats
	if dd if=/dev/zero of=/dev/"$name" bs=4k count=1 conv=fsync 2> /dev/null; then
		good=$name
	else
		bad=$name
	fi
done
ok "one that works" test -b /dev/"$good"
ok "one that fails" test -b /dev/"$bad"

# Writes that the device has finished: contents are no I/O here, what it is asked for counts as one.
asked() { read -r _ _ _ _ n _ < /sys/block/"$good"/stat; echo "$n"; }
asks() { # TEXT COMMAND...
	asks=$1
	shift
	before=$(asked)
	"$@" || diag "failed: $*"
	ok "$asks" test "$(asked)" -gt "$before"
}

ok "formatted" morsel-admin pool format -l virtual /dev/"$good"
ok "mounted" mount -t morsel /dev/"$good" $dir
asks "a create asks it" touch $dir/a
asks "a write asks it" sh -c "echo contents > $dir/a"
asks "a chmod asks it" chmod 640 $dir/a
asks "a rename asks it" mv $dir/a $dir/b
asks "a directory asks it" mkdir $dir/sub
asks "a preallocation asks it" fallocate -l 4M $dir/c
asks "a store into a hole asks it" sh -c "truncate -s 8M $dir/hole; store_once $dir/hole 5000000"
asks "a limit asks it" morsel-admin quota set --hard 1M virtual alice
asks "a removal asks it" rm $dir/c
ok "sync" sync
before=$(asked)
cat $dir/b > /dev/null
is "who reads asks nobody" "$(asked)" "$before"
fails "no MAP_SYNC" "not supported" store_once $dir/b 0 sync
ok "unmounted" umount $dir
ok "nothing is wrong with it" morsel-admin check /dev/"$good"
ok "mounted again" mount -t morsel /dev/"$good" $dir
is "contents" "$(cat $dir/b)" contents
is "mode" "$(stat -c %a $dir/b)" 640
umount $dir

# A device that fails while its pool is in use, and is reset afterwards.
virtio=$(echo "$devices" | sed -n "s,/.*/$good\$,,p")
mount -t morsel /dev/"$good" $dir
is "it was unmounted" "$(cat "/sys/kernel/debug/morsel/$good/trusted")" Y
echo acknowledged > $dir/last
exec 3>> $dir/last
dmesg -c > /dev/null
ok "the host is given something it does not understand" virtio_kick "$(readlink -f "$driver/$virtio/..")"
fails "then a change is an error" "Input/output error" mkdir $dir/new
like "in mid-life: the log says why" "$(dmesg)" \
	"pool on $good: the device does not make stores last \(error 5\): nothing is changed any more"
for i in 1 2; do
	fails "from then on it is read-only ($i)" "Read-only file system" mkdir $dir/new$i
done
fails "who has a file open cannot write" "Input/output error" sh -c 'echo more >&3'
like "the mount says so" "$(grep " $dir " /proc/mounts)" ' morsel ro,'
fails "fsync is an error" "fsync: Input/output error" sync_fd fsync <&3
fails "so is syncfs" "syncfs: Input/output error" sync_fd syncfs <&3
is "what was acknowledged can be read" "$(cat $dir/last)" acknowledged
is "it goes down once: lines of the log" "$(dmesg | grep -c 'nothing is changed any more')" 1
exec 3>&-
ok "unmounted" umount $dir
echo "$virtio" > $driver/unbind
echo "$virtio" > $driver/bind
disk() { ls -d $driver/"$virtio"/ndbus*/region*/namespace*/block/*; }
await 100 disk > /dev/null
good=$(disk)
good=${good##*/}
await 100 test -b /dev/"$good"
ok "mounted when the device is reset" mount -t morsel /dev/"$good" $dir
is "no checkpoint was left: tables are walked" "$(cat "/sys/kernel/debug/morsel/$good/trusted")" N
is "what was acknowledged is there" "$(cat $dir/last)" acknowledged
is "what was refused is not" "$(cd $dir && ls -d new1 new2 2> /dev/null)" ""
ok "it can be changed again" mkdir $dir/again
umount $dir
ok "it is sound" morsel-admin check /dev/"$good"

# A whole pool, which the other device has, but does not make last.
dd if=/dev/"$good" of=/dev/"$bad" bs=1M 2> /dev/null
fails "the one that fails" "Input/output error" mount -t morsel /dev/"$bad" $dir
like "the log says why" "$(dmesg)" "$bad: the device does not make stores last"
ok "to read, it does" mount -t morsel -o ro /dev/"$bad" $dir
is "what there is" "$(cat $dir/b)" contents
umount $dir
done_testing
