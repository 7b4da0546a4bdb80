#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-top --rw on the module: permission bits, rights, seals and limits; what is refused, and what has gone.
# pool: size=64M,name=p,mode=755
# groups: top
# timeout: 120
# programs: getfacl tmux
# files: /lib/terminfo/s/screen /lib/terminfo/t/tmux-256color /usr/lib/locale/C.utf8
. /tests/lib/tap.sh
. /tests/lib/screen.sh

export TERM=screen LC_ALL=C.UTF-8
cd /tmp || exit 1
morsel-admin create -s 4K p:a
morsel-admin rights grant p:a u:alice:rw

mode_is() {
	[ "$(stat -c %a /mnt/morsel/a)" = "$1" ]
}
alice_has() {
	getfacl -cp /mnt/morsel/a | grep -q "^user:alice:$1"
}
mapped() {
	[ -n "$(morsel-admin -H ps -o pid "p:$1")" ]
}
alice_uses() { # FILE: from now on
	rm -f ended
	{
		as alice usage_touch "/mnt/morsel/$1" r 0
		echo $? > ended
	} &
	until_it "alice uses $1" mapped "$1"
}
alice_ends() { # NAME
	await 100 test -s ended
	is "$1" "$(cat ended)" 135 # SIGBUS
}
limited() {
	morsel-admin -b -H quota show -o user,hard p | grep -qE "^alice +$1"
}
until_it() { # NAME COMMAND...
	until_name=$1
	shift
	await 100 "$@"
	ok "$until_name" "$@"
}

tmux -f /dev/null new-session -d -x 140 -y 24 'morsel-top -d 1 --rw; echo status $? > status' || bail_out "no tmux"
shows "the morsel" '^p:a +root '
tmux send-keys M
shows "what is asked" '^Mode of p:a: _'
tmux send-keys 9 Enter
shows "no such bits" 'four octal digits'
tmux send-keys M 6 4 4 Enter
until_it "permission bits" mode_is 644
alice_uses a
tmux send-keys X
shows "from whom" '^Take p:a from '
tmux send-keys n o b o d y - Enter
shows "there is no such user" 'no such user'
tmux send-keys X alice Enter
until_it "alice has an entry with nothing" alice_has ---
alice_ends "her mapping has gone"
fails "alice has nothing any more" "ermission denied" as alice cat /mnt/morsel/a
ok "what others have, bob has" as bob cat /mnt/morsel/a
tmux send-keys X r o o t Enter
shows "what cannot be taken" 'root still has rights, by his capabilities'
tmux send-keys M 6 4 6 Enter
until_it "more for others" mode_is 646
chgrp team /mnt/morsel/a
tmux send-keys X g : t e a m Enter
team_has_nothing() {
	! as bob cat /mnt/morsel/a
}
until_it "nor has the team" team_has_nothing
ok "carol has" as carol cat /mnt/morsel/a
tmux send-keys S
shows "it asks" 'Make the contents of p:a final\? \[y/N\]'
tmux send-keys n
sleep 1
is "no is no" "$(morsel-admin -j stat p:a | grep -c '"sealed":false')" 1
tmux send-keys S y
shows "sealed" '^p:a .* sealed'
fails "its contents are final" "ermitted" sh -c 'echo x > /mnt/morsel/a'
tmux send-keys M 6 0 0 Enter
until_it "but not its bits" mode_is 600

morsel-admin create -u alice p:alices
tmux send-keys 5
shows "users" '^alice '
tmux send-keys Home
# The list has the largest first; alice has nothing in it.
tmux send-keys Down L
shows "whose limit" '^Limit of alice '
tmux send-keys p Space 2 M Enter
until_it "a limit" limited 2097152
tmux send-keys L q Space 2 M Enter
shows "no such pool" 'no such pool|not there|No such'
tmux send-keys 1
rm /mnt/morsel/alices
strike=$(printf '\314\266')
shows "what has gone, struck through" "a${strike}l${strike}i${strike}c.* g${strike}o${strike}n${strike}e"
morsel-admin create -s 4K -m 604 p:z
shows "one more" '^p:z +root '
alice_uses z
tmux send-keys End X
shows "from whom" '^Take p:z from '
tmux send-keys g : t e a m Enter
alice_ends "she has it no more by her group"
fails "nor opens it" "ermission denied" as alice cat /mnt/morsel/z
tmux send-keys q
await 50 test -s status
is "it ends" "$(cat status)" "status 0"
done_testing
