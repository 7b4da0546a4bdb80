#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Interrupts between CPUs: counts, which need no counted instructions.
# cpus: 2

/bench/b_ipi 1000 morsel memfd hugetlbfs
