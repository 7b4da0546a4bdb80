#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What netlink/ynl-test runs in the guest.
. /tests/lib/tap.sh

python=$(ls /usr/bin/python3.*)
cli() { "$python" /ynl/cli.py --spec /spec/specs/morsel.yaml --output-json "$@"; }

like "make a pool" "$(cli --do pool-new --json '{"name": "q", "size": 1048576, "huge": "never"}')" \
	'"name": "q".*"size": 1048576.*"huge": "never".*"flags": \["pinned"\]'
like "dump pools" "$(cli --dump pool-get)" '"name": "p".*"name": "q"'
like "make a morsel" "$(cli --do morsel-new --json '{"pool-name": "q", "path": "a", "size": 65536}')" \
	'"path": "a".*"created": true.*"type": "file".*"size": 65536'
like "get it" "$(cli --do morsel-get --json '{"pool-name": "q", "path": "a"}')" '"size": 65536'
like "set it" "$(cli --do morsel-set --json '{"pool-name": "q", "path": "a", "mode": 420}')" '"mode": 420'
like "move it" "$(cli --do morsel-rename --json \
	'{"pool-name": "q", "path": "a", "new-path": "b", "rename-flags": ["noreplace"]}')" '"path": "b"'
like "dump objects" "$(cli --dump morsel-get --json '{"pool-name": "q"}')" '"path": "".*"path": "b"'
like "a refusal has a text and an attribute" \
	"$(cli --do morsel-get --json '{"pool-name": "q", "path": "a"}' 2>&1 | tr '\n' ' ')" \
	"'msg': 'no such object'.*'bad-attr': '.path'"
like "what is missing is named" "$(cli --do pool-new --json '{}' 2>&1 | tr '\n' ' ')" \
	"'msg': 'a new pool needs a name'.*'miss-type': 'name'"
# It takes a while to start: something keeps happening until it has ended.
cli --subscribe events --sleep 3 > /tmp/events &
while kill -0 $! 2> /dev/null; do
	mkdir /mnt/morsel/e && rmdir /mnt/morsel/e
	sleep 1
done
like "an event" "$(cat /tmp/events)" '"name": "morsel-del-ntf".*"path": "e".*"event-seq":'
like "drop the pool" "$(cli --do pool-del --json '{"name": "q"}')" 'null'
done_testing
