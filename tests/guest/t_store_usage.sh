#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a persistent pool has altogether: frames by size, tables, what is left in whole 2 MiB. It is the same after
# another mount, and as statfs(2) and json.md say.
# pool: none
# groups: cli persist usage
# timeout: 120
# nvdimm: 514M
# modules: nfit nd_pmem dax_pmem device_dax crc32c_generic
# programs: jq /usr/bin/ndctl
# files: docs/json.md=/json.md
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

MIB=1048576
card() { # KEYS: values of the pool
	card_keys=$(echo "$1" | sed 's/[^ ]*/.&/g; s/ /, /g')
	morsel-admin -j pool show p | jq -r ".[0] | $card_keys" | xargs echo
}

of() { # COLUMN: of all morsels together
	morsel-admin -H -b usage -o "name,$1" | awk '{ sum += $2 } END { printf "%d", sum }'
}

consistent() { # NAME
	is "$1: tables are those of the morsels" "$(card 'tree_tables rw_tables ro_tables')" \
		"$(of tree_tables) $(of rw_tables) $(of ro_tables)"
	is "$1: frames as well" "$(card 'used used_huge')" "$(of allocated) $(of huge)"
	is "$1: statfs(2) finds the same left" "$(($(stat -f -c %f /mnt) * 4096))" "$(card free)"
	# shellcheck disable=SC2046 # two words
	set -- $(card 'free free_huge fragmented')
	ok "what is left in whole 2 MiB is a part of it" test "$2" -le "$1" -a $(($2 % (2 * MIB))) = 0
	is "the rest is fragmented" "$3" $((($1 - $2) * 100 / $1))
}

make_fsdax || bail_out "no persistent memory"
morsel-admin -q pool format -l p /dev/pmem0 || bail_out "no pool"
mount -t morsel -o name=p /dev/pmem0 /mnt || bail_out "no mount"
consistent "empty"
whole=$(card free_huge)
fallocate -l $((64 * MIB)) /mnt/large
is "2 MiB frames" "$(card 'used_huge used_small')" "$((64 * MIB)) 0"
is "come out of what is whole" "$((whole - $(card free_huge) - 64 * MIB < 8 * MIB))" 1
usage_touch /mnt/large w 0 &
writer=$!
await 100 sh -c 'morsel-admin -j pool show p | jq -e ".[0].rw_tables > 0" > /tmp/null'
consistent "mapped"
used_now() { # accessed and written within a second
	morsel-admin -H -b usage --interval 3 -o active,dirty p:large | xargs echo
}
first=$(used_now)
leaf=${first% *} # of the page tables, where older kernels have 4 KiB only
like "what is active" "$leaf" "^(4096|$((2 * MIB)))\$"
is "is dirty" "$first" "$leaf $leaf"
usage_touch /mnt/large w $((4 * MIB)) &
second=$!
await 100 sh -c 'morsel-admin -j usage p:large | jq -e ".[0].processes == 2" > /tmp/null'
kill $writer
wait $writer 2> /dev/null
is "active is what is used now, dirty what was ever written" "$(used_now)" "$leaf $((2 * leaf))"
kill $second
wait $second 2> /dev/null

# Every other of these goes: what they leave is in pieces.
for i in $(seq 64); do
	dd if=/dev/zero of=/mnt/small$i bs=65536 count=4 2> /dev/null
done
is "4 KiB frames" "$(card used_small)" $((16 * MIB))
before=$(($(card free) - $(card free_huge)))
rm /mnt/small?[02468] /mnt/small[2468]
after=$(($(card free) - $(card free_huge)))
is "half of them" "$(card used_small)" $((8 * MIB))
ok "leave holes" test $((after - before)) -gt $((4 * MIB))
consistent "fragmented"

card 'used used_huge used_small tree_tables' > /tmp/before
umount /mnt
mount -t morsel -o name=p /dev/pmem0 /mnt
is "the same after another mount" "$(card 'used used_huge used_small tree_tables')" "$(cat /tmp/before)"
consistent "again"
morsel-admin -j pool show p > /tmp/card
is "as json.md has it" "$(jq -r --rawfile doc /json.md --arg command "pool show" -f /tests/lib/json_doc.jq /tmp/card |
	grep -xE 'seen pool.(free_huge|fragmented)|.* is .*' | xargs echo)" "seen pool.free_huge seen pool.fragmented"
like "morsel-top has it" "$(morsel-top -j -1)" "\"available_huge\":$(card free_huge),"
rm /mnt/*
is "nothing is left" "$(card 'used used_huge used_small tables')" "0 0 0 0"
ok "what is left is whole again" test "$(card free_huge)" -ge $((whole - 16 * MIB))
umount /mnt
done_testing
