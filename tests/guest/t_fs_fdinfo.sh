#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What fdinfo says of an open object: who it is, what it has, and who maps it.
# groups: fs mm
# pool: size=64M,name=told
# timeout: 30
# programs: jq
. /tests/lib/tap.sh

value() { # KEY
	sed -n "s/^morsel-$1:.//p" /proc/$$/fdinfo/3
}

has() { # KEY VALUE
	[ "$(value "$1")" = "$2" ]
}

exec 3<>/mnt/morsel/a
is "its id is the inode's number" "$(value id)" "$(stat -c %i /mnt/morsel/a)"
is "and the id of the control plane" "$(value id)" "$(morsel-admin -j stat told:a | jq '.[0].id')"
is "its pool" "$(value pool)" told
truncate -s 8M /mnt/morsel/a
is "a hole has nothing" "$(value pages) $(value huge-pages) $(value canonical-tables)" "0 0 0"
is "no view, no mapping" "$(value view-rw-tables) $(value view-ro-tables) $(value attachments) $(value links)" \
	"0 0 0 0"
fallocate -l 8M /mnt/morsel/a
is "frames of 2 MiB" "$(value pages) $(value huge-pages)" "2048 4"
holdmap /mnt/morsel/a 20 &
first=$!
holdmap /mnt/morsel/a 20 &
second=$!
await 150 has links 8
is "two that map it, with an entry for each 2 MiB" "$(value attachments) $(value links)" "2 8"
is "one view for both" "$(value view-rw-tables) $(value view-ro-tables)" "1 0"
kill $first $second
wait
is "none is left" "$(value attachments) $(value links)" "0 0"
usage_touch /mnt/morsel/a r 0 &
reader=$!
await 150 has view-ro-tables 1
is "the view of readers is another one" "$(value view-ro-tables) $(value attachments)" "1 1"
kill $reader
wait
exec 3<&-
done_testing
