#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-admin --batch: commands out of a file and out of a pipe, what stops them, and what is left out then.
# pool: size=256M,name=p,mode=1777
# groups: cli
# timeout: 60
# programs: jq
. /tests/lib/tap.sh

ma=morsel-admin
cd /tmp || bail_out "no directory"
head -c 100000 /dev/urandom > data

cat > all <<'END'
# a directory, and what is in it
create -d -m 755 p:dir

create -s 4M -m 640 p:dir/a "p:dir/two words"	# and one more
create --addr auto -s 2M 'p:dir/#placed'
rights grant p:dir/a u:alice:r
import data p:dir/data
mv p:dir/data p:dir/d\ t
export "p:dir/d t" copy
resize -y p:dir/a 1M
ls -H -o size p:dir/a
quota set p alice --hard 8M
END
status "a file" 0 $ma --batch all
like "what a line prints is printed" "$said" '^ *1M$'
is "all is there" "$($ma ls p:dir)" "p:dir/#placed
p:dir/a
p:dir/d t
p:dir/two words"
ok "with its contents" cmp data copy
like "with its rights" "$($ma rights show p:dir/a)" 'u:alice:r--'
like "with its address" "$($ma ls -H -o addr 'p:dir/#placed')" 0x200000000000

printf 'create p:b\nrm p:none\ncreate p:c\n' > stops
status "one that fails" 1 $ma --batch stops
like "ends it, and is named" "$said" 'stops:2: failed with status 1, the lines behind it are left out'
is "what comes before it is done, what comes behind it is not" "$($ma ls -d p:b; $ma -q ls -d p:c 2> /dev/null)" p:b
$ma rm p:b
status "by force" 5 $ma --batch stops --force
is "the rest is done" "$($ma ls -d p:b p:c | xargs echo)" "p:b p:c"
printf 'stat p:none\nstat p:none p:b\n' > partial
status "its status, if all fail: that of the first" 1 $ma --force --batch partial
printf 'stat p:none p:b\n' > partial
status "which may be of several names" 5 $ma --batch partial
printf 'rm -r p:dir\nrm p:b\n' > asks
status "what asks for an answer" 2 $ma --batch asks
ok "is not done" $ma stat p:dir p:b
ok "unless it is given for all" $ma -y --batch asks
status "and then it is" 1 $ma stat p:b

# A line cannot take the next ones for its input.
printf 'import - p:in\nrights show p:in\n' > lines
status "from a pipe" 0 sh -c "$ma --batch - < lines"
is "the first reads nothing of it" "$($ma ls -H -o size p:in | tr -d ' ')" 0B
like "and the second is run" "$said" 'u::rw-'

i=0
while [ $i -lt 300 ]; do
	echo "create -s $i p:many/$i"
	i=$((i + 1))
done > many
$ma create -d p:many
ok "hundreds" $ma --batch many
is "of them" "$($ma -j ls p:many | jq 'map(.size) | add')" $((299 * 150))

# ---- JSON

printf 'stat p:c\n\n# none\nstat p:none p:c\nls p:many\n' > lines
$ma -jf --batch lines > json
is "JSON: partial" $? 5
is "a value for each line that has a command" "$(jq -s length json) $(wc -l < json)" "3 3"
is "with the line of what failed" "$(jq -sc '.[1][0].error | [.errno, .line]' json)" '["ENOENT",4]'
is "and what there was" "$(jq -s '.[2] | length' json)" 300
is "alone there is no line" "$($ma -j stat p:none | jq '.error | has("line")')" false

# ---- signals and readers that go

$ma create p:told
printf 'import data p:copy\nevents -t 100 -c 1 p:told\ncreate p:after\n' > lines
$ma --batch lines > out 2> err &
batch=$!
await 100 grep -q watching err
ok "an event" $ma resize p:told 4K
wait $batch
is "events end, and the rest is done" $? 0
like "it was seen" "$(cat out)" 'morsel-set'
ok "there it is" $ma stat p:after
printf 'events -t 100 p:told\ncreate p:never\n' > lines
# A shell has what runs in the background ignore SIGINT, but not SIGTERM.
$ma --force --batch lines > out 2> err &
batch=$!
await 100 grep -q watching err
kill -TERM $batch
wait $batch
is "an interrupt ends it" $? 143
status "and what comes behind it is not done" 1 $ma stat p:never
printf 'events -t 0 p:told\nimport data p:copy3\nimport pipe p:copy4\n' > lines
mkfifo pipe
sleep 100 > pipe &
writer=$!
$ma --force --batch lines > out 2> err &
batch=$!
await 100 sh -c "$ma stat p:copy3 > /dev/null && sleep 0.5"
kill -TERM $batch
wait $batch
is "a copy that is interrupted ends it" $? 5
like "which is said" "$(cat err)" 'interrupted'
kill $writer
done_testing
