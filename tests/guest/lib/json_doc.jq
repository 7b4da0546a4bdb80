# SPDX-License-Identifier: GPL-2.0-or-later
# What is wrong with JSON, by the tables of docs/json.md ($doc), for the command $command.
# A line for each thing that is wrong, and "seen KIND.MEMBER" for each member with a value.

def cells: split("|") | map(gsub("^ +| +$"; ""));
def bare: gsub("`"; "");

# { kind: { member: { type, null, missing } } }
def tables:
	reduce ($doc | split("\n"))[] as $line ({ kind: null, kinds: {} };
		if $line | startswith("## ") then .kind = $line[3:]
		elif .kind and ($line | test("^\\| `")) then
			($line | cells) as $c | .kinds[.kind][$c[1] | bare] = {
				type: ($c[2] | sub(", may be missing$"; "") | sub(" or null$"; "")),
				null: ($c[2] | test(" or null")),
				missing: ($c[2] | test("may be missing"))
			}
		else . end)
	| .kinds;

# The kinds of elements that the first table gives to the command.
def kinds_of:
	first($doc | split("\n")[] | select(startswith("| `\($command)` |")) | cells[2])
	| if startswith("nothing") then [] else split(", ") | map(bare) end;

def patterns: {
	mode: "^[0-7]{4}$",
	address: "^0x[0-9a-f]+$",
	time: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9}Z$"
};

def is_number: type == "number" and . >= 0 and . == floor;

# Say what is wrong with a value of this type, and what is right.
def judge($tables; $form; $at):
	def hex_of_name($members):
		endswith("_hex") and $members[rtrimstr("_hex")].type == "name";
	def member($m; $at; $key):
		if has($key) | not then select($m.missing | not) | "\($at).\($key) is missing"
		elif .[$key] == null then select($m.null | not) | "\($at).\($key) is null"
		else "seen \($at | sub("^.*>"; "")).\($key)", (.[$key] | judge($tables; $m.type; "\($at).\($key)"))
		end;
	if $form == "name" or $form == "text" then
		select(type != "string") | "\($at) is no string"
	elif $form == "number" or $form == "bytes" or $form == "ns" then
		select(is_number | not) | "\($at) is no such number: \(.)"
	elif $form == "boolean" then
		select(type != "boolean") | "\($at) is not boolean"
	elif patterns[$form] then
		select((type == "string" and test(patterns[$form])) | not) | "\($at) is no \($form): \(.)"
	elif $form | startswith("[ ") then
		if type == "array" then .[] | judge($tables; $form[2:-2]; $at)
		else "\($at) is no array" end
	elif $tables[$form] == null then "there is no table of \($form)"
	elif type != "object" then "\($at) is no object"
	else
		. as $object | $tables[$form] as $members
		| (keys_unsorted[] | select($members[.] == null and (hex_of_name($members) | not))
			| "\($at).\(.) is not documented"),
		  ($members | to_entries[] | . as $m | $object | member($m.value; "\($at)>\($form)"; $m.key))
	end;

def judge_element($tables; $kinds):
	if (.error | type) == "object" and .event == null then judge($tables; "error"; $command)
	elif has("would") then judge($tables; "would"; $command)
	else
		[ $kinds[] as $kind | [ judge($tables; $kind; $command) ] ]
		| (map(select(all(startswith("seen ")))) | first) // first // ["\($command) prints something"]
		| .[]
	end;

tables as $tables | kinds_of as $kinds
| if type == "array" then .[] else . end
| judge_element($tables; $kinds)
