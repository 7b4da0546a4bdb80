// SPDX-License-Identifier: LGPL-2.1-or-later
/* Making stores to a mapping last, without a system call. */
#include <cpuid.h>
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include "internal.h"
#include "persist.h"

#define LINE 64

enum {
	LEAF_FEATURES = 7,
	EBX_CLFLUSHOPT = 1 << 23,
	EBX_CLWB = 1 << 24,
};

/* Encoded as prefixes of older instructions, so that any assembler knows them. */
static void clwb(const void *line)
{
	__asm__ volatile(".byte 0x66; xsaveopt %0" : "+m"(*(volatile char *)line));
}

static void clflushopt(const void *line)
{
	__asm__ volatile(".byte 0x66; clflush %0" : "+m"(*(volatile char *)line));
}

static void clflush(const void *line)
{
	__asm__ volatile("clflush %0" : "+m"(*(volatile char *)line));
}

morsel_flush_fn *morsel_flush_for(unsigned int ebx)
{
	if (ebx & EBX_CLWB)
		return clwb;
	return ebx & EBX_CLFLUSHOPT ? clflushopt : clflush;
}

static morsel_flush_fn *flush_of_cpu(void)
{
	static morsel_flush_fn *chosen;
	unsigned int eax, ebx = 0, ecx, edx;
	morsel_flush_fn *flush = __atomic_load_n(&chosen, __ATOMIC_RELAXED);

	if (flush)
		return flush;
	if (!__get_cpuid_count(LEAF_FEATURES, 0, &eax, &ebx, &ecx, &edx))
		ebx = 0;
	flush = morsel_flush_for(ebx);
	__atomic_store_n(&chosen, flush, __ATOMIC_RELAXED);
	return flush;
}

void morsel_flush_lines(morsel_flush_fn *flush, const void *addr, size_t length)
{
	const char *end = (const char *)addr + length;
	const char *line = (const char *)addr - (uintptr_t)addr % LINE;

	for (; length && line < end; line += LINE)
		flush(line);
}

MORSEL_EXPORT void morsel_flush(const void *addr, size_t length)
{
	morsel_flush_lines(flush_of_cpu(), addr, length);
}

MORSEL_EXPORT void morsel_drain(void)
{
	__asm__ volatile("sfence" : : : "memory");
}

MORSEL_EXPORT void morsel_persist(const void *addr, size_t length)
{
	morsel_flush(addr, length);
	morsel_drain();
}

MORSEL_EXPORT int morsel_deep_flush(const void *addr, size_t length)
{
	size_t into = (uintptr_t)addr % (size_t)sysconf(_SC_PAGESIZE);

	if (!length)
		return 0;
	/* As msync() has it of a range that is not mapped. */
	if (__builtin_add_overflow(length, into, &length))
		return -ENOMEM;
	return msync((char *)addr - into, length, MS_SYNC) ? -errno : 0;
}
