#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Mount options: what is accepted, what is shown, what is refused and how it is said.
# pool: none
# groups: fs
# timeout: 60
# log-allow: ^morsel: .*
. /tests/lib/tap.sh

mkdir -p /tmp/a /tmp/b
total_kb=$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)

mounted() { # OPTIONS
	mount -t morsel -o "$1" none /tmp/a
}

shown() { # what /proc/mounts says of the mount on /tmp/a
	awk '$2 == "/tmp/a" { print $4 }' /proc/mounts
}

accepted() { # OPTIONS PATTERN
	ok "$1 is accepted" mounted "$1"
	like "$1 is shown" "$(shown)" "$2"
	umount /tmp/a
}

refused() { # OPTIONS MESSAGE
	dmesg -c >/dev/null
	if mounted "$1" 2>/dev/null; then
		umount /tmp/a
		tap_point 1 "$1 is refused"
		return
	fi
	like "$1 is refused" "$(dmesg)" "morsel: .*$2"
}

accepted size=4k 'size=4k,'
accepted size=10M 'size=10240k,'
accepted size=256m,nr_inodes=1k 'size=262144k,nr_inodes=1024,'
accepted size=5000 'size=8k,'
accepted size=100% "size=[0-9]*k,"
accepted huge=never ',huge=never'
accepted huge=always ',huge=always'
accepted mode=1777,uid=1000,gid=2000 'mode=1777,huge=always,uid=1000,gid=2000'
accepted name=x.y-z_1 'name=x.y-z_1,'
accepted "name=$(printf %063d 0)" "name=$(printf %063d 0),"
accepted ro '^ro,'

refused size= 'Bad value'
refused size=0 'at least 4 KiB'
refused size=0% 'at least 4 KiB'
refused size=-1 'not a number'
refused size=1x 'not a number'
refused size=1MM 'not a number'
refused size=0x10000 'not a number'
refused size=101% "more than the machine's memory"
refused size=$((total_kb * 2))k "larger than the machine's memory"
refused size=1024T 'far beyond'
refused size=99999999999999999999 'far beyond'
refused size=18446744073709551615T 'far beyond'
refused nr_inodes=1% 'not a number'
refused nr_inodes=99999999999999999999 'too large'
refused mode=17777 'bits beyond 07777'
refused mode=9 'Bad value'
refused uid=4294967295 'no such user'
refused gid=4294967295 'no such group'
refused huge=maybe 'Bad value'
refused name= 'Bad value'
refused name=. 'cannot be called'
refused name=.. 'cannot be called'
refused name=a/b "cannot have '/'"
refused name=a:b "cannot have '/'"
refused "name=$(printf 'a\tb')" 'control characters'
refused "name=$(printf %064d 0)" 'at most 63 bytes'
refused bogus 'Unknown parameter'
refused size 'Bad value'
dmesg -c >/dev/null
ok "refused: a device" sh -c '! mount -t morsel /dev/null /tmp/a 2>/dev/null'
like "the device is named" "$(dmesg)" '/dev/null: not a block device'
is "nothing is mounted" "$(grep -c morsel /proc/mounts)" 0

# Half of the memory, 2 MiB frames and 0755 unless something else is said.
ok "no options" mount -t morsel none /tmp/a
is "the type" "$(stat -f -c %t /tmp/a)" 4d52534c
half=$(($(stat -f -c '%b' /tmp/a) * 4))
ok "half of the memory" test $half -gt $((total_kb * 45 / 100)) -a $half -lt $((total_kb * 55 / 100))
like "defaults" "$(shown)" "name=pool[0-9]+,size=${half}k,mode=755,huge=always$"
is "mode of the root" "$(stat -c '%a %u:%g' /tmp/a)" "755 0:0"
ok "a second pool has a name of its own" mount -t morsel none /tmp/b
is "two pools" "$(grep -o 'name=[^,]*' /proc/mounts | sort -u | wc -l)" 2
fails "unload while mounted" "in use|busy|temporarily" rmmod morsel
umount /tmp/a /tmp/b

# A name finds the pool that has it.
mounted name=shared,size=8M,mode=1777
ok "the same pool elsewhere" mount -t morsel -o name=shared none /tmp/b
echo content >/tmp/a/file
is "it is the same" "$(cat /tmp/b/file)" content
umount /tmp/b
ok "the same options" mount -t morsel -o name=shared,size=8192k,mode=1777,huge=always none /tmp/b
umount /tmp/b
dmesg -c >/dev/null
fails "another size" "busy" mount -t morsel -o name=shared,size=9M none /tmp/b
like "it says what differs" "$(dmesg)" 'pool shared exists and its size differs'
fails "another mode" "busy" mount -t morsel -o name=shared,mode=700 none /tmp/b
fails "another owner" "busy" mount -t morsel -o name=shared,uid=1000 none /tmp/b
fails "another leaf size" "busy" mount -t morsel -o name=shared,huge=never none /tmp/b
fails "another limit" "busy" mount -t morsel -o name=shared,nr_inodes=7 none /tmp/b
umount /tmp/a
ok "a name is free after the last umount" mounted name=shared,size=9M
is "and the pool is another" "$(ls -A /tmp/a)" ""
umount /tmp/a

# Names that are chosen give way to names that were given.
mount -t morsel none /tmp/a
taken=$(shown | sed 's/.*name=pool\([0-9]*\),.*/\1/')
umount /tmp/a
mounted "name=pool$((taken + 2))"
ok "a chosen name that is taken" mount -t morsel none /tmp/b
like "another is chosen" "$(awk '$2 == "/tmp/b" { print $4 }' /proc/mounts)" \
	"name=pool$((taken + 3)),"
umount /tmp/a /tmp/b

ok "another user must not mount" sh -c '! su alice -s /bin/sh -c \
	"mount -t morsel none /tmp/a" 2>/dev/null'
done_testing
