#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A clean neighbour of tests that soil the log passes.
# pool: unloaded
# timeout: 10
echo "ok 1 - not charged with what others did"
echo "1..1"
