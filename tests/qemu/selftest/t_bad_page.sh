#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# So is what the core kernel says about broken page tables.
# pool: unloaded
# expect: kernel log: .*Bad page map
echo "<1>BUG: Bad page map in process made_up  pte:0 pmd:0" > /dev/kmsg
