#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The demo, inside the guest; see docs/demo.md.
# leak-check: no, freed pages that rest on per-CPU lists would count as missing
# usage: demo.sh  (everything it needs is in /demo; the pool is $MORSEL_DIR)
cd /demo || exit 1
. ./apt.sh

pool=${MORSEL_DIR:-/mnt/morsel}
graph=$pool/graph
tmp=/tmp/demo
rounds="1 2 3"
wrong=0
mkdir -p $tmp

# check NAME COMMAND...: one line of the report
check() {
	what=$1
	shift
	if "$@" > $tmp/said 2>&1; then
		echo "  equal    $what"
	else
		echo "  WRONG    $what: $(head -n 3 $tmp/said)"
		wrong=$((wrong + 1))
	fi
}

# must COMMAND...: nothing goes on without it
must() {
	"$@" || {
		echo "demo: failed: $*"
		exit 1
	}
}

build() {
	echo "BUILD: one process parses the index into a morsel and exits"
	must ./timed $tmp/built ./pkggraph build index/* "$graph" > $tmp/build.ms
	sed 's/^/  /' $tmp/built
	awk '{ printf "  %.1f s\n", $2 / 1000 }' $tmp/build.ms
}

# first TIMES NAME COMMAND...: keeps the output and the median time to the first answer
first() {
	times=$1
	name=$2
	shift 2
	: > "$tmp/$name.all"
	for _ in $(seq "$times"); do
		must ./timed "$tmp/$name.out" "$@" >> "$tmp/$name.all"
	done
	sort -n "$tmp/$name.all" | sed -n "$(((times + 1) / 2))p" > "$tmp/$name.ms"
}

# row NAME TEXT
row() {
	awk -v text="$2" -v unit="$(cut -d' ' -f1 $tmp/map.ms)" \
		'{ printf "  %-46s %10.1f ms %9.0f x\n", text, $1, $1 / unit }' "$tmp/$1.ms"
}

time_first_answer() {
	question=$(head -n 1 questions)
	package=${question#* }
	echo "FIRST ANSWER: \"$question\", a fresh process, from fork to the end of the answer"
	first 5 map ./pkggraph query "$graph" "$question"
	row map "mapping the morsel"
	# Goes on to answer all the others, for comparison.
	first 1 parse ./pkggraph parse-query -f questions index/*
	row parse "parsing the index again"
	apt_root $tmp/apt $tmp/apt /demo/index/*
	export APT_CONFIG=$tmp/apt/apt.conf
	# shellcheck disable=SC2086
	first 1 apt-cold apt-cache rdepends $apt_hard "$package"
	row apt-cold "apt-cache, which makes its cache"
	# shellcheck disable=SC2086
	first 3 apt-warm apt-cache rdepends $apt_hard "$package"
	row apt-warm "apt-cache, from its ready cache"
}

# value KIND KEY: the median of what the rounds reported
value() {
	sed -n "s/^$2 //p" "$tmp/$1".*.crowd | sort -n | sed -n 2p
}

crowd() { # KIND ROUND [OPTION]
	mkdir "$tmp/$1.$2"
	# shellcheck disable=SC2086
	must ./crowd $3 ./pkggraph "$graph" questions "$tmp/$1.$2" > "$tmp/$1.$2.crowd"
}

compare() { # TEXT UNIT MORSEL MEMFD
	printf '  %-34s %10s %10s  %s\n' "$1" "$3" "$4" "$2"
}

compare_key() { # TEXT UNIT KEY
	compare "$1" "$2" "$(value morsel "$3")" "$(value memfd "$3")"
}

grown() {
	echo $(($(value "$1" table_kib) - $(value "$1" table_kib_before)))
}

crowds() {
	for round in $rounds; do
		crowd morsel "$round"
		crowd memfd "$round" -m
	done
	echo "CROWD: $(value morsel processes) fresh processes at once, each with another question;" \
		"then each reads every page"
	echo "  (medians of 3 rounds in turn)"
	compare "" "" morsel memfd
	compare_key "first answer after" ms first_answer_ms
	compare_key "last answer after" ms last_answer_ms
	compare_key "reading every page" ms touched_ms
	compare_key "page faults since the start" "" faults
	compare_key "page tables of all processes" KiB table_kib
	compare "  of these added since the start" KiB "$(grown morsel)" "$(grown memfd)"
	compare_key "page tables of the morsel, shared" KiB view_table_kib
}

# answers_of VERB KIND: what the crowd said to questions with this verb
answers_of() {
	number=0
	while read -r verb _; do
		[ "$verb" = "$1" ] && cat "$tmp/$2/$(printf %03d $number)"
		number=$((number + 1))
	done < questions
}

apt_answers() { # VERB
	names=$(sed -n "s/^$1 //p" questions)
	if [ "$1" = closure ]; then
		for name in $names; do
			apt_ask closure "$name" | comparable closure
		done
	else
		# shellcheck disable=SC2086
		apt_ask "$1" $names | comparable "$1"
	fi
}

own_answers() { # VERB
	if [ "$1" = closure ]; then
		answers_of closure morsel.1 | grep -v '^$'
	else
		answers_of "$1" morsel.1 | comparable "$1"
	fi
}

answers() {
	echo "ANSWERS"
	nr=$(wc -l < questions)
	for kind in morsel memfd; do
		for round in $rounds; do
			cat "$tmp/$kind.$round"/*
		done > $tmp/$kind.all
	done
	for round in $rounds; do
		cat $tmp/parse.out
	done > $tmp/parse.all
	check "all $nr answers of all rounds: morsel and parsing again" cmp $tmp/morsel.all $tmp/parse.all
	check "all $nr answers of all rounds: morsel and memfd" cmp $tmp/morsel.all $tmp/memfd.all
	check "first answer: morsel and parsing again" \
		sh -c "head -n \$(wc -l < $tmp/map.out) $tmp/parse.out | cmp - $tmp/map.out"
	for verb in depends rdepends closure show; do
		own_answers $verb > $tmp/own
		apt_answers $verb > $tmp/apt.out
		nr=$(grep -c "^$verb " questions)
		check "$nr of them, $verb, $(wc -l < $tmp/own) lines: morsel and apt-cache" \
			cmp $tmp/own $tmp/apt.out
		[ -s $tmp/own ] || wrong=$((wrong + 1))
	done
}

biggest() {
	stat -c '%s %n' "$@" | sort -rn | head -n 1 | cut -d' ' -f2-
}

sum_of() {
	sha256sum "$1" | cut -d' ' -f1
}

unmodified() {
	big=$(biggest index/*)
	echo "UNMODIFIED PROGRAMS on the same pool, with a file of $(stat -c %s "$big") bytes"
	must cp "$big" "$pool/copy"
	check "cp, then cmp" cmp "$big" "$pool/copy"
	check "sha256sum of the original and of the copy" test "$(sum_of "$big")" = "$(sum_of "$pool/copy")"
	if [ -x /usr/bin/python3 ]; then
		check "Python's mmap: what read() sees, and stores seen by it" \
			/usr/bin/python3 -I -S unmodified.py "$pool/copy"
		check "after that, cmp again" cmp "$big" "$pool/copy"
	else
		echo "  (no Python in the guest)"
	fi
	check "dd from the middle" sh -c "dd if='$pool/copy' bs=4096 skip=1000 count=100 2> /dev/null |
		cmp -n 409600 - '$big' 0 4096000"
	must rm "$pool/copy"
}

echo "The times are the guest's, which is emulated where there is no KVM: compare them, no more."
build
time_first_answer
crowds
answers
unmodified
rm -rf $tmp
if [ $wrong -ne 0 ]; then
	echo "$wrong WRONG"
	exit 1
fi
echo "All answers are equal."
