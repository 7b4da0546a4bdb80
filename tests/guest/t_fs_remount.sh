#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Remount: the pool grows, shrinks to what is used, and keeps what cannot change.
# pool: none
# groups: fs
# timeout: 40
# log-allow: ^morsel: .*
. /tests/lib/tap.sh

dir=/tmp/a
mkdir -p $dir
mount -t morsel -o size=8M,name=re,nr_inodes=10 none $dir

again() {
	mount -o "remount,$1" $dir
}

shown() {
	awk -v dir=$dir '$2 == dir { print $4 }' /proc/mounts
}

kept() { # NAME OPTIONS MESSAGE
	before=$(shown)
	dmesg -c >/dev/null
	fails "$1" "Invalid" again "$2"
	like "$1: why" "$(dmesg)" "$3"
	is "$1: nothing has changed" "$(shown)" "$before"
}

ok "6 MiB in 8 MiB" dd if=/dev/urandom of=$dir/f bs=1M count=6 2>/dev/null
sum=$(md5sum <$dir/f)
ok "grow" again size=16M
is "capacity" "$(stat -f -c %b $dir)" 4096
ok "use the new room" dd if=/dev/zero of=$dir/g bs=1M count=8 2>/dev/null
rm $dir/g
ok "shrink to what is used" again size=6M
is "nothing is free" "$(stat -f -c %f $dir)" 0
fails "full" "No space" dd if=/dev/zero of=$dir/h bs=4k count=1
rm -f $dir/h
kept "shrink below" size=5M 'less than the 6144 KiB in use'
kept "an absurd size" size=99999T 'far beyond'
kept "another name" name=other 'pool re exists and its name differs'
kept "another mode" mode=700 'its mode differs'
kept "another owner" uid=1000 'its uid differs'
kept "two things, one wrong" size=7M,gid=7 'its gid differs'
kept "fewer objects than there are" nr_inodes=1 'less than the 2 in use'
kept "an unknown option" frobnicate 'Unknown parameter'
ok "what it has already" again "$(shown)"
ok "huge=never" again huge=never
ok "8 MiB of room" again size=14M
ok "an object of 4 KiB frames" dd if=/dev/zero of=$dir/s bs=1M count=4 2>/dev/null
exec 3<$dir/s
like "it has no 2 MiB frame" "$(cat /proc/$$/fdinfo/3)" 'morsel-huge-pages:.0'
exec 3<&-
ok "huge=always" again huge=always
rm $dir/s
ok "an object of 2 MiB frames" dd if=/dev/zero of=$dir/s bs=4M count=1 2>/dev/null
exec 3<$dir/s
like "it has 2 MiB frames" "$(cat /proc/$$/fdinfo/3)" 'morsel-huge-pages:.[12]'
exec 3<&-
ok "no limit of objects" again nr_inodes=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	: >$dir/n$i
done
is "there are more than ten" "$(find $dir -type f | wc -l)" 14
ok "read-only" again ro
fails "nothing can be made" "Read-only" touch $dir/new
ok "read-write" again rw
ok "something can be made" touch $dir/new
is "the content is what it was" "$(md5sum <$dir/f)" "$sum"
umount $dir
done_testing
