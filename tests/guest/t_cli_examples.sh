#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of each manual page of morsel-admin, as they stand there, one after the other.
# pool: none
# groups: cli
# timeout: 240
# nvdimm: 34M
# modules: nfit nd_pmem
# programs: jq bash gzip /usr/bin/ndctl
# files: docs/man=/man
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

addgroup team 2> /dev/null
ok "a device" make_fsdax

# What the examples of all pages may count on.
prepare() {
	rm -rf /tmp/examples
	mkdir /tmp/examples && cd /tmp/examples &&
		head -c 5000000 /dev/urandom > graph.bin &&
		morsel-admin pool create -s 256M -m 777 db &&
		morsel-admin create -s 4M db:orders &&
		morsel-admin create -P -s 4M db:2024/january &&
		head -c 100000 graph.bin | dd of=/run/morsel/db/orders conv=notrunc 2> /dev/null
}

run_page() { # PAGE
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^# //p' "$1" | sed 's/\\e/\\/g' > /tmp/lines
	ok "${1##*/} has examples" test -s /tmp/lines
	while read -r line; do
		ok "${1##*/}: $line" bash -c "$line" < /dev/null
	done < /tmp/lines
}

for file in /man/morsel-admin-*.8; do
	prepare || bail_out "no pool"
	run_page "$file"
	for name in $(morsel-admin pool list -o name); do
		morsel-admin pool remove -y "$name"
	done
done
cd /tmp/examples && rm -rf ./* && head -c 5000000 /dev/urandom > graph.bin
run_page /man/morsel-admin.8
is "the last one takes all down" "$(morsel-admin -H pool list)" ""
done_testing
