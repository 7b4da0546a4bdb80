#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Fewer points than planned.
# pool: unloaded
# expect: 1 points, but 2 planned
echo "1..2"
echo "ok 1 - the first"
