#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rights revoke and grant by what users can do then: it takes what came from others, too, and gives nobody else more.
# pool: size=64M,name=p,mode=755
# groups: cli rights
# timeout: 60
# programs: setfacl
. /tests/lib/tap.sh
cd "$MORSEL_DIR" || bail_out "no pool"

# Stores into FILE, or loads from it, again and again, from now on.
use() { # USER FILE r|w
	rm -f /tmp/end
	{
		as "$1" usage_touch "$MORSEL_DIR/$2" "$3" 0
		echo $? > /tmp/end
	} &
	await 100 mapped "$2"
	ok "$1 uses $2" mapped "$2"
}
mapped() {
	[ -n "$(morsel-admin -H ps -o pid "p:$1")" ]
}
can() { # USER FILE: which of r and w
	as "$1" sh -c "(exec < $MORSEL_DIR/$2) 2> /dev/null && echo r
		(exec >> $MORSEL_DIR/$2) 2> /dev/null && echo w" | xargs echo
}
# The use that began last ends by this signal.
ends() { # NAME SIGNAL
	await 100 test -s /tmp/end
	is "$1" "$(cat /tmp/end)" $((128 + $2))
}

# ---- what came from others

ok "a morsel for others" morsel-admin create -s 2M -m 606 p:o
use alice o w
as alice sh -c "exec 3<> $MORSEL_DIR/o; echo ready > /tmp/ready; while [ ! -e /tmp/go ]; do sleep 0.1; done
	echo x >&3 && echo wrote; head -c 1 <&3 && echo read" > /tmp/said 2> /tmp/errors &
holder=$!
await 100 test -s /tmp/ready
ok "revoke from one of the others" morsel-admin rights revoke p:o u:alice
ends "her mapping has gone" 7
touch /tmp/go
wait $holder
is "her descriptor is of no use" "$(cat /tmp/said)" ""
like "denied" "$(cat /tmp/errors)" "ermission denied"
is "she opens it no more" "$(can alice o)" ""
is "the others do" "$(can bob o) $(can carol o)" "r w r w"
status "rights check says so, too" 1 morsel-admin rights check p:o r --as alice

ok "one for others and a group" morsel-admin create -s 2M -m 666 p:both
ok "that is taken from the group" morsel-admin rights revoke p:both g::rw
use alice both w
ok "and from one of the others only to write" morsel-admin rights revoke p:both u:alice:w
ends "is a store too much" 11
is "she still reads" "$(can alice both)" "r"
is "the others write" "$(can bob both)" "r w"

ok "for all of a group" morsel-admin create -s 2M -m 706 p:g
use alice g r
ok "revoke from a group" morsel-admin rights revoke p:g g:team
ends "a mapping of one in it has gone" 7
is "nobody in it opens it" "$(can alice g)$(can bob g)" ""
is "who is not in it does" "$(can carol g)" "r w"

ok "another's" morsel-admin create -s 2M -m 604 -u bob p:bobs
use alice bobs r
ok "who takes it from her" as bob morsel-admin rights revoke p:bobs u:alice
ends "has it taken" 7
is "for good" "$(can alice bobs)" ""
is "he has it himself" "$(can bob bobs)" "r w"
ok "from himself" as bob morsel-admin rights revoke p:bobs u:bob:w
is "he has not written what he may not" "$(can bob bobs)" "r"

ok "of a group" morsel-admin create -s 2M -m 660 -g team p:t
use alice t w
ok "revoke from it by its name" morsel-admin rights revoke p:t g:team
ends "it is the group's entry" 7
is "nobody in it has any" "$(can alice t)$(can bob t)" ""
ok "with others" chmod 606 t
ok "from the mask" sh -c "setfacl -m u:carol:r t && morsel-admin rights revoke p:t m::r"
is "nobody becomes one of the others" "$(can alice t)$(can bob t)$(can carol t)" ""

status "what cannot be taken" 5 morsel-admin rights revoke p:t u:root:w
like "is told" "$said" "p:t: u:root still has some of -w- by his capabilities"

# ---- what others had

ok "one that is masked" sh -c "touch w && setfacl -m u:bob:rw w && chmod 640 w"
is "bob reads" "$(can bob w)" "r"
ok "revoke from another" morsel-admin rights revoke p:w u:carol:w
is "gives bob no more" "$(can bob w)" "r"
ok "grant to another" morsel-admin rights grant p:w u:carol:rw
is "gives her what is said" "$(can carol w)" "r w"
is "and bob no more" "$(can bob w)" "r"
ok "unless the mask is given" sh -c "setfacl -m u:bob:rw w && chmod 640 w &&
	morsel-admin rights grant p:w m::rw,u:carol:r"
is "which lets through what it did not" "$(can bob w)" "r w"

ok "a directory that has lists" sh -c "mkdir d && chmod 755 d && setfacl -dm u:bob:rwx,g::rwx d"
ok "and a morsel of nobody else's in it" morsel-admin create -s 2M p:d/f
ok "take something" morsel-admin rights revoke p:d/f u:alice
is "nobody gets anything" "$(can alice d/f)$(can bob d/f)$(can carol d/f)" ""
is "by its bits" "$(stat -c %a d/f)" 600
ok "one that others read" morsel-admin create -s 2M -m 604 p:d/g
use bob d/g r
ok "give something" morsel-admin rights grant p:d/g u:alice:rw
is "all others have what they had" "$(can alice d/g), $(can bob d/g), $(can carol d/g)" "r w, r, r"
ok "also who uses it" mapped d/g
ok "for new objects" morsel-admin rights grant p:d d:o::rx,d:u:bob:-,d:g::-
ok "take from those that there will be" morsel-admin rights revoke p:d d:u:alice
touch d/new
chmod o+rw d/new
is "no new one is alice's or bob's" "$(can alice d/new)$(can bob d/new)" ""
is "but others'" "$(can carol d/new)" "r w"
done_testing
