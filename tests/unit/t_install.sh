#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What make install puts where, and that a program can be built with it and nothing else.

cd "$(dirname "$0")/../.." || exit 1
root=$(mktemp -d) || exit 1
trap 'rm -rf "$root"' EXIT
top=.
. tests/unit/point.sh

install_to() { # DIR PREFIX LIBDIR
	make -s -C libmorsel install DESTDIR="$1" PREFIX="$2" LIBDIR="$3" > "$root/log" 2>&1 &&
		make -s -C morsel-admin install DESTDIR="$1" PREFIX="$2" LIBDIR="$3" >> "$root/log" 2>&1 &&
		make -s -C morsel-top install DESTDIR="$1" PREFIX="$2" LIBDIR="$3" >> "$root/log" 2>&1
}

install_to "$root/dest" /usr /usr/lib/here
point $? "install with DESTDIR, PREFIX and LIBDIR"
find "$root/dest" \( -type f -o -type l \) -printf '%P\n' | sort > "$root/found"
sort > "$root/expected" <<-END
	usr/bin/morsel-top
	usr/include/linux/morsel.h
	usr/include/morsel.h
	usr/include/morsel/ctx.h
	usr/include/morsel/event.h
	usr/include/morsel/map.h
	usr/include/morsel/name.h
	usr/include/morsel/object.h
	usr/include/morsel/pool.h
	usr/include/morsel/quota.h
	usr/include/morsel/rights.h
	usr/include/morsel/usage.h
	usr/include/morsel/vas.h
	usr/lib/here/libmorsel.a
	usr/lib/here/libmorsel.so
	usr/lib/here/libmorsel.so.0
	usr/lib/here/libmorsel.so.0.1.0
	usr/lib/here/pkgconfig/libmorsel.pc
	usr/lib/systemd/system/morsel-pool@.service
	usr/lib/udev/rules.d/60-morsel.rules
	usr/sbin/morsel-admin
	usr/share/bash-completion/completions/morsel-admin
	usr/share/doc/libmorsel/examples/morsel-quotad.c
	usr/share/doc/libmorsel/examples/morsel-quotad.service
END
diff "$root/expected" "$root/found" | sed 's/^/# /'
cmp -s "$root/expected" "$root/found"
point $? "these files and no others"

grep -q '^PROGRAM=="/usr/sbin/morsel-admin ' "$root/dest/usr/lib/udev/rules.d/60-morsel.rules"
point $? "the udev rule knows where the tool is"

cat > "$root/program.c" <<-END
	#include <morsel.h>
	int main(void)
	{
		struct morsel_ctx *ctx;
		return morsel_ctx_new(&ctx) || morsel_name_parse(ctx, "p:a", 0, 0);
	}
END
config() {
	PKG_CONFIG_LIBDIR=$root/dest/usr/lib/here/pkgconfig:$(pkg-config --variable pc_path pkg-config) \
		PKG_CONFIG_SYSROOT_DIR=$root/dest pkg-config "$@" libmorsel
}
# shellcheck disable=SC2046 # words
cc -std=c11 -Wall -Wextra -pedantic -Werror -o "$root/program" "$root/program.c" \
	$(config --cflags --libs) 2> "$root/log"
point $? "a strict C11 program builds with pkg-config"
sed 's/^/# /' "$root/log"
LD_LIBRARY_PATH=$root/dest/usr/lib/here "$root/program"
point $? "and runs"
readelf -d "$root/program" | grep -q 'NEEDED.*\[libmorsel.so.0\]'
point $? "it asks for the name with the version"
! readelf -d "$root/program" | grep -q 'NEEDED.*libnl'
point $? "and for nothing else of ours"

# What the headers declare, what the map lists, what the library exports: the same.
cat libmorsel/morsel/*.h | sed 's,/\*.*\*/,,' | sed '/\/\*/,/\*\//d' | grep -v typedef |
	grep -oE '\bmorsel_[a-z0-9_]+\(' | tr -d '(' | sort -u > "$root/declared"
grep -oE 'morsel_[a-z0-9_]+;' libmorsel/libmorsel.map | tr -d ';' | sort -u > "$root/mapped"
nm -D --defined-only libmorsel/libmorsel.so | sed -n 's/.* T \(.*\)@@LIBMORSEL_0.1/\1/p' | sort \
	> "$root/exported"
diff "$root/declared" "$root/mapped" | sed 's/^/# /'
cmp -s "$root/declared" "$root/mapped"
point $? "the map lists what the headers declare"
diff "$root/mapped" "$root/exported" | sed 's/^/# /'
cmp -s "$root/mapped" "$root/exported"
point $? "the library exports what the map lists"
[ "$(nm -D --defined-only libmorsel/libmorsel.so | grep -vc ' T \| A ')" -eq 0 ]
point $? "and no data"

sed -n 's/^\.Fn \(morsel_[a-z0-9_]*\) ".*/\1/p' docs/man/libmorsel.3 | sort -u > "$root/described"
grep -q '^\.Fn morsel_version void$' docs/man/libmorsel.3 && echo morsel_version >> "$root/described"
sort -o "$root/described" "$root/described"
diff "$root/declared" "$root/described" | sed 's/^/# /'
cmp -s "$root/declared" "$root/described"
point $? "the manual describes them"

make -s -C libmorsel uninstall DESTDIR="$root/dest" PREFIX=/usr LIBDIR=/usr/lib/here > "$root/log" 2>&1 &&
	make -s -C morsel-admin uninstall DESTDIR="$root/dest" PREFIX=/usr >> "$root/log" 2>&1 &&
	make -s -C morsel-top uninstall DESTDIR="$root/dest" PREFIX=/usr >> "$root/log" 2>&1
[ -z "$(find "$root/dest" -type f -o -type l)" ]
point $? "uninstall leaves nothing"
done_testing
