#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Allowing one line does not allow another.
# pool: unloaded
# log-allow: ^WARNING: made_up on purpose$
# expect: kernel log: .*made_up by accident
echo "<4>WARNING: made_up by accident" > /dev/kmsg
