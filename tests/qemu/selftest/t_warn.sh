#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A warning in the kernel log is charged to the test during which it came.
# pool: unloaded
# expect: kernel log: .*WARNING: CPU
echo "<4>WARNING: CPU: 0 PID: 1 at mm/morsel.c:1 made_up+0x1/0x2" > /dev/kmsg
echo "ok 1 - all is well"
echo "1..1"
