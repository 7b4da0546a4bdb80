#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The JSON of every command of morsel-admin is as docs/json.md says, which is read here.
# pool: size=64M,name=p,mode=1777
# groups: cli
# timeout: 180
# nvdimm: 34M
# modules: nfit nd_pmem
# programs: jq /usr/bin/ndctl
# files: docs/json.md=/json.md
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

seen=/tmp/seen
: > $seen

judge() { # COMMAND: the output in /tmp/out
	jq -r --rawfile doc /json.md --arg command "$1" -f /tests/lib/json_doc.jq /tmp/out \
		> /tmp/verdict 2>&1 || echo "jq fails" >> /tmp/verdict
	grep '^seen ' /tmp/verdict >> $seen
	grep -v '^seen ' /tmp/verdict
}

# What is printed, and that it is as documented.
check() { # NAME STATUS COMMAND ARG...
	check_name=$1
	check_status=$2
	check_command=$3
	shift 3
	# shellcheck disable=SC2086 # a command has one word or two
	morsel-admin -j $check_command "$@" > /tmp/out 2> /tmp/err
	is "$check_command: $check_name: status" $? "$check_status"
	is "$check_command: $check_name" "$(judge "$check_command")" ""
	ok "$check_command: $check_name: there is something" test -s /tmp/out
	echo "ran $check_command" >> $seen
}

# The events of all that follows, but for the mount and what it needs.
morsel-admin -j events -t 600 > /tmp/events 2> /tmp/err.events &
watcher=$!
await 100 grep -q watching /tmp/err.events
cd /tmp || exit 1

check "a pool" 0 "pool create" -s 8M q
check "one that is there" 1 "pool create" -s 8M q
check "dry" 0 "pool create" -n -s 8M r
check "sums" 0 "status"
check "all" 0 "pool list"
check "one" 0 "pool show" q
check "none" 1 "pool show" nowhere
check "an image" 0 "pool format" -s 16M -l db ./img
check "dry" 0 "pool format" -n -f ./img
check "an image" 0 "pool list" ./img
check "an image" 0 "pool show" ./img
make_fsdax
check "a device" 0 "pool format" -l kept /dev/pmem0
check "none" 1 "pool attach" nothing
check "dry" 0 "pool attach" -n kept
check "by its label" 0 "pool attach" kept
check "attached already" 1 "pool attach" kept
check "with what is attached" 0 "pool list"
check "dry" 0 "pool detach" -n kept
check "by its label" 0 "pool detach" kept
check "none" 1 "pool detach" kept
check "a limit for objects" 0 "pool create" --max-objects 4 -s 1M --no-mount r
check "one" 0 "pool remove" -y r
check "dry" 0 "pool remove" -n q

check "a morsel" 0 "create" -s 2M q:a
check "an address" 0 "create" -s 2M -m 666 --addr auto --max 4M p:placed
check "some of two" 5 "create" q:b q:a
check "a collision" 1 "create" -s 2M --addr 0x200000000000 q:c
check "a name that is not UTF-8" 0 "create" "$(printf 'q:\377')"
check "a directory" 0 "create" -d q:d
check "dry" 0 "create" -n q:e
check "the kernel's complaint" 1 "resize" q:a 8388607T
check "nonsense" 2 "create" -s much q:e
check "pools" 0 "ls"
check "recursively" 0 "ls" -R q:
check "as a tree" 0 "ls" --tree p:
check "one" 0 "stat" q:a
check "the root" 0 "stat" q:
check "none" 1 "stat" q:none
echo "stat q:none" | morsel-admin -j --batch - > /tmp/out
is "stat: none: in a batch" "$(judge stat)" ""
check "into a directory" 0 "mv" q:b q:d/
check "dry" 0 "mv" -n q:a q:z
check "larger" 0 "resize" q:a 4M
check "dry" 0 "resize" -n q:a 8M
check "another address" 0 "address" --max 8M p:placed auto

check "a user" 0 "rights grant" q:a u:alice:rw
check "a default list" 0 "rights grant" q:d d:u:alice:rw
check "dry" 0 "rights grant" -n q:a u:bob:r
check "both lists" 0 "rights show" q:a q:d
check "to another" 0 "rights copy" q:a q:d/b
check "allowed" 0 "rights check" q:a rw --as alice
check "refused" 1 "rights check" q:a x --as bob
check "recursively" 0 "rights show" -R q:
morsel-admin rights show -R q:d > rights
check "from a file" 0 "rights restore" rights
check "dry" 0 "rights restore" -n rights
holdmap /mnt/morsel/placed 600 &
holder=$!
mapped() {
	[ "$(morsel-admin -H ps -o pid p:placed)" = $holder ]
}
await 100 mapped
check "mappings" 0 "ps" p:placed
check "one" 0 "usage" p:placed
check "in an interval" 0 "usage" --interval 1 p:placed
check "by process" 0 "usage" --by pid p:
check "by user" 0 "usage" --by uid
check "by pool" 0 "usage" --by pool
check "reservations and gaps" 0 "vas" --free
check "reservations" 0 "vas"
check "of a process" 0 "vas" --pid $holder
check "a user" 0 "rights revoke" q:a u:alice
kill $holder
check "for good" 0 "seal" -y q:a
check "dry" 0 "seal" -n q:d/b

check "all limits" 0 "quota set" --soft 1M --hard 2M --objects-soft 1 --objects-hard 2 p alice
check "the default" 0 "quota set" --hard 1G p default
check "of a pool" 0 "quota show" p
as alice mkdir /mnt/morsel/1 /mnt/morsel/2 /mnt/morsel/3 2> /dev/null

head -c 100000 /dev/zero > file
check "a file" 0 "import" file q:file
check "dry" 0 "import" -n file q:other
check "a morsel" 0 "export" q:file copy
check "dry" 0 "export" -n q:file other
check "a pool" 0 "check" q
check "an image" 0 "check" ./img
# One of the two superblocks is lost, which the other makes good.
cp img bad
dd if=/dev/zero of=bad bs=4096 count=1 conv=notrunc 2> /dev/null
check "an image with something wrong" 0 "check" ./bad
check "one" 0 "rm" q:d/b
check "dry" 0 "rm" -n q:a
check "it" 0 "--version"
check "one" 0 "pool remove" -y q

kill -INT $watcher
wait $watcher
cp /tmp/events /tmp/out
is "events" "$(judge events)" ""
echo "ran events" >> $seen
is "of every kind that can be caused here" "$(jq -r .event /tmp/events | sort -u | tr '\n' ' ')" \
	"collision morsel-del morsel-map morsel-new morsel-rename morsel-revoke morsel-rights \
morsel-seal morsel-set morsel-unmap pool-del pool-new quota-refused quota-soft "
check "a watch" 0 "events" -s -t 1 p:placed

# Nothing is documented that is not there, and the other way round.
morsel-admin help | sed -n '/^Commands:/,/^$/p' | grep -oE '^  [a-z]+( [a-z]+)?' |
	sed 's/^  //' | sort > /tmp/commands
sed -n '/^| command/,/^$/s/^| `\([a-z -]*\)` .*/\1/p' /json.md | grep -v '^--' | sort > /tmp/documented
is "each command is documented" "$(cat /tmp/documented)" "$(cat /tmp/commands)"
printf '%s\n' help completion >> $seen
grep -vxE 'help|completion' /tmp/commands | while read -r command; do
	grep -qx "ran $command" $seen || echo "$command"
done > /tmp/missing
is "each was run" "$(cat /tmp/missing)" ""

# Members: "## kind", then rows.  Those of the first kind are the types.
awk '/^## / { kind = $2 } /^\| `/ && kind && kind != "Types" { gsub("`", "", $2); print kind "." $2 }' \
	/json.md | sort > /tmp/members
sed -n 's/^seen //p' $seen | sort -u > /tmp/found
# Only a pool that is damaged while it is mounted has findings; only a slow listener loses events;
# t_store_usage.sh has a persistent pool; looks are for t_top_json.sh.
elsewhere='look.*|finding\..*|event\.lost|pool\.(free_huge|fragmented)'
grep -vxE "$elsewhere" /tmp/members | grep -vxFf /tmp/found > /tmp/unseen
is "each member was seen with a value" "$(cat /tmp/unseen)" ""
done_testing
