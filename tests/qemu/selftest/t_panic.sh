#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A panic ends the guest; a fresh one goes on with the rest.
# pool: unloaded
# boots: own
# expect: Kernel panic|the guest died
echo c > /proc/sysrq-trigger
