#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-admin pool format on persistent memory: what it takes, what it leaves alone.
# pool: unloaded
# groups: cli persist
# timeout: 90
# nvdimm: 514M
# modules: nfit nd_pmem dax_pmem device_dax crc32c_generic ext4
# programs: jq /usr/bin/ndctl /usr/sbin/mkfs.ext4
# files: /etc/mke2fs.conf
. /tests/lib/tap.sh

dev=$MORSEL_NVDIMM
refused() { # NAME WHY COMMAND...: it fails for this reason
	refused_name=$1
	refused_why=$2
	shift 2
	said=$("$@" 2>&1)
	is "$refused_name" "$?" 1
	like "$refused_name: why" "$said" "$refused_why"
}

refused "a namespace in the mode raw" "ndctl create-namespace -f -e namespace0.0 -m fsdax" \
	morsel-admin pool format "$dev"
ndctl create-namespace -f -e namespace0.0 -m fsdax > /tmp/said 2>&1 || cat /tmp/said
ok "a device in the mode fsdax" morsel-admin pool format -l db "$dev"
is "has a pool" "$(head -c 6 "$dev")" MORSEL
is "with a label" "$(morsel-admin -H pool list -o label,state "$dev")" "db    clean"
size=$(cat "/sys/block/${dev#/dev/}/size")
is "of its size" "$(morsel-admin -j pool list "$dev" | jq '.[0].size')" $((size * 512))
refused "a size for a device" "--size is for files" morsel-admin pool format -f -s 1M "$dev"
refused "another one" "it holds a pool labelled \"db\"; --force destroys that" \
	morsel-admin pool format "$dev"

mkfs.ext4 -q -F "$dev"
refused "a file system" "it holds ext4; --force destroys that" morsel-admin pool format "$dev"
ok "it is still there" mount -t ext4 "$dev" /mnt
refused "a mounted one, by force" "it is mounted, or in use otherwise .EBUSY." \
	morsel-admin pool format -f "$dev"
refused "it is no pool" "this is no morsel pool" morsel-admin pool list "$dev"
umount /mnt
ok "one that is not mounted, by force" morsel-admin pool format -f "$dev"
ok "is no file system any more" sh -c "! mount -t ext4 $dev /mnt 2> /dev/null"

ndctl create-namespace -f -e namespace0.0 -m devdax > /tmp/said 2>&1 || cat /tmp/said
dax=$(ls /dev/dax*)
refused "a device of the mode devdax" "ndctl create-namespace -f -e namespace0.0 -m fsdax" \
	morsel-admin pool format "$dax"
done_testing
