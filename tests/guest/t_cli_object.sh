#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-admin create, ls, stat, mv, rm, resize: what they do is what the file system shows.
# pool: size=256M,name=p
# groups: cli
# timeout: 60
# programs: jq
. /tests/lib/tap.sh

cd /mnt/morsel || bail_out "no pool"
ma=morsel-admin

# ---- create

status "a morsel" 0 $ma create -s 2pmd p:a
is "silently" "$said" ""
is "it is a file" "$(stat -c '%F %s %a %U:%G' a)" "regular file 4194304 600 root:root"
status "the same again" 1 $ma create p:a
like "is an error with its reason" "$said" '^morsel-admin: p:a: .*\(EEXIST'
ok "unless it shall be kept" $ma create --keep -s 1 p:a
is "as it is" "$(stat -c %s a)" 4194304
ok "a directory with mode and owner" $ma create -d -m 3775 -u alice -g team p:dir
is "is one" "$(stat -c '%F %a %U:%G' dir)" "directory 3775 alice:team"
ok "a morsel in it" $ma create -m 640 p:dir/b
is "has the group of a set-group-id directory" "$(stat -c '%G %a' dir/b)" "team 640"
status "no directory" 1 $ma create p:x/y/z
like "is named" "$said" '^morsel-admin: p:x/y/z: .*\(ENOENT, attribute path\)$'
ok "missing ones are made" $ma create -P p:x/y/z
ok "there" test -f x/y/z
status "a file is no directory" 1 $ma create p:a/b
like "that is said" "$said" '\(ENOTDIR'
status "a name without a pool" 1 $ma create foo
like "is explained" "$said" 'name "foo" has no colon: write POOL:PATH'
status "a pool that is not there" 1 $ma create nope:a
like "is named" "$said" '^morsel-admin: nope:a: .*\(ENOENT, attribute pool-name\)$'
status "a size that is too large" 1 $ma create -s 65T p:big
like "names the attribute" "$said" 'attribute size'
status "dots" 1 $ma create p:../etc
status "control characters" 1 $ma create "$(printf 'p:a\033[2J')"
like "are not sent to the terminal" "$said" 'a.x1b\[2J'
status "a component of 256 bytes" 1 $ma create "p:$(printf '%0256d' 0)"
like "has its error" "$said" 'ENAMETOOLONG'
ok "of 255 bytes" $ma create "p:$(printf '%0255d' 0)"
ok "goes" rm "$(printf '%0255d' 0)"
status "some of several" 5 $ma create p:m p:a p:n
ok "the others are there" test -f m -a -f n
ok "no driver words for a plain name with blanks" $ma create "p:a b"
ok "it is there" rm "a b"

# ---- ls, stat

ok "fill one" sh -c 'dd if=/dev/zero of=a bs=1M count=4 conv=notrunc 2>/dev/null'
is "the root" "$($ma ls p:)" "$(printf 'p:a\np:dir\np:m\np:n\np:x')"
is "a file is listed itself" "$($ma ls p:a)" "p:a"
is "a directory's entries" "$($ma ls p:dir/)" "p:dir/b"
is "or itself" "$($ma ls -d p:dir)" "p:dir"
is "recursively" "$($ma ls -R p:x)" "$(printf 'p:x/y\np:x/y/z')"
is "without a name" "$($ma ls)" "$($ma ls p:)"
like "long" "$($ma ls -l p:a)" \
	'^RIGHTS +OWNER +GROUP +SIZE +MAX-SIZE +ALLOCATED +ATTACHMENTS +ADDR +SEALED +MTIME +NAME'
like "with its line" "$($ma ls -lH p:a)" '^-rw------- +root +root +4M +- +4M +0 +- +no +20..-..-.. ..:..:.. +p:a$'
like "rights of a sticky set-group-id directory" "$($ma ls -lHd p:dir)" '^drwxrwsr-t +alice +team '
is "the id is the inode" "$($ma -H ls -o id p:a)" "$(stat -c %i a)"
is "stat says what stat(1) says" \
	"$($ma -j stat p:dir/b | jq -r '.[0] | "\(.id) \(.size) \(.mode) \(.uid) \(.gid) \(.nlink) \(.type)"')" \
	"$(stat -c '%i %s 0%a %u %g %h' dir/b) file"
is "and the parent's id" "$($ma -j stat p:dir/b | jq .[0].parent)" "$(stat -c %i dir)"
is "the root has no parent" "$($ma -j stat p: | jq -c '.[0] | [.parent, .path]')" '[null,""]'
is "memory in frames of 2 MiB" "$($ma -j stat p:a | jq -c '.[0] | [.allocated, .huge]')" "[4194304,4194304]"
is "times agree" "$($ma -j stat p:a | jq -r '.[0].mtime[:19]')" "$(TZ=UTC stat -c %y a | tr ' ' T | cut -c1-19)"
status "no such morsel" 1 $ma stat p:nope
status "some of several" 5 $ma stat p:nope p:a
printf x > "$(printf 'b\377d')"
is "a name that is not UTF-8 is escaped" "$($ma ls p: | grep d$)" 'p:b\xffd'
is "and whole in JSON" "$($ma -j ls p: | jq -r '.[] | select(.name_hex).name_hex')" "703a62ff64"
rm -f b*d
touch "$(printf 'caf\303\251')"
is "UTF-8 is left as it is" "$(LC_ALL=C.UTF-8 $ma ls p: | grep caf)" "$(printf 'p:caf\303\251')"
rm caf*
exec 8< a
rm a
is "one without a name is not listed" "$($ma ls p: | grep -c p:a)" 0
exec 8<&-

# ---- mv

$ma create -s 1 p:one
$ma create -s 2 p:two
ok "move" $ma mv p:one p:uno
is "moved" "$(stat -c %s uno)" 1
status "onto another" 1 $ma mv p:uno p:two
like "is refused" "$said" '^morsel-admin: p:uno: .*\(EEXIST'
ok "swap" $ma mv --exchange p:uno p:two
is "swapped" "$(stat -c %s uno two | tr '\n' ' ')" "2 1 "
ok "replace" $ma mv --replace p:uno p:two
is "replaced" "$(stat -c %s two) $(ls uno 2>/dev/null)" "2 "
ok "into a directory" $ma mv p:two p:dir/
is "there" "$(stat -c %s dir/two)" 2
ok "into the root" $ma mv p:dir/two p:
is "there again" "$(stat -c %s two)" 2
status "into itself" 1 $ma mv p:x p:x/y/x
status "to another pool" 1 $ma mv p:two q:two
like "is said" "$said" '"q:two" is in another pool \(EXDEV\)'
status "what is not there" 1 $ma mv p:nope p:nope2
is "a dry run" "$($ma -n mv p:two p:zwei)" "p:two: would move to p:zwei"
ok "moves nothing" test -f two
is "in JSON the new name" "$($ma -j mv p:two p:zwei | jq -r .[0].name)" "p:zwei"

# ---- resize

ok "grow" $ma resize p:zwei 1G
is "grown" "$(stat -c %s zwei)" 1073741824
status "shrinking asks" 2 $ma resize p:zwei 1M
is "and does nothing without an answer" "$(stat -c %s zwei)" 1073741824
is "a dry run" "$($ma -n resize p:zwei 1M)" "p:zwei: would resize from 1G to 1M"
ok "with an answer in advance" $ma resize -y p:zwei 1M
is "shrunk" "$(stat -c %s zwei)" 1048576
status "a directory has no size" 1 $ma resize p:dir 1M
like "that is said" "$said" 'EISDIR'
is "in JSON the new size" "$($ma -j resize p:zwei 3M | jq .[0].size)" 3145728

# ---- what is asked tells who maps it; seal

two_map() { [ "$($ma ps -H p:zwei | wc -l)" = 2 ]; }
holdmap zwei 60 &
holder=$!
holdmap zwei 60 &
other=$!
await 100 two_map
status "shrinking what is mapped" 2 $ma resize p:zwei 1M
like "tells by how many" "$said" 'to 1M \(1048576 bytes\), mapped by 2 processes, say --yes'
is "a dry run, too" "$($ma -n resize p:zwei 1M)" "p:zwei: would resize from 3M to 1M, mapped by 2 processes"
status "sealing asks" 2 $ma seal p:zwei
like "and tells it" "$said" 'make the contents of p:zwei final for good, mapped by 2 processes, say --yes'
is "a dry run, too" "$($ma -n seal p:zwei)" "p:zwei: would make the contents final, mapped by 2 processes"
kill $holder $other
wait
is "by nobody" "$($ma -n seal p:zwei)" "p:zwei: would make the contents final"
is "none of them seals it" "$($ma -j stat p:zwei | jq .[0].sealed)" false
ok "who writes can" sh -c 'echo more >> zwei'

# ---- rm

ok "remove" $ma rm p:zwei p:m
ok "removed" test ! -e zwei -a ! -e m
status "again" 1 $ma rm p:zwei
ok "which may be no error" $ma rm -f p:zwei
status "a directory that is not empty" 1 $ma rm p:x
like "is said" "$said" 'ENOTEMPTY'
status "with all in it: asks" 2 $ma rm -r p:x
like "how much" "$said" 'remove p:x with 2 objects and 0B in it, say --yes'
like "a dry run" "$($ma rm -rn p:x)" '^p:x: would remove the directory with 2 objects'
ok "nothing has gone" test -f x/y/z
ok "with an answer in advance" $ma rm -ry p:x
ok "all has gone" test ! -e x
ok "an empty directory without a question" sh -c "$ma create -d p:e && $ma rm -r p:e < /dev/null"
i=0
while [ $i -lt 300 ]; do
	mkdir -p deep/$((i % 7))/$((i % 5)) && : > deep/$((i % 7))/$((i % 5))/$i
	i=$((i + 1))
done
is "a tree is counted" "$($ma -j ls -R p:deep | jq 'map(select(.type == "file")) | length')" 300
ok "and goes" $ma rm -ry p:deep
ok "the root is emptied" $ma rm -ry p:
is "and stays" "$($ma ls p: | wc -l) $($ma -j stat p: | jq -r .[0].type)" "0 directory"
done_testing
