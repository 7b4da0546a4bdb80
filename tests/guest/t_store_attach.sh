#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-admin pool attach and detach, as people use them: found by device, label and UUID, on two devices; what is
# refused, and in which words; what is told of a pool that is attached, and to whom.
# nvdimm: 130M
# modules: nfit nd_pmem nd_btt dax_pmem device_dax brd
# programs: jq /usr/bin/ndctl
# pool: none
# timeout: 150
# groups: store cli
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

one=/dev/pmem0 two=/dev/pmem0.1
run=/run/morsel

mounted() { grep -c " $1 .* - morsel " /proc/self/mountinfo; } # DIR
format() { morsel-admin pool format -f "$@" || bail_out "no pool: $*"; }
uuid_of() { morsel-admin -H pool list -o uuid "$1"; } # DEV
member() { morsel-admin -j pool show "$1" | jq -r ".[0].$2"; } # POOL KEY

# ---- one device, and a namespace in the wrong mode

make_fsdax
ndctl create-namespace -f -e namespace0.0 -m raw > /tmp/ndctl.log 2>&1 || cat /tmp/ndctl.log
status "a namespace in the mode raw" 1 morsel-admin pool attach /dev/pmem0
like "why, in the kernel's words" "$said" \
	"^morsel-admin: $one: mount: $one: no fsdax namespace: ndctl create-namespace -f -m fsdax -e namespace0.0 makes"
ndctl create-namespace -f -e namespace0.0 -m devdax > /tmp/ndctl.log 2>&1 || cat /tmp/ndctl.log
status "in the mode devdax" 1 morsel-admin pool attach /dev/dax0.0
like "why" "$said" 'ndctl create-namespace -f -m fsdax -e namespace'
status "no persistent memory" 1 morsel-admin pool attach /dev/ram0
like "why" "$said" '/dev/ram0: no persistent memory'
status "a directory" 1 morsel-admin pool attach /tmp
like "why" "$said" '/tmp: not a block device'
status "a device that is not there" 1 morsel-admin pool attach /dev/pmem7
like "why" "$said" '^morsel-admin: /dev/pmem7: .*No such file or directory \(ENOENT\)$'
status "a path that begins with a dot is none of a volatile pool" 1 morsel-admin pool attach ./null
is "nothing has come of it" "$(morsel-admin -H pool list)" ""

# ---- two devices

ndctl destroy-namespace -f all > /dev/null 2>&1
for _ in 1 2; do
	ndctl create-namespace -m fsdax -a 2M -s 48M > /tmp/ndctl.log 2>&1 || cat /tmp/ndctl.log
done
ok "two devices" test -b $one -a -b $two
status "nothing on it" 1 morsel-admin pool attach $one
like "why" "$said" '/dev/pmem0: this is no morsel pool \(EINVAL\)$'
status "a label that nothing has" 1 morsel-admin pool attach db
is "why" "$said" \
	"morsel-admin: db: no pool on the 2 devices of persistent memory has this label or UUID (ENOENT)"

# ---- the module: as mount(8) has it

format -l db $one
ok "the module goes" rmmod morsel
status "without it" 3 morsel-admin pool attach db
like "why" "$said" 'the kernel module morsel is not loaded; as root: modprobe morsel \(ENODEV\)$'
modules=/lib/modules/$(uname -r)/extra
mkdir -p "$modules" /sbin
cp /lib/morsel/morsel.ko "$modules/"
[ -x /sbin/modprobe ] || ln -s /bin/busybox /sbin/modprobe
busybox depmod
status "where the kernel can load it" 0 morsel-admin pool attach db
is "it says where the pool is" "$said" "pool db is attached at $run/db"
is "mounted there" "$(mounted $run/db)" 1
like "for who may have no device and no set-id program" "$(grep " $run/db " /proc/self/mountinfo)" \
	'nosuid,nodev,noexec'

# ---- what is known of it

uuid=$(uuid_of $one)
is "its label" "$(member db label)" db
is "its UUID" "$(member db uuid)" "$uuid"
is "its device" "$(member db device)" $one
is "in a table" "$(morsel-admin -H pool list -o name,label,uuid,device | tr -s ' ')" "db db $uuid $one"
is "a volatile one has none" \
	"$(morsel-admin -j pool create -s 1M vol | jq -c '.[0] | [.label, .uuid, .device]')" "[null,null,null]"
is "who may enter it may know" \
	"$(as alice morsel-admin -H pool list -o label,device | tr -s ' ' | head -n 1)" "db $one"
chmod 700 $run/db
is "who may not does not" "$(as alice morsel-admin -H pool list -o name)" vol
like "nor by name" "$(as alice morsel-admin pool show db 2>&1)" 'ENOENT'

# ---- attached already

for word in db "$uuid" $one; do
	status "once more, as $word" 1 morsel-admin pool attach "$word"
	is "where it is" "$said" \
		"morsel-admin: $word: it is attached already, as pool db at $run/db (EBUSY)"
done
is "still once" "$(mounted $run/db)" 1
status "its device as something new" 1 morsel-admin pool format -f $one
like "why" "$said" 'mounted, or in use'

# ---- users

chmod 755 $run/db
for word in db $one $run/db; do
	fails "alice detaches $word" 'only CAP_SYS_ADMIN may unmount it \(EPERM\)$' \
		as alice morsel-admin pool detach $word
done
is "it is still there" "$(mounted $run/db)" 1

# ---- busy

(cd $run/db && exec sleep 60) &
sitter=$!
sleep 60 > $run/db/file &
opener=$!
morsel-admin create -s 2M db:mapped
holdmap $run/db/mapped 60 &
mapper=$!
mapped() { [ "$(morsel-admin -H ps db:mapped | wc -l)" = 1 ]; }
await 100 mapped
status "detached while it is being used" 1 morsel-admin pool detach db
like "refused" "$said" "^morsel-admin: db: $run/db: Device or resource busy; in use by .* \(EBUSY\)\$"
like "who is in it" "$said" "[ ,]$sitter sleep \(in a directory\)"
like "who has it open" "$said" "[ ,]$opener sleep \(open\)"
like "who maps it" "$said" "[ ,]$mapper holdmap \(mapped\)"
like "a dry run says so, too" "$(morsel-admin -n pool detach db)" \
	"^db: would unmount the pool db from $run/db, in use by .*$mapper holdmap"
is "it is still there" "$(mounted $run/db)" 1
kill $sitter $opener $mapper
wait

# ---- detached, by each word

ok "detached" morsel-admin pool detach db
is "not mounted" "$(mounted $run/db)" 0
ok "its directory is gone" test ! -e $run/db
status "once more" 1 morsel-admin pool detach db
is "why" "$said" "morsel-admin: db: no pool of that name, label or UUID is attached (ENOENT)"
upper=$(echo "$uuid" | tr a-f A-F)
for words in "db $uuid" "$upper db" "$one $one" "$one $run/db" "db $run/db/"; do
	ok "attached as ${words% *}" morsel-admin pool attach "${words% *}"
	is "$words: with what was there" "$(ls $run/db)" "$(printf 'file\nmapped')"
	ok "detached as ${words#* }" morsel-admin pool detach "${words#* }"
	ok "$words: nothing is left" test ! -e $run/db
done
is "a dry run says what it would do" "$(morsel-admin -n pool attach db)" \
	"db: would mount $one on $run/db"
is "and does nothing" "$(mounted $run/db)" 0

# ---- where people want it

mkdir -p /mnt/a /mnt/b
ok "on a directory of choice" morsel-admin pool attach db /mnt/a
is "there it is" "$(mounted /mnt/a)" 1
mkdir /mnt/a/dir
status "a directory in it is not where it is mounted" 1 morsel-admin pool detach /mnt/a/dir
like "why" "$said" 'no persistent pool is mounted there'
mount -t morsel $one /mnt/b
ok "all its mounts go" morsel-admin pool detach db
is "all" "$(mounted /mnt/a),$(mounted /mnt/b)" "0,0"
ok "directories of others stay" test -d /mnt/a
status "a directory that is not there" 1 morsel-admin pool attach db /mnt/nowhere
like "why" "$said" '^morsel-admin: db: /mnt/nowhere: No such file or directory \(ENOENT\)$'
is "and it is attached nowhere" "$(morsel-admin -H pool list -o name)" vol
status "a volatile pool" 1 morsel-admin pool detach vol
like "is none of detach" "$said" "it is volatile; 'pool remove' drops it"
ok "attached" morsel-admin -q pool attach db
status "a persistent one is none of remove" 1 morsel-admin pool remove -y db
like "why" "$said" "it is persistent; 'pool detach' unmounts it \(EOPNOTSUPP\)"

# ---- in another mount namespace

unshare -m sleep 60 &
other=$!
sleep 1
like "somebody else has it, too" "$(morsel-admin pool detach db 2>&1)" 'another mount namespace has it mounted still'
ok "so that its directory stays" test -d $run/db
status "attached again" 1 morsel-admin pool attach db
like "it is there" "$said" 'it is attached as pool db, in another mount namespace'
status "and detached" 1 morsel-admin pool detach db
like "by whom" "$said" 'it is attached in another mount namespace'
kill $other
wait
rmdir $run/db

# ---- options

ok "read-only" morsel-admin pool attach --read-only db
fails "it is" "Read-only" touch $run/db/new
morsel-admin pool detach db
ok "the same by an option" morsel-admin pool attach -o ro,noatime,name=look db
like "with the others" "$(grep " $run/look " /proc/self/mountinfo)" ' ro,nosuid,nodev,noexec,noatime .*name=look'
fails "it is" "Read-only" touch $run/look/new
ok "detached by its label" morsel-admin pool detach db
is "a dry run with a name" "$(morsel-admin -n pool attach -o ro,name=look db)" "db: would mount $one on $run/look"
status "an option that there is not" 1 morsel-admin pool attach -o nonsense db
like "why" "$said" "Unknown parameter 'nonsense'"
status "one that is the pool's own" 1 morsel-admin pool attach --options size=1M db
like "why" "$said" 'size: not for a pool on a device'
like "-o is told of" "$(morsel-admin pool attach --help)" '-o, --options OPTIONS'
ok "and --output is not" sh -c '! morsel-admin pool attach --help | grep -q -- --output'

# ---- a feature that only readers can do without

pool_super $one ro_compat=1
status "to be written to" 1 morsel-admin pool attach db
like "is refused" "$said" 'only readers can do without: use -o ro \(EROFS\)$'
ok "nothing is left of it" test ! -e $run/db
ok "to be read" morsel-admin pool attach --read-only db
morsel-admin pool detach db
pool_super $one ro_compat=0

# ---- the same label on two devices

format -l db $two
status "two with a label" 1 morsel-admin pool attach db
is "both are named" "$said" \
	"morsel-admin: db: several devices have it: $one (UUID $uuid), $two (UUID $(uuid_of $two)); \
name one of them (ENOTUNIQ)"
ok "one of them" morsel-admin pool attach "$uuid"
status "the other" 1 morsel-admin pool attach $two
like "has to have another name" "$said" 'there is a pool db already: choose another name with -o name='
is "which it gets" "$(morsel-admin pool attach -o name=db2 $two)" "pool db2 is attached at $run/db2"
ok "the name of the one" morsel-admin pool detach db
is "is of that one" "$(mounted $run/db),$(mounted $run/db2)" "0,1"
ok "and the label of the other" morsel-admin pool detach db
is "of that" "$(mounted $run/db2)" 0
morsel-admin -q pool attach -o name=x $one
morsel-admin -q pool attach -o name=y $two
status "a label that two have which are attached" 1 morsel-admin pool detach db
like "is no name" "$said" '2 pools have this label'
ok "both by name" morsel-admin pool detach x y
is "completion knows labels" "$(morsel-admin __complete pool attach d | sort -u)" db

# ---- the same UUID: a copy

dd if=$one of=$two bs=1M 2> /dev/null
status "two with a UUID" 1 morsel-admin pool attach "$uuid"
like "both are named" "$said" "several devices have it: $one \(UUID $uuid\), $two \(UUID $uuid\)"
ok "one of them" morsel-admin pool attach $two
is "its device" "$(member db device)" $two
status "the other one beside it" 1 morsel-admin pool attach -o name=other $one
like "is refused" "$said" 'a pool with the same UUID, [0-9a-f-]+, is mounted: this is a copy of it \(EBUSY\)$'
ok "no directory is left of that" test ! -e $run/other
morsel-admin pool detach db

# ---- it is on another device now

dd if=/dev/zero of=$one bs=1M 2> /dev/null
ok "the label leads to it" morsel-admin pool attach db
is "where it is now" "$(member db device)" $two
is "with what was there" "$(ls $run/db)" "$(printf 'dir\nfile\nmapped')"
morsel-admin pool detach db

# ---- no label

format $one
is "found by its UUID, which its directory has" "$(morsel-admin pool attach "$(uuid_of $one)")" \
	"pool pmem0 is attached at $run/$(uuid_of $one)"
ok "detached by the name that it has here" morsel-admin pool detach pmem0
ok "nothing is left" test ! -e "$run/$(uuid_of $one)"

# ---- alice attaches

fails "alice attaches by label" \
	"it is on no device that could be looked at; /dev/pmem0.* could not: Permission denied" \
	as alice morsel-admin pool attach db
fails "and by device" 'only who has CAP_SYS_ADMIN can mount \(EPERM\)' as alice morsel-admin pool attach $two

# ---- a pool that is damaged has no label any more

dd if=/dev/zero of=$two bs=4096 count=1 conv=notrunc 2> /dev/null
ok "one superblock is enough" morsel-admin -q pool attach db
morsel-admin pool detach db
format -l db $two
for seek in 0 $(($(blockdev --getsize64 $two) / 4096 - 1)); do
	printf 'damage' | dd of=$two bs=1 seek=$((seek * 4096 + 100)) conv=notrunc 2> /dev/null
done
status "both damaged" 1 morsel-admin pool attach db
like "the device is named" "$said" "$two could not: Structure needs cleaning \(EUCLEAN\)"

morsel-admin pool remove vol
rmmod morsel && insmod /lib/morsel/morsel.ko
rm -rf "/lib/modules/$(uname -r)"
done_testing
