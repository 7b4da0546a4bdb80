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

/* The allocator's numbers.  There is none while the pool is being opened. */
static int get_frames(const struct morsel_store *store, u64 (*number)(const struct fa *fa),
		      u64 *value)
{
	const struct fa *fa = READ_ONCE(store->pp.frames);

	*value = fa ? number(fa) : 0;
	return 0;
}

static int get_atomics(void *store, u64 *value)
{
	return get_frames(store, fa_atomics, value);
}

static int get_free(void *store, u64 *value)
{
	return get_frames(store, fa_nr_free, value);
}

static int get_free_huge(void *store, u64 *value)
{
	return get_frames(store, fa_nr_free_huge, value);
}

DEFINE_DEBUGFS_ATTRIBUTE(atomics_fops, get_atomics, NULL, "%llu\n");
DEFINE_DEBUGFS_ATTRIBUTE(free_fops, get_free, NULL, "%llu\n");
DEFINE_DEBUGFS_ATTRIBUTE(free_huge_fops, get_free_huge, NULL, "%llu\n");

void morsel_store_debug_add(struct morsel_store *store)
{
	char name[DISK_NAME_LEN];

	snprintf(name, sizeof(name), "%pg", store->bdev.bdev);
	store->debug = debugfs_create_dir(name, top);
	debugfs_create_file_unsafe("lines", 0400, store->debug, &store->pp.pm.lines,
				   &counter_fops);
	debugfs_create_file_unsafe("fences", 0400, store->debug, &store->pp.pm.fences,
				   &counter_fops);
	debugfs_create_file_unsafe("atomics", 0400, store->debug, store, &atomics_fops);
	debugfs_create_file_unsafe("free", 0400, store->debug, store, &free_fops);
	debugfs_create_file_unsafe("free_huge", 0400, store->debug, store, &free_huge_fops);
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
