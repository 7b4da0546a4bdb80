#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# morsel-admin rights check: it says what the kernel does, which entry decides, and who could change it.
# pool: size=64M,name=p,mode=755
# groups: cli rights
# timeout: 120
# programs: jq setfacl
. /tests/lib/tap.sh
cd "$MORSEL_DIR" || bail_out "no pool"
ma=morsel-admin

step() { # USER NAME PERMISSION: what the last step says
	$ma -H rights check "$2" "$3" --as "$1" -o want,allowed,by,entry,mask,has 2> /dev/null | tail -n 1 | xargs echo
}

mkdir d d/e
chmod 711 d
touch d/e/f
chmod 640 d/e/f
setfacl -m u:alice:rw,g:team:r,m::r d/e/f
chown alice d/e

status "alice may read" 0 $ma rights check p:d/e/f r --as alice
is "on her way" "$(echo "$said" | awk '{ print $NF, $1, $2, $3, $4 }')" "NAME WANT ALLOWED BY ENTRY
p: --x yes entry o::r-x
p:d --x yes entry o::--x
p:d/e --x yes entry u::rwx
p:d/e/f r-- yes entry u:alice:rw-"
status "not write" 1 $ma rights check p:d/e/f rw --as alice
like "because of the mask, and who can grant it" "$said" \
	'p:d/e/f: alice has no -w- by u:alice:rw- with the mask r--; it can be granted by the owner of p:d/e/f, root,'
is "and the entry" "$(step alice p:d/e/f w)" "-w- no entry u:alice:rw- r-- r--"
status "carol" 1 $ma rights check p:d/e/f r --as carol
chmod 700 d
status "who is kept out twice" 1 $ma rights check p:d/e/f r --as carol
like "is told so: the directory" "$said" 'p:d: carol has no --x by o::---; .* owner of p:d, root'
like "is told so: the morsel" "$said" 'p:d/e/f: carol has no r-- by o::---'
chmod 711 d
is "bob by his group" "$(step bob p:d/e/f r)" "r-- yes entry g:team:r-- r-- r--"
is "the root of a pool" "$(step carol p: rx)" "r-x yes entry o::r-x - r-x"
is "and not more" "$(step carol p: w)" "-w- no entry o::r-x - r-x"
is "as a digit" "$(step carol p: 5)" "r-x yes entry o::r-x - r-x"
status "in a group of which no list of users knows" 0 $ma rights check p:d/e/f r --as 4711 -g bob -g team
status "and without" 1 $ma rights check p:d/e/f r --as 4711
status "in no such group" 1 $ma rights check p:d/e/f r --as bob -g carol
is "root by its capabilities" "$(step root p:d/e w)" "-w- yes capability g::r-x - r-x"
touch g
is "nobody executes" "$(step root p:g x)" "--x no entry u::rw- - rw-"
chmod 601 g
is "root if anybody may" "$(step root p:g x)" "--x yes capability u::rw- - rw-"
ok "one's own rights" as alice $ma rights check p:d/e/f r
status "and what one has not" 1 as alice $ma rights check p:d/e/f w
chmod 700 d/e
fails "what is out of sight cannot be judged" "p:d/e/f: no search permission.*owner of p:d/e, alice" \
	as bob $ma rights check p:d/e/f r --as alice
chmod 701 d/e
$ma seal -y p:g
is "what is sealed" "$(step root p:g rw)" "rw- no seal u::rw- - rw-"
fails "nobody can grant" "p:g: it is sealed, nobody writes it .EPERM" $ma rights check p:g w

fails "what is not there" "p:none: .*ENOENT" $ma rights check p:none r
status "nothing at all" 2 $ma rights check p:g ''
status "no permission" 2 $ma rights check p:g q
status "nobody" 2 $ma rights check p:g r --as nobody-here
status "no group" 2 $ma rights check p:g r -g nothing-here
is "JSON" "$($ma -j rights check p:d/e/f w --as alice | jq -c '.[3] | [.name, .allowed, .entry, .mask, .has]')" \
	'["p:d/e/f",false,"u:alice:rw-","r--","r--"]'

# ---- as the kernel does it, for lists at random

# What USER may do with s/f: which of r, w and rw works.
really() {
	as "$1" sh -c 'cd /mnt/morsel; (exec < s/f) 2> /dev/null && echo r; (exec >> s/f) 2> /dev/null && echo w
		(exec 3<> s/f) 2> /dev/null && echo rw' | xargs echo
}

# What is said: the same, of three lines each.
said_of() {
	for perm in r w rw; do
		echo "rights check p:s/f $perm --as $1"
	done | $ma -jf --batch - | jq -sr '[[., ["r", "w", "rw"]] | transpose[]
		| select(.[0] | all(.[]; .allowed)) | .[1]] | join(" ")'
}

seed=$(date +%s)
diag "seed $seed"
awk -v seed="$seed" 'function some(all) { return substr(all, 1 + int(rand() * length(all)), 1) }
	function list() {
		s = "u::" some("0124567") ",g::" some("0467") ",o::" some("0467")
		if (rand() < .5) s = s ",u:alice:" some("04567")
		if (rand() < .5) s = s ",u:bob:" some("0267")
		if (rand() < .6) s = s ",g:team:" some("0246")
		if (rand() < .4) s = s ",g:carol:" some("0467")
		return s ",m::" some("0024677")
	}
	BEGIN { srand(seed)
		for (i = 0; i < 25; i++) print some("arc"), some("tc"), list(), rand() < .3 ? list() : "u::7,g::7,o::7"
	}' > /tmp/lists
mkdir s
touch s/f
wrong='' allowed=0 all=0
while read -r owner group file dir; do
	chown "$(echo "$owner" | sed 's/a/alice/;s/c$/carol/;s/^r$/root/')" s/f
	chgrp "$(echo "$group" | sed 's/t/team/;s/c$/carol/')" s/f s
	setfacl -b s s/f
	setfacl --set "$file" s/f
	setfacl --set "$dir" s
	for user in alice bob carol; do
		works=$(really $user) says=$(said_of $user)
		all=$((all + 1))
		[ -z "$works" ] || allowed=$((allowed + 1))
		[ "$works" = "$says" ] || wrong="$wrong
$user, $owner $group $file $dir: works: $works; says: $says"
	done
done < /tmp/lists
is "what is said is what is so" "$wrong" ""
ok "of $all some was allowed, some was not: $allowed" [ $allowed -gt 5 -a $allowed -lt $((all - 5)) ]
done_testing
