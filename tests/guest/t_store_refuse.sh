#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What cannot be mounted: with which error, and what people read. Two pools at once, and copies of one.
# nvdimm: 130M
# qemu: -object memory-backend-ram,id=vp,size=32M -device virtio-pmem-pci,memdev=vp
# modules: nfit nd_pmem nd_btt dax_pmem device_dax brd crc32c_generic ext4 virtio_pci virtio_pmem
# programs: jq /usr/bin/ndctl /usr/sbin/mkfs.ext4
# files: /etc/mke2fs.conf
# pool: none
# timeout: 120
# groups: store fs
# log-allow: .*(unable to guarantee persistence of writes|object \d+ cannot have its address).*
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

# NAME ERROR LINE MOUNT-ARGUMENT...: refused with this error, and a line in the log with this reason
refused() {
	name=$1 error=$2 line=$3
	shift 3
	dmesg -c > /dev/null
	fails "$name" "$error" mount -t morsel "$@"
	like "$name: why" "$(dmesg | sed -n 's/.*morsel: //p')" "$line"
}

namespace() { # MODE: the only one of the region
	ndctl create-namespace -f -e namespace0.0 -m "$1" > /tmp/ndctl.log 2>&1 || cat /tmp/ndctl.log
}

p=/mnt/p q=/mnt/q
mkdir -p $p $q

# ---- modes of a namespace ----
make_fsdax
namespace raw
refused "raw mode" "Operation not supported|Not supported" \
	'^/dev/pmem0: no fsdax namespace: ndctl create-namespace -f -m fsdax -e namespace0.0 makes it one' /dev/pmem0 $p
namespace sector
refused "sector mode" "not supported" \
	'^/dev/pmem0s: no fsdax namespace: ndctl create-namespace -f -m fsdax -e namespace0.0 makes it one' \
	/dev/pmem0s $p
fails "sector mode: nor can it be formatted" \
	"another mode; 'ndctl create-namespace -f -e namespace0.0 -m fsdax' makes it right" \
	morsel-admin pool format /dev/pmem0s
namespace devdax
refused "devdax mode" "not supported" \
	'^/dev/dax0.0: no fsdax namespace: ndctl create-namespace -f -m fsdax -e namespace0.0 makes it one' \
	/dev/dax0.0 $p
fails "devdax mode: nor can it be formatted" "ndctl create-namespace -f -e namespace0.0 -m fsdax" \
	morsel-admin pool format /dev/dax0.0

# ---- what is no device for a pool ----
virtual=$(cd /sys/bus/virtio/drivers/virtio_pmem && ls -d virtio*/ndbus*/region*/namespace*/block/*)
virtual=/dev/${virtual##*/}
ok "there is a virtio-pmem device" test -b "$virtual"
refused "nothing on a virtio-pmem device" "Invalid argument" 'this is no morsel pool' "$virtual" $p
refused "no persistent memory at all" "not supported" '^/dev/ram0: no persistent memory$' /dev/ram0 $p
refused "a character device" "Block device required" '^/dev/null: not a block device' /dev/null $p
refused "a directory" "Block device required" '^/tmp: not a block device' /tmp $p
refused "a device that is not there" "No such file" 'cannot be opened: error 2' /dev/pmem7 $p

# ---- two namespaces ----
ndctl destroy-namespace -f all > /dev/null 2>&1
ndctl create-namespace -m fsdax -a 2M -s 80M > /tmp/ndctl.log 2>&1 || cat /tmp/ndctl.log
ndctl create-namespace -m fsdax -a 2M -s 48M >> /tmp/ndctl.log 2>&1 || cat /tmp/ndctl.log
large=/dev/pmem0 small=/dev/pmem0.1
ok "two devices" test "$(cat /sys/block/pmem0/size)" -gt "$(cat /sys/block/pmem0.1/size)"

refused "nothing on it" "Invalid argument" '^/dev/pmem0: this is no morsel pool' $large $p
mkfs.ext4 -q -F $large
refused "something else on it" "Invalid argument" 'this is no morsel pool' $large $p
mount -t ext4 $large $q
refused "mounted as something else" "Device or resource busy" '^/dev/pmem0: the device is in use: mounted' $large $p
umount $q
fails "not formatted over it" 'it holds ext4; --force destroys that' morsel-admin pool format $large
ok "but by force" morsel-admin pool format -f -l one $large
fails "a pool too small" "too small|at least 256" morsel-admin pool format -s 128K /tmp/tiny

# ---- formats ----
broken() { # NAME LINE FIELD=VALUE
	morsel-admin pool format -f -l one $large
	pool_super $large "$3"
	refused "$1" "Invalid argument" "$2" $large $p
}
# NAME WHY: the tools say it, too, and leave it alone
untouched() {
	md5sum < $large > /tmp/sum
	fails "$1: the checker" "$2" morsel-admin check $large
	fails "$1: nor does it mend it" "$2" morsel-admin check --repair $large
	fails "$1: the list" "$2" morsel-admin pool list $large
	fails "$1: not formatted over" 'it holds a pool; --force destroys that' morsel-admin pool format $large
	is "$1: it is as it was" "$(md5sum < $large)" "$(cat /tmp/sum)"
}
broken "a newer version" '^/dev/pmem0: the pool has a format of another version' version=99
untouched "a newer version" 'the pool has a format of another version'
broken "an unknown feature" '^/dev/pmem0: the pool uses a feature that is not known here' incompat=0x8000
untouched "an unknown feature" 'the pool uses a feature that is not known here'
broken "a size below the least" '^/dev/pmem0: the size of the pool makes no sense' nr_frames=32
broken "more than the device has" 'the device is smaller than the pool: it is cut off' nr_frames=20481
morsel-admin pool format -f -l one $large
pool_super $large compat=1
ok "a compatible feature does not matter" mount -t morsel $large $p
umount $p
pool_super $large ro_compat=1
dmesg -c > /dev/null
ok "a feature that readers need not know" mount -t morsel $large $p
like "refused to who writes" "$(dmesg)" \
	'/dev/pmem0: the pool uses a feature that only readers can do without: use -o ro'
like "so that mount has tried without" "$(grep " $p " /proc/mounts)" ' morsel ro,'
fails "nothing is written" "Read-only" touch $p/new
umount $p

# ---- options ----
morsel-admin pool format -f -l one $large
refused "a size" "Invalid argument" '^size: not for a pool on a device' -o size=1M $large $p

# ---- two pools at once, copies ----
morsel-admin pool format -f -l one $small
ok "one" mount -t morsel $large $p
refused "the name is taken" "Device or resource busy" \
	'^/dev/pmem0.1: there is a pool one already: choose another name with -o name=' $small $q
ok "by another name" mount -t morsel -o name=two $small $q
ok "something in each" sh -c "echo first > $p/a && echo second > $q/a"
is "the one" "$(cat $p/a)" first
is "the other" "$(cat $q/a)" second
is "both are listed" "$(morsel-admin -H pool list -o name | sort | xargs)" "one two"
fails "formatting one that is mounted" "mounted, or in use" morsel-admin pool format -f $small
umount $q
ok "an address in the one" morsel-admin create -s 2M --addr 0x300000000000 one:fixed
umount $p
ok "mounted alone" mount -t morsel -o name=two $small $q
ok "the same address in the other" morsel-admin create -s 2M --addr 0x300000000000 two:fixed
morsel-admin -j events --filter kind=collision -c 1 -t 60 > /tmp/events 2> /tmp/err &
listener=$!
await 100 grep -q watching /tmp/err
ok "both again" mount -t morsel $large $p
is "the first to come has it" "$(morsel-admin -j stat two:fixed | jq -r '.[0].addr // .addr')" 0x300000000000
like "the log tells of the other" "$(dmesg)" 'object [0-9]* cannot have its address: it cannot be mapped'
is "which has none" "$(morsel-admin -H vas | grep one: | tr -s ' ')" \
	"0x300000000000 0x300000200000 2M displaced one:fixed"
fails "nor can it be mapped" "Cannot assign requested address" space_map $p/fixed
wait $listener
is "who listens has been told" \
	"$(jq -r '"\(.pool_name) \(.start) \(.length) \(.error)"' /tmp/events)" \
	"one 0x300000000000 2097152 Address already in use"
fails "libmorsel says so" "^one:fixed: another morsel has the address that it has on its media$" \
	lib_map one:fixed
umount $q
umount $p
mount -t morsel $large $p
is "alone it has the address again" "$(morsel-admin -H vas | grep -c '0x300000000000 .* one:fixed')" 1
umount $p
ok "each is sound" sh -c "morsel-admin check $large && morsel-admin check $small"

morsel-admin pool format -f -l small $small
mount -t morsel $small $q
echo kept > $q/file
umount $q
dd if=$small of=$large bs=1M 2> /dev/null
ok "a copy on a larger device" mount -t morsel $large $p
is "has what the pool has" "$(cat $p/file)" kept
refused "the original beside its copy" "Device or resource busy" \
	'a pool with the same UUID, [0-9a-f-]+, is mounted: this is a copy of it' -o name=other $small $q
umount $p
ok "alone it can be mounted" mount -t morsel $small $q
umount $q

dd if=/dev/zero of=$large bs=1M 2> /dev/null
morsel-admin pool format -f -l large $large
dd if=$large of=$small bs=1M 2> /dev/null
refused "a copy that is cut off" "Invalid argument" \
	'^/dev/pmem0.1: the device is smaller than the pool: it is cut off' $small $q
fails "the checker says so, too" "cut off" morsel-admin check $small
done_testing
