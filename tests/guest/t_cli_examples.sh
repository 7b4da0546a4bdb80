#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of the manual of morsel-admin, as they stand there, one after the other.
# pool: none
# groups: cli
# timeout: 90
# programs: jq bash
# files: docs/man/morsel-admin.8=/man/morsel-admin.8
. /tests/lib/tap.sh

cd /tmp || bail_out "no directory"
addgroup team 2> /dev/null
head -c 5000000 /dev/urandom > graph.bin
sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^# //p' /man/morsel-admin.8 | sed 's/\\e/\\/g' > examples
ok "there are some" test "$(grep -c . examples)" -ge 8
while read -r line; do
	ok "$line" bash -c "$line" < /dev/null
done < examples
is "the last one takes all down" "$(morsel-admin -H pool list)" ""
done_testing
