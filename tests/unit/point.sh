# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# TAP for tests of the host: source it from the top of the tree, say `point $? NAME`, end with done_testing.
# A $log that is set is shown when a point fails.

count=0
failed=0

point() { # STATUS NAME
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		failed=1
		[ -z "${log:-}" ] || sed 's/^/# /' "$log"
		echo "not ok $count - $2"
	fi
}

done_testing() {
	echo "1..$count"
	exit "$failed"
}
