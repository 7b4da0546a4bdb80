#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A persistent pool that is mounted for reading: every kind of change is refused, and the media stays as it is to the
# last byte. Which mounts have to be for reading, which cannot be, and what a pool without a root directory is told.
# nvdimm: 34M
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl getfacl setfacl
# pool: none
# timeout: 90
# groups: store fs
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

dev=/dev/pmem0 p=/mnt/p
make_fsdax
frames=$(($(blockdev --getsize64 $dev) / 4096))
mkdir -p $p

media() { dd if=$dev bs=64K iflag=direct status=none | md5sum; }
copy() { dd if=$dev of="$2" bs=4096 count=1 skip="$1" iflag=direct status=none; } # FRAME FILE
put() { dd if="$2" of=$dev bs=4096 count=1 seek="$1" oflag=direct conv=notrunc status=none; } # FRAME FILE
frame_of() { echo $(($(pool_record $dev "$1") / 4096)); } # ID: where its record is

build() {
	mkdir $p/dir $p/empty
	echo some > $p/file
	truncate -s 1M $p/file
	echo other > $p/other
	echo listed > $p/dir/listed
	setfacl -m u:alice:rw $p/dir/listed
	morsel-admin create -s 2M --addr auto ro:placed
	ln -s file $p/link
	chown alice $p/dir
}

# ---- what is refused

refused() { # NAME COMMAND...
	refused_name=$1
	shift
	said=$("$@" 2>&1 < /dev/null)
	ok "$refused_name fails" test $? != 0
	like "$refused_name" "$said" 'Read-only file system|read-only.*\(EROFS'
}

morsel-admin pool format -l ro $dev
mount -t morsel $dev $p
build
umount $p
before=$(media)
ok "mounted for reading" mount -t morsel -o ro $dev $p
names=$(find $p | sort)

refused "a new file" sh -c "true > $p/new"
refused "a file without a name" sh -c "dd if=/dev/zero of=$p/new bs=1 count=1"
refused "a directory" mkdir $p/new
refused "a symbolic link" ln -s file $p/new
refused "a further name" ln $p/file $p/new
refused "a move" mv $p/file $p/new
refused "a move over a name" mv -f $p/other $p/file
refused "a name less" rm -f $p/file
refused "a directory less" rmdir $p/empty
refused "a mode" chmod 600 $p/file
refused "an owner" chown bob $p/file
refused "a time" touch -d @1000000000 $p/file
refused "a list" setfacl -m u:bob:rw $p/file
refused "a list less" setfacl -b $p/dir/listed
refused "a default list" setfacl -d -m u:bob:rw $p/dir
refused "a write" sh -c "echo x >> $p/file"
refused "an end" truncate -s 100 $p/file
refused "frames" fallocate -l 64K $p/other
refused "his own, by a user" as alice touch $p/dir/new

refused "a morsel" morsel-admin create -s 1M ro:new
refused "one with an address" morsel-admin create -s 1M --addr auto ro:new
refused "a directory by command" morsel-admin create -d ro:new
refused "a move by command" morsel-admin mv ro:file ro:new
refused "an exchange" morsel-admin mv --exchange ro:file ro:other
refused "a removal" morsel-admin rm -y ro:file
refused "a size" morsel-admin resize ro:file 2M
refused "a right" morsel-admin rights grant ro:file u:bob:r
refused "a right less" morsel-admin rights revoke ro:dir/listed u:alice
refused "rights of another" morsel-admin rights copy ro:dir/listed ro:file
refused "a seal" morsel-admin seal -y ro:file
refused "a limit" morsel-admin quota set ro alice --hard 1M
refused "an import" morsel-admin import /proc/version ro:new

is "names are as they were" "$(find $p | sort)" "$names"
is "what is there can be read" "$(head -c 4 $p/file; cat $p/dir/listed)" "somelisted"
is "a hole reads zeros" "$(dd if=$p/file bs=4096 skip=100 count=1 status=none | md5sum)" \
	"$(dd if=/dev/zero bs=4096 count=1 status=none | md5sum)"
timeout 5 usage_touch $p/file r 409600 > /dev/null 2>&1
is "a load from it fills it nowhere: SIGBUS" $? 135
timeout 2 usage_touch $p/file r 0 > /dev/null 2>&1
is "a load of what is there" $? 143
sync
umount $p
is "not a byte of the media is another" "$(media)" "$before"
ok "it is sound" morsel-admin check $dev

# ---- a device that cannot be written to

blockdev --setro $dev
status "a read-only device" 1 morsel-admin pool attach $dev
like "why" "$said" '/dev/pmem0: the device is read-only: mount it with -o ro \(EACCES\)$'
ok "for reading" morsel-admin pool attach --read-only $dev
is "what is there" "$(head -c 4 /run/morsel/ro/file)" some
ok "and gone" morsel-admin pool detach ro
blockdev --setrw $dev

# ---- a log with something to do: the entry is there, the records are as before

mount -t morsel $dev $p
echo old > $p/over
echo new > $p/mover
sync
for id in $(stat -c %i $p/over $p/mover); do
	copy "$(frame_of "$id")" /tmp/record."$(frame_of "$id")"
done
mv -f $p/mover $p/over
copy 0 /tmp/super.0
copy $((frames - 1)) /tmp/super.$((frames - 1))
umount $p
for file in /tmp/record.* /tmp/super.*; do
	put "${file##*.}" "$file"
done
before=$(media)
status "a log to be finished" 1 morsel-admin pool attach --read-only $dev
like "why" "$said" '/dev/pmem0: the pool was in use when the power went: mount it writable once \(EROFS\)$'
is "nothing is written by that" "$(media)" "$before"
ok "mounted writable" mount -t morsel $dev $p
is "what the log says is done" "$(cat $p/over)" new
ok "all of it" test ! -e $p/mover
umount $p
ok "for reading, then" mount -t morsel -o ro $dev $p
is "it is still so" "$(cat $p/over)" new
umount $p
ok "it is sound" morsel-admin check $dev

# ---- no root directory

root=$(frame_of 1)
dd if=/dev/zero of=$dev bs=4096 seek="$root" count=1 oflag=direct conv=notrunc status=none
for how in "" --read-only; do
	# shellcheck disable=SC2086 # nothing, or one word
	status "no root directory $how" 1 morsel-admin pool attach $how $dev
	like "why $how" "$said" '/dev/pmem0: the pool has no root directory: see morsel-admin check \(EUCLEAN\)$'
done
is "the checker says so" "$(morsel-admin check $dev 2>&1 | grep -c 'object 1')" 1
ok "and makes one" sh -c "morsel-admin check --repair -y $dev || morsel-admin check $dev"
ok "with which it is attached" morsel-admin pool attach $dev
ok "and gone" morsel-admin pool detach ro
done_testing
