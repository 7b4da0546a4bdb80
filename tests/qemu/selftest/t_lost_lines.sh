#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# When the power goes, what was flushed and fenced is there, and of the rest some.
# pool: none
# boots: 3
# cut: 1
# lose: 50
# nvdimm: 66M
# cpus: 1
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl
# leak-check: no, the kernel makes the map of the device's pages while the test runs
. /tests/lib/tap.sh
. /tests/lib/pmem.sh

all=64 # lines of each kind

# Of 64 lines that come with a chance of one half, all or none come once in 10^19 times.
some() {
	ok "of lines that are $1 some are lost" test "$2" -lt $all
	ok "of lines that are $1 some are there" test "$2" -gt 0
}

if [ "$MORSEL_BOOT" = 1 ]; then
	make_fsdax && pool_format /dev/pmem0 lines
fi
mkdir -p /mnt/morsel
ok "the pool is there" mount -t morsel /dev/pmem0 /mnt/morsel
case $MORSEL_BOOT in
1) ok "a file to begin with" touch /mnt/morsel/lines ;;
2) pmem_lines /mnt/morsel/lines ;;
3)
	eval "$(pmem_lines /mnt/morsel/lines check)"
	# shellcheck disable=SC2154 # printed by it
	is "lines flushed and fenced" "$fenced" $all
	# shellcheck disable=SC2154
	is "lines stored past the caches, and fenced" "$streamed" $all
	# shellcheck disable=SC2154
	is "lines that morsel_persist() makes last" "$persisted" $all
	# shellcheck disable=SC2154
	some flushed "$flushed"
	# shellcheck disable=SC2154
	some unfenced "$unfenced"
	# shellcheck disable=SC2154
	some stored "$stored"
	;;
esac
done_testing
