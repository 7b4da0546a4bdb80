#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A failed point.
# pool: unloaded
# expect: the second
echo "ok 1 - the first"
echo "not ok 2 - the second"
echo "1..2"
