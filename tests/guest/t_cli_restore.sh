#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rights show -R and rights restore: what is below a directory has again what it had, as getfacl -R and
# setfacl --restore do it; a text that makes no sense changes nothing.
# pool: size=64M,name=p,mode=1777
# groups: cli rights
# timeout: 90
# programs: getfacl setfacl
. /tests/lib/tap.sh

ma=morsel-admin
cd /tmp || bail_out "no directory"
acls() { (cd /mnt/morsel && getfacl -R . 2> /dev/null); }

mkdir -p /mnt/morsel/d/sub
for name in a d/b d/sub/c "d/a b" "d/back\\slash" "$(printf 'd/\377\n')"; do
	truncate -s 4096 "/mnt/morsel/$name"
done
chmod 640 /mnt/morsel/a
chown alice:team /mnt/morsel/d/b
$ma -q rights grant p:a u:alice:rw,g:team:r
$ma -q rights grant p:d u:bob:rwx,d:u:alice:rw
setfacl -m m::r /mnt/morsel/a
acls > before

ok "rights of all that is there" sh -c "$ma rights show -R p: > rights"
is "each once" "$(grep -c '^# name' rights)" 9
is "without -R of one" "$($ma rights show p: | grep -c '^# name')" 1
is "of a morsel nothing is below" "$($ma rights show -R p:a)" "$($ma rights show p:a)"
ln -s a /mnt/morsel/link
is "a symbolic link has none of its own" "$($ma rights show -R p:)" "$(cat rights)"
is "one that is not there keeps none back" "$($ma rights show -R p:nothing p: 2> /dev/null)" "$(cat rights)"
ok "restoring them" $ma rights restore rights
is "changes nothing" "$(acls)" "$(cat before)"

setfacl -R -b -k /mnt/morsel/d /mnt/morsel/a
chmod -R 777 /mnt/morsel/d
chown -R bob:bob /mnt/morsel/d /mnt/morsel/a
$ma -q rights grant p:d/sub/c u:carol:rwx
$ma -q rights grant p:d/sub d:u:carol:rwx
ok "they are others now" test "$(acls)" != "$(cat before)"
acls > others
ok "a dry run" $ma rights restore -n rights
is "shows the owners that there would be" "$($ma rights restore -n rights | grep '^# [og]')" "$(grep '^# [og]' rights)"
is "changes nothing, either" "$(acls)" "$(cat others)"
cp rights bad
echo "u:alice:rq" >> bad
is "a line that makes no sense" "$($ma rights restore bad 2>&1 | head -n 1)" \
	'morsel-admin: rights restore: "u:alice:rq" does not end in a permission: r, w, x or -'
is "has its status" "$($ma rights restore bad > said 2>&1; echo $?)" 2
is "and changes nothing" "$(acls)" "$(cat others)"
like "entries of nobody" "$(echo u::rw | $ma rights restore - 2>&1)" '-, line 1: there is no .# name: POOL:PATH. above'
like "a list without others" "$(printf '# name: p:a\nu::rw\ng::r\n' | $ma rights restore - 2>&1)" 'lacks an entry'
fails "no such file" "No such file" $ma rights restore nothing
ok "an empty text is one of nothing" sh -c ": | $ma rights restore -"
printf '# name: p:a\nu::rwx\ng::rwx\no::rwx\n\0\n' > bad
fails "one with a NUL in it is none" "bad: Invalid argument .EINVAL." $ma rights restore bad
is "neither changes anything" "$(acls)" "$(cat others)"
ok "restoring them again" sh -c "$ma rights restore - < rights"
is "are what they were" "$(acls)" "$(cat before)"

long=/mnt/morsel/d/$(printf '%0200d' 0)
mkdir -p "$long"
long=$long/$(printf '\377%.0s' $(seq 240))
truncate -s 4096 "$long"
$ma rights show -R p: > long
mode=$(stat -c %a "$long")
chmod 777 "$long"
ok "a name of more than a thousand letters" $ma rights restore long
is "is whole" "$(stat -c %a "$long")" "$mode"
rm -r "${long%/*}"

rm /mnt/morsel/d/sub/c
chmod 777 /mnt/morsel/a
$ma rights restore rights > said 2>&1
is "one is not there any more" "$?" 5
like "which is said" "$(cat said)" 'p:d/sub/c: no such'
is "the others have theirs" "$(acls)" "$(sed '/^# file: d\/sub\/c$/,/^$/d' before)"
is "who may not is refused" "$(as bob sh -c "$ma rights restore /tmp/rights" > said 2>&1; echo $?)" 1
like "for each" "$(cat said)" 'p:a: '
done_testing
