#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory that does not come back.
# pool: unloaded
# expect: memory is not back
# Huge pages taken from the free memory and kept: what a leak of frames looks like.
echo 4 > /proc/sys/vm/nr_hugepages
