# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# A program in tmux: what is on its screen.  Needs lib/tap.sh, and a test's own directory.

shows() { # NAME PATTERN: within ten seconds
	shows_i=0
	while ! tmux capture-pane -p | grep -qE -- "$2" && [ $shows_i -lt 100 ]; do
		usleep 100000
		shows_i=$((shows_i + 1))
	done
	tmux capture-pane -p > screen
	grep -qE -- "$2" screen || diag "$(cat screen)"
	ok "$1" grep -qE -- "$2" screen
}
