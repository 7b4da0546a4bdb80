/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits, units and the lock order of the morsel module.
 *
 * Lock order, outermost first.  Nothing below is global unless it says so.
 *
 *   lock                       guards                              context
 *   -------------------------  ----------------------------------  -------------------------
 *   sb->s_umount               (core) mount, remount, end of a     process
 *                              pool
 *   morsel_pools_mutex         the list of pools (global; pool     process; never in map,
 *                              new/del/mount only)                 fault, lookup
 *   morsel_inode.rights_lock   rights-set by netlink of one morsel process
 *                              among themselves
 *   morsel_inode.writer        a turn, not a lock: writers of one  process; the writer's
 *                              morsel among themselves             buffer is touched below it;
 *                                                                  a revoke ends it
 *   inode->i_rwsem             directory entries; size, write,     process; no user memory is
 *                              fallocate of a morsel               touched below it
 *   morsel_usage.scan          the last scan of one object         process
 *   usage.c: counting          which mms are counted (global;      process; nothing is taken
 *                              readers of usage only)              below
 *   mm->mmap_lock              VMAs                                process
 *   mapping->invalidate_lock   shared: look up, fill (fault, read, process
 *                              write, allocate); exclusive: take
 *                              leaves away (truncate, punch), wait
 *                              for who reads or links (revoke)
 *   pool->fill_lock[]          one 2 MiB chunk of one object while process
 *                              it is being filled
 *   morsel_inode.record_lock   the object's record on the media    process; of two that
 *                              (persistent pools); who judges its  change together the one at
 *                              tables                              the lower address first
 *   engine: id_lock, log_lock  records in use; an entry of the     process
 *                              log
 *   event_mutex                order of event numbers (global,     process; nothing of
 *                              only while somebody listens)        ours is taken below
 *   mapping->i_mmap_rwsem      (core) taken inside
 *                              unmap_mapping_range()
 *   morsel_mm.lock             spin: attachments of one mm, its    any but hard irq; the
 *                              invalidations in progress, every    notifier takes it
 *                              write of a link
 *   pud lock, pmd lock         (core) entries of a process's own   under morsel_mm.lock
 *                              tables
 *   page->ptl of a view table  leaves of that table                innermost
 *   morsel_inode.attach_lock   spin: list of attachments; whether  innermost but for
 *                              the object gets a place             reserve_lock
 *   reserve_lock               spin: places in the morsel window   innermost (global; taken
 *                              (global)                            once or twice in the life
 *                                                                  of an object with a place)
 *   morsel_mms_lock            spin: list of registered mms        innermost (global; taken
 *                              (global)                            once in the life of an mm)
 *
 * The notifier callbacks take morsel_mm.lock and what is below it, allocate
 * nothing and never fail.  Never call unmap_mapping_range() or
 * zap_page_range() with morsel_mm.lock held.
 */
#ifndef MORSEL_COMMON_H
#define MORSEL_COMMON_H

#include <linux/bits.h>
#include <linux/types.h>
#include <linux/pgtable.h>

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

enum morsel_limits {
	MORSEL_POOL_NAME_MAX = 63,	/* bytes in the name of a pool */
	MORSEL_CHUNK_ORDER = PMD_SHIFT - PAGE_SHIFT, /* 2 MiB, in pages: log2 */
	MORSEL_CHUNK_PAGES = 1 << MORSEL_CHUNK_ORDER,
	MORSEL_GIB_ORDER = PUD_SHIFT - PAGE_SHIFT, /* 1 GiB, in pages: log2 */
	MORSEL_FILL_LOCKS = 64,		/* fill locks of a pool; a power of two */
	MORSEL_ACL_ENTRIES_MAX = 256,	/* entries of one access control list */
	MORSEL_FS_MAGIC = 0x4d52534c,	/* statfs f_type: "MRSL" */
};

/* The largest object, in bytes: half of a 47-bit user address space. */
#define MORSEL_SIZE_MAX	BIT_ULL(46)

#endif
