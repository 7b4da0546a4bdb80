#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-admin where there is no module: its own status and words, on every command, and what to do.
# pool: unloaded
# groups: cli
# timeout: 30
# programs: jq
. /tests/lib/tap.sh

words='the kernel module morsel is not loaded; as root: modprobe morsel (ENODEV)'
for line in "status" "pool" "pool create p" "pool show p" "pool remove p" "create p:a" "ls" "ls p:" "stat p:a" \
	"mv p:a p:b" "rm p:a" "rm -f p:a" "resize p:a 1" "seal -y p:a" "rights show p:a" "rights grant p:a u:alice:r" \
	"rights revoke p:a u:alice" "rights copy p:a p:b" "rights check p:a r" "rights show -R p:" "quota show p" \
	"quota set --hard 1M p alice" "vas" \
	"usage p:" "usage --by pid" "ps p:" "import /etc/passwd p:a" "export p:a a" "check" "check p" \
	"check --data p" "events" "address p:a slot:1" "create --addr p:a+1G p:b"; do
	# shellcheck disable=SC2086 # words
	said=$(morsel-admin $line 2>&1 < /dev/null)
	is "$line" "$? $(echo "$said" | grep -cF "$words")" "3 1"
done
is "in JSON" "$(morsel-admin -j ls p: | jq -r .error.errno)" "ENODEV"
like "the version" "$(morsel-admin -V)" 'kernel module not loaded$'
ok "and nothing is exported" test ! -e a
ok "help needs no module" morsel-admin help
ok "nor do lists of columns" morsel-admin stat -o help
done_testing
