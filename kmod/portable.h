/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the persistence engine needs of its surroundings.  Its files include
 * this and each other, nothing else: they build in the module, and in user
 * space for the formatter, the checker and the tests.
 */
#ifndef MORSEL_PORTABLE_H
#define MORSEL_PORTABLE_H

#ifdef __KERNEL__
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/crc32.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#include <asm/cpufeature.h>

/*
 * By the instruction of SSE 4.2, as the module crc32c-intel has it for short buffers; else
 * by what the kernel has built in, which takes three instructions for a byte.
 */
static inline u32 morsel_crc32c(u32 crc, const u8 *data, size_t length)
{
	u64 sum = crc, word;

	if (!static_cpu_has(X86_FEATURE_XMM4_2))
		return __crc32c_le(crc, data, length);
	for (; length >= sizeof(word); data += sizeof(word), length -= sizeof(word)) {
		memcpy(&word, data, sizeof(word));
		asm("crc32q %1, %0" : "+r" (sum) : "r" (word));
	}
	for (crc = sum; length; data++, length--)
		asm("crc32b %1, %0" : "+r" (crc) : "rm" (*data));
	return crc;
}

/* Not by the name that is a module's. */
#define crc32c(crc, data, length) morsel_crc32c(crc, (const u8 *)(data), length)
#else
#include "user/shim.h"
#endif

#endif
