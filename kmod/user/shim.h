/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's words in user space, as far as the persistence engine uses them. */
#ifndef MORSEL_USER_SHIM_H
#define MORSEL_USER_SHIM_H

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the media is little-endian, and so are the machines that have it"
#endif

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;
typedef unsigned int gfp_t;

/* Those of <linux/types.h> say the same; it may have been included before. */
#define __le16 u16
#define __le32 u32
#define __le64 u64
#define le16_to_cpu(x) (x)
#define le32_to_cpu(x) (x)
#define le64_to_cpu(x) (x)
#define cpu_to_le16(x) ((u16)(x))
#define cpu_to_le32(x) ((u32)(x))
#define cpu_to_le64(x) ((u64)(x))
#define le64_to_cpup(p) (*(p))

#undef static_assert
#define static_assert(x) _Static_assert(x, #x)

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif
#define ALIGN(x, a) (((x) + (a) - 1) & ~((typeof(x))(a) - 1))
#define ALIGN_DOWN(x, a) ((x) & ~((typeof(x))(a) - 1))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define min(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a < _b ? _a : _b; })
#define max(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })
#define min_t(t, a, b) min((t)(a), (t)(b))
#define max_t(t, a, b) max((t)(a), (t)(b))
#define container_of(p, type, member) ((type *)((char *)(p) - offsetof(type, member)))
#define fallthrough __attribute__((fallthrough))
#define BIT(n) (1U << (n))
#define BIT_ULL(n) (1ULL << (n))
#define IS_ALIGNED(x, a) (!((x) & ((typeof(x))(a) - 1)))

#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)
#define smp_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define smp_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define cmpxchg(p, old, new)                                                              \
	({                                                                                \
		typeof(*(p)) _old = (old);                                                \
		__atomic_compare_exchange_n((p), &_old, (new), 0, __ATOMIC_SEQ_CST,       \
					    __ATOMIC_SEQ_CST);                            \
		_old;                                                                     \
	})
#define xchg(p, v) __atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define smp_mb__before_atomic() __atomic_thread_fence(__ATOMIC_SEQ_CST)

#define GFP_KERNEL 0U
#define __GFP_NOFAIL 1U

/* Tests let the n-th allocation fail. */
extern long shim_fail_alloc;

static inline void *kvcalloc(size_t n, size_t size, gfp_t flags)
{
	void *p;

	if (shim_fail_alloc && !(flags & __GFP_NOFAIL) && !--shim_fail_alloc)
		return NULL;
	p = calloc(n ? n : 1, size);
	if (!p && flags & __GFP_NOFAIL)
		abort();
	return p;
}

static inline void *kvzalloc(size_t size, gfp_t flags)
{
	return kvcalloc(1, size, flags);
}

static inline void kvfree(const void *p)
{
	free((void *)p);
}

struct mutex {
	int *held;	/* of a thread: its errno */
};

static inline void mutex_init(struct mutex *m)
{
	m->held = NULL;
}

/* What a thread takes twice would hang the kernel.  Only tests have more than one. */
static inline void mutex_lock(struct mutex *m)
{
	assert(READ_ONCE(m->held) != &errno);
	while (cmpxchg(&m->held, NULL, &errno))
		;
}

/* Tests let somebody else have it next. */
extern void (*shim_unlocked)(struct mutex *m);

static inline void mutex_unlock(struct mutex *m)
{
	assert(m->held == &errno);
	smp_store_release(&m->held, NULL);
	if (shim_unlocked)
		shim_unlocked(m);
}

static inline void cond_resched(void)
{
}

static inline unsigned int raw_smp_processor_id(void)
{
	return 0;
}

#define nr_cpu_ids 1U

#define BITS_PER_LONG 64
#define BITS_TO_LONGS(n) DIV_ROUND_UP(n, BITS_PER_LONG)

static inline bool test_bit(unsigned long nr, const unsigned long *map)
{
	return map[nr / BITS_PER_LONG] >> nr % BITS_PER_LONG & 1;
}

static inline bool test_and_set_bit(unsigned long nr, unsigned long *map)
{
	bool was = test_bit(nr, map);

	map[nr / BITS_PER_LONG] |= 1UL << nr % BITS_PER_LONG;
	return was;
}

static inline void set_bit(unsigned long nr, unsigned long *map)
{
	map[nr / BITS_PER_LONG] |= 1UL << nr % BITS_PER_LONG;
}

static inline void clear_bit(unsigned long nr, unsigned long *map)
{
	map[nr / BITS_PER_LONG] &= ~(1UL << nr % BITS_PER_LONG);
}

#define test_bit_acquire test_bit
#define __set_bit set_bit
#define __clear_bit clear_bit

static inline unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size,
					       unsigned long nr)
{
	while (nr < size && test_bit(nr, map))
		nr++;
	return min(nr, size);
}

static inline unsigned int hweight64(u64 v)
{
	return __builtin_popcountll(v);
}

#define __ffs(v) ((unsigned long)__builtin_ctzl(v))

static inline int fls64(u64 v)
{
	return v ? 64 - __builtin_clzll(v) : 0;
}

static inline void *memchr_inv(const void *start, int c, size_t bytes)
{
	const u8 *p = start;

	if (!bytes || (*p == (u8)c && !memcmp(p, p + 1, bytes - 1)))
		return NULL;
	for (; bytes; p++, bytes--)
		if (*p != (u8)c)
			return (void *)p;
	return NULL;
}

u32 crc32c(u32 crc, const void *data, unsigned int length);
void sort_r(void *base, size_t num, size_t size,
	    int (*cmp)(const void *, const void *, const void *),
	    void (*swap)(void *, void *, int), const void *priv);

#endif
