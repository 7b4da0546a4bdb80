#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel loads the module by itself: for a mount, and for the first question about its netlink family.
# groups: fs nl cli
# pool: none
# timeout: 60
# programs: jq
. /tests/lib/tap.sh

loaded() {
	grep -q '^morsel ' /proc/modules
}

unloaded() {
	! loaded
}

installed=/lib/modules/$(uname -r)/extra
mkdir -p "$installed" /sbin /tmp/mnt
cp /lib/morsel/morsel.ko "$installed/"
[ -x /sbin/modprobe ] || ln -s /bin/busybox /sbin/modprobe
ok "depmod" busybox depmod
ok "unloaded" rmmod morsel
ok "not loaded yet" unloaded
ok "mount" mount -t morsel -o size=16M,name=auto none /tmp/mnt
ok "has loaded it" loaded
ok "it works" sh -c 'echo there > /tmp/mnt/a && grep -q there /tmp/mnt/a'
ok "umount" umount /tmp/mnt
ok "it can go" rmmod morsel
ok "not loaded any more" unloaded
ok "a command" morsel-admin pool create auto --size 16M
ok "has loaded it, too" loaded
is "and made the pool" "$(morsel-admin -j pool list | jq -r '.[].name')" auto
ok "which is removed" morsel-admin -y pool remove auto
ok "and it can go again" rmmod morsel
insmod /lib/morsel/morsel.ko
rm -rf "/lib/modules/$(uname -r)"
done_testing
