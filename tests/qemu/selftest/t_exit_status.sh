#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A failed exit without TAP.
# pool: unloaded
# expect: exit status 3
exit 3
