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
await 100 grep -q watching /tmp/err
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

rm /tmp/err # what the one before has said
morsel-admin events --follow > /tmp/log 2> /tmp/err &
watcher=$!
await 100 grep -q watching /tmp/err
morsel-admin create "p:with blank"
await 100 grep -q blank /tmp/log
kill -INT $watcher
wait $watcher
is "an interrupt is a quiet end" $? 0
like "lines for people" "$(cat /tmp/log)" \
	'^20..-..-.. ..:..:..  [0-9]+ +morsel-new +p:with blank  0B  by process [0-9]+ of user 0$'

# By a user, of what he may see; and of that, what he asks for.
mkdir -p /mnt/morsel/open/below /mnt/morsel/closed
chmod 755 /mnt/morsel/open /mnt/morsel/open/below
chmod 700 /mnt/morsel/closed
fails "not all for everybody" "only CAP_SYS_ADMIN may be told of all events; name what you may read" \
	as alice morsel-admin events -t 1
fails "not what he may not read" "read and search the directory" \
	as alice morsel-admin events -t 1 p:closed
rm /tmp/err
as alice morsel-admin -j events -R -s -f kind='morsel-*' -f path=p:open -c 6 \
	-t 60 p:open > /tmp/log 2> /tmp/err &
watcher=$!
await 100 grep -q synced /tmp/log
touch /mnt/morsel/closed/secret /mnt/morsel/open/below/a
mv /mnt/morsel/open/below/a /mnt/morsel/open/b
rm /mnt/morsel/open/b
wait $watcher
is "what was there, and what happened" "$(jq -r '"\(.event) \(.name // "-") \(.resynced)"' /tmp/log |
	tr '\n' ',')" "morsel-new p:open true,morsel-new p:open/below true,synced - true,\
morsel-new p:open/below/a false,morsel-rename p:open/b false,morsel-del p:open/b false,"
is "by whom" "$(jq -r 'select(.event == "morsel-del").uid' /tmp/log)" 0

start=$(cut -d. -f1 /proc/uptime)
ok "a time limit" morsel-admin -q events -t 1
ok "is kept" test $(($(cut -d. -f1 /proc/uptime) - start)) -lt 20
for filter in kind=none colour=red uid=nobody-at-all path=nowhere; do
	fails "a filter that makes no sense: $filter" "${filter#*=}" morsel-admin events -t 1 -f $filter
done
fails "nothing to be below" "needs a directory" morsel-admin events -t 1 -R
done_testing
