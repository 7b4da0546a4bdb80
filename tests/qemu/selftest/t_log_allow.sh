#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A line that the header allows; the pattern sees it without its time.
# pool: unloaded
# log-allow: ^WARNING: made_up on purpose$
echo "<4>WARNING: made_up on purpose" > /dev/kmsg
echo "ok 1 - allowed"
echo "1..1"
