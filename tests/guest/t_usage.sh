#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# How morsels are used, and who maps them: exact numbers, and who may see what.
# pool: size=64M,name=p,mode=1777
# groups: cli usage
# timeout: 120
. /tests/lib/tap.sh

ma=morsel-admin
MIB=1048576

# number KEY NAME: of usage, as it is in JSON
number() {
	$ma -j usage "$2" | tr ',{}' '\n\n\n' | sed -n "s/^\"$1\"://p"
}

# await KEY NAME VALUE: until usage has it
await() {
	n=0
	while [ "$(number "$1" "$2")" != "$3" ] && [ $n -lt 100 ]; do
		usleep 50000
		n=$((n + 1))
	done
	is "$4" "$(number "$1" "$2")" "$3"
}

# both MORSEL: what is active and dirty in a second
both() {
	$ma -H -b usage --interval 1 -o active,dirty "$1" | xargs echo
}

ok "a morsel of 2 MiB frames" $ma create -s 16M -m 644 p:a
ok "with memory" fallocate -l $((16 * MIB)) /mnt/morsel/a
is "nobody has used it" "$(number processes p:a),$(number maps p:a),$(number faults p:a)" "0,0,0"
like "so it was never mapped" "$($ma -j usage p:a)" '"last_mapped":null'

usage_touch /mnt/morsel/a r 0 $((4 * MIB)) &
reader=$!
await attachments p:a 1 "a mapping"
is "of one process" "$(number processes p:a)" 1
is "it reads two chunks" "$(both p:a)" "$((4 * MIB)) 0"
usage_touch /mnt/morsel/a w $((4 * MIB + 5)) $((8 * MIB)) &
writer=$!
await processes p:a 2 "another process"
is "writes to one of them and a third, which counts once" "$(both p:a)" "$((6 * MIB)) $((4 * MIB))"
both p:a > /tmp/one &
both p:a > /tmp/two
wait $!
is "two who look at once see the same" "$(cat /tmp/one)" "$(cat /tmp/two)"
is "and all of it" "$(cat /tmp/one)" "$((6 * MIB)) $((4 * MIB))"
is "it has faulted" "$([ "$(number faults p:a)" -ge 2 ] && echo yes)" yes
like "when it was mapped last" "$($ma usage -o last_mapped p:a)" "$(date +%Y)"

is "who maps it" "$($ma -H ps -o pid,user,command,view,length,offset p:a | sed "s|^ *||" | tr -s ' ')" \
	"$reader root usage_touch ro 16M 0B
$writer root usage_touch rw 16M 0B"
is "one process" "$($ma -H ps -o pid --pid $writer)" "$writer"
is "of one user" "$($ma -H ps --user alice)" ""
start=$(sed -n 's/^\([0-9a-f]*\)-.* \/mnt\/morsel\/a$/0x\1/p' /proc/$writer/maps)
is "where" "$($ma -H ps -o start --pid $writer | tr -d ' ')" "$start"
like "in JSON" "$($ma -j ps --pid $reader)" "\"pid\":$reader,\"user\":\"root\",\"uid\":0,\"command\":\"usage_touch\""

ok "alice makes one" as alice sh -c "truncate -s 2M /mnt/morsel/hers; chmod 600 /mnt/morsel/hers"
as alice usage_touch /mnt/morsel/hers w 0 &
hers=$!
await attachments p:hers 1 "and maps it"
like "she sees herself" "$(as alice $ma -H ps -o user,name p:)" 'alice +p:hers$'
is "but no other user's processes" "$(as alice $ma -H ps p:a)" ""
is "nor by their number" "$(as alice $ma -H ps --pid $reader)" ""
is "she sees how many there are" "$(as alice $ma -H usage -o processes p:a | tr -d ' ')" 2
is "what is active: she may read it" "$(as alice $ma -H usage -o active p:a | tr -d ' ' | grep -c M)" 1
is "who may not read it is not told" "$(as bob $ma -H usage -o active,dirty p:hers | tr -d ' ')" "--"
is "but root is" "$($ma -H usage --interval 1 -o active,dirty p:hers | xargs echo)" "2M 2M"

kill $reader $writer
wait $reader $writer 2> /dev/null
is "they are gone" "$(number processes p:a),$(number attachments p:a)" "0,0"
is "and have been counted" "$(number maps p:a),$(number unmaps p:a)" "2,2"
is "nothing is active then" "$(both p:a)" "0 0"
is "all of a pool" "$($ma -H usage -o name p: | tr -d ' ')" "p:a
p:hers"
is "a morsel of 4 KiB frames is told page by page" "$(
	mkdir /tmp/small && mount -t morsel -o size=8M,huge=never,name=small none /tmp/small
	truncate -s 4M /tmp/small/s
	usage_touch /tmp/small/s w 0 4096 40960 2097152 2>/dev/null & small=$!
	sleep 1
	both small:s
	kill $small
	wait $small 2> /dev/null
	umount /tmp/small
)" "16384 16384"

# Nobody links less than 2 MiB: these are copies of leaves, in each process.
dd if=/dev/zero of=/mnt/morsel/tiny bs=4096 count=5 2> /dev/null
usage_touch /mnt/morsel/tiny r 0 4096 &
reader=$!
usage_touch /mnt/morsel/tiny w 4096 8192 &
writer=$!
await processes p:tiny 2 "two processes map less than 2 MiB"
is "that is told page by page, too, and each once" "$(both p:tiny)" "12288 8192"
is "and again" "$(both p:tiny)" "12288 8192"
kill $reader $writer
wait $reader $writer 2> /dev/null
both p:tiny > /dev/null
is "and no more when they are gone" "$(both p:tiny)" "0 0"

fails "a morsel that is not there" "no such" $ma usage p:nothing
fails "who maps it" "no such" $ma ps p:nothing
fails "an interval that cannot be" "from 1 to" $ma usage --interval 0 p:a
fails "a user that is not there" "nobody-here" $ma ps --user nobody-here
kill $hers
done_testing
