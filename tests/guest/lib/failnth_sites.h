/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many allocations of each operation have to fail once: what was counted, less some
 * that depend on what the core kernel has cached.  Raise a number with the code; lower
 * one only where an allocation has gone.
 */
#ifndef TEST_FAILNTH_SITES_H
#define TEST_FAILNTH_SITES_H

static const struct {
	const char *name;
	int sites;
} kept[] = {
	/* t_fs_nomem.c */
	{ "create", 7 },
	{ "mkdir", 5 },
	{ "symlink", 12 },
	{ "link", 4 },
	{ "rename", 5 },
	{ "exchange", 5 },
	{ "create with ACLs to inherit", 12 },
	{ "O_TMPFILE", 10 },
	{ "set an ACL", 4 },
	{ "chmod with an ACL", 3 },
	{ "truncate", 0 },
	{ "write", 2 },
	{ "allocate", 4 },
	{ "zero far out", 4 },
	{ "punch", 0 },
	{ "read", 0 },
	{ "mount", 40 },
	{ "remount", 11 },
	/* t_mm_nomem.c */
	{ "mmap", 14 },
	{ "mmap, populated", 16 },
	{ "first touch", 3 },
	{ "first touch of a GiB", 0 },
	{ "first touch of a page", 4 },
	{ "fill a hole", 3 },
	{ "fill a hole of pages", 5 },
	{ "MADV_POPULATE_WRITE", 3 },
	{ "process_vm_readv", 3 },
	{ "mprotect", 0 },
	{ "mprotect of a part", 20 },
	{ "munmap of a part", 30 },
	{ "munmap", 8 },
	{ "mremap", 18 },
	{ "MADV_DONTNEED and touch", 0 },
	{ "fork", 80 },
	{ "truncate what is mapped", 0 },
	{ "allocate what is mapped", 2 },
	{ "punch what is mapped", 0 },
	/* t_nl_failnth.c */
	{ "netlink get", 11 },
	{ "netlink get by id", 13 },
	{ "netlink new file", 17 },
	{ "netlink new directory", 18 },
	{ "netlink set", 11 },
	{ "netlink rename", 13 },
	{ "netlink exchange", 13 },
	{ "netlink remove", 8 },
	{ "netlink new pool", 35 },
	{ "netlink drop pool", 8 },
	{ "netlink dump of objects", 12 },
	{ "netlink dump of pools", 10 },
	/* t_nl_nomem.c */
	{ "netlink get rights", 15 },
	{ "netlink set rights", 43 },
	{ "netlink revoke", 22 },
	{ "netlink seal", 14 },
	{ "netlink get a quota", 12 },
	{ "netlink set a quota", 23 },
	{ "netlink get the window", 12 },
	{ "netlink set the window", 13 },
	{ "netlink new file with an address", 18 },
	{ "netlink give an address", 14 },
	{ "netlink get the usage", 14 },
	{ "netlink watch", 17 },
	{ "netlink dump of rights", 12 },
	{ "netlink dump of quotas", 10 },
	{ "netlink dump of addresses", 13 },
	{ "netlink dump of a process", 12 },
	{ "netlink dump of usage", 12 },
	{ "netlink dump of mappings", 12 },
};

#endif
