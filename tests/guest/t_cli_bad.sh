#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-admin with input that makes no sense, and with readers that go away: a clear error
# or a quiet end, and nothing changed.
# pool: size=64M,name=p
# groups: cli
# timeout: 60
# programs: jq
. /tests/lib/tap.sh

ma=morsel-admin

says() { # NAME STATUS PATTERN COMMAND...: it ends with that status and says that
	says_name=$1
	says_status=$2
	says_pattern=$3
	shift 3
	status "$says_name" "$says_status" "$@"
	like "$says_name: what is said" "$said" "$says_pattern"
}

ok "a morsel" $ma create -s 4096 -m 640 p:a
before=$($ma -j rights show p:a)

says "an unknown owner" 2 'user "nobody-here"' $ma create -u nobody-here p:b
says "an unknown group" 2 'group "nobody-here"' $ma create -g nobody-here p:b
says "an unknown user in a list" 2 'nobody-here' $ma rights grant p:a u:nobody-here:r
says "an unknown group in a list" 2 'nobody-here' $ma rights grant p:a g:nobody-here:r
says "an unknown user in a revoke" 2 'nobody-here' $ma rights revoke p:a u:nobody-here
says "an unknown user with a quota" 2 'nobody-here' $ma quota set p nobody-here --hard 1M
says "a number that is no user" 2 '4294967295' $ma rights grant p:a u:4294967295:r
for entry in x "" u u:alice u:alice:q u:alice:rwrw: u::: :: ",," "u:alice:r," d: d:x:r m:alice:r o:alice:r; do
	says "a malformed entry \"$entry\"" 2 . $ma rights grant p:a "$entry"
done
is "nothing has changed" "$($ma -j rights show p:a)" "$before"

says "rights on what has vanished" 1 '^morsel-admin: p:gone: no such object .ENOENT' $ma rights show p:gone
says "granted on it" 1 'p:gone: .*ENOENT' $ma rights grant p:gone u:alice:r
says "revoked from it" 1 'p:gone: .*ENOENT' $ma rights revoke p:gone u:alice
says "copied from it" 1 'p:gone: .*ENOENT' $ma rights copy p:gone p:a
says "copied to it" 1 'p:gone: .*ENOENT' $ma rights copy p:a p:gone
says "a quota in a pool that has vanished" 1 'ENOENT' $ma quota set gone alice --hard 1M
is "nothing has changed" "$($ma -j rights show p:a)" "$before"

# ---- output that goes nowhere

i=0
while [ $i -lt 2000 ]; do
	echo "p:d/$i"
	i=$((i + 1))
done | xargs $ma create -P
for options in "-j ls -R p:" "-jp ls -R p:" "ls -lR p:" "-j rights show p:a" "-j pool" "--help"; do
	says "$options to a full device" 1 'standard output: No space left' sh -c "$ma $options > /dev/full"
done
for options in "-j ls -R p:" "ls -lR p:" "--color always ls -R p:"; do
	# shellcheck disable=SC2086 # words
	said=$({ $ma $options | head -c 10 > /dev/null; } 2>&1)
	is "$options to a reader that goes: no words" "$said" ""
done
# Events come until nobody reads them.
{ $ma -j events & echo $! > /tmp/events; wait $!; echo $? > /tmp/status; } 2> /tmp/words | head -c 10 > /dev/null &
for i in $(seq 40); do
	$ma create p:told"$i"
	$ma rm p:told"$i"
	[ -s /tmp/status ] && break
	sleep 0.2
done
like "events to a reader that goes: it ends" "$(cat /tmp/status)" '^(0|141)$'
is "without more words" "$(cat /tmp/words)" "morsel-admin: watching"
# The terminal goes: SIGHUP, also while events come, and without it an error to write to.
is "events on a terminal that goes: an end" "$(on_pty watching $ma events)" "signal 1"
is "in JSON, too" "$(on_pty watching $ma -j events -s p:)" "signal 1"
on_pty synced sh -c "trap '' HUP; exec $ma -j events -s p:" > /tmp/ended &
n=0
until [ -s /tmp/ended ] || [ $((n += 1)) -gt 100 ]; do
	$ma create p:told && $ma rm p:told
	sleep 0.1
done
is "who ignores that ends when there is something to write" "$(cat /tmp/ended)" "status 1"
ok "none of them is left" sh -c '! killall -0 morsel-admin'
ok "standard output closed" sh -c "$ma ls p: >&-; test \$? -le 1"
is "all is still there" "$($ma -j ls -R p: | jq length)" 2002
done_testing
