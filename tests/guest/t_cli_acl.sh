#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-admin rights and seal: what is granted is felt, what is revoked is gone, and errors tell who could.
# pool: size=64M,name=p,mode=755
# groups: cli rights
# timeout: 60
# programs: jq getfacl setfacl
. /tests/lib/tap.sh
cd "$MORSEL_DIR" || bail_out "no pool"

acl() {
	morsel-admin rights show "$1" | grep -v '^#' | tr '\n' ' '
}

ok "a morsel" morsel-admin create -s 1M -m 640 p:f
is "its rights" "$(acl p:f)" "u::rw- g::r-- o::--- "
like "with owner and group" "$(morsel-admin rights show p:f | tr '\n' ' ')" '^# name: p:f # owner: root # group: root '
fails "alice may not read" "denied" as alice cat f
ok "grant" morsel-admin rights grant p:f u:alice:rw,g:team:r,o::-
is "the list" "$(acl p:f)" "u::rw- u:alice:rw- g::r-- g:team:r-- m::rw- o::--- "
like "getfacl sees the same" "$(getfacl -cE f | tr '\n' ' ')" 'user:alice:rw- group::r-- group:team:r--'
ok "alice reads" as alice cat f
ok "she writes" as alice dd if=/dev/zero of=f bs=1 count=1 conv=notrunc
ok "bob reads" as bob cat f
fails "he does not write" "denied" as bob dd if=/dev/zero of=f bs=1 count=1 conv=notrunc

# A shell has it open when the right goes.
sleep 1000 3<f &
holder=$!
as alice sh -c 'exec 3<>/mnt/morsel/f; echo ready >/tmp/ready; while [ ! -e /tmp/go ]; do sleep 0.1; done
	echo x >&3 && echo wrote; head -c 1 <&3 >/dev/null && echo read' >/tmp/said 2>/tmp/errors &
user=$!
while [ ! -s /tmp/ready ]; do sleep 0.1; done
ok "what would be" morsel-admin -n rights revoke p:f u:alice:w
is "is not done" "$(acl p:f)" "u::rw- u:alice:rw- g::r-- g:team:r-- m::rw- o::--- "
ok "revoke the right to write" morsel-admin rights revoke p:f u:alice:w
touch /tmp/go
wait "$user"
is "she reads on, and does not write" "$(cat /tmp/said)" read
like "and is told" "$(cat /tmp/errors)" "ermission denied"
ok "revoke all" morsel-admin rights revoke p:f u:alice
like "her entry stays, empty" "$(acl p:f)" "u:alice:---"
fails "she does not read, though others of the team do" "denied" as alice cat f
ok "bob does" as bob cat f
kill "$holder"
is "counted" "$(morsel-admin --json rights show p:f | jq -c '.[0].revokes')" 2
ok "without the mapped" morsel-admin rights revoke --keep-mapped p:f g:team
is "is not counted" "$(morsel-admin --json rights show p:f | jq -c '.[0].revokes')" 2
is "as JSON" "$(morsel-admin --json rights show p:f | jq -c '.[0].acl[1]')" '{"tag":"u","who":"alice","perm":"---"}'

ok "a morsel of a group" sh -c "touch t && chgrp team t && chmod 660 t"
is "a copy in a dry run" "$(morsel-admin -n rights copy p:f p:t)" "p:t: would take over the rights"
is "changes nothing" "$(acl p:t)" "u::rw- g::rw- o::--- "
ok "revoke from one of them" morsel-admin rights revoke p:t u:alice:w
is "who keeps what else the group has" "$(acl p:t)" "u::rw- u:alice:r-- g::rw- m::rw- o::--- "
ok "that is felt" as alice cat t
fails "and no more" "ermission denied" as alice sh -c "echo > t"
ok "the group has what it had" as bob sh -c "echo > t"

ok "a directory" mkdir d
ok "a list for new objects" morsel-admin rights grant p:d d:u:bob:rwx
like "is shown" "$(acl p:d)" "d:u::rwx d:u:bob:rwx"
touch d/new
like "and inherited" "$(acl p:d/new)" "u:bob:rw[x-]"
touch g
ok "copy" morsel-admin rights copy p:f p:g
is "the same" "$(acl p:g)" "$(acl p:f)"

# Each changes its own entry, again and again, and finds it as it was left.
both=$MORSEL_DIR/both
touch "$both"
in_turn() { # USER
	i=0
	while [ $i -lt 10 ]; do
		morsel-admin rights grant p:both "u:$1:rw" && morsel-admin rights show p:both | grep -q "^u:$1:rw-" &&
			morsel-admin rights revoke p:both "u:$1:w" &&
			morsel-admin rights show p:both | grep -q "^u:$1:r--" || return 1
		i=$((i + 1))
	done
}
in_turn alice &
other=$!
ok "one who grants and revokes beside another" in_turn bob
wait $other
is "and that one" $? 0

setfacl -b f
is "setfacl takes it away" "$(acl p:f)" "u::rw- g::r-- o::--- "

fails "not the owner" "p:f: only the owner of the object, or CAP_FOWNER.*the owner of p:f is root .EPERM" \
	as bob morsel-admin rights grant p:f u:bob:rw
fails "an unknown user" 'there is no user "nobodysuch"' morsel-admin rights grant p:f u:nobodysuch:r
fails "no permission" 'does not end in a permission' morsel-admin rights grant p:f u:alice
fails "a permission that is none" 'does not end in a permission' morsel-admin rights grant p:f u:alice:q
fails "no entry" 'say u:USER:rw' morsel-admin rights grant p:f x
fails "what is not there" "p:none: .*ENOENT" morsel-admin rights show p:none
is "usage is status 2" "$(morsel-admin rights grant p:f x 2>/dev/null; echo $?)" 2

fails "seal asks" "say --yes" morsel-admin seal p:f
fails "not the owner's is not sealed" "the owner of p:f is root" as bob morsel-admin -y seal p:f
ok "seal" morsel-admin -y seal p:f
fails "nobody writes" "not permitted" dd if=/dev/zero of=f bs=1 count=1 conv=notrunc
fails "nor resizes" "EPERM" morsel-admin -y resize p:f 0
like "shown" "$(morsel-admin rights show p:f)" "# sealed"
ok "it can be removed" rm f
done_testing
