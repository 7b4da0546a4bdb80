#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A child left behind does not outlive its test.
# pool: unloaded
# expect: exit status 7
setsid sh -c 'while :; do sleep 0.1; echo stray > /tmp/stray; done' &
sleep 0.5
exit 7
