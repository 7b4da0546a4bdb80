#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Usage summed up by process, user and pool, and what a pool has altogether: exact, and only what the viewer may see.
# pool: size=64M,name=p,mode=1777
# groups: cli usage
# timeout: 240
. /tests/lib/tap.sh

ma=morsel-admin
MIB=1048576

# pool KEYS [POOL]: values of the card of a pool, in bytes
pool() {
	for pool_key in $1; do
		$ma -b pool show "${2:-p}" | sed -n "s/^$pool_key  *//p"
	done | xargs echo
}

# by WHAT COLUMNS [NAME...]: the sums, in bytes
by() {
	by_what=$1 by_columns=$2
	shift 2
	$ma -H -b usage --by "$by_what" -o "$by_columns" "$@" | tr -s ' ' | sed 's/^ //'
}

# of COLUMN: of all morsels together
of() {
	$ma -H -b usage -o "name,$1" | awk '{ sum += $2 } END { printf "%d", sum }'
}

# mapper USER NAME: who of the user's processes maps it; waits for one
mapper() {
	mapper_pid=
	until [ "$mapper_pid" ]; do
		usleep 50000
		mapper_pid=$($ma -H ps -o pid --user "$1" "$2")
	done
	echo $mapper_pid
}

# ---- a pool

is "an empty pool" "$(pool 'used used_huge used_small tables tree_tables rw_tables ro_tables')" "0 0 0 0 0 0 0"
is "is all free, in no blocks of its own" "$(pool 'free free_huge fragmented')" "$((64 * MIB)) - -"
fallocate -l $((8 * MIB)) /mnt/morsel/a
mkdir /mnt/morsel/d
dd if=/dev/zero of=/mnt/morsel/d/b bs=4096 count=5 2> /dev/null
is "frames of both sizes" "$(pool 'used used_huge used_small')" "$((8 * MIB + 20480)) $((8 * MIB)) 20480"
is "what is left" "$(pool free)" "$((56 * MIB - 20480))"
is "each has a canonical tree" "$(pool tree_tables)" "$(of tree_tables)"
ok "which has tables" test "$(pool tree_tables)" -ge 2
is "and there are no views yet" "$(pool 'rw_tables ro_tables')" "0 0"
usage_touch /mnt/morsel/a w 0 &
usage_touch /mnt/morsel/d/b r 0 &
writer=$(mapper root p:a)
reader=$(mapper root p:d/b)
# That of the smaller one is made by who looks what is active.
touched() { $ma usage > /tmp/usage && [ "$(pool rw_tables)" -ge 1 ] && [ "$(pool ro_tables)" -ge 2 ]; }
await 100 touched
is "views have tables" "$(pool 'rw_tables ro_tables')" "$(of rw_tables) $(of ro_tables)"
is "a table has 4 KiB" "$(pool tables)" \
	"$((4096 * ($(of tree_tables) + $(of rw_tables) + $(of ro_tables))))"
tree=$(pool tree_tables)
like "morsel-top shows them" "$(morsel-top -j -1)" \
	"\"used_huge\":$((8 * MIB)),\"available\":$(pool free),\"available_huge\":null,\"tree_tables\":$tree,"
as bob $ma pool show p > /tmp/bob
like "who may see the pool sees it" "$(cat /tmp/bob)" "used_huge *8M"
chmod 700 /mnt/morsel
fails "who may not does not" "no such" as bob $ma pool show p
chmod 1777 /mnt/morsel

# ---- sums

as alice sh -c "truncate -s 4M /mnt/morsel/hers; chmod 600 /mnt/morsel/hers"
as alice usage_touch /mnt/morsel/hers w 0 $((2 * MIB)) &
as alice usage_touch /mnt/morsel/a r $((4 * MIB)) &
hers=$(mapper alice p:hers)
second=$(mapper alice p:a)
ln /mnt/morsel/a /mnt/morsel/d/again
grown() { [ "$(by pool allocated)" = "$((12 * MIB + 20480))" ]; }
await 100 grown

is "by process" "$(by pid pid,user,command,morsels,size,allocated,mappings,mapped,mapped_rw,mapped_ro | sort -n)" "$(
	sort -n <<- END
		$writer root usage_touch 1 $((8 * MIB)) $((8 * MIB)) 1 $((8 * MIB)) $((8 * MIB)) 0
		$reader root usage_touch 1 20480 20480 1 20480 0 20480
		$hers alice usage_touch 1 $((4 * MIB)) $((4 * MIB)) 1 $((4 * MIB)) $((4 * MIB)) 0
		$second alice usage_touch 1 $((8 * MIB)) $((8 * MIB)) 1 $((8 * MIB)) 0 $((8 * MIB))
	END
)"
is "by user" "$(by uid user,morsels,allocated,processes,mappings,mapped,mapped_rw)" \
	"root 2 $((8 * MIB + 20480)) 2 2 $((8 * MIB + 20480)) $((8 * MIB))
alice 1 $((4 * MIB)) 2 2 $((12 * MIB)) $((4 * MIB))"
is "and what quotas say" "$(by uid user,charged,charged_objects)" \
	"$($ma -H -b quota show -o user,used,objects p | grep -v default | tr -s ' ')"
is "by pool, one with two names counts once" "$(by pool pool,morsels,size,allocated,huge,processes,mappings,mapped)" \
	"p 3 $((12 * MIB + 20480)) $((12 * MIB + 20480)) $((12 * MIB)) 4 4 $((20 * MIB + 20480))"
is "with tables" "$(by pool tables)" "$(pool tables)"
is "with links" "$(by pool links)" "$($ma -H -b ps -o links | awk '{ sum += $1 } END { print sum }')"
is "what is active" "$($ma -H -b usage --interval 1 --by pool -o active,dirty | xargs echo)" \
	"$((8 * MIB + 4096)) $((6 * MIB))"
is "of what a process maps, by anybody" "$(by pid pid,active,dirty | grep "^$second ")" \
	"$second $((4 * MIB)) $((2 * MIB))"
is "of one morsel" "$(by pid pid p:hers)" "$hers"
is "then quotas do not come in" "$(by uid user,charged p:hers)" "alice -"
is "of a directory" "$(by pool morsels,mapped p:d)" "2 $((16 * MIB + 20480))"
is "by object is as without" "$($ma -j usage --by object p:a | tr ',' '\n' | grep -vE 'scan_age|interval')" \
	"$($ma -j usage p:a | tr ',' '\n' | grep -vE 'scan_age|interval')"

as alice $ma -H usage --by pid -o pid,morsels > /tmp/hers
is "alice sees her processes" "$(tr -s ' ' < /tmp/hers | sed 's/^ //' | sort -n)" \
	"$(printf '%s 1\n' $hers $second | sort -n)"
is "and what she owns and may see of others" \
	"$(as alice morsel-admin -H -b usage --by uid -o user,morsels,processes,charged | tr -s ' ')" \
	"root 2 0 -
alice 1 2 $((4 * MIB))"
is "bob sees no process" "$(as bob morsel-admin -H usage --by pid -o pid)" ""
is "nor what is active where he may not read" \
	"$(as bob morsel-admin -H -b usage --by uid -o user,active | sed -n 's/^alice *//p')" 0
fails "what there are no sums by" "neither pid, uid" $ma usage --by colour
fails "of what is not there" "no such" $ma usage --by pid p:nothing
is "once" "$($ma usage --by pid p:nothing 2>&1 | wc -l)" 1
fails "a column of something else" "no column" $ma usage --by pid -o maps
like "the columns there are" "$($ma usage --by pid -o help)" "charged_objects"
is "completion" "$($ma __complete usage --by p | xargs echo)" "pid pool"

# ---- the end of it

kill $writer $reader $hers $second
wait 2> /dev/null
truncate -s 6M /mnt/morsel/a
is "what is cut off takes its frame with it" "$(pool used_huge)" "$((10 * MIB))"
rm -r /mnt/morsel/a /mnt/morsel/d /mnt/morsel/hers
empty() { [ "$(pool 'used used_huge used_small tables')" = "0 0 0 0" ]; }
await 100 empty
is "nothing is left of it" "$(pool 'used used_huge used_small tables free')" "0 0 0 0 $((64 * MIB))"
done_testing
