#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of each manual page of morsel-admin and of morsel-top, as they stand there, one after the other.
# pool: none
# groups: cli
# timeout: 240
# nvdimm: 34M
# modules: nfit nd_pmem
# programs: jq bash gzip tmux /usr/bin/ndctl
# files: docs/man=/man /lib/terminfo/s/screen /lib/terminfo/t/tmux-256color /usr/lib/locale/C.utf8
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh
. /tests/lib/screen.sh

export TERM=screen LC_ALL=C.UTF-8
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

examples_of() { # PAGE PROMPT
	sed -n "/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^$2 //p" "$1" | sed 's/\\e/\\/g' > /tmp/lines
	ok "${1##*/} has examples" test -s /tmp/lines
}

run_page() { # PAGE
	examples_of "$1" '#'
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

# What is played on a terminal needs one, and ends with a key.
on_terminal() { # COMMAND
	echo "$1; echo status \$? > status" > shown
	tmux -f /dev/null new-session -d -x 80 -y 24 "bash shown" < /dev/null
	shows "morsel-top.1: $1" '^db:orders +root '
	tmux send-keys q
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -s status ] || sleep 1
	done
	is "morsel-top.1: it ends" "$(cat status)" "status 0"
}

prepare || bail_out "no pool"
examples_of /man/morsel-top.1 '[$]'
while read -r line; do
	case $line in
	*--replay*) on_terminal "$line" ;;
	*) ok "morsel-top.1: $line" bash -c "set -o pipefail; $line" < /dev/null ;;
	esac
done < /tmp/lines
morsel-admin pool remove -y db
done_testing
