#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Stressors of stress-ng, which others wrote for any file system, on a pool and on tmpfs: they come out
# alike, but for what docs/peers.md gives a reason for.
# groups: peers slow
# timeout: 240
# pool: size=192M
# mem: 2G
# programs: stress-ng
# leak-check: no, the kernel keeps what some stressors make it allocate
. /tests/lib/tap.sh

stressors="access aio chattr chdir chmod chown copy-file dentry dir dirdeep dup dynlib fallocate fault fcntl
	fiemap file-ioctl filename flock fpunch fstat getdent handle hdd inode-flags inotify iomix lease link locka
	lockf lockofd madvise memfd mincore mknod mlock mmap mmapfixed mmapfork mmapmany mremap msync
	msyncmany munmap open readahead rename revio seek sendfile splice symlink sync-file tee touch utime vm
	vm-rw vm-splice"

# What comes out on a pool where tmpfs has 0: the status of stress-ng, and what it says.
listed() { # STRESSOR
	case $1 in
	access) echo "2 Permission denied" ;;
	*) echo "0 " ;;
	esac
}

# The status on tmpfs.  The stressor madvise of stress-ng 0.15 has no luck with 6.12, on any file system.
on_tmpfs() { # STRESSOR
	case $1:$(uname -r) in
	madvise:6.12.*) echo 2 ;;
	*) echo 0 ;;
	esac
}

options() { # STRESSOR
	case $1 in
	hdd | iomix | revio) echo "--$1-bytes 16M" ;;
	seek) echo "--seek-size 16M" ;;
	mmap) echo "--mmap-file --mmap-bytes 16M" ;;
	esac
}

# Prints the status.
run() { # STRESSOR DIRECTORY
	mkdir -p "$2"
	# shellcheck disable=SC2046 # words
	stress-ng "--$1" 1 "--$1-ops" 20 $(options "$1") --timeout 2 --verify --oomable --temp-path "$2" \
		> "/tmp/said" 2>&1
	echo $?
	rm -rf "$2"
}

for stressor in $stressors; do
	base=$(on_tmpfs "$stressor")
	is "$stressor on tmpfs" "$(run "$stressor" /tmp/t)" "$base"
	known=$(listed "$stressor")
	[ "$base" = 0 ] || known="$base "
	is "$stressor" "$(run "$stressor" /mnt/morsel/t)" "${known%% *}"
	said=$(grep -c -- "${known#* }" /tmp/said)
	[ "$said" -gt 0 ] || tap_point 1 "$stressor says: ${known#* }"
done
done_testing
