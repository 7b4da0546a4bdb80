#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-top on the module: what it shows is what there is, for root and for a user, in batch mode and
# on a terminal; what it may change with --rw and only then; what a look at 10,000 morsels costs.
# pool: size=128M,name=p
# groups: top
# timeout: 240
# programs: jq tmux
# files: /lib/terminfo/s/screen /lib/terminfo/t/tmux-256color /usr/lib/locale/C.utf8
. /tests/lib/tap.sh

export TERM=screen LC_ALL=C.UTF-8
cd /tmp || bail_out "no directory"

morsel-admin create -s 8M -m 640 p:held
morsel-admin create -s 4M -m 600 p:secret
morsel-admin create -s 2M -m 666 -P p:dir/sub/open
dd if=/dev/urandom of=/mnt/morsel/held bs=1M count=3 conv=notrunc 2> /dev/null
chmod 755 /mnt/morsel/dir /mnt/morsel/dir/sub
mkdir -m 700 /mnt/morsel/closed
touch /mnt/morsel/closed/hidden
holdmap /mnt/morsel/held 60 &
holder=$!
sleep 1

# ---- JSON

is "it looks" "$(morsel-top -j -n 1 > look; echo $?)" 0
is "sizes and memory" "$(jq -c '.morsels[] | select(.name == "p:held") | [.size, .allocated, .mappers]' look)" \
	"[8388608,4194304,1]"
is "who maps it" "$(jq -c '.attachments[] | [.pid, .uid, .command, .writable]' look)" "[$holder,0,\"holdmap\",1]"
is "the pool" "$(jq -c '.pools[] | [.name, .size]' look)" '["p",134217728]'
is "nothing is hidden from root" "$(jq .hidden look)" 0
is "for a user the rights are his" "$(su alice -c 'morsel-top -j -n 1' > look2
	jq -r '.morsels[] | select(.type == 1) | "\(.name)=\(.rights)"' look2 | tr '\n' ' ')" \
	"p:held=0 p:secret=0 p:dir/sub/open=6 "
is "what he may not see is a number" "$(jq .hidden look2)" 1
is "and so are others' mappings: none" "$(jq '.attachments | length' look2)" 0
is "events are not for him" "$(jq .events_known look2)" 0

# ---- text

morsel-top -j -n 2 -d 2 > looks &
sleep 1
touch /mnt/morsel/event
wait $!
is "events" "$(jq -rs '.[1].events[] | "\(.type) \(.text)"' looks | head -1)" "morsel-new p:event"
like "a table" "$(morsel-top -1)" '^p:held .* 8M +4M'
ok "without TERM" env -u TERM morsel-top -1
like "a tree" "$(morsel-top -1 -t)" '^    sub/'
is "a filter" "$(morsel-top -1 -F OPEN | grep -c '^p:')" 1
is "of a process" "$(morsel-top -1 -p $holder | grep '^p:' | cut -d ' ' -f 1)" p:held
is "of a user" "$(morsel-top -1 -u alice | grep -c '^p:')" 0

# ---- a terminal

shows() { # NAME PATTERN: within ten seconds
	shows_i=0
	while ! tmux capture-pane -p | grep -qE -- "$2" && [ $shows_i -lt 100 ]; do
		usleep 100000
		shows_i=$((shows_i + 1))
	done
	tmux capture-pane -p > screen
	grep -qE -- "$2" screen || diag "$(cat screen)"
	ok "$1" grep -qE -- "$2" screen
}

tmux -f /dev/null new-session -d -x 80 -y 24 'morsel-top -d 1; echo status $? > status' || bail_out "no tmux"
shows "the table" '^p:held +root '
tmux send-keys 2
shows "processes" "$holder root .* holdmap"
tmux send-keys Enter
shows "the map of one" "pid: $holder"
tmux send-keys 1 Enter
shows "a morsel" "$holder root +holdmap +rw"
tmux send-keys Escape F4 secret Enter
shows "a filter" 'filter: secret'
tmux send-keys DC y
sleep 2
ok "nothing is removed" test -f /mnt/morsel/secret
tmux send-keys 2 k y
sleep 2
ok "nor killed" kill -0 $holder
tmux send-keys q
sleep 1
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
tmux send-keys 2 k
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
ticks() { # COMMAND...: processor time in 1/100 s
	set -- "$("$@" > /dev/null; awk '{ print $16 + $17 }' /proc/self/stat)"
	echo "$1"
}
few=$(ticks morsel-top -b -d 0.1 -n 1 -F many/77)
many=$(ticks morsel-top -b -d 0.1 -n 6 -F many/77)
diag "a look at 10,000 morsels: $(((many - few) * 10 / 5)) ms of processor time on this emulated CPU"
ok "a look takes less than a second of it" test $(((many - few) / 5)) -lt 100
done_testing
