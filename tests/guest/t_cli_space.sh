#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-admin: addresses and quotas.
# pool: size=64M,name=p,mode=1777
# groups: cli space quota
# timeout: 60
. /tests/lib/tap.sh

ma=morsel-admin

ok "an address" $ma create -s 4M -m 666 --addr auto --max 16M p:a
is "the lowest one" "$($ma ls -o addr p:a)" 0x200000000000
like "in a long listing" "$($ma ls -l p:a)" '0x200000000000'
like "in JSON a string, the size a number" "$($ma -j stat p:a)" \
	'"addr":"0x200000000000","max_size":16777216'
ok "a chosen one" $ma create -s 1M --addr 0x300000000000 p:b
fails "one that is taken" "another object has addresses there .EADDRINUSE" $ma create -s 1M --addr 0x300000000000 p:c
fails "outside of the window" "not in the morsel window" $ma create -s 1M --addr 0x100000000000 p:c
fails "not an address" "neither auto" $ma create -s 1M --addr 12 p:c
fails "a largest size alone" "goes with --addr" $ma create -s 1M --max 2M p:c
fails "of a directory" "directory" $ma create -d --addr auto p:c
fails "larger than that" "too large" $ma resize p:a 17M
is "reservations" "$($ma vas -H -o start,length,name | tr -s ' ')" \
	"0x200000000000 16M p:a
0x300000000000 2M p:b"
is "gaps" "$($ma -j vas --free | tr '{' '\n' | grep -c '"kind":"gap"')" 2
like "JSON of a gap" "$($ma -j vas --free)" '"kind":"gap","name":null'
like "the window" "$($ma -v vas)" 'window 0x200000000000-0x500000000000, 2 reservations of 18M'
fails "gaps of a process" "exclude" $ma vas --free --pid 1
fails "no such process" "no such process" $ma vas --pid 4000000
is "a process that maps nothing" "$($ma -j vas --pid $$)" "[]"
ok "all processes" $ma vas --pid all
fails "somebody else's" "somebody else" as alice $ma vas --pid 1

ok "a slot of the window" $ma create -s 1G --addr slot:64 p:slot
is "is so many GiB behind its beginning" "$($ma ls -H -o addr p:slot)" 0x201000000000
ok "beside another" $ma create -s 2M --addr p:a+1pud p:beside+1
is "is so far behind it" "$($ma ls -H -o addr p:beside+1)" 0x200040000000
ok "the last plus sign counts" $ma create -s 2M --addr p:beside+1+4M p:beside
is "behind what has one in its name" "$($ma ls -H -o addr p:beside)" 0x200040400000
ok "from one slot to another" $ma address p:slot slot:65
is "it is there" "$($ma ls -H -o addr p:slot)" 0x201040000000
like "slots in a dry run" "$($ma -n address p:slot slot:66)" 'would change the address to slot:66'
status "a slot beyond the window" 2 $ma address p:slot slot:49152
like "is told how many there are" "$said" '"slot:49152" is beyond the window, which has 49152 slots'
status "no slot" 2 $ma address p:slot slot:x
status "not so far" 1 $ma create -s 2M --addr slot:65 p:c
status "beside what is not there" 1 $ma address p:slot p:none+2M
like "which is named" "$said" 'p:none: no such object'
$ma create -s 2M p:c
status "beside what has no address" 1 $ma address p:slot p:c+2M
like "which is said" "$said" 'p:c: it has no address .EADDRNOTAVAIL'
status "no offset" 2 $ma address p:slot p:a+
status "no size for an offset" 2 $ma address p:slot p:a+1Q
status "behind the last address" 2 $ma address p:slot p:a+16777215T
status "without the plus sign" 2 $ma address p:slot p:a
is "it stays where it is" "$($ma ls -H -o addr p:slot)" 0x201040000000
ok "all of them go" $ma rm p:c p:slot p:beside p:beside+1

# What is rounded, and that it is as said.
status "a whole number of entries" 0 $ma create -s 1M --addr auto --max 4G p:round
is "is not rounded" "$said" ""
status "a largest size between" 0 $ma address --max 2561M p:round slot:64
is "is rounded, which is said" "$said" \
	"morsel-admin: p:round: rounded 2.5G to 3G of addresses, 3 page-table entries of 1G"
is "it is so" "$($ma vas -H -o length,name | grep p:round | xargs echo)" "3G p:round"
status "a small one" 0 $ma address --max 1M p:round auto
is "takes an entry" "$said" "morsel-admin: p:round: rounded 1M to 2M of addresses, 1 page-table entry of 2M"
is "it is so, too" "$($ma vas -H -o length,name | grep p:round | xargs echo)" "2M p:round"
$ma rm p:round
status "a new one" 0 $ma create --addr auto --max 1025M p:round
is "is rounded, too" "$said" "morsel-admin: p:round: rounded 1G to 2G of addresses, 2 page-table entries of 1G"
status "quietly" 0 $ma -q address --max 1M p:round auto
is "nothing is said" "$said" ""
like "not in JSON" "$($ma -j address --max 3M p:round auto 2>&1)" '^\[.*"max_size":3145728'
$ma rm p:round
status "a pool" 0 $ma pool create --no-mount -s 1000001 q
is "has whole frames" "$said" "morsel-admin: q: rounded 976.6K to 976K"
is "as many" "$($ma -b -H pool list -o name,size | tr -s ' ' | grep q)" "q 999424"
$ma pool remove q
status "a quota" 0 $ma quota set p bob --soft 1 --hard 1073741825
is "has whole frames, too" "$said" "morsel-admin: p: rounded 1B to 4K (soft)
morsel-admin: p: rounded 1073741825 to 1073741824 bytes (hard)"
ok "and ends" $ma quota set p bob --remove

ok "an address later" $ma create -s 3M p:later
ok "the lowest" $ma address p:later auto
is "is behind the first" "$($ma ls -o addr p:later)" 0x200001000000
is "for its size" "$($ma ls -o max_size p:later)" 3M
like "said as it is done" "$($ma -v address --max 6M p:later 0x310000000000)" \
	'p:later has the address 0x310000000000 now'
is "with more room" "$($ma ls -o max_size p:later)" 6M
ok "another one, with as much" $ma address p:later 0x320000000000
is "as it was" "$($ma ls -o addr,max_size -H p:later | tr -s ' ')" "0x320000000000 6M"
fails "one that is taken" "another object" $ma address p:later 0x300000000000
fails "too little for it" "larger than that" $ma address --max 2M p:later auto
is "it keeps what it had" "$($ma ls -o addr,max_size -H p:later | tr -s ' ')" "0x320000000000 6M"
# Whoever wants the place of one that moves: it has one all the time.
mover() {
	for at in $(yes 0x320000000000 0x330000000000 | head -20); do
		$ma address p:later "$at"
	done
}
cat > /tmp/taker.sh << 'EOF'
until [ -e /tmp/moved ]; do
	morsel-admin address p:taker 0x320000000000
	morsel-admin address p:taker 0x340000000000
done
EOF
ok "another user's that wants its place" as alice $ma create -s 3M --addr 0x340000000000 p:taker
as alice sh /tmp/taker.sh 2> /tmp/refused &
taker=$!
ok "who has tried before it moves" await 100 test -s /tmp/refused
mover > /tmp/mover 2>&1 &
mover=$!
without=0
while kill -0 $mover 2> /dev/null; do
	case $($ma ls -H -o addr p:later | tr -d ' ') in 0x3[23]0000000000) ;; *) without=$((without + 1)) ;; esac
done
touch /tmp/moved
wait $taker
is "one that moves has an address all the time" $without 0
ok "who is refused is told why" sh -c '! grep -v "another object" /tmp/mover | grep .'
ok "the other user, too" sh -c '! grep -v "another object" /tmp/refused | grep .'
is "so has the other one" "$($ma ls -H -o addr,max_size p:taker | tr -s ' ')" "0x340000000000 3M"
$ma rm -y p:taker
$ma address p:later 0x320000000000
like "only said" "$($ma -n address p:later auto)" 'would change the address to auto'
like "in JSON" "$($ma -j address p:later auto)" '"addr":"0x200001000000","max_size":6291456'
holdmap /mnt/morsel/later 60 &
holder=$!
n=0
until [ "$($ma usage -H -o processes p:later | tr -d ' ')" = 1 ] || [ $((n += 1)) -gt 100 ]; do
	sleep 0.1
done
fails "one that is mapped" "mapped" $ma address p:later none
kill $holder
wait $holder
ok "none" $ma address p:later none
is "then it has none" "$($ma ls -H -o addr p:later | tr -d ' ')" -
fails "once more" "no address" $ma address p:later none
fails "a size for none" "goes with an address" $ma address --max 4M p:later none
fails "no address at all" "neither auto" $ma address p:later here
fails "no such morsel" "p:gone: no such object .*ENOENT" $ma address p:gone auto
fails "no such pool" "no such pool .*ENOENT" $ma address q:later auto
fails "below the window" "not in the morsel window" $ma address p:later 0x100000000000
fails "beyond the end of the window" "not in the morsel window" $ma address --max 4M p:later 0x4fffffe00000
fails "within 2 MiB" "EINVAL" $ma address p:later 0x310000001000
fails "more than the window" "window" $ma address --max 64T p:later auto
is "it has none still" "$($ma ls -H -o addr p:later | tr -d ' ')" -
fails "of a directory" "only a file" sh -c "$ma create -d p:dir; $ma address p:dir auto"
fails "somebody else's" "only the owner" as alice $ma address p:a none
ok "gone again" $ma rm -y p:later p:dir

ok "quotas of a user" $ma quota set p alice --hard 1M --soft 512K --objects-hard 2
is "are shown" "$($ma quota show p -H -o user,used,soft,hard,objects,objects_hard | tr -s ' ' | grep alice)" \
	"alice 0B 512K 1M 0 2"
like "in JSON" "$($ma -j quota show p)" \
	'"user":"alice","uid":1000,"own":true,"used":0,"soft":524288,"hard":1048576'
like "to the user, too" "$(as alice $ma quota show p)" alice
told() { # WHAT: of the status
	$ma status | sed -n "s/^$1 *//p"
}
is "none is used up" "$(told above_soft) $(told at_hard)" "0 0"
is "a dry run" "$($ma -n quota set p alice --hard 2M --objects-hard none)" "p: would set limits of alice"
is "another one" "$($ma -n quota set p alice --remove)" "p: would remove limits of alice"
is "changes nothing" "$($ma quota show p -H -o user,soft,hard,objects_hard | tr -s ' ' | grep alice)" \
	"alice 512K 1M 2"
fails "they hold" "p:z: the quota is used up; user alice has 2 of 2 objects; see morsel-admin quota show .EDQUOT" \
	as alice sh -c "$ma create p:x p:y p:z"
ok "the user has two" test -e /mnt/morsel/y
fails "the owner's, where root makes it" \
	"p:z: the quota is used up; user alice has 2 of 2 objects; see morsel-admin quota show .EDQUOT" \
	$ma create -u alice p:z
is "status: one is used up" "$(told at_hard)" 1
is "status: one pool, an address more" "$(told pools) $(told reservations)" "1 $($ma vas -H -o name | wc -l)"
is "status: the window" "$(told window_start) $(told largest_gap)" \
	"0x200000000000 $($ma -v vas | sed -n 's/.*largest gap //p')"
is "status: as large as the pool" "$(told size)" 64M
is "status: nothing of another's" "$(as carol $ma -j status | grep -o '"at_hard":.')" '"at_hard":0'
fails "a soft limit above the hard one" "above the hard one" $ma quota set p alice --soft 2M
fails "nothing to set" "which limit" $ma quota set p alice
fails "a wrong size" "no unit" $ma quota set p alice --hard 1Q
fails "who may not" "CAP_SYS_ADMIN" as alice $ma quota set p alice --hard none
ok "no limit" $ma quota set p alice --objects-hard none
fails "that of bytes holds" \
	"p:z: writing: Disk quota exceeded; user alice has 1M of 1M; see morsel-admin quota show .EDQUOT" \
	as alice sh -c "yes | head -c 2000000 | $ma import - p:z"
is "nothing is left of it" "$($ma quota show p -H -o user,used,objects | tr -s ' ' | grep alice)" "alice 0B 2"
fails "the owner's, where root fills it" \
	"p:z: writing: Disk quota exceeded; user alice has 1M of 1M; see morsel-admin quota show .EDQUOT" \
	sh -c "yes | head -c 2000000 | $ma import -u alice - p:z"
ok "bytes are used up" as alice fallocate -l 1M /mnt/morsel/y
ok "and objects" $ma quota set p alice --objects-hard 2
fails "the limit that refuses is told, and no other" \
	"p:z: the quota is used up; user alice has 2 of 2 objects; see morsel-admin quota show .EDQUOT" \
	as alice $ma create p:z
truncate -s 4096 /mnt/morsel/roots
fallocate -l 4096 /mnt/morsel/roots
ok "somebody else's" sh -c "$ma rights show p:roots | sed 's/owner: root/owner: alice/' > /tmp/given"
fails "is not given away" \
	"p:roots: the quota is used up; user alice has 1M of 1M; see morsel-admin quota show .EDQUOT" \
	$ma rights restore /tmp/given
ok "with room for bytes" as alice truncate -s 0 /mnt/morsel/y
fails "it is one object too many" \
	"p:roots: the quota is used up; user alice has 2 of 2 objects; see morsel-admin quota show .EDQUOT" \
	$ma rights restore /tmp/given
rm /mnt/morsel/roots
$ma quota set p alice --objects-hard none
ok "the default" $ma quota set p default --hard 8M
like "is shown" "$($ma quota show p)" 'default +- +- +8M'
ok "limits are removed" $ma quota set p alice --remove
like "the default one holds then" "$($ma quota show p -o user,own,hard | grep alice)" 'no +8M'
like "noun alone" "$($ma quota)" '^POOL'
done_testing
