#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-admin pool: pools come, are mounted, shown and go; nothing changes where it is refused.
# pool: none
# groups: cli
# timeout: 60
# programs: jq
# shellcheck disable=SC2016 # jq's own variables
. /tests/lib/tap.sh

is_mounted() { grep -q " $1 .* - morsel " /proc/self/mountinfo; }

# ---- making

status "a pool is made" 0 morsel-admin pool create -s 64M -m 2770 -g team db
is "silently" "$said" ""
ok "it is mounted" is_mounted /run/morsel/db
is "its root has the mode and group" "$(stat -c '%a %G %U' /run/morsel/db)" "2770 team root"
is "its size" "$(stat -f -c '%b*%S' /run/morsel/db)" "16384*4096"
status "a second one of that name is refused" 1 morsel-admin pool create -s 1M db
like "with the reason" "$said" '^morsel-admin: db: .*\(EEXIST(, attribute name)?\)$'
ok "the first one is still mounted" is_mounted /run/morsel/db

mkdir /mnt/here
ok "on a directory of choice" morsel-admin pool create --size 8MiB --mount /mnt/here --huge never \
	--max-objects 10 other
ok "there it is" is_mounted /mnt/here
is "with its options" "$(morsel-admin -j pool show other | jq -c '.[0] | [.size, .huge, .objects_max, .mount]')" \
	'[8388608,"never",10,"/mnt/here"]'
status "a directory that is not there" 1 morsel-admin pool create -s 8M --mount /mnt/nowhere third
like "is named" "$said" '^morsel-admin: third: /mnt/nowhere: No such file or directory \(ENOENT\)$'
status "and leaves no pool behind" 1 morsel-admin pool show third
ok "without mounting" morsel-admin pool create -s 1M --no-mount quiet
is "it is not mounted" "$(morsel-admin -j pool show quiet | jq -r '.[0].mount')" null
status "a size beyond all bounds" 1 morsel-admin pool create -s 16383P huge
like "names the attribute" "$said" 'attribute size'
status "a name with a slash" 1 morsel-admin pool create a/b
status "a name that is too long" 1 morsel-admin pool create \
	1234567890123456789012345678901234567890123456789012345678901234
like "says how long" "$said" '64 bytes, more than 63'

# ---- showing

is "the list is in order" "$(morsel-admin pool list -o name)" "$(printf 'db\nother\nquiet')"
like "it has a head" "$(morsel-admin pool | head -n 1)" '^NAME +SIZE +USED +FREE +OBJECTS +MOUNT$'
like "and sizes" "$(morsel-admin pool | sed -n 2p)" '^db +64M +[0-9.]+[BKM]? +64M +1 +/run/morsel/db$'
is "in JSON with numbers" "$(morsel-admin -j pool list | jq -c 'map(.size)')" "[67108864,8388608,1048576]"
is "who asks for bytes gets bytes" "$(morsel-admin -bH pool list -o name,size | sed -n 3p | tr -s ' ')" \
	"quiet 1048576"
like "all about one" "$(morsel-admin pool show db)" 'pinned +yes'
status "one that is not there" 1 morsel-admin pool show nope
like "is named" "$said" '^morsel-admin: nope: .*\(ENOENT'
status "some of several" 5 morsel-admin pool show db nope

# ---- removing

two_map() {
	[ "$(morsel-admin -H ps db:a | wc -l)" = 2 ]
}

ok "a morsel" morsel-admin create -s 1M db:a
status "removal asks, but there is nobody" 2 morsel-admin pool remove db
like "says what would go" "$said" 'remove the pool db with 1 objects and 0B in it, say --yes'
ok "nothing has changed" test -e /run/morsel/db/a
like "a dry run" "$(morsel-admin -n pool remove db)" '^db: would remove the pool with 1 objects'
ok "changes nothing" test -e /run/morsel/db/a

holdmap /run/morsel/db/a 60 &
holder=$!
holdmap /run/morsel/db/a 60 &
await 100 two_map
like "who maps what would go" "$(morsel-admin -n pool remove db)" 'in it, mapped by 2 processes$'
kill $holder $!
wait
exec 9< /run/morsel/db/a
status "what is in use stays" 1 morsel-admin pool remove -y db
like "with the reason" "$said" '^morsel-admin: db: .*\(EBUSY\)$'
ok "mounted" test -e /run/morsel/db/a
exec 9<&-

mkdir /mnt/again
ok "a second mount" mount -t morsel -o name=db none /mnt/again
ok "both go" morsel-admin pool remove -y db
ok "the directory, too" test ! -e /run/morsel/db
ok "and the other mount" sh -c '! grep -q " /mnt/again " /proc/self/mountinfo'
status "it is gone" 1 morsel-admin pool show db

# ---- what is refused after an umount leaves the pool where it was

ok "a pool made by mount" mount -t morsel -o size=4M,name=tmp none /mnt/again
like "is shown as such" "$(morsel-admin pool show tmp)" 'pinned +no'
ok "goes with its umount" morsel-admin pool remove tmp
status "entirely" 1 morsel-admin pool show tmp

ok "a pool hidden by another file system" mount -t tmpfs none /mnt/here
status "is not unmounted blindly" 1 morsel-admin pool remove other
like "with the reason" "$said" 'another file system is mounted on top'
ok "the one on top is still there" sh -c 'grep -q " /mnt/here .* - tmpfs " /proc/self/mountinfo'
umount /mnt/here

ok "a pool that another mount namespace has, too" morsel-admin pool create -s 1M shared
unshare -m sleep 1000 &
holder=$!
sleep 1
status "is not dropped" 1 morsel-admin pool remove shared
like "with the reason" "$said" '^morsel-admin: shared: .*\(EBUSY, attribute name\)$'
ok "and is where it was" is_mounted /run/morsel/shared
kill $holder
wait $holder
ok "until that has gone" morsel-admin pool remove shared

ok "several at once" morsel-admin -v pool remove other quiet
is "none is left" "$(morsel-admin -j pool)" "[]"
is "an empty list has no head" "$(morsel-admin pool)" ""
rmdir /run/morsel /mnt/here /mnt/again
done_testing
