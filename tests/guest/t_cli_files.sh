#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-admin import, export, check, ls --tree, completion: against a real module, bytes compared.
# pool: size=128M,name=p
# groups: cli
# timeout: 90
# programs: jq bash
. /tests/lib/tap.sh

cd /tmp || bail_out "no directory"
ma=morsel-admin

# ---- import: 40 MiB with 1 MiB of data at 20 MiB and 7 bytes at the end

truncate -s 40M file
dd if=/dev/urandom of=file bs=1M seek=20 count=1 conv=notrunc 2> /dev/null
printf 'the end' >> file
chmod 646 file
umask 022
is "a dry run" "$($ma -n import file p:)" "p:file: would copy file into it"
is "brings nothing" "$(ls /mnt/morsel)" ""
status "a file is imported" 0 $ma import file p:
ok "with its name and bytes" cmp file /mnt/morsel/file
is "its mode without what the umask takes" "$(stat -c %a /mnt/morsel/file)" 644
is "but for two frames it takes no memory" "$($ma -b stat -o allocated p:file | sed -n 's/^allocated *//p')" \
	$((2 * 2097152))
status "again" 1 $ma import file p:
like "is refused" "$said" 'p:file: it exists; --replace replaces it \(EEXIST\)'
status "under another name, with rights" 0 $ma import -m 640 -u alice -g team file p:other
is "which it has" "$(stat -c '%a %U %G' /mnt/morsel/other)" "640 alice team"
ok "standard input" sh -c "cat file | $ma import - p:piped"
ok "has the same bytes" cmp file /mnt/morsel/piped
is "and the rights of a secret" "$(stat -c %a /mnt/morsel/piped)" 600
is "and holes" "$($ma -b stat p:piped | sed -n 's/^allocated *//p')" \
	"$($ma -b stat p:file | sed -n 's/^allocated *//p')"
exec 3< /mnt/morsel/other
printf new > new
is "replacing in a dry run" "$($ma -n import --replace new p:other)" "p:other: would copy new into it"
ok "leaves what is there" cmp file /mnt/morsel/other
status "replaced" 0 $ma -j import --replace new p:other
is "JSON shows what is there now" "$(printf %s "$said" | jq -c '.[0] | [.name, .size]')" '["p:other",3]'
ok "new bytes" cmp new /mnt/morsel/other
ok "who has it open keeps the old ones" sh -c 'cmp file - <&3'
exec 3<&-
status "no such file" 1 $ma import absent p:x
like "is named" "$said" 'absent: No such file'
status "no such directory" 1 $ma import new p:no/x
status "a name of a pool that is not there" 1 $ma import new q:x
dd if=/dev/zero bs=1M count=200 2> /dev/null | tr '\0' x > big
status "more than the pool has" 1 $ma import big p:big
like "is said" "$said" 'p:big: writing: No space left'
is "and nothing is left of it" "$(find /mnt/morsel | sort | tr '\n' ' ')" \
	"/mnt/morsel /mnt/morsel/file /mnt/morsel/other /mnt/morsel/piped "
(cat file; sleep 30) | $ma import - p:never 2> said &
sleep 2
killall -INT morsel-admin
i=0
while killall -0 morsel-admin 2> /dev/null && [ $i -lt 50 ]; do
	usleep 100000
	i=$((i + 1))
done
like "an interrupted one says so" "$(cat said)" 'interrupted \(EINTR\)'
is "and leaves nothing either" "$(find /mnt/morsel | grep -c -e never -e import)" 0
killall sleep

# ---- export

like "a dry run" "$($ma -n export p:file out)" '^p:file: would '
ok "makes no file" test ! -e out
status "a morsel is exported" 0 $ma -j export p:file out
ok "with its bytes" cmp file out
is "and told" "$(printf %s "$said" | jq -c '.[0] | [.name, .file, .size]')" '["p:file","out",41943047]'
is "holes stay holes" "$(($(stat -c %b out) * 512 < 8 * 1048576))" 1
status "again" 1 $ma export p:file out
like "is refused" "$said" 'out: it exists; --replace'
like "nor does a dry run replace it" "$($ma -n export --replace p:other out)" '^p:other: would '
ok "which has what it had" cmp file out
status "unless it is to be replaced" 0 $ma export --replace p:other out
ok "new bytes" cmp new out
ok "to standard output" sh -c "$ma export p:file - | cmp - file"
status "which cannot be JSON, too" 2 $ma -j export p:file -
status "what is full" 1 $ma export p:file /dev/full
like "is named" "$said" '/dev/full: writing: No space left'
ok "a reader that goes away" sh -c "$ma export p:file - 2> /dev/null | head -c 10 > /dev/null"
status "a directory" 1 $ma export p: out2
status "others' secrets" 1 as alice $ma export p:piped out3
like "are refused" "$said" 'EACCES'
is "no file is left behind" "$(find /tmp -name '*export*' | grep -c .)" 0

# ---- trees

$ma create -P p:d/sub/deep p:d-b p:d/a
is "a tree" "$($ma -H ls --tree p: | tr -s ' ' | tr '\n' '|')" \
	'p:||-d|| |-a|| `-sub|| `-deep||-d-b||-file||-other|`-piped|'
is "below a directory" "$(LC_ALL=C $ma -H ls --tree p:d | wc -l)" 4

# ---- check

status "nothing is wrong" 0 $ma check
like "that is said" "$said" 'p: 9 objects, .* used: no damage found'
status "nor with the data" 0 $ma -j check --data p
is "all of which was read" "$(printf %s "$said" | jq '.[0] | .data >= 2097152 and .allocated == .used')" true
status "no such pool" 1 $ma check q
like "that is said, and what else there may be" "$said" 'q: there is no such pool in use; .* named by its path'
status "nor is there a morsel in it" 1 $ma export q:a out-q
like "that is said, and what to do" "$said" 'q:a: there is no pool q in use; .* morsel-admin pool attach DEV .ENXIO.'
$ma -q pool create -s 8M --no-mount q
$ma -q create -s 4096 q:a
status "a pool that is not mounted" 1 $ma export q:a out-q
like "that is said, and what to do: export" "$said" 'q:a: the pool is there, but not mounted here; as root: mount '
hint=$(echo "$said" | sed 's/.*as root: \(mount .*\) DIR .*/\1/')
status "it cannot be read" 5 $ma check --data q
like "that is said, and what to do: check" "$said" 'q: the pool is there, but not mounted here; as root: mount '
status "all the same it can be checked" 0 $ma check q
status "nor can it be written" 1 $ma import file q:b
like "that is said, and what to do: import" "$said" 'q:b: the pool is there, but not mounted here; as root: mount '
mkdir /tmp/here
# shellcheck disable=SC2086 # words
ok "it was right: $hint" $hint /tmp/here
status "then it is exported" 0 $ma export q:a out-q
status "and its data checked" 0 $ma check --data q
$ma -q pool remove -y q
status "for a user" 0 as alice $ma check p
like "who may see less" "$said" 'p: '
status "and may not read all" 5 as alice $ma check --data p

# ---- completion

$ma completion > completion.bash
cat > try <<-'END'
	compopt() { echo nospace; }
	. ./completion.bash
	COMP_LINE=$1 COMP_POINT=${#1}
	_morsel_admin
	printf '%s\n' "${COMPREPLY[@]}"
END
is "a pool" "$(bash try "$ma ls " | tr '\n' ' ')" "nospace p: "
is "an object, behind the colon" "$(bash try "$ma stat p:d/" | sort | tr '\n' ' ')" "d/a d/sub/ "
is "a verb" "$(bash try "$ma pool sh")" show
is "an option" "$(bash try "$ma import --rep")" --replace

# ---- colours and the bar

is "no colours in a pipe" "$($ma ls -l p: | grep -c "$(printf '\033')")" 0
ok "unless asked for" sh -c "$ma --color always ls -l p: | grep -q '$(printf '\033')'"
done_testing
