#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What morsel-top --json prints is what docs/json.md says, member by member, and nothing more is documented.

cd "$(dirname "$0")" || exit 1
top=$PWD/../..
work=$(mktemp -d) || exit 1
export LC_ALL=C.UTF-8 LD_LIBRARY_PATH=$top/libmorsel
trap 'rm -rf "$work"' EXIT
. "$top/tests/unit/point.sh"

judge() { # FILE [DOC]
	jq -r --rawfile doc "${2:-$top/docs/json.md}" --arg command morsel-top -f ../guest/lib/json_doc.jq "$1" 2>&1 ||
		echo "jq fails"
}

log=$work/log
make -s -C "$top/morsel-top" > "$log" 2>&1
point $? "it builds"
python3 top/recording.py > "$work/recording"
"$top/morsel-top/morsel-top" -j --replay "$work/recording" > "$work/looks" 2> "$log" &&
	"$top/morsel-top/morsel-top" -j --replay "$work/recording" -p 4711 >> "$work/looks" 2> "$log"
point $? "it prints JSON, for a process with its address space"
judge "$work/looks" > "$work/verdict"
grep -v '^seen ' "$work/verdict" | sort -u > "$log"
[ ! -s "$log" ]
point $? "each member is documented, and of its type"
sed -n 's/^seen //p' "$work/verdict" | sort -u > "$work/seen"
awk '/^## / { kind = $2 } /^\| `/ && kind ~ /^look/ { gsub("`", "", $2); print kind "." $2 }' \
	"$top/docs/json.md" | sort > "$work/documented"
grep -vxFf "$work/seen" "$work/documented" > "$log"
[ ! -s "$log" ] && [ "$(wc -l < "$work/documented")" -gt 100 ]
point $? "each member that is documented is there"

# The judge judges.
sed 's/"mappers":[0-9]*/"mapped":1/' "$work/looks" > "$work/bad"
judge "$work/bad" | grep -v '^seen ' | sort -u > "$log"
grep -q 'look-morsel.mappers is missing' "$log" && grep -q 'look.morsels.mapped is not documented' "$log"
point $? "another name is found out"
sed 's/"pid":[0-9]*/"pid":null/' "$work/looks" > "$work/bad"
judge "$work/bad" | grep -v '^seen ' | sort -u > "$log"
grep -q 'look-attachment.pid is null' "$log"
point $? "and a number that is missing"
done_testing
