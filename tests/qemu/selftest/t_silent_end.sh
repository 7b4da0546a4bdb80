#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A test that ends before its plan, with success.
# pool: unloaded
# expect: ended before its plan
echo "ok 1 - the first"
exit 0
