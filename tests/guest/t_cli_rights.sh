#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-admin for those who are not root: what they may do works, the rest is refused with a reason.
# pool: size=64M,name=p,mode=755
# groups: cli
# timeout: 30
# programs: jq
. /tests/lib/tap.sh

as_fails() { # NAME PATTERN USER COMMAND...
	as_name=$1
	as_pattern=$2
	shift 2
	fails "$as_name" "$as_pattern" as "$@"
}

ok "a directory for the team" morsel-admin create -d -m 2770 -g team p:team
ok "one for alice" morsel-admin create -d -m 700 -u alice p:alice
ok "alice creates" as alice morsel-admin create -s 1M p:team/a
is "it is hers" "$(morsel-admin -H ls -o owner,group p:team/a | tr -s ' ')" "alice team"
ok "she lists" as alice morsel-admin ls -l p:team
ok "bob lists too" as bob morsel-admin ls p:team
as_fails "but may not see alice's" "p:alice/x: .*EACCES" bob morsel-admin stat p:alice/x
ok "alice has something in it" as alice morsel-admin create p:alice/x
is "bob's list of it is empty" "$(as bob morsel-admin ls p:alice)" ""
as_fails "nor create in the root" "p:b: .*EACCES" bob morsel-admin create p:b
as_fails "nor resize what he may not write" "p:team/a: .*EACCES" bob morsel-admin resize p:team/a 2M
as_fails "nor give things away" "p:team/b: .*EPERM, attribute uid" bob morsel-admin create -u alice p:team/b
is "so is carol's of what the team has" "$(as carol morsel-admin ls -R p:)" "$(printf 'p:alice\np:team')"
as_fails "a pool" "q: .*CAP_SYS_ADMIN.*EPERM" alice morsel-admin pool create q
as_fails "its end" "p: /mnt/morsel: only CAP_SYS_ADMIN may unmount it .EPERM" alice morsel-admin pool remove -y p
as_fails "events" "only CAP_SYS_ADMIN may be told of all events; name what you may read to watch that .EPERM" \
	alice morsel-admin events -t 1
as_fails "nor seal it" "p:team/a: only the owner.*the owner of p:team/a is alice .EPERM" \
	bob morsel-admin seal -y p:team/a
as_fails "nor grant" "p:team/a: only the owner.*the owner of p:team/a is alice .EPERM" \
	bob morsel-admin rights grant p:team/a u:bob:rw
as_fails "nor revoke" "the owner of p:team/a is alice .EPERM" \
	bob morsel-admin rights revoke p:team/a g::r
as_fails "nor copy rights" "the owner of p:team/a is alice .EPERM" \
	bob morsel-admin rights copy p:team p:team/a
as_fails "no quota" "CAP_SYS_ADMIN.*EPERM" bob morsel-admin quota set p bob --hard none
as_fails "no processes of others" "somebody else.*EPERM" bob morsel-admin vas --pid 1

# Who could grant what is missing.
ok "a morsel of root's" morsel-admin create -s 4096 -m 644 p:readable
ok "and a secret" morsel-admin create -s 4096 p:secret
as_fails "to create" "p:b: no write and search permission on the directory.*owner of p:, root.*EACCES" \
	bob morsel-admin create p:b
as_fails "below a directory" "p:alice/x: no search permission.*owner of p:alice, alice.*EACCES" \
	bob morsel-admin stat p:alice/x
as_fails "to list" "p:alice/: no read permission on the directory.*owner of p:alice/, alice.*EACCES" \
	bob morsel-admin ls p:alice/
as_fails "to rename" "p:readable: no write and search permission.*owner of p:, root.*EACCES" \
	bob morsel-admin mv p:readable p:other
as_fails "to remove" "p:readable: no write and search permission.*owner of p:, root.*EACCES" \
	bob morsel-admin rm p:readable
as_fails "to resize" "p:readable: no write permission on the object.*owner of p:readable, root.*EACCES" \
	bob morsel-admin resize -y p:readable 0
as_fails "to export" "p:secret: .*owner of p:secret, root.*EACCES" bob morsel-admin export p:secret -
as_fails "to import" "p:x: .*owner of p:, root.*EACCES" bob morsel-admin import /etc/passwd p:x
like "also in JSON" "$(as bob morsel-admin -j rm p:readable)" '"errno":"EACCES".*owner of p:, root'

ok "it is all still there" morsel-admin stat p:team/a
is "alice sees the pool" "$(as alice morsel-admin -j pool | jq -r .[0].name)" "p"
ok "the team removes" as bob morsel-admin rm p:team/a
chmod 700 /mnt/morsel
is "a pool that one may not enter is not listed" "$(as carol morsel-admin -j pool)" "[]"
as_fails "and is not there" "p: .*ENOENT" carol morsel-admin pool show p

# Rights on a directory are felt by who looks something up, and not below.
chmod 755 /mnt/morsel
ok "a directory for alice" morsel-admin create -d -m 755 p:below
ok "with her list" morsel-admin rights grant p:below u:alice:rwx
ok "and a morsel in it" morsel-admin create -s 4096 -m 666 p:below/f
as alice sh -c 'cd /mnt/morsel/below && exec 3<>f; echo ready > /tmp/in; while [ ! -e /tmp/on ]; do sleep 0.1; done
	echo x >&3 && echo written; cat f > /tmp/null && echo found; : > new && echo made' > /tmp/still 2> /tmp/why &
inside=$!
await 200 test -s /tmp/in
is "revoke on a directory tells what it takes" "$(morsel-admin -v rights revoke p:below u:alice)" \
	"the rights on p:below are changed, for all look-ups from now on; what is open or mapped below keeps its own"
touch /tmp/on
wait $inside
is "what is open below keeps its rights, and nothing is found or made" "$(cat /tmp/still)" "written"
is "two are refused" "$(grep -c "ermission denied" /tmp/why)" 2
is "of what is no directory" "$(morsel-admin -v rights revoke p:below/f u:bob)" \
	"the rights on p:below/f are changed, also of who has it open or mapped"

ok "a list for new objects" morsel-admin rights grant p:below d:u:bob:rw
ok "one with the default mode" morsel-admin create p:below/narrow
like "inherits the list" "$(morsel-admin rights show p:below/narrow | xargs echo)" "u:bob:rw- .*m::--- o::---"
as_fails "without effect" "EACCES" bob morsel-admin rights check p:below/narrow r
ok "until the group has bits in the mode" chmod 660 /mnt/morsel/below/narrow
ok "or has had them from the start" morsel-admin create -m 660 p:below/wide
ok "the one is felt" as bob cat /mnt/morsel/below/narrow
ok "and the other" as bob cat /mnt/morsel/below/wide
done_testing
