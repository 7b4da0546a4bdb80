#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A pool that is still mounted somewhere afterwards.
# boots: own
# expect: cannot unload the module
mkdir /var /var/keep
mount --bind /mnt/morsel /var/keep
