#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests of the demo's programs on the host: answers against hand-made ones,
# against a slow oracle, against apt-cache; bad input; a crowd.
# usage: check.sh DIRECTORY-OF-PROGRAMS
cd "$(dirname "$0")" || exit 1
bin=$1
seeds=${SEEDS:-40}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
. ../guest/lib/tap.sh
. ./apt.sh

ask() {
	"$bin/pkggraph" query "$@"
}

sample() {
	grep -v '^#' sample/expected > "$tmp/answers"
	ok "the sample is built" "$bin/pkggraph" build sample/*.Packages "$tmp/graph"
	ask -f sample/questions "$tmp/graph" > "$tmp/got"
	ok "mapped: the expected answers" cmp "$tmp/got" "$tmp/answers"
	"$bin/pkggraph.san" parse-query -f sample/questions sample/*.Packages > "$tmp/got"
	ok "parsed: the expected answers" cmp "$tmp/got" "$tmp/answers"
	cp "$tmp/graph" "$tmp/copy"
	"$bin/pkggraph.san" query -t -f sample/questions "$tmp/copy" > "$tmp/got"
	ok "the same bytes in another file: the expected answers" cmp "$tmp/got" "$tmp/answers"
}

oracle() {
	seed=0
	differing=
	while [ $seed -lt "$seeds" ]; do
		seed=$((seed + 1))
		python3 oracle.py $seed "$tmp" || break
		rm -f "$tmp/graph"
		"$bin/pkggraph.san" build "$tmp/index" "$tmp/graph" > "$tmp/log" 2>&1
		ask -f "$tmp/questions" "$tmp/graph" > "$tmp/mapped" 2>> "$tmp/log"
		"$bin/pkggraph.san" parse-query -f "$tmp/questions" "$tmp/index" \
			> "$tmp/parsed" 2>> "$tmp/log"
		cmp -s "$tmp/mapped" "$tmp/expected" && cmp -s "$tmp/parsed" "$tmp/expected" ||
			differing="$differing $seed"
	done
	is "oracle: all of $seeds random indexes tried" $seed "$seeds"
	is "oracle: seeds with differing answers" "$differing" ""
}

second_opinion() {
	apt_root "$tmp/apt" "$tmp/apt" "$PWD"/sample/*.Packages
	export APT_CONFIG="$tmp/apt/apt.conf"
	rm -f "$tmp/graph"
	"$bin/pkggraph" build sample/*.Packages "$tmp/graph" > "$tmp/log"
	for verb in depends rdepends closure show; do
		sed -n 's/^Package: //p' sample/*.Packages | sort -u | while read -r name; do
			apt_ask $verb "$name" | comparable $verb
			ask "$tmp/graph" "$verb $name" | comparable $verb >&3
		done > "$tmp/apt.out" 3> "$tmp/own.out"
		ok "apt-cache agrees: $verb" cmp "$tmp/apt.out" "$tmp/own.out"
		ok "apt-cache says something: $verb" test -s "$tmp/apt.out"
	done
}

bad_input() {
	printf 'Package: a\nVersion: 1\nArchitecture: all\nDepends: b (> )\n' > "$tmp/bad"
	fails "a relation without a version" 'package a: malformed relation before "\)"' \
		"$bin/pkggraph.san" parse-query "$tmp/bad"
	printf 'Package: a\nVersion: 1\nArchitecture: all\nDepends: b |\n' > "$tmp/bad"
	fails "an alternative to nothing" 'malformed relation' \
		"$bin/pkggraph.san" parse-query "$tmp/bad"
	head -c 100000 /dev/urandom > "$tmp/bad"
	fails "noise instead of an index" 'not a package index' \
		"$bin/pkggraph.san" parse-query "$tmp/bad"
	fails "no index" 'No such file' "$bin/pkggraph" build "$tmp/none" "$tmp/new"
	fails "an index that cannot be read" 'Is a directory' "$bin/pkggraph" build "$tmp" "$tmp/new2"
	fails "an object whose builder died" 'not a complete package graph' ask "$tmp/new" chain
	fails "an index for an object" 'not a complete package graph' ask sample/main.Packages chain
	fails "an object that is there already" 'is not empty' \
		"$bin/pkggraph" build sample/main.Packages "$tmp/graph"
	head -c 4096 "$tmp/graph" > "$tmp/short"
	fails "half an object" 'truncated: 4096 bytes of' ask "$tmp/short" chain
	fails "a question that is none" 'not a question' ask "$tmp/graph" "why not"
	fails "an unknown package" 'closure nowhere: no such package' ask "$tmp/graph" "closure nowhere"
	fails "what a name depends on" 'not a package, only a name' ask "$tmp/graph" "depends mailer"
	fails "an answer that cannot be written" 'cannot write' \
		sh -c "'$bin/pkggraph' query '$tmp/graph' chain > /dev/full"
}

# value KEY: from the crowd's report
value() {
	sed -n "s/^$1 //p" "$tmp/report"
}

crowds() {
	for option in "" -m; do
		rm -rf "$tmp/out"
		mkdir "$tmp/out"
		ok "crowd $option" sh -c "'$bin/crowd' $option '$bin/pkggraph' '$tmp/graph' \
			sample/questions '$tmp/out' > '$tmp/report'"
		cat "$tmp"/out/* > "$tmp/got"
		ok "crowd $option: the expected answers" cmp "$tmp/got" "$tmp/answers"
		is "crowd $option: a process a question" "$(value processes)" "$(grep -vc '^#' sample/questions)"
		ok "crowd $option: page tables grow" test "$(value table_kib)" -gt "$(value table_kib_before)"
		ok "crowd $option: there are faults" test "$(value faults)" -gt 0
	done
	echo "why not" > "$tmp/questions"
	fails "crowd: a wrong answer is not swallowed" 'why not.*wait status' \
		"$bin/crowd" "$bin/pkggraph" "$tmp/graph" "$tmp/questions" "$tmp/out"
	fails "crowd: a process that ends early" 'ended before it had answered' \
		"$bin/crowd" /bin/false "$tmp/graph" sample/questions "$tmp/out"
}

stopwatch() {
	ok "timed" sh -c "'$bin/timed' '$tmp/got' sh -c 'echo a; echo; sleep 0.3; echo b' > '$tmp/ms'"
	is "timed: output" "$(cat "$tmp/got")" "$(printf 'a\n\nb')"
	read -r first all < "$tmp/ms"
	ok "timed: the first answer came before the end" test "${all%.*}" -gt "$((${first%.*} + 250))"
	fails "timed: a failing command" 'wait status' "$bin/timed" "$tmp/got" false
}

sample
oracle
if command -v apt-cache > /dev/null; then
	second_opinion
else
	skip "apt-cache agrees" "no apt-cache on this machine"
fi
bad_input
crowds
stopwatch
done_testing
