#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make install as a whole, into a root image that has a kernel; make help, V=1, make deps as anybody.

unset V MAKEFLAGS MAKELEVEL
cd "$(dirname "$0")/../.." || exit 1
root=$(mktemp -d) || exit 1
trap 'rm -rf "$root"' EXIT
log=$root/log
top=.
. tests/unit/point.sh

has() { # NAME PATH...
	name=$1
	shift
	for path; do
		[ -f "$root/image/$path" ] || echo "missing: $path"
	done > "$root/log"
	[ ! -s "$root/log" ]
	point $? "$name"
}

kdir=$(find /usr/src -maxdepth 1 -name 'linux-headers-*-amd64' | sort -V | tail -n 1)
release=${kdir#*/linux-headers-}
modules=lib/modules/$release
mkdir -p "$root/image/$modules"
touch "$root/image/$modules/modules.order" "$root/image/$modules/modules.builtin"

make install DESTDIR="$root/image" PREFIX=/opt/m > "$root/log" 2>&1
point $? "make install with DESTDIR and PREFIX"
! grep -E '^(gcc|cc|ld|install) ' "$root/log"
point $? "it is quiet"
has "the module" "$modules/extra/morsel.ko"
has "the tools" opt/m/sbin/morsel-admin opt/m/bin/morsel-top
has "the library" opt/m/lib/libmorsel.so.0 opt/m/include/morsel.h opt/m/lib/pkgconfig/libmorsel.pc
has "the manual" opt/m/share/man/man8/morsel-admin.8 opt/m/share/man/man1/morsel-top.1 \
	opt/m/share/man/man3/libmorsel.3 opt/m/share/man/man7/morsel.7
find "$root/image" -type f -path "$root/image/opt/*" -prune -o -type f ! -path "*/$modules/*" -print > "$root/log"
[ ! -s "$root/log" ]
point $? "nothing elsewhere"

loads() { # WHAT: modprobe finds our module by it
	/sbin/modprobe -d "$root/image" -S "$release" -n --show-depends "$1" > "$root/log" 2>&1 &&
		grep -q 'insmod .*/extra/morsel.ko' "$root/log"
}
loads morsel
point $? "modprobe finds the module by its name"
loads fs-morsel
point $? "by the type of file system, for mount"
loads net-pf-16-proto-16-family-morsel
point $? "by the netlink family, for a first request"

/sbin/modinfo -p "$root/image/$modules/extra/morsel.ko" | sed 's/:.*//' > "$root/parameters"
while read -r parameter; do
	grep -q "\`${parameter}[=\`]" docs/filesystem.md || echo "not in docs/filesystem.md: $parameter"
	grep -q "$parameter" docs/man/morsel.7 || echo "not in morsel(7): $parameter"
done < "$root/parameters" > "$root/log"
[ -s "$root/parameters" ] && [ ! -s "$root/log" ]
point $? "the module's parameters are documented"

make -C libmorsel -W attrs.c > "$root/log" 2>&1 && grep -q '^  CC.*attrs' "$root/log" &&
	! grep -q -- ' -c ' "$root/log"
point $? "a rule says what it makes"
make V=1 -C libmorsel -W attrs.c > "$root/log" 2>&1 && grep -q -- ' -c .*attrs' "$root/log"
point $? "V=1 shows the commands"

make help > "$root/log"
missing=
for target in install demo test bench style shell; do
	grep -q "^make $target " "$root/log" || missing="$missing $target"
done
[ -z "$missing" ]
point $? "make help names the targets$missing"

for target in demo bench test shell; do
	make -n "$target" 2> /dev/null | grep -q 'tests/deps build test' || echo "make $target does not see to guests"
done > "$root/log"
[ ! -s "$root/log" ]
point $? "what runs in guests has their packages installed"

# Without dpkg's word for it every package is missing; nobody installs but root.
mkdir "$root/bin"
printf '#!/bin/sh\nexit 1\n' > "$root/bin/dpkg-query"
chmod 755 "$root" "$root/bin/dpkg-query"
deps() {
	setpriv --reuid 65534 --regid 65534 --clear-groups env PATH="$root/bin:$PATH" \
		bash -s build test demo < tests/deps > "$root/log" 2>&1
}
if [ "$(id -u)" -eq 0 ]; then
	! deps && grep -q '^deps: packages are missing; as root: apt-get install .*qemu-system-x86' "$root/log"
	point $? "who is not root is told what to install"
fi
done_testing
