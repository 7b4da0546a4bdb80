#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-admin events: every change through the tool and the file system, in order, without gaps.
# pool: size=64M,name=p
# groups: cli
# timeout: 60
# programs: jq
. /tests/lib/tap.sh

morsel-admin -j events -c 11 -t 30 > /tmp/log 2> /tmp/err &
watcher=$!
i=0
while ! grep -q watching /tmp/err && [ $i -lt 100 ]; do
	usleep 100000
	i=$((i + 1))
done
ok "the watch is on" grep -q watching /tmp/err

morsel-admin create p:a
mkdir /mnt/morsel/dir
morsel-admin mv p:a p:dir/b
truncate -s 2M /mnt/morsel/dir/b
chmod 600 /mnt/morsel/dir/b
chmod 644 /mnt/morsel/dir/b
rm /mnt/morsel/dir/b
morsel-admin rm p:dir
morsel-admin pool create -s 1M --no-mount q
morsel-admin pool remove q
touch /mnt/morsel/last
touch /mnt/morsel/beyond
wait $watcher
is "it ends after so many" $? 0

is "what happened" "$(jq -r '"\(.event) \(.object.name // .pool.name)"' /tmp/log | tr '\n' ',')" \
	"morsel-new p:a,morsel-new p:dir,morsel-rename p:dir/b,morsel-set p:dir/b,morsel-set p:dir/b,\
morsel-set p:dir/b,morsel-del p:dir/b,morsel-del p:dir,pool-new q,pool-del q,morsel-new p:last,"
is "numbered without gaps" "$(jq -s '[.[].seq] | . == [range(.[0]; .[0] + 11)]' /tmp/log)" true
is "with the old name" "$(jq -r 'select(.event == "morsel-rename").old_name' /tmp/log)" "p:a"
is "and the new size" "$(jq -s '.[3].object.size' /tmp/log)" 2097152

morsel-admin events > /tmp/log 2> /tmp/err &
watcher=$!
i=0
while ! grep -q watching /tmp/err && [ $i -lt 100 ]; do
	usleep 100000
	i=$((i + 1))
done
morsel-admin create "p:with blank"
i=0
while ! grep -q blank /tmp/log && [ $i -lt 100 ]; do
	usleep 100000
	i=$((i + 1))
done
kill -INT $watcher
wait $watcher
is "an interrupt is a quiet end" $? 0
like "lines for people" "$(cat /tmp/log)" '^20..-..-.. ..:..:..  [0-9]+ +morsel-new +p:with blank  0B$'

start=$(cut -d. -f1 /proc/uptime)
ok "a time limit" morsel-admin -q events -t 1
ok "is kept" test $(($(cut -d. -f1 /proc/uptime) - start)) -lt 20
done_testing
