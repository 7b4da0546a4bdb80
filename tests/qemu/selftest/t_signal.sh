#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A test that is killed.
# pool: unloaded
# expect: killed by signal 11
kill -SEGV $$
