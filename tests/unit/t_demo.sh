#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The programs of the demo: answers against hand-made ones, a slow oracle and apt-cache (tests/demo/check.sh).
exec make -s -C "$(dirname "$0")/../demo" check
