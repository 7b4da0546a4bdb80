#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-top --rw on the module: permission bits, rights, seals and limits; what is refused, and what has gone.
# pool: size=64M,name=p
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
tmux send-keys X
shows "from whom" '^Take p:a from '
tmux send-keys n o b o d y - Enter
shows "there is no such user" 'no such user'
tmux send-keys X alice Enter
until_it "alice has nothing any more" alice_has ---
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
tmux send-keys q
await 50 test -s status
is "it ends" "$(cat status)" "status 0"
done_testing
