// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A list in a pool of libpmemobj: pmemobj create|add|show FILE, and whether
 * libpmem takes a file for persistent memory: pmemobj map FILE.
 * ldflags: -rdynamic -lpmemobj -lpmem
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <libpmem.h>
#include <libpmemobj.h>

#define LAYOUT "list"

struct item {
	PMEMoid next;
	uint64_t number;
};

struct root {
	PMEMoid first;
	uint64_t count;
};

static struct root *root_of(PMEMobjpool *pool)
{
	return pmemobj_direct(pmemobj_root(pool, sizeof(struct root)));
}

static void add(PMEMobjpool *pool)
{
	struct root *root = root_of(pool);
	struct item *item;
	PMEMoid oid;

	TX_BEGIN(pool)
	{
		pmemobj_tx_add_range_direct(root, sizeof(*root));
		oid = pmemobj_tx_alloc(sizeof(struct item), 1);
		item = pmemobj_direct(oid);
		item->next = root->first;
		item->number = root->count++;
		root->first = oid;
	}
	TX_ONABORT
	{
		errx(1, "aborted: %s", pmemobj_errormsg());
	}
	TX_END
}

static void show(PMEMobjpool *pool)
{
	struct root *root = root_of(pool);
	const struct item *item;
	PMEMoid oid;

	for (oid = root->first; !OID_IS_NULL(oid); oid = item->next) {
		item = pmemobj_direct(oid);
		printf("%lu ", (unsigned long)item->number);
	}
	putchar('\n');
}

static int map(const char *path)
{
	size_t length;
	int pmem;
	char *p = pmem_map_file(path, 0, 0, 0, &length, &pmem);

	if (!p)
		errx(1, "%s: %s", path, pmem_errormsg());
	printf("%d %d\n", pmem, pmem_is_pmem(p, length));
	pmem_memcpy_persist(p, "stored", 7);
	return pmem_unmap(p, length);
}

int main(int argc, char **argv)
{
	PMEMobjpool *pool;

	if (argc != 3)
		errx(2, "usage: pmemobj create|add|show|map FILE");
	if (!strcmp(argv[1], "map"))
		return map(argv[2]);
	if (!strcmp(argv[1], "create"))
		pool = pmemobj_create(argv[2], LAYOUT, PMEMOBJ_MIN_POOL, 0600);
	else
		pool = pmemobj_open(argv[2], LAYOUT);
	if (!pool)
		errx(1, "%s: %s", argv[2], pmemobj_errormsg());
	if (!strcmp(argv[1], "add"))
		add(pool);
	else if (!strcmp(argv[1], "show"))
		show(pool);
	pmemobj_close(pool);
	return 0;
}
