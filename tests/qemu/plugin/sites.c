// SPDX-License-Identifier: GPL-2.0-or-later
#include "sites.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROOM = 4096,	 /* sites, a power of two */
	STACK_WORDS = 64, /* that are searched for callers */
	GDB_RSP = 7,
};

/* Where modules are. */
static const uint64_t modules_first = 0xffffffffc0000000ULL, modules_end = 0xffffffffff000000ULL;

struct site {
	uint64_t pc, callers[CALLERS];
	uint64_t offset; /* of the first store */
	unsigned long stores;
};

static struct site sites[ROOM];

static bool in_module(uint64_t address)
{
	return address >= modules_first && address < modules_end;
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

/* Words on the stack that lead into a module, the innermost first. */
static void find_callers(struct CPUState *cpu, uint64_t *callers)
{
	uint64_t words[STACK_WORDS], sp = stack_pointer(cpu);
	size_t found = 0, length = sizeof(words);

	/* Not over the end of the page, behind which there may be nothing. */
	if (sp % 4096 + length > 4096)
		length = 4096 - sp % 4096;
	if (cpu_memory_rw_debug(cpu, sp, words, length, false))
		return;
	for (size_t i = 0; i < length / 8 && found < CALLERS; i++)
		if (in_module(words[i]))
			callers[found++] = words[i];
}

void sites_add(struct CPUState *cpu, uint64_t pc, uint64_t offset)
{
	struct site site = { .pc = pc, .offset = offset };
	uint64_t hash = pc * 0x9e3779b97f4a7c15ULL;

	if (!in_module(pc))
		find_callers(cpu, site.callers);
	for (size_t i = 0; i < CALLERS; i++)
		hash = (hash ^ site.callers[i]) * 0x9e3779b97f4a7c15ULL;
	for (size_t i = 0; i < ROOM; i++) {
		struct site *at = &sites[(hash + i) % ROOM];

		if (!at->stores)
			*at = site;
		if (at->pc == pc && !memcmp(at->callers, site.callers, sizeof(site.callers))) {
			at->stores++;
			return;
		}
	}
	abort(); /* more places than there can be */
}

void sites_print(FILE *to)
{
	for (size_t i = 0; i < ROOM; i++) {
		if (!sites[i].stores)
			continue;
		fprintf(to, "site %" PRIx64 " %lu %" PRIx64, sites[i].pc, sites[i].stores,
			sites[i].offset);
		for (size_t k = 0; k < CALLERS && sites[i].callers[k]; k++)
			fprintf(to, " %" PRIx64, sites[i].callers[k]);
		fputc('\n', to);
	}
}
