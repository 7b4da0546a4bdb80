// SPDX-License-Identifier: GPL-2.0-or-later
#include "sites.h"
#include "lines.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROOM = 4096,	 /* sites, a power of two */
	STACK_WORDS = 64, /* that are searched for callers */
	CALLS = 64,	 /* that are remembered of each CPU, a power of two */
	GDB_RSP = 7,
};

struct site {
	uint64_t pc, caller;
	uint64_t offset; /* of the first store */
	unsigned long stores;
};

static struct site sites[ROOM];

/* Calls that modules have made, by where they return to. */
static struct calls {
	uint64_t back[CALLS];
	unsigned long nr;
} calls[MAX_CPUS];

void sites_call(unsigned int number, uint64_t address)
{
	struct calls *of = &calls[number];

	of->back[of->nr++ % CALLS] = address;
}

static uint64_t stack_pointer(struct CPUState *cpu)
{
	static struct byte_array *bytes;
	uint64_t value = 0;

	if (!bytes)
		bytes = g_byte_array_new();
	g_byte_array_set_size(bytes, 0);
	if (x86_cpu_gdb_read_register(cpu, bytes, GDB_RSP) == sizeof(value))
		memcpy(&value, bytes->data, sizeof(value));
	return value;
}

static size_t read_stack(struct CPUState *cpu, uint64_t words[STACK_WORDS])
{
	uint64_t sp = stack_pointer(cpu);
	size_t length = STACK_WORDS * sizeof(*words);

	/* Not over the end of the page, behind which there may be nothing. */
	if (sp % 4096 + length > 4096)
		length = 4096 - sp % 4096;
	return cpu_memory_rw_debug(cpu, sp, words, length, false) ? 0 : length / sizeof(*words);
}

/*
 * What has called code of the kernel proper, of which nothing sleeps while it stores to the
 * pool: the last call whose way back is on the stack.  Not the first such word there, which may
 * be left over from a call that has returned; and what an interrupt has called since is below.
 */
static uint64_t find_caller(unsigned int number)
{
	const struct calls *of = &calls[number];
	uint64_t words[STACK_WORDS];
	size_t nr = read_stack(qemu_get_cpu(number), words);

	for (unsigned long i = of->nr; i && of->nr - i < CALLS; i--)
		for (size_t k = 0; k < nr; k++)
			if (words[k] == of->back[(i - 1) % CALLS])
				return words[k];
	return 0;
}

void sites_add(unsigned int number, uint64_t pc, uint64_t offset)
{
	struct site site = { .pc = pc, .offset = offset };
	uint64_t hash;

	if (!in_module(pc))
		site.caller = find_caller(number);
	hash = (pc * 31 ^ site.caller) * 0x9e3779b97f4a7c15ULL;
	for (size_t i = 0; i < ROOM; i++) {
		struct site *at = &sites[((hash >> 32) + i) % ROOM];

		if (!at->stores)
			*at = site;
		if (at->pc == pc && at->caller == site.caller) {
			at->stores++;
			return;
		}
	}
	abort(); /* more places than there can be */
}

void sites_print(FILE *to)
{
	for (size_t i = 0; i < ROOM; i++)
		if (sites[i].stores)
			fprintf(to, "site %" PRIx64 " %lu %" PRIx64 " %" PRIx64 "\n", sites[i].pc,
				sites[i].stores, sites[i].offset, sites[i].caller);
}
