// SPDX-License-Identifier: GPL-2.0-or-later
/* The columns of the table of morsels. */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "model.h"

static double known(uint64_t number)
{
	return number == UNKNOWN ? -1 : (double)number;
}

#define NUMBER(member)                                             \
	static double get_##member(const struct track *track)      \
	{                                                          \
		return known(track->now->member);                  \
	}

NUMBER(size)
NUMBER(allocated)
NUMBER(huge)
NUMBER(active)
NUMBER(dirty)
NUMBER(mappers)
NUMBER(processes)
NUMBER(address)
NUMBER(rights)

static double get_small(const struct track *track)
{
	const struct top_morsel *m = track->now;

	return m->allocated == UNKNOWN || m->huge == UNKNOWN || m->huge > m->allocated
		       ? -1
		       : (double)(m->allocated - m->huge);
}

static double get_faults(const struct track *track)
{
	return track->fault_rate;
}

static double get_maps(const struct track *track)
{
	return track->map_rate;
}

const struct field fields[] = {
	{ "name", "NAME", FORMAT_NAME, 12, 0, NULL, "POOL:PATH" },
	{ "owner", "OWNER", FORMAT_USER, 8, 5, NULL, "owner" },
	{ "rights", "R", FORMAT_RIGHTS, 3, 6, get_rights, "what you may do" },
	{ "size", "SIZE", FORMAT_SIZE, 6, 1, get_size, "size" },
	{ "res", "RES", FORMAT_SIZE, 6, 2, get_allocated, "memory it has" },
	{ "huge", "2M", FORMAT_SIZE, 6, 9, get_huge, "of that in leaves of 2 MiB" },
	{ "small", "4K", FORMAT_SIZE, 6, 10, get_small, "of that in leaves of 4 KiB" },
	{ "active", "ACTIVE", FORMAT_SIZE, 6, 7, get_active,
	  "used in the time since it was looked at before" },
	{ "dirty", "DIRTY", FORMAT_SIZE, 6, 8, get_dirty, "written in that time" },
	{ "maps", "MAPS", FORMAT_COUNT, 5, 3, get_mappers, "mappings in processes" },
	{ "faults", "FLT/s", FORMAT_RATE, 6, 4, get_faults, "page faults per second" },
	{ "mapped", "MAP/s", FORMAT_RATE, 6, 11, get_maps, "new mappings per second" },
	{ "procs", "PROCS", FORMAT_COUNT, 5, 14, get_processes, "processes that map it" },
	{ "address", "ADDRESS", FORMAT_ADDRESS, 14, 12, get_address, "fixed address" },
	{ "state", "STATE", FORMAT_STATE, 7, 13, NULL, "new, sealed, poison" },
};

const size_t nr_fields = ARRAY_SIZE(fields);

int find_field(const char *key)
{
	size_t i;

	for (i = 0; i < nr_fields; i++)
		if (!strcasecmp(key, fields[i].key) || !strcasecmp(key, fields[i].title))
			return (int)i;
	return -1;
}

/* ---- words ---- */

struct known_name {
	bool known;
	uint64_t id;
	char name[40];
};

static const char *name_of(struct known_name *slot, uint64_t id, const char *(*ask)(uint64_t id))
{
	const char *name;

	if (slot->known && slot->id == id)
		return slot->name;
	slot->known = true;
	slot->id = id;
	name = id > UINT32_MAX ? NULL : ask(id);
	if (name)
		snprintf(slot->name, sizeof(slot->name), "%s", name);
	else if (id == UNKNOWN)
		snprintf(slot->name, sizeof(slot->name), "-");
	else
		snprintf(slot->name, sizeof(slot->name), "%llu", (unsigned long long)id);
	return slot->name;
}

static const char *ask_user(uint64_t uid)
{
	const struct passwd *pw = getpwuid((uid_t)uid);

	return pw ? pw->pw_name : NULL;
}

static const char *ask_group(uint64_t gid)
{
	const struct group *group = getgrgid((gid_t)gid);

	return group ? group->gr_name : NULL;
}

const char *user_of(uint64_t uid)
{
	static struct known_name cache[64];

	return name_of(&cache[uid % ARRAY_SIZE(cache)], uid, ask_user);
}

const char *group_of(uint64_t gid)
{
	static struct known_name cache[64];

	return name_of(&cache[gid % ARRAY_SIZE(cache)], gid, ask_group);
}

const char *rights_text(uint64_t rights)
{
	static char text[4];

	if (rights == UNKNOWN)
		return "?";
	snprintf(text, sizeof(text), "%c%c%c", rights & RIGHT_R ? 'r' : '-',
		 rights & RIGHT_W ? 'w' : '-', rights & RIGHT_X ? 'x' : '-');
	return text;
}

const char *state_of(const struct track *track)
{
	const struct top_morsel *m = track->now;

	if (track->gone)
		return "gone";
	if (m->poisoned && m->poisoned != UNKNOWN)
		return "POISON";
	if (!m->name)
		return "removed";
	if (m->sealed && m->sealed != UNKNOWN)
		return "sealed";
	return track->fresh ? "new" : "ok";
}

bool contains(const char *text, const char *part)
{
	return text && strcasestr(text, part);
}
