#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A skip that the header does not allow.
# pool: unloaded
# expect: unexplained skip
echo "ok 1 - the first # SKIP no such hardware"
echo "1..1"
