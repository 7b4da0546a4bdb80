#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The service among the examples of the library, as its unit starts it: it acts on events.
# pool: size=64M,name=p
# groups: cli event
# timeout: 60
# programs: jq
# files: libmorsel/examples/morsel-quotad=/usr/local/sbin/morsel-quotad libmorsel/examples/morsel-quotad.service=/unit
. /tests/lib/tap.sh

wait_for() { # PATTERN
	await 100 grep -q "$1" /tmp/log
	grep "$1" /tmp/log
}

soft() { # USER
	morsel-admin -j quota show p | jq ".. | objects | select(.uid? == $1) | .objects_soft"
}

raised_from() { # LIMIT
	[ "$(soft 1000)" != "$1" ]
}

morsel-admin quota set --objects-soft 4 --objects-hard 12 p alice
mkdir -m 777 /mnt/morsel/open
as alice touch /mnt/morsel/open/1 /mnt/morsel/open/2 /mnt/morsel/open/3 /mnt/morsel/open/4 \
	/mnt/morsel/open/5
is "passed before it starts" "$(soft 1000)" 4

# shellcheck disable=SC2091 # the unit's command is what is to be run
$(sed -n 's/^ExecStart=//p' /unit) > /tmp/log 2>&1 &
service=$!
like "which it finds" "$(wait_for raised)" "pool p: raised a soft limit of user 1000"
is "and raises by half" "$(soft 1000)" 7
as alice touch /mnt/morsel/open/6 /mnt/morsel/open/7
is "not passed, not raised" "$(soft 1000)" 7
as alice touch /mnt/morsel/open/8
await 50 raised_from 7
is "raised when it is passed" "$(soft 1000)" 11
for i in 9 10 11 12; do
	as alice touch /mnt/morsel/open/$i
done
fails "the hard limit stays" "quota" as alice touch /mnt/morsel/open/13
like "what is refused is said" "$(wait_for refused)" "pool p: refused process [0-9]+ of user 1000, limit 12"
ok "it goes on" kill -0 $service

# It sleeps while more happens than its socket holds: who passes a limit then is not told of.
morsel-admin quota set --objects-soft 4 p bob
drops() { awk -v pid="$service" '$3 % 4194304 == pid { sum += $9 } END { print sum + 0 }' /proc/net/netlink; }
kill -STOP $service
i=0
until [ "$(drops)" -gt 0 ] || [ $((i += 1)) -gt 200 ]; do
	(cd /mnt/morsel && seq 500 | xargs touch && seq 500 | xargs rm)
done
ok "events are lost" test "$(drops)" -gt 0
before=$(drops)
as bob touch /mnt/morsel/open/b1 /mnt/morsel/open/b2 /mnt/morsel/open/b3 /mnt/morsel/open/b4 /mnt/morsel/open/b5
ok "that of bob, too" test "$(drops)" -gt "$before"
kill -CONT $service
like "it looks at all quotas then" "$(wait_for 'user 1001')" "pool p: raised a soft limit of user 1001"
is "and raises his" "$(soft 1001)" 7
kill $service
fails "and wants a percentage" "usage" /usr/local/sbin/morsel-quotad
done_testing
