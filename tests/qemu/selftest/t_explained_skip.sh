#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A skip that the header allows, beside a point.
# pool: unloaded
# may-skip: no such hardware
echo "ok 1 - the first # SKIP no such hardware"
echo "ok 2 - the second"
echo "1..2"
