#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The guest itself is as tests expect it.
# pool: unloaded
# timeout: 20
. /tests/lib/tap.sh

ok "/proc is there" test -r /proc/self/maps
ok "the kernel log can be read" test -r /dev/kmsg
is "user alice" "$(id -u alice)" 1000
is "alice and bob share a group" "$(id -Gn bob)" "bob team"
ok "/tmp is empty" test -z "$(ls -A /tmp)"
ok "two CPUs or more" test "$(nproc)" -ge 2
done_testing
