#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# POSIX ACLs on objects and directories, seen by setfacl and getfacl and felt by users.
# groups: fs
# timeout: 40
# pool: size=64M,mode=1777
# programs: getfacl setfacl getfattr setfattr
. /tests/lib/tap.sh
cd "$MORSEL_DIR" || bail_out "no pool"
umask 077

acl() {
	getfacl -cE "$1" | tr '\n' ' '
}

echo secret >f
is "without an ACL: the mode" "$(acl f)" "user::rw- group::--- other::---  "
fails "bob may not read" "denied" as bob cat f
ok "bob is let in" setfacl -m u:bob:r f
is "the ACL" "$(acl f)" "user::rw- user:bob:r-- group::--- mask::r-- other::---  "
is "bob reads" "$(as bob cat f)" secret
fails "bob does not write" "denied" as bob dd if=/dev/null of=f
fails "alice does not read" "denied" as alice cat f
ok "the team is let in" setfacl -m g:team:rw f
is "alice reads" "$(as alice cat f)" secret
ok "the mask" setfacl -m m::- f
fails "the mask takes it away" "denied" as alice cat f
is "chmod writes the mask" "$(chmod 640 f; acl f | grep -o 'mask::...')" "mask::r--"
is "alice reads again" "$(as alice cat f)" secret
is "ls shows the mask as the group" "$(stat -c %a f)" 640
fails "only the owner sets it" "not permitted" as bob setfacl -m u:bob:rwx f
ok "removed" setfacl -b f
is "the mode is left" "$(acl f)" "user::rw- group::--- other::---  "
fails "and bob is out" "denied" as bob cat f

users() { # NUMBER: entries of so many users, with what every list has
	printf 'u::rw-\ng::---\nm::r--\no::---\n'
	seq 20001 $((20000 + $1)) | sed 's/.*/u:&:r/'
}
users 252 >/tmp/longest
users 253 >/tmp/longer
ok "the longest list: 256 entries" setfacl --set-file=/tmp/longest f
is "all of it is there" "$(getfacl -cn f | grep -c .)" 256
fails "one entry more" "too long" setfacl --set-file=/tmp/longer f
is "changes nothing" "$(getfacl -cn f | grep -c .)" 256
setfacl -b f

mkdir d
ok "a default ACL" setfacl -d -m u:bob:rwx,g:team:r d
setfacl -m u:bob:rwx d
as bob touch d/by-bob
echo x >d/f
mkdir d/sub
like "an object inherits it" "$(acl d/f)" 'user:bob:rwx .*group:team:r-- .*mask::rw-'
like "a directory inherits it" "$(acl d/sub)" 'default:user:bob:rwx'
like "a directory has it too" "$(acl d/sub)" ' user:bob:rwx'
is "the creator's mode cuts it" "$(stat -c %a d/f)" 660
ln -s f d/link
is "a symbolic link has none" "$(stat -c %a d/link)" 777
ok "remove the default" setfacl -k d
is "it is gone" "$(getfacl -cdE d | tr -d '\n')" ""

like "listed" "$(getfattr -m - d/f)" 'system.posix_acl_access'
ok "as bytes: read" sh -c 'getfattr -e hex -n system.posix_acl_access d/f >/tmp/acl'
ok "as bytes: written" setfattr --restore=/tmp/acl
fails "nonsense" "Invalid|not supported" setfattr -n system.posix_acl_access -v 0x0200000099 f
fails "a default on an object" "Only directories" setfacl -d -m u:bob:r f
fails "no user attributes" "not supported" setfattr -n user.x -v y f
fails "no trusted attributes" "not supported" setfattr -n trusted.x -v y f
is "nothing else is listed" "$(getfattr -m - f)" ""
done_testing
