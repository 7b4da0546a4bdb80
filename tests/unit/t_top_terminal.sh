#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-top in a real terminal (tmux), built with the address sanitizer, on a recording: screens are
# those kept in top/, whatever happens to the window; pipes and terminals that go away; its cost.

cd "$(dirname "$0")" || exit 1
top=$PWD/../..
out=$top/build/unit/top-asan
work=$(mktemp -d) || exit 1
export LC_ALL=C.UTF-8 TZ=UTC LD_LIBRARY_PATH=$top/libmorsel
# curses keeps its memory; what the rest leaks is found by the runs without it.
export ASAN_OPTIONS=detect_leaks=0:log_path=$work/asan UBSAN_OPTIONS=halt_on_error=1:log_path=$work/asan
tm() { tmux -L "morsel-top-$$" -f /dev/null "$@"; }
trap 'tm kill-server 2> /dev/null; rm -rf "$work"' EXIT
. "$top/tests/unit/point.sh"

# A server whose last session ends goes away, and may take a session that begins meanwhile with it.
tm new-session -d -s keep cat

# start COLUMNS ROWS OPTION...: in a terminal of its own; $settings are for env
settings=
start() {
	local x=$1 y=$2
	shift 2
	rm -f "$work/status" "$work/pid"
	tm new-session -d -s top -x "$x" -y "$y" \
		"sh -c 'echo \$\$ > $work/pid; exec env $settings $out/morsel-top \
			--replay $work/small -d 600 $*' 2> $work/err
		echo \$? > $work/status"
}

# The processor's share depends on the machine, the delay is another one here.
plain() { sed -e 's/  cpu [0-9.]*%*//' -e 's/ *[0-9.]*s READ-ONLY$//' -e 's/ *$//' -e '/./,$!d'; }

# shows NAME [OF]: within half a minute the terminal has the screen top/NAME.txt
shows() {
	local i
	for ((i = 0; i < 300; i++)); do
		if cmp -s <(tm capture-pane -p -t top | plain) <(tail -n +2 "top/$1.txt" | plain); then
			point 0 "${2:-$1}"
			return
		fi
		sleep 0.1
	done
	diff <(tm capture-pane -p -t top | plain) <(tail -n +2 "top/$1.txt" | plain) | head -20 | sed 's/^/# /'
	point 1 "${2:-$1}"
}

# within COMMAND...: it succeeds within half a minute
within() {
	local i
	for ((i = 0; i < 300; i++)); do
		"$@" && return 0
		sleep 0.1
	done
	return 1
}

row() { tm capture-pane -p -t top | sed -n "$1p"; }
row_begins() { [[ $(row "$1") = "$2"* ]]; }                                                 # ROW TEXT
row_has() { [[ $(row "$1") = *"$2"* ]]; }                                                  # ROW TEXT
row_is_not() { [[ $(row "$1") != "$2" ]]; }                                                # ROW TEXT
has_style() { [ "$(tm capture-pane -e -p -t top | python3 top/styles.py "$1")" = "$2" ]; } # ROW CODES
colors() { # the codes of colours on the screen
	tm capture-pane -e -p -t top | grep -oE $'\033\\[[0-9;]*m' | grep -oE '[0-9]+' |
		grep -xE '(3|4|9|10)[0-8]' | sort -u
}

# mouse BUTTON COLUMN ROW: pressed and let go, as xterm tells it
mouse() { tm send-keys -t top -l $'\033'"[<$1;$2;${3}M"$'\033'"[<$1;$2;${3}m"; }

# wheel BUTTON [TIMES]: 64 is up, 65 down; a wheel is not let go, and is fast
wheel() {
	local i turns=
	for ((i = 0; i < ${2:-1}; i++)); do turns+=$'\033'"[<$1;4;8M"; done
	tm send-keys -t top -l "$turns"
}

# ended: within half a minute the status is there, which the shell around it writes last, and the session is gone,
# so that another one can have its name
ended() {
	local i
	for ((i = 0; i < 300; i++)); do
		[ -s "$work/status" ] && ! tm has-session -t =top 2> /dev/null &&
			! tm has-session -t =mono 2> /dev/null && return 0
		sleep 0.1
	done
	return 1
}

gone() { # the same where the terminal has taken that shell with it
	local i pid
	pid=$(cat "$work/pid")
	for ((i = 0; i < 300; i++)); do
		kill -0 "$pid" 2> /dev/null || return 0
		sleep 0.1
	done
	return 1
}

mkdir -p "$out"
make -s -C "$top/morsel-top" OUT="$out" CFLAGS="-O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer" \
	> "$work/log" 2>&1
point $? "it builds with sanitizers"
python3 top/recording.py > "$work/small"
python3 top/recording.py 10000 10 > "$work/big"
python3 top/recording.py 0 600 > "$work/long"

# ---- keys and sizes

start 80 24
shows term "the first screen"
tm send-keys -t top F5
shows term-tree "F5"
tm send-keys -t top F5 F4 ord Enter
shows term-filter "F4"
tm send-keys -t top Escape 3 Right Down
shows term-map "the map"
tm send-keys -t top 1 '?'
shows term-help "?"
tm send-keys -t top '?'
shows term "and back"
tm resize-window -t top -x 20 -y 5
shows term-20x5 "20 by 5"
tm resize-window -t top -x 300 -y 100
shows term-300x100 "300 by 100"
for i in $(seq 40); do
	tm resize-window -t top -x $((20 + i * 7)) -y $((5 + i * 2))
	kill -WINCH "$(cat "$work/pid")"
done
for i in $(seq 500); do kill -WINCH "$(cat "$work/pid")"; done
tm resize-window -t top -x 80 -y 24
shows term "after a storm of changes"
tm resize-window -t top -x 2 -y 2
tm send-keys -t top 3 Enter Enter Enter BSpace 2 Enter 6 5 4 1 F6 Down Enter
tm resize-window -t top -x 1 -y 1
tm resize-window -t top -x 80 -y 24
tm send-keys -t top Escape Escape q
ended
point $? "it survives 1 by 1, and ends"
[ "$(cat "$work/status")" = 0 ]
point $? "with status 0"

# ---- looks, ten a second

start 80 24 -d 0.1 --replay "$work/long"
tm send-keys -t top Z
within row_has 4 PAUSED
before=$(row 1)
sleep 1
[ -n "$before" ] && [ "$(row 1)" = "$before" ]
point $? "Z: it stands still"
tm send-keys -t top Space
within row_is_not 1 "$before"
point $? "Space: a look"
before=$(row 1)
tm send-keys -t top Z
within row_is_not 1 "$before"
point $? "Z: it goes on"
tm send-keys -t top q
ended

# ---- other terminals

start 80 24 -U
for ((i = 0; i < 300; i++)); do tm capture-pane -p -t top | grep -q db: && break; sleep 0.1; done
tm send-keys -t top Enter
shows term-ascii "ASCII"
tm send-keys -t top F10
ended
point $? "F10 ends it"
for term in vt100 linux xterm-256color; do
	rm -f "$work/status"
	tm new-session -d -s mono -x 80 -y 24 \
		"TERM=$term $out/morsel-top -C --replay $work/small -n 1 -d 0.3; echo \$? > $work/status"
	ended && [ "$(cat "$work/status")" = 0 ]
	point $? "TERM=$term"
done
TERM=no-such-terminal "$out/morsel-top" --replay "$work/small" < /dev/null > /dev/null 2> "$work/err"
[ $? = 1 ] && grep -q "no terminal" "$work/err"
point $? "what is no terminal is said"

# ---- mouse and colours

settings=TERM=xterm-256color
start 80 24
shows term "with colours"
has_style 5 "30 42"
point $? "the head is black on green"
has_style 6 "30 46"
point $? "the selected row black on cyan"
mouse 0 4 8
within has_style 8 "30 46" && has_style 6 ""
point $? "a click selects"
wheel 65 30
within has_style 11 "30 46" && has_style 8 ""
point $? "the wheel goes down, to the last however fast"
wheel 64
within has_style 8 "30 46" && has_style 11 ""
point $? "and three up"
wheel 64 30
within has_style 6 "30 46"
point $? "to the first"
wheel 65
within has_style 9 "30 46"
point $? "and three down"
mouse 0 4 5
within row_begins 6 "db:a-very"
point $? "a click on a head sorts"
mouse 0 4 5
within row_begins 6 "db:äöü"
point $? "and again, the other way"
mouse 0 20 4
within row_begins 5 "     PID USER"
point $? "a click on a tab"
mouse 0 68 24
ended && [ "$(cat "$work/status")" = 0 ]
point $? "a click on F10"

# The terminal of tmux tells it in the old way.
for settings in TERM=screen NO_COLOR=1; do
	selected="30 46"
	[ $settings = NO_COLOR=1 ] && selected="1 7"
	start 80 24
	shows term "$settings"
	tm send-keys -t top -l $'\033[M #(\033[M##('
	within has_style 8 "$selected"
	point $? "$settings: a click selects"
	tm send-keys -t top -l $'\033[Ma#('
	within has_style 11 "$selected"
	point $? "$settings: the wheel goes down"
	tm send-keys -t top -l $'\033[M`#('
	within has_style 8 "$selected"
	point $? "$settings: and up"
	tm send-keys -t top q
	ended
done
settings=TERM=xterm-256color
start 80 24 -C
shows term "-C"
has_style 5 7
point $? "-C: the head is reversed"
has_style 6 "1 7"
point $? "-C: the selected row is bold, too"
[ -z "$(colors)" ]
point $? "-C: no colours"
tm send-keys -t top q
ended
settings=

# ---- what goes away

start 80 24
shows term "once more"
tm kill-session -t top
gone
point $? "it ends with its terminal"
export ASAN_OPTIONS=log_path=$work/asan
"$out/morsel-top" -j --replay "$work/big" 2> "$work/err" | head -c 100 > /dev/null
[ "${PIPESTATUS[0]}" = 0 ] && [ ! -s "$work/err" ]
point $? "a reader of JSON that has seen enough"
"$out/morsel-top" -b --replay "$work/big" -t 2> "$work/err" | head -1 > /dev/null
[ "${PIPESTATUS[0]}" = 0 ] && [ ! -s "$work/err" ]
point $? "or of text"
"$out/morsel-top" -j --replay "$work/small" > /dev/full 2> "$work/err"
[ $? = 1 ] && grep -q "No space" "$work/err"
point $? "a full device is an error"

# ---- without a terminal

env -u TERM "$out/morsel-top" -1 --replay "$work/small" > "$work/text"
[ $? = 0 ] && grep -q "db:orders/2024" "$work/text"
point $? "-1 needs no TERM"
"$out/morsel-top" -j --replay "$work/small" > "$work/first" &&
	"$out/morsel-top" -j --replay "$work/first" | cmp - "$work/first"
point $? "what --json prints can be replayed"
[ "$("$out/morsel-top" -b --replay "$work/small" -n 2 -F fresh | grep -c '^db:fresh')" = 1 ]
point $? "-n and -F"
[ "$("$out/morsel-top" -1 --replay "$work/small" -s name | grep '^db:' | head -1 | cut -c 1-8)" = "db:a-ver" ]
point $? "-s"
of_user() { "$out/morsel-top" -1 --replay "$work/small" -u "$1" | grep -o '^db:[^ ]*' | tr '\n' ' '; }
[ "$(of_user 41000)" = "db:orders/2024 " ]
point $? "-u with a number"
[[ "$(of_user root)" = "db:orders-old db:tmp/join db:orders/2025 db:a-very-long-name/"* ]]
point $? "-u with a name"
[ -z "$(of_user daemon)" ]
point $? "-u of who has nothing"
"$out/morsel-top" -j --replay "$work/small" -n 1 -u 44711 |
	grep -q '"morsels":\[{"name":"db:äöü/汉字",[^]]*"uid":44711,[^]{]*}\]'
point $? "-u with --json"
for words in "-d 0" "-n 0" "-n x" "-p x" "-u no-such-user" "-s nothing" "word" "--frob" \
	"--replay /dev/null" "--replay top/term.txt"; do
	# shellcheck disable=SC2086 # words
	"$out/morsel-top" -1 $words > "$work/text" 2> "$work/err"
	[ $? -gt 0 ] && [ -s "$work/err" ] && [ ! -s "$work/text" ]
	point $? "refused: $words"
done

# ---- cost: processor time of a look more, reading its JSON included, without sanitizers

make -s -C "$top/morsel-top" > "$work/log" 2>&1
used() { # COMMAND...: processor time in ms, of three times the least
	local TIMEFORMAT='%U %S'
	for _ in 1 2 3; do
		{ time "$@" > /dev/null; } 2>&1 | awk '{ print int(1000 * ($1 + $2)) }'
	done | sort -n | head -n 1
}
three_looks() { # RECORDING
	set -- "$(used "$top/morsel-top/morsel-top" -b --replay "$1" -n 4 -F db:many/00001)" \
		"$(used "$top/morsel-top/morsel-top" -b --replay "$1" -n 1 -F db:many/00001)"
	echo $(($1 > $2 ? $1 - $2 : 1))
}
python3 top/recording.py 1000 4 > "$work/few"
python3 top/recording.py 10000 4 > "$work/many"
few=$(three_looks "$work/few")
many=$(three_looks "$work/many")
read=$(used jq -c . "$work/many")
echo "# a look at 1,000 morsels takes $((few / 3)) ms, at 10,000 $((many / 3)) ms; jq reads these in $((read / 4)) ms"
[ "$many" -lt $((25 * few)) ]
point $? "ten times as many morsels, at most 25 times the time"
[ $((many / 3)) -lt $((read / 4)) ]
point $? "10,000 morsels are shown faster than jq reads of them"

ls "$work"/asan* > /dev/null 2>&1 && sed 's/^/# /' "$work"/asan* | head -40
! ls "$work"/asan* > /dev/null 2>&1
point $? "no sanitizer has found anything"
done_testing
