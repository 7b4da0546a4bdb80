# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# TAP for tests of the host, as lib/tap.sh has it for those in guests: set top to the top of the tree, source it,
# say `point $? NAME`, end with done_testing. A $log that is set is shown when a point fails.

. "$top/tests/guest/lib/tap.sh"

point() { # STATUS NAME
	[ "$1" -eq 0 ] || [ -z "${log:-}" ] || sed 's/^/# /' "$log"
	tap_point "$1" "$2"
}
