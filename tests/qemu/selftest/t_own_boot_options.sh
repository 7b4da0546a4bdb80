#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A test gets the guest it asks for.
# pool: unloaded
# mem: 3G
# cpus: 4
# kargs: pti=on morsel_selftest=1
# programs: getconf
# files: /etc/os-release
# modules: ext4
. /tests/lib/tap.sh

is "CPUs" "$(nproc)" 4
ok "memory" test "$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)" -gt 2500000
like "command line" "$(cat /proc/cmdline)" "morsel_selftest=1"
is "a program of the host" "$(getconf PAGESIZE)" 4096
ok "a file of the host" grep -q Debian /etc/os-release
like "a module of the distribution" "$(cat /proc/filesystems)" "ext4"
done_testing
