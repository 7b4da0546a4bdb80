# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# TAP for shell tests: source it, call ok/is/fails..., end with done_testing.

tap_count=0
tap_failed=0

tap_point() { # STATUS NAME
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $2"
	fi
	return "$1"
}

diag() {
	echo "$*" | sed 's/^/# /'
}

# ok NAME COMMAND...: the command succeeds
ok() {
	tap_name=$1
	shift
	tap_out=$("$@" 2>&1)
	tap_status=$?
	[ $tap_status -eq 0 ] || diag "$* (status $tap_status): $tap_out"
	tap_point "$tap_status" "$tap_name"
}

# fails NAME PATTERN COMMAND...: the command fails and says something that matches the pattern
fails() {
	tap_name=$1
	tap_pattern=$2
	shift 2
	if tap_out=$("$@" 2>&1); then
		diag "$* succeeded: $tap_out"
		tap_point 1 "$tap_name"
	elif ! echo "$tap_out" | grep -qE -- "$tap_pattern"; then
		diag "$* said: $tap_out"
		diag "expected: $tap_pattern"
		tap_point 1 "$tap_name"
	else
		tap_point 0 "$tap_name"
	fi
}

# is NAME GOT EXPECTED
is() {
	if [ "$2" = "$3" ]; then
		tap_point 0 "$1"
	else
		diag "got:      $2"
		diag "expected: $3"
		tap_point 1 "$1"
	fi
}

# like NAME GOT PATTERN
like() {
	if echo "$2" | grep -qE -- "$3"; then
		tap_point 0 "$1"
	else
		diag "got:     $2"
		diag "pattern: $3"
		tap_point 1 "$1"
	fi
}

# status NAME STATUS COMMAND...: the command ends with that status; what it says is in $said
status() {
	tap_name=$1
	tap_wanted=$2
	shift 2
	said=$("$@" 2>&1 < /dev/null)
	tap_status=$?
	[ $tap_status -eq "$tap_wanted" ] || diag "$*: status $tap_status: $said"
	is "$tap_name" $tap_status "$tap_wanted"
}

# skip NAME REASON: counts only if the test's header says `may-skip:` for this reason
skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

bail_out() {
	echo "Bail out! $*"
	exit 99
}

# await TENTHS COMMAND...: waits until the command succeeds, up to so many tenths of a second
await() {
	tap_left=$1
	shift
	while [ "$tap_left" -gt 0 ] && ! "$@" 2> /dev/null; do
		usleep 100000
		tap_left=$((tap_left - 1))
	done
}

# as USER COMMAND...: runs a command as another user of the guest
as() {
	tap_user=$1
	shift
	setpriv_command=$(printf "'%s' " "$@")
	su "$tap_user" -s /bin/sh -c "$setpriv_command"
}

done_testing() {
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ] && [ "$tap_count" -gt 0 ]
	exit
}
