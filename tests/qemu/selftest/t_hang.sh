#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A test that hangs is killed in the guest, and the next one runs.
# pool: unloaded
# expect: time limit exceeded
# timeout: 1
sleep 1000
