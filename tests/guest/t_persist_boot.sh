#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Pools by label at boot: what the udev rule and the systemd unit would run, over two boots.
# pool: none
# groups: persist
# timeout: 90
# boots: 2
# nvdimm: 514M
# modules: nfit nd_pmem
# programs: /usr/bin/ndctl
# files: morsel-admin/boot/60-morsel.rules.in=/boot/rules morsel-admin/boot/morsel-pool@.service.in=/boot/unit
. /tests/lib/tap.sh

dev=$MORSEL_NVDIMM
if [ "$MORSEL_BOOT" = 1 ]; then
	ndctl create-namespace -f -e namespace0.0 -m fsdax > /tmp/said 2>&1 || cat /tmp/said
	ok "a pool with a label" morsel-admin pool format -l db "$dev"
fi

is "the rule looks at devices like this one" \
	"$(sed -n 's/^ATTRS{queue\/dax}=="\(.*\)", GOTO="morsel_look"$/\1/p' /boot/rules)" \
	"$(cat "/sys/block/${dev#/dev/}/queue/dax")"
program=$(sed -n 's/^PROGRAM=="@SBINDIR@\/\([^"]*\)".*/\1/p' /boot/rules | sed "s,\$devnode,$dev,")
label=$($program)
is "it finds the label" "$label" db
mkdir -p "/dev/disk/by-morsel-label"
ln -s "$dev" "/dev/disk/by-morsel-label/$label"

unit() { # KEY: run what the unit says
	sed -n "s/^$1=@SBINDIR@\///p" /boot/unit | sed "s,%I,$label,g" > /tmp/commands
	ok "$1: there is one" test -s /tmp/commands
	ok "$1" sh -e /tmp/commands
}
unit ExecStart
ok "it is mounted" grep -q " /run/morsel/db .* - morsel " /proc/self/mountinfo
if [ "$MORSEL_BOOT" = 1 ]; then
	ok "a name" mkdir /run/morsel/db/kept
else
	ok "which is there again" test -d /run/morsel/db/kept
fi
unit ExecStop
ok "it is mounted no longer" sh -c '! grep -q "/run/morsel/db" /proc/self/mountinfo'
is "and clean" "$(morsel-admin -H pool list -o state "$dev")" clean
ok "nothing is damaged" morsel-admin check "$dev"
done_testing
