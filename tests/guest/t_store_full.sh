#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A persistent pool that is full, in frames and in records: each operation is tried with no frame free, then with
# one, two, ... until it is done. What is refused has ENOSPC and changes nothing; what needs no frame is done at once.
# nvdimm: 34M
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl getfacl setfacl /usr/bin/fallocate
# pool: none
# timeout: 240
# groups: store fs
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

dev=/dev/pmem0 p=/mnt/p
w=$p/work
MOST=8 # frames that an operation may need

make_fsdax
ndctl destroy-namespace -f all > /tmp/ndctl.log 2>&1
ndctl create-namespace -f -m fsdax -a 2M -s 16M >> /tmp/ndctl.log 2>&1 || cat /tmp/ndctl.log
morsel-admin pool format -l full $dev
mkdir -p $p
mount -t morsel -o huge=never $dev $p

free_frames() { stat -f -c %f $p; }

# ---- filling

fill() {
	dd if=/dev/zero bs=4096 status=none 2> /dev/null >> $p/ballast
	test "$(free_frames)" = 0
}

# Every record that there is has an object.
fill_records() {
	while true > $p/filler/$filler; do
		filler=$((filler + 1))
	done 2> /dev/null
}

# Pages of the ballast go that it still has.
leave() { # FRAMES
	fill && fill_records && fill || return 1
	test "$1" = 0 || /usr/bin/fallocate -p -o $((taken * 4096)) -l $(($1 * 4096)) $p/ballast
	taken=$((taken + $1))
	test "$(free_frames)" = "$1"
}

# ---- what must be as it was

state() {
	cd $w || return
	find . | sort | xargs stat -c '%n %F %a %u:%g %h %s %b %i'
	find . -type d | sort | xargs stat -c 'time %n %Y'
	find . ! -type l | sort | xargs getfacl -p -n
	md5sum ./file ./small
	morsel-admin -H quota show full
	morsel-admin -H vas
	echo "free $(free_frames)"
	cd /
}

# Records and tables that were made for what is refused stay, empty; an import has a name until it is complete.
changes() { # NAME
	case $1 in
	symlink | *list | fallocate) loose='^free' ;;
	import) loose='^free|^time' ;;
	*) loose='^$' ;;
	esac
	for file in /tmp/before /tmp/after; do
		grep -vE "$loose" $file > $file.strict
	done
	diff /tmp/before.strict /tmp/after.strict
}

# NAME FRAMES COMMAND UNDO: it is refused as long as it has fewer frames than it needs
tried() {
	name=$1 needs=$2 command=$3 undo=$4
	wrong=
	for free in $(seq 0 $MOST); do
		leave "$free" || bail_out "$name: not $free frames free but $(free_frames)"
		state > /tmp/before 2>&1
		said=$(sh -c "$command" 2>&1)
		status=$?
		test $status = 0 && break
		state > /tmp/after 2>&1
		case $status:$said in
		135:* | *"No space left"* | *"the pool is full"* | *ENOSPC*) ;;
		*) wrong="$wrong, with $free frames: $said" ;;
		esac
		changes "$name" > /tmp/changes ||
			wrong="$wrong, with $free frames: $(cat /tmp/changes)"
	done
	is "$name: what is refused changes nothing" "$wrong" ""
	is "$name: done with as many frames as it needs" "$free" "$needs"
	ok "$name: undone" sh -c "$undo"
}

mkdir $w $p/filler
filler=0 taken=0
cd $w || exit 1
echo data > file
: > other
: > small
: > mapped
: > lists
: > victim
: > mover
mkdir dir
echo end > end
truncate -s 2M mapped
setfacl -d -m u:bob:rwx dir
cd /

# ---- what needs a record

new="$w/new"
tried "create" 1 "true > $new" "rm $new"
tried "mkdir" 1 "mkdir $new" "rmdir $new"
tried "symlink" 2 "ln -s target $new" "rm $new"
tried "link" 1 "ln $w/file $new" "rm $new"
tried "create by command" 1 "morsel-admin create full:work/new" "rm $new"
tried "create with an address" 1 "morsel-admin create -s 2M --addr auto full:work/new" "rm $new"
tried "a limit" 1 "morsel-admin quota set full carol --hard 1G" "morsel-admin quota set full carol --remove"
tried "create with an inherited list" 2 "true > $w/dir/new" "rm $w/dir/new"

# ---- what needs frames

tried "setfacl" 1 "setfacl -m u:alice:rw $w/lists" "setfacl -b $w/lists"
tried "rights grant" 1 "morsel-admin rights grant full:work/lists u:alice:rw" "setfacl -b $w/lists"
tried "write" 2 "dd if=/dev/zero of=$w/small bs=1 count=1 conv=notrunc" "truncate -s 0 $w/small"
tried "write beyond a table" 3 "dd if=/dev/zero of=$w/small bs=4096 seek=600 count=1 conv=notrunc" \
	"truncate -s 0 $w/small"
tried "append" 2 "cat /proc/version >> $w/small" "truncate -s 0 $w/small"
tried "fallocate" 3 "/usr/bin/fallocate -l 8K $w/small" "truncate -s 0 $w/small"
tried "fallocate beyond the end" 2 "/usr/bin/fallocate -n -o 1M -l 4K $w/small" \
	"/usr/bin/fallocate -p -o 0 -l 2M $w/small; truncate -s 0 $w/small"
tried "a store into a hole" 2 "holdmap $w/mapped 0" "/usr/bin/fallocate -p -o 0 -l 2M $w/mapped"
tried "import" 4 "head -c 5000 /proc/kallsyms > /tmp/in; morsel-admin import /tmp/in full:work/new" "rm $new"

# ---- what needs none

tried "rename" 0 "mv $w/other $new" "mv $new $w/other"
tried "rename over" 0 "mv -f $w/mover $w/victim" "true > $w/mover"
tried "exchange" 0 "morsel-admin mv --exchange full:work/mover full:work/victim" true
tried "a larger size" 0 "truncate -s 8M $w/small" "truncate -s 0 $w/small"
tried "a smaller size" 0 "truncate -s 4K $w/mapped" "truncate -s 2M $w/mapped"
tried "write over what is there" 0 "dd if=/proc/version of=$w/file bs=1 count=4 conv=notrunc" true
tried "chmod" 0 "chmod 640 $w/file" "chmod 644 $w/file"
tried "chown" 0 "chown alice $w/file" "chown root $w/file"
tried "times" 0 "touch -d @1000000000 $w/file" true
tried "seal" 0 "morsel-admin seal -y full:work/end" true
tried "unlink" 0 "rm $w/victim" "true > $w/victim"
tried "rmdir" 0 "rmdir $w/dir" "mkdir $w/dir"

# ---- afterwards

leave 0
state > /tmp/before
umount $p
ok "nothing is wrong with it" morsel-admin check $dev
ok "mounted, full as it is" mount -t morsel -o huge=never $dev $p
state > /tmp/after
is "what there was, and as much room" "$(changes all)" ""
rm -r $p/ballast $p/filler
ok "there is room again" dd if=/dev/zero of=$w/new bs=1M count=8 status=none
umount $p
ok "nor then" morsel-admin check $dev
done_testing
