/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stores to persistent memory, and what makes them last.  Nothing else writes
 * to a pool's metadata, and nothing else flushes or fences.
 *
 * A store may reach the media at any time after it was made, lines of 64 bytes
 * in any order, eight aligned bytes never in part.  It is sure to be there when
 * its line has been flushed (or the store was a streaming one) and a fence has
 * followed.  Offsets are in bytes from the start of the pool; the caller has
 * checked that they are within.
 */
#ifndef MORSEL_PERSIST_H
#define MORSEL_PERSIST_H

#include "portable.h"

#ifdef __KERNEL__
#include <linux/libnvdimm.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <asm/asm.h>
#include <asm/barrier.h>
#include <asm/extable_fixup_types.h>

struct pm {
	u8 *base;		/* where the pool is mapped */
	u64 size;		/* bytes */
	/*
	 * Has the device make last what is fenced; NULL where the fence is enough.  Sleeps.
	 * Once it has failed, nothing is sure to last any more.
	 */
	void (*settle)(struct pm *pm);
	bool failed;
	atomic64_t lines;	/* flushed or streamed; for the curious */
	atomic64_t fences;
};

static inline void pm_store8(struct pm *pm, u64 offset, u64 value)
{
	WRITE_ONCE(*(u64 *)(pm->base + offset), (__force u64)cpu_to_le64(value));
}

static inline void pm_write(struct pm *pm, u64 offset, const void *from, size_t length)
{
	memcpy(pm->base + offset, from, length);
}

static inline void pm_zero(struct pm *pm, u64 offset, size_t length)
{
	memset(pm->base + offset, 0, length);
}

/* Streams: no flush is needed, the fence is. */
static inline void pm_stream(struct pm *pm, u64 offset, const void *from, size_t length)
{
	memcpy_flushcache(pm->base + offset, from, length);
	atomic64_add(length / 64, &pm->lines);
}

static inline void pm_stream_zeros(struct pm *pm, u64 offset, size_t length)
{
	size_t part;

	for (; length; offset += part, length -= part) {
		part = min_t(size_t, length, PAGE_SIZE - offset_in_page(offset));
		memcpy_flushcache(pm->base + offset, page_address(ZERO_PAGE(0)), part);
		atomic64_add(part / 64, &pm->lines);
		cond_resched();
	}
}

/* As pm_stream(), from a user's buffer as far as it can be read.  Return: bytes. */
static inline size_t pm_stream_from_iter(struct pm *pm, u64 offset, size_t length,
					 struct iov_iter *from)
{
	size_t copied = _copy_from_iter_flushcache(pm->base + offset, length, from);

	if (copied)
		atomic64_add(DIV_ROUND_UP(offset % 64 + copied, 64), &pm->lines);
	return copied;
}

static inline void pm_flush(struct pm *pm, u64 offset, size_t length)
{
	arch_wb_cache_pmem(pm->base + offset, length);
	atomic64_add(DIV_ROUND_UP(offset % 64 + length, 64), &pm->lines);
}

static inline void pm_fence(struct pm *pm)
{
	pmem_wmb();
	atomic64_inc(&pm->fences);
	if (pm->settle)
		pm->settle(pm);
}

/* Has a fence not made stores last?  Then nothing more is changed. */
static inline bool pm_has_failed(const struct pm *pm)
{
	return READ_ONCE(pm->failed);
}

/* Return: 0, or -EIO where the media has an error. */
static inline int pm_load(const struct pm *pm, u64 offset, void *to, size_t length)
{
	return copy_mc_to_kernel(to, pm->base + offset, length) ? -EIO : 0;
}

/*
 * Eight aligned bytes, never in part, as somebody may be changing them.
 * Return: 0, or -EIO where the media has an error.
 */
static inline int pm_load8(const struct pm *pm, u64 offset, u64 *value)
{
	const u64 *from = (const u64 *)(pm->base + offset);
	int err = -EIO;
	u64 got = 0;

	asm volatile("1:	movq	%[from], %[got]\n"
		     "	xorl	%[err], %[err]\n"
		     "2:\n"
		     _ASM_EXTABLE_TYPE(1b, 2b, EX_TYPE_DEFAULT_MCE_SAFE)
		     : [got] "+r" (got), [err] "+r" (err)
		     : [from] "m" (*from));
	*value = got;
	return err;
}
#else
/* What a test wants to see; without it (NULL) the pool is plain memory. */
struct pm_trace {
	void (*store)(struct pm_trace *trace, u64 offset, const void *from, size_t length,
		      bool stream);
	void (*flush)(struct pm_trace *trace, u64 offset, size_t length, const char *file,
		      int line);
	void (*fence)(struct pm_trace *trace, const char *file, int line);
	/* Return: 0, or -EIO where the media has an error.  NULL: it has none. */
	int (*load)(struct pm_trace *trace, u64 offset, size_t length);
};

struct pm {
	u8 *base;
	u64 size;
	struct pm_trace *trace;
};

static inline void pm_write_as(struct pm *pm, u64 offset, const void *from, size_t length,
			       bool stream)
{
	if (pm->trace)
		pm->trace->store(pm->trace, offset, from, length, stream);
	else if (from)
		memcpy(pm->base + offset, from, length);
	else
		memset(pm->base + offset, 0, length);
}

static inline void pm_store8(struct pm *pm, u64 offset, u64 value)
{
	pm_write_as(pm, offset, &value, sizeof(value), false);
}

static inline void pm_write(struct pm *pm, u64 offset, const void *from, size_t length)
{
	pm_write_as(pm, offset, from, length, false);
}

static inline void pm_zero(struct pm *pm, u64 offset, size_t length)
{
	pm_write_as(pm, offset, NULL, length, false);
}

static inline void pm_stream(struct pm *pm, u64 offset, const void *from, size_t length)
{
	pm_write_as(pm, offset, from, length, true);
}

static inline void pm_stream_zeros(struct pm *pm, u64 offset, size_t length)
{
	pm_write_as(pm, offset, NULL, length, true);
}

#define pm_flush(pm, offset, length)                                                      \
	do {                                                                              \
		if ((pm)->trace)                                                          \
			(pm)->trace->flush((pm)->trace, offset, length, __FILE__, __LINE__); \
	} while (0)

#define pm_fence(pm)                                                                      \
	do {                                                                              \
		if ((pm)->trace)                                                          \
			(pm)->trace->fence((pm)->trace, __FILE__, __LINE__);              \
	} while (0)

static inline bool pm_has_failed(const struct pm *pm)
{
	(void)pm;
	return false;
}

static inline int pm_load(const struct pm *pm, u64 offset, void *to, size_t length)
{
	int err = pm->trace && pm->trace->load ? pm->trace->load(pm->trace, offset, length) : 0;

	assert(offset <= pm->size && length <= pm->size - offset);
	if (!err)
		memcpy(to, pm->base + offset, length);
	return err;
}

static inline int pm_load8(const struct pm *pm, u64 offset, u64 *value)
{
	__le64 raw;
	int err = pm_load(pm, offset, &raw, sizeof(raw));

	*value = err ? 0 : le64_to_cpu(raw);
	return err;
}
#endif

#endif
