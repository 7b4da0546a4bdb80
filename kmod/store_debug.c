// SPDX-License-Identifier: GPL-2.0-only
/* What persistent pools have done to their media so far, in debugfs. */
#include <linux/blkdev.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include "store.h"

static struct dentry *top;

void morsel_store_debug_init(void)
{
	top = debugfs_create_dir("morsel", NULL);
}

void morsel_store_debug_exit(void)
{
	debugfs_remove(top);
}

static int get_counter(void *data, u64 *value)
{
	*value = atomic64_read(data);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(counter_fops, get_counter, NULL, "%llu\n");

void morsel_store_debug_add(struct morsel_store *store)
{
	char name[DISK_NAME_LEN];

	snprintf(name, sizeof(name), "%pg", store->bdev.bdev);
	store->debug = debugfs_create_dir(name, top);
	debugfs_create_file_unsafe("lines", 0400, store->debug, &store->pp.pm.lines,
				   &counter_fops);
	debugfs_create_file_unsafe("fences", 0400, store->debug, &store->pp.pm.fences,
				   &counter_fops);
	debugfs_create_u64("records", 0400, store->debug, &store->report.records);
	debugfs_create_u64("tables", 0400, store->debug, &store->report.tables);
	debugfs_create_bool("trusted", 0400, store->debug, &store->trusted);
}

/* Context: nobody reads a counter any more when it returns. */
void morsel_store_debug_remove(struct morsel_store *store)
{
	debugfs_remove(store->debug);
	store->debug = NULL;
}
