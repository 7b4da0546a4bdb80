#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-top on the module: what it shows is what there is, for root and for a user, in batch mode and
# on a terminal; what it may change with --rw and only then; what a look at 10,000 morsels costs.
# pool: size=128M,name=p
# groups: top
# timeout: 300
# programs: jq tmux
# files: docs/json.md=/json.md /lib/terminfo/s/screen /lib/terminfo/t/tmux-256color /usr/lib/locale/C.utf8
. /tests/lib/tap.sh
. /tests/lib/screen.sh

export TERM=screen LC_ALL=C.UTF-8
cd /tmp || bail_out "no directory"

morsel-admin create -s 8M -m 640 p:held
morsel-admin create -s 4M -m 600 p:secret
morsel-admin create -s 2M -m 666 -P p:dir/sub/open
dd if=/dev/urandom of=/mnt/morsel/held bs=1M count=3 conv=notrunc 2> /dev/null
chmod 755 /mnt/morsel/dir /mnt/morsel/dir/sub
mkdir -m 700 /mnt/morsel/closed
touch /mnt/morsel/closed/hidden
holdmap /mnt/morsel/held 280 &
holder=$!
sleep 1

# ---- JSON

is "it looks" "$(morsel-top -j -n 1 > look; echo $?)" 0
judge() { # FILE: what is not as json.md has it
	jq -r --rawfile doc /json.md --arg command morsel-top -f /tests/lib/json_doc.jq "$1" | grep -v '^seen '
}
is "what it prints is as documented" "$(judge look)" ""
is "sizes and memory" "$(jq -c '.morsels[] | select(.name == "p:held") | [.size, .allocated, .mappers]' look)" \
	"[8388608,4194304,1]"
is "who maps it" "$(jq -c '.attachments[] | [.pid, .uid, .command, .writable]' look)" "[$holder,0,\"holdmap\",1]"
is "when it was made" "$(jq -c '.time as $now | .morsels[] | select(.name == "p:held") |
	($now - .created) / 1000000000 | . > 0 and . < 200' look)" true
is "the module" "$(jq -r .module look)" "$(cat /sys/module/morsel/version)"
is "the pool" "$(jq -c '.pools[] | [.name, .size]' look)" '["p",134217728]'
is "nothing is hidden from root" "$(jq .hidden look)" 0
is "for a user the rights are his" "$(su alice -c 'morsel-top -j -n 1' > look2
	jq -r '.morsels[] | select(.type == 1) | "\(.name)=\(.rights)"' look2 | tr '\n' ' ')" \
	"p:held=0 p:secret=0 p:dir/sub/open=6 "
is "and as documented" "$(judge look2)" ""
is "what he may not see is a number" "$(jq .hidden look2)" 1
is "and so are others' mappings: none" "$(jq '.attachments | length' look2)" 0
is "events are for him, too" "$(jq .events_known look2)" 1

# ---- usage, addresses, quotas, access lists

morsel-admin create -s 4M -m 600 p:used
fallocate -l 4M /mnt/morsel/used
usage_touch /mnt/morsel/used w 0 3000000 &
toucher=$!
morsel-admin create -s 4M -m 600 --addr auto --max 16M p:placed
morsel-admin create -s 2M -m 600 --addr 0x280000000000 p:far
holdmap /mnt/morsel/placed 280 &
placed=$!
morsel-admin quota set p alice --soft 1M --hard 2M --objects-hard 5
morsel-admin rights grant p:secret u:alice:r
sleep 1
morsel-top -j -n 2 -d 1 -p $placed > looks
member() { # FILTER: of the second look
	jq -cs ".[1] | $1" looks
}
morsel-top -j -n 2 -d 1 > all
is "what is active and dirty" "$(jq -cs '.[1].morsels[] | select(.name == "p:used") | [.active, .dirty]' all)" \
	"[4194304,4194304]"
is "processes and mappings so far" \
	"$(jq -cs '.[1].morsels[] | select(.name == "p:used") | [.processes, .maps]' all)" "[1,1]"
is "page faults" "$(jq -cs '.[1].morsels[] | select(.name == "p:used") | .faults > 0' all)" true
is "an attachment" "$(jq -cs ".[1].attachments[] | select(.pid == $toucher) |
	[.command, .offset, .writable, .links > 0]" all)" '["usage_touch",0,1,true]'
is "its age" "$(jq -cs ".[1] | .time as \$now | .attachments[] | select(.pid == $toucher) |
	(\$now - .since) / 1000000000 | . > 0 and . < 200" all)" true
is "with -p only its morsels" "$(member '[.morsels[].name]')" '["p:placed"]'
is "addresses" "$(member '[.morsels[] | .address, .max_size]')" '["0x200000000000",16777216]'
is "reservations" "$(member '[.reservations[] | .start, .name]')" \
	'["0x200000000000","p:placed","0x280000000000","p:far"]'
is "the gaps between them" "$(member '.gaps | length')" 2
is "the window" "$(member '[.window_start, (.reserved > 0), (.largest_gap > 0)]')" \
	'["0x200000000000",true,true]'
is "what the process maps" "$(member '[.vmas[] | select(.is_morsel == 1) | .start, .name]')" \
	'["0x200000000000","p:placed"]'
is "quotas" "$(member '.users[] | select(.uid == 1000) | [.bytes_soft, .bytes_hard, .objects_hard]')" \
	"[1048576,2097152,5]"
is "rights by the access list" "$(su alice -c 'morsel-top -j -n 1' |
	jq -r '.morsels[] | select(.name == "p:secret") | .rights')" 4
is "the gaps tell of what he does not see" "$(su alice -c 'morsel-top -j -n 1' | jq -c '.gaps | length')" 2
ok "sealed" morsel-admin seal -y p:far
is "it shows" "$(morsel-top -j -n 1 -F far | jq -c '.morsels[] | [.sealed, .rights]')" "[1,4]"

# ---- text

begin_looks() { # FILE USER: morsel-top has looked once when this returns
	rm -f "$1"
	as "$2" morsel-top -j -n 2 -d 5 > "$1" &
	looker=$!
	until [ -s "$1" ] || ! kill -0 $looker; do sleep 0.1; done
}
begin_looks looks root
touch /mnt/morsel/event
morsel-admin create -u alice p:hers
fallocate -l 4M /mnt/morsel/hers 2> /dev/null
rm /mnt/morsel/hers
wait $looker
is "a quota has held" "$(jq -cs '[.[].pools[0].refused] | [.[0], .[1] > 0]' looks)" "[0,true]"
is "names have changed" "$(jq -s '.[1].pools[0].generation > .[0].pools[0].generation' looks)" true
like "events, and who it was" "$(jq -rs '.[1].events[] | "\(.type) \(.text)"' looks | head -1)" \
	'^morsel-new p:event  0B mode 0644  by root pid [0-9]+$'
like "a table" "$(morsel-top -1)" '^p:held .* 8M +4M'
begin_looks looks2 alice
morsel-admin resize p:event 8192
morsel-admin resize p:closed/hidden 4096
wait $looker
is "a user hears of what is in directories he may read" \
	"$(jq -rs '.[1].events[] | "\(.type) \(.text)"' looks2 | cut -d ' ' -f 1-2)" "morsel-set p:event"
ok "without TERM" env -u TERM morsel-top -1
like "a tree" "$(morsel-top -1 -t)" '^    sub/'
is "a filter" "$(morsel-top -1 -F OPEN | grep -c '^p:')" 1
is "of a process" "$(morsel-top -1 -p $holder | grep '^p:' | cut -d ' ' -f 1)" p:held
sleep 1000 &
idle=$!
like "of one that maps none" "$(morsel-top -1 -p $idle)" '^No morsel of the process can be seen\.$'
rm looks
morsel-top -j -n 2 -d 10 -p $idle > looks 2> why &
looker=$!
until [ -s looks ] || ! kill -0 $looker; do sleep 0.1; done
kill $idle
wait $idle
wait $looker
is "one that goes ends no look" "$? $(wc -l < looks)" "0 2"
is "but that is told" "$(cat why)" "morsel-top: process $idle has gone"
is "there must be one" "$(morsel-top -1 -p $idle 2>&1; echo $?)" "morsel-top: there is no process $idle
1"
is "of a user" "$(morsel-top -1 -u alice | grep -c '^p:')" 0

# ---- a terminal

tmux -f /dev/null new-session -d -x 80 -y 24 'morsel-top -d 1; echo status $? > status' || bail_out "no tmux"
shows "the table" '^p:held +root '
tmux send-keys 2
shows "processes" "$holder root .* holdmap"
tmux send-keys Enter
shows "the map of one" "pid: $holder"
tmux send-keys 1 Enter
shows "a morsel" "$holder root +holdmap +rw"
tmux send-keys Escape F4 p:used Enter
shows "active and dirty memory on the screen" 'p:used +root +rw- +4M +4M +4M +4M +1 '
tmux send-keys F4 Escape F4 secret Enter
shows "a list of rights" '^p:secret'
tmux send-keys Enter
shows "in full" 'u:alice:r--'
tmux send-keys Escape 5
shows "quotas" '^alice .* 1M +2M'
tmux send-keys 3 w
shows "the map" '^ window 2000_0000_0000 .* reserved .* largest gap'
tmux send-keys F4 Escape 6
morsel-admin resize p:event 12K
shows "what happens" 'morsel-set +p:event  12K mode 0644  by root pid'
kill $toucher $placed
tmux send-keys F4 secret Enter
shows "a filter" 'filter: secret'
tmux send-keys DC y
sleep 2
ok "nothing is removed" test -f /mnt/morsel/secret
tmux send-keys 2 k y
sleep 2
ok "nor killed" kill -0 $holder
tmux send-keys q
n=0
until [ -s status ] || [ $((n += 1)) -gt 100 ]; do sleep 0.1; done
is "it ends" "$(cat status)" "status 0"
tmux -f /dev/null new-session -d -x 80 -y 24 'morsel-top -d 1 --rw; echo status $? > status'
shows "with --rw" 'READ-WRITE'
tmux send-keys F4 secret Enter
shows "that one" '^p:secret'
tmux send-keys DC
shows "it asks" 'Remove p:secret\? \[y/N\]'
tmux send-keys n
sleep 1
ok "no is no" test -f /mnt/morsel/secret
tmux send-keys DC y
shows "yes is yes" 'Nothing fits the filter'
fails "it is gone" "" test -f /mnt/morsel/secret
tmux send-keys 2
shows "processes again" "$holder root .* holdmap"
tmux send-keys k
shows "it asks" "Send SIGTERM to process $holder\? \[y/N\]"
tmux send-keys y
shows "the process is gone, too" 'No process'
tmux send-keys q
wait $holder 2> /dev/null

# ---- many

mkdir /mnt/morsel/many
i=0
while [ $i -lt 10000 ]; do
	: > /mnt/morsel/many/$i
	i=$((i + 1))
done
chmod 755 /mnt/morsel/many
mkdir -m 755 /mnt/morsel/churn
seen() { # USER NAME: after changes, what is shown is what there is, though few looks ask for everything
	rm -rf /mnt/morsel/churn/*
	as "$1" morsel-top -b -d 0.3 -n 40 -F churn > seen.text &
	sleep 3
	for i in 1 2 3 4 5 6 7 8; do
		: > /mnt/morsel/churn/$i
	done
	rm /mnt/morsel/churn/1 /mnt/morsel/churn/2
	mv /mnt/morsel/churn/3 /mnt/morsel/churn/three
	mkdir -m 755 /mnt/morsel/churn/d
	: > /mnt/morsel/churn/d/x
	mv /mnt/morsel/churn/d /mnt/morsel/churn/e
	truncate -s 3M /mnt/morsel/churn/8
	wait $!
	is "$2" "$(awk '/^morsel-top/ { text = "" } /^p:churn/ { text = text "\n" $1 } END { print text }' seen.text |
		sort | xargs echo)" \
		"p:churn/4 p:churn/5 p:churn/6 p:churn/7 p:churn/8 p:churn/e/x p:churn/three"
	like "$2: a size" "$(grep '^p:churn/8' seen.text | tail -1)" ' 3M '
}
seen root "by events"
seen alice "by the generation of the pool"

ticks() { # COMMAND...: processor time in 1/100 s
	set -- "$("$@" > /dev/null; awk '{ print $16 + $17 }' /proc/self/stat)"
	echo "$1"
}
few=$(ticks morsel-top -b -d 0.1 -n 1 -F many/77)
many=$(ticks morsel-top -b -d 0.1 -n 6 -F many/77)
diag "a look at 10,000 morsels: $(((many - few) * 10 / 5)) ms of processor time on this emulated CPU"
list=$(ticks morsel-admin -H ls -o name,size,allocated p:many)
diag "a list of them: $((list * 10)) ms"
ok "a look takes less than a list" test $(((many - few) / 5)) -lt "$list"

# On a terminal, one look a second.
tmux -f /dev/null new-session -d -x 80 -y 24 'exec morsel-top -d 1'
shows "10,000 on a terminal" ' 100[0-9][0-9] obj'
monitor=$(pidof morsel-top)
cpu() { awk '{ print $14 + $15 }' "/proc/$monitor/stat"; }
now() { awk '{ print int($1 * 100) }' /proc/uptime; }
sleep 5
before=$(cpu)
begun=$(now)
for i in $(seq 20); do
	sleep 1
	tmux capture-pane -p | sed -n '1s/.* cpu \([0-9.]*\)%.*/\1/p'
done > shares
took=$((($(cpu) - before) * 1000 / ($(now) - begun)))
diag "10,000 morsels, a look a second: $took ms of processor time for each on this emulated CPU"
# Looks differ, and some are seen twice or not at all.
share=$(awk '{ sum += $1 } END { print NR == 20 ? int(sum * 10 / NR) : -1 }' shares)
diag "$share ms by what it says of itself"
ok "that is what it says of itself" test $((share * 3)) -ge $took -a $share -le $((took * 3 + 10))
ok "on a terminal, too: not a quarter of that" test $took -lt $((list * 10 / 4))
tmux send-keys q
done_testing
