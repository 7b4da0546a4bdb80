// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A link that goes while others may walk becomes an empty table, never nothing: a walker has
 * looked at the entry already, and goes on below it.  What the entry is shows in how deep the
 * kernel's dump of the page tables finds nothing.
 * groups: mm hazard
 * kernel: debug
 * timeout: 240
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>
#include "lib/mm.h"
#include "lib/mm_race.h"

#define DUMP "/sys/kernel/debug/page_tables/current_kernel"

/* The level of what is at @addr: "pud" when the entry for the GiB itself is empty. */
static void level_at(const char *addr, char level[4])
{
	unsigned long start, end;
	char line[160];
	FILE *dump = fopen(DUMP, "r");

	need(dump);
	strcpy(level, "?");
	while (fgets(line, sizeof(line), dump)) {
		char *word = strrchr(line, ' ');

		if (sscanf(line, "0x%lx-0x%lx", &start, &end) != 2 || !word)
			continue;
		if ((unsigned long)addr < start || (unsigned long)addr >= end)
			continue;
		need(sscanf(word, "%3s", level) == 1);
		break;
	}
	fclose(dump);
}

/* Whether there is a stub, whose emptiness is of @level; without one it is of a level above. */
static void has_stub(const char *addr, const char *level, bool stub, const char *geometry,
		     const char *when)
{
	char got[4];

	level_at(addr, got);
	ok(strcmp(got, "?") && !strcmp(got, level) == stub, "%s: %s: %s", geometry, when,
	   stub ? "an empty table" : "nothing");
	diag("what is empty is of a %s", got);
}

/* @stub: the level of what is empty below a stub. */
static void look_at(const char *name, const char *stub)
{
	struct object obj;
	char *map;

	mm_object(&obj, mm_geometry(name));
	map = mm_map(&obj, MM_RW);
	(void)*(volatile char *)map;
	need(!madvise(map, obj.geo->len, MADV_DONTNEED));
	has_stub(map, stub, true, name, "taken out beside walkers");
	need(!munmap(map, obj.geo->len));
	has_stub(map, stub, false, name, "unmapped, when nobody walks");
	mm_object_drop(&obj);
}

int main(void)
{
	mount("none", "/sys/kernel/debug", "debugfs", 0, NULL);
	look_at("1 GiB, 2 MiB frames", "pmd");
	look_at("8 MiB, 4 KiB frames", "pte");
	return done_testing();
}
