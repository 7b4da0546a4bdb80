// SPDX-License-Identifier: GPL-2.0-or-later
/* What there is to show of pools and objects. */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include "output.h"

void set_number(struct value *value, enum value_kind kind, uint64_t number)
{
	value->kind = kind;
	value->number = number;
}

void set_text(struct value *value, enum value_kind kind, const char *text)
{
	value->kind = text ? kind : VALUE_NONE;
	value->text = text;
}

void set_address(struct value *value, uint64_t addr)
{
	static char text[24];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)addr);
	set_text(value, VALUE_TEXT, text);
}

/* ---- pools ---- */

static const struct morsel_pool *pool_of(const void *item)
{
	return ((const struct pool_item *)item)->pool;
}

#define POOL_NUMBER(member, kind)                                                     \
	static void pool_##member(const void *item, struct value *value)              \
	{                                                                             \
		if (pool_of(item))                                                    \
			set_number(value, kind, morsel_pool_##member(pool_of(item))); \
	}

POOL_NUMBER(id, VALUE_NUMBER)
POOL_NUMBER(used, VALUE_SIZE)
POOL_NUMBER(objects, VALUE_NUMBER)
POOL_NUMBER(mode, VALUE_MODE)
POOL_NUMBER(uid, VALUE_NUMBER)
POOL_NUMBER(gid, VALUE_NUMBER)
POOL_NUMBER(poisoned, VALUE_SIZE)
POOL_NUMBER(generation, VALUE_NUMBER)
POOL_NUMBER(used_huge, VALUE_SIZE)
POOL_NUMBER(tree_tables, VALUE_NUMBER)
POOL_NUMBER(rw_tables, VALUE_NUMBER)
POOL_NUMBER(ro_tables, VALUE_NUMBER)

static const struct media_item *media_of(const void *item)
{
	return ((const struct pool_item *)item)->media;
}

static void pool_name(const void *item, struct value *value)
{
	if (pool_of(item))
		set_text(value, VALUE_NAME, morsel_pool_name(pool_of(item)));
}

static void pool_size(const void *item, struct value *value)
{
	set_number(value, VALUE_SIZE,
		   media_of(item) ? media_of(item)->size : morsel_pool_size(pool_of(item)));
}

static void pool_free(const void *item, struct value *value)
{
	const struct morsel_pool *pool = pool_of(item);

	if (!pool)
		return;
	set_number(value, VALUE_SIZE, morsel_pool_available(pool));
	if (value->number < morsel_pool_size(pool) / 16)
		value->color = "red";
}

/* Does the pool have frames of its own, which can be fragmented? */
static bool has_frames(const struct morsel_pool *pool)
{
	return pool && morsel_pool_available_huge(pool) != UINT64_MAX;
}

static void pool_free_huge(const void *item, struct value *value)
{
	if (has_frames(pool_of(item)))
		set_number(value, VALUE_SIZE, morsel_pool_available_huge(pool_of(item)));
}

static void pool_fragmented(const void *item, struct value *value)
{
	const struct morsel_pool *pool = pool_of(item);
	uint64_t all, huge;

	if (!has_frames(pool))
		return;
	all = morsel_pool_available(pool);
	huge = morsel_pool_available_huge(pool);
	/* The two are read one after the other. */
	set_number(value, VALUE_NUMBER, huge < all ? 100 * (all - huge) / all : 0);
}

static void pool_used_small(const void *item, struct value *value)
{
	const struct morsel_pool *pool = pool_of(item);
	uint64_t used, huge;

	if (!pool)
		return;
	used = morsel_pool_used(pool);
	huge = morsel_pool_used_huge(pool);
	set_number(value, VALUE_SIZE, huge < used ? used - huge : 0);
}

static void pool_tables(const void *item, struct value *value)
{
	const struct morsel_pool *pool = pool_of(item);

	if (pool)
		set_number(value, VALUE_SIZE,
			   TABLE_SIZE * (morsel_pool_tree_tables(pool) +
					 morsel_pool_rw_tables(pool) +
					 morsel_pool_ro_tables(pool)));
}

static void pool_objects_max(const void *item, struct value *value)
{
	const struct morsel_pool *pool = pool_of(item);
	uint64_t max = pool ? morsel_pool_objects_max(pool) : 0;

	if (max)
		set_number(value, VALUE_NUMBER, max);
}

static void pool_huge(const void *item, struct value *value)
{
	const struct morsel_pool *pool = pool_of(item);

	if (pool)
		set_text(value, VALUE_TEXT,
			 morsel_pool_huge(pool) == MORSEL_HUGE_ALWAYS ? "always" : "never");
}

static void pool_pinned(const void *item, struct value *value)
{
	if (pool_of(item))
		set_number(value, VALUE_FLAG,
			   morsel_pool_flags(pool_of(item)) & MORSEL_POOL_FLAG_PINNED);
}

static void pool_persistent(const void *item, struct value *value)
{
	set_number(value, VALUE_FLAG,
		   media_of(item) ||
			   morsel_pool_flags(pool_of(item)) & MORSEL_POOL_FLAG_PERSISTENT);
}

static void pool_mount(const void *item, struct value *value)
{
	set_text(value, VALUE_NAME, ((const struct pool_item *)item)->mount);
}

static void pool_device(const void *item, struct value *value)
{
	static char path[sizeof("/dev/") + MORSEL_MAX_DEVICE];

	if (media_of(item)) {
		set_text(value, VALUE_NAME, media_of(item)->path);
	} else if (morsel_pool_device(pool_of(item))) {
		snprintf(path, sizeof(path), "/dev/%s", morsel_pool_device(pool_of(item)));
		set_text(value, VALUE_NAME, path);
	}
}

static void pool_label(const void *item, struct value *value)
{
	if (!media_of(item))
		set_text(value, VALUE_NAME, morsel_pool_label(pool_of(item)));
	else if (media_of(item)->label[0])
		set_text(value, VALUE_NAME, media_of(item)->label);
}

static void pool_uuid(const void *item, struct value *value)
{
	set_text(value, VALUE_TEXT,
		 media_of(item) ? media_of(item)->uuid : morsel_pool_uuid(pool_of(item)));
}

static void pool_state(const void *item, struct value *value)
{
	if (media_of(item))
		set_text(value, VALUE_TEXT, media_of(item)->clean ? "clean" : "open");
}

static void pool_mounts(const void *item, struct value *value)
{
	if (media_of(item))
		set_number(value, VALUE_NUMBER, media_of(item)->mounts);
}

static void pool_created(const void *item, struct value *value)
{
	if (media_of(item)) {
		value->kind = VALUE_TIME;
		value->time = media_of(item)->created;
	}
}

static const struct column pool_columns[] = {
	{ "name", pool_name, "name" },
	{ "id", pool_id, "number, not used again while the module is loaded" },
	{ "size", pool_size, "capacity" },
	{ "used", pool_used, "bytes allocated to objects" },
	{ "used_huge", pool_used_huge, "of these, bytes in 2 MiB frames" },
	{ "used_small", pool_used_small, "of these, bytes in 4 KiB frames" },
	{ "free", pool_free, "bytes left" },
	{ "free_huge", pool_free_huge, "of a persistent pool: of these, bytes in whole 2 MiB" },
	{ "fragmented", pool_fragmented, "of a persistent pool: percent of what is left in no "
					 "whole 2 MiB" },
	{ "tables", pool_tables, "bytes of page tables, besides what is used" },
	{ "tree_tables", pool_tree_tables, "pages of canonical trees" },
	{ "rw_tables", pool_rw_tables, "page-table pages of writable views" },
	{ "ro_tables", pool_ro_tables, "page-table pages of read-only views" },
	{ "objects", pool_objects, "files and directories, the root included" },
	{ "objects_max", pool_objects_max, "the most there may be" },
	{ "huge", pool_huge, "use of 2 MiB frames" },
	{ "mode", pool_mode, "permission bits of the root directory" },
	{ "uid", pool_uid, "owner of the root directory" },
	{ "gid", pool_gid, "group of the root directory" },
	{ "pinned", pool_pinned, "lives until it is removed, mounted or not" },
	{ "persistent", pool_persistent, "survives a reboot" },
	{ "poisoned", pool_poisoned, "bytes withdrawn because of memory errors" },
	{ "generation", pool_generation, "changes whenever a name does" },
	{ "mount", pool_mount, "where it is mounted" },
	{ "device", pool_device, "of a persistent pool: what it is on" },
	{ "label", pool_label, "its label" },
	{ "uuid", pool_uuid, "its UUID" },
	{ "state", pool_state, "clean, or open: it is mounted, or was when the power went" },
	{ "mounts", pool_mounts, "how often it was mounted for writing" },
	{ "created", pool_created, "when it was made" },
};

const struct sheet pool_sheet = { pool_columns, ARRAY_SIZE(pool_columns),
				  "name,size,used,free,objects,mount" };
const struct sheet media_sheet = { pool_columns, ARRAY_SIZE(pool_columns),
				   "device,size,label,uuid,state" };

/* ---- objects ---- */

#define OBJECT_NUMBER(member, kind)                                        \
	static void object_##member(const void *item, struct value *value) \
	{                                                                  \
		set_number(value, kind, morsel_info_##member(item));       \
	}
#define OBJECT_TEXT(member)                                                \
	static void object_##member(const void *item, struct value *value) \
	{                                                                  \
		set_text(value, VALUE_NAME, morsel_info_##member(item));   \
	}
#define OBJECT_TIME(member)                                                \
	static void object_##member(const void *item, struct value *value) \
	{                                                                  \
		value->kind = VALUE_TIME;                                  \
		value->time = morsel_info_##member(item);                  \
	}

OBJECT_TEXT(pool)
OBJECT_TEXT(path)
OBJECT_NUMBER(id, VALUE_NUMBER)
OBJECT_NUMBER(size, VALUE_SIZE)
OBJECT_NUMBER(mode, VALUE_MODE)
OBJECT_NUMBER(uid, VALUE_NUMBER)
OBJECT_NUMBER(gid, VALUE_NUMBER)
OBJECT_NUMBER(allocated, VALUE_SIZE)
OBJECT_NUMBER(huge, VALUE_SIZE)
OBJECT_NUMBER(nlink, VALUE_NUMBER)
OBJECT_NUMBER(attachments, VALUE_NUMBER)
OBJECT_NUMBER(links, VALUE_NUMBER)
OBJECT_NUMBER(rw_tables, VALUE_NUMBER)
OBJECT_NUMBER(ro_tables, VALUE_NUMBER)
OBJECT_NUMBER(tree_tables, VALUE_NUMBER)
static void object_addr(const void *item, struct value *value)
{
	if (morsel_info_addr(item))
		set_address(value, morsel_info_addr(item));
}

static void object_max_size(const void *item, struct value *value)
{
	if (morsel_info_addr(item))
		set_number(value, VALUE_SIZE, morsel_info_max_size(item));
}

static void object_sealed(const void *item, struct value *value)
{
	set_number(value, VALUE_FLAG, morsel_info_sealed(item));
}

static void object_poisoned(const void *item, struct value *value)
{
	set_number(value, VALUE_FLAG, morsel_info_poisoned(item));
}

OBJECT_TIME(atime)
OBJECT_TIME(mtime)
OBJECT_TIME(ctime)
OBJECT_TIME(btime)

/* In the colours of ls(1). */
static void object_name(const void *item, struct value *value)
{
	static const char *const colors[] = {
		[MORSEL_OBJECT_TYPE_DIRECTORY] = "blue",
		[MORSEL_OBJECT_TYPE_SYMLINK] = "cyan",
	};
	uint32_t type = morsel_info_type(item);

	set_text(value, VALUE_NAME, morsel_info_name(item));
	value->color = type < ARRAY_SIZE(colors) ? colors[type] : NULL;
}

static void object_parent(const void *item, struct value *value)
{
	uint64_t parent = morsel_info_parent(item);

	if (parent)
		set_number(value, VALUE_NUMBER, parent);
}

const char *type_name(uint32_t type)
{
	static const char *const names[] = {
		[MORSEL_OBJECT_TYPE_FILE] = "file",
		[MORSEL_OBJECT_TYPE_DIRECTORY] = "directory",
		[MORSEL_OBJECT_TYPE_SYMLINK] = "symlink",
	};

	return type < ARRAY_SIZE(names) && names[type] ? names[type] : "?";
}

static void object_type(const void *item, struct value *value)
{
	set_text(value, VALUE_TEXT, type_name(morsel_info_type(item)));
}

/* As ls(1) shows it. */
static void object_rights(const void *item, struct value *value)
{
	static const char letters[] = "-dl";
	static char text[11];
	uint32_t mode = morsel_info_mode(item), type = morsel_info_type(item);
	int i;

	text[0] = type >= 1 && type <= 3 ? letters[type - 1] : '?';
	for (i = 0; i < 9; i++)
		text[1 + i] = mode >> (8 - i) & 1 ? "rwx"[i % 3] : '-';
	if (mode & 04000)
		text[3] = text[3] == 'x' ? 's' : 'S';
	if (mode & 02000)
		text[6] = text[6] == 'x' ? 's' : 'S';
	if (mode & 01000)
		text[9] = text[9] == 'x' ? 't' : 'T';
	set_text(value, VALUE_TEXT, text);
}

/* The last name that was looked up: neighbours in a list mostly have the same owner. */
struct id_name {
	uint32_t id;
	bool known;
	char name[64];
};

const char *user_name(uint32_t uid)
{
	static struct id_name last;
	const struct passwd *pw;

	if (last.known && last.id == uid)
		return last.name;
	last = (struct id_name){ .id = uid, .known = true };
	pw = getpwuid(uid);
	if (pw)
		snprintf(last.name, sizeof(last.name), "%s", pw->pw_name);
	else
		snprintf(last.name, sizeof(last.name), "%u", uid);
	return last.name;
}

const char *group_name(uint32_t gid)
{
	static struct id_name last;
	const struct group *gr;

	if (last.known && last.id == gid)
		return last.name;
	last = (struct id_name){ .id = gid, .known = true };
	gr = getgrgid(gid);
	if (gr)
		snprintf(last.name, sizeof(last.name), "%s", gr->gr_name);
	else
		snprintf(last.name, sizeof(last.name), "%u", gid);
	return last.name;
}

static void object_owner(const void *item, struct value *value)
{
	set_text(value, VALUE_NAME, user_name(morsel_info_uid(item)));
}

static void object_group(const void *item, struct value *value)
{
	set_text(value, VALUE_NAME, group_name(morsel_info_gid(item)));
}

static const struct column object_columns[] = {
	{ "name", object_name, "POOL:PATH" },
	{ "pool", object_pool, "name of the pool" },
	{ "path", object_path, "path in the pool" },
	{ "id", object_id, "number in the pool, never used again" },
	{ "parent", object_parent, "id of the directory that holds it" },
	{ "type", object_type, "file, directory or symlink" },
	{ "size", object_size, "size" },
	{ "allocated", object_allocated, "bytes of memory it has" },
	{ "huge", object_huge, "how many of them are in 2 MiB frames" },
	{ "mode", object_mode, "permission bits" },
	{ "rights", object_rights, "type and permission bits, as ls(1) shows them" },
	{ "uid", object_uid, "number of the owner" },
	{ "gid", object_gid, "number of the group" },
	{ "owner", object_owner, "name of the owner" },
	{ "group", object_group, "name of the group" },
	{ "nlink", object_nlink, "number of names" },
	{ "attachments", object_attachments, "mappings in processes" },
	{ "links", object_links, "page-table entries of processes that lead into it" },
	{ "rw_tables", object_rw_tables, "page-table pages of its writable view" },
	{ "ro_tables", object_ro_tables, "page-table pages of its read-only view" },
	{ "tree_tables", object_tree_tables, "pages of its canonical tree" },
	{ "addr", object_addr, "address in every process" },
	{ "max_size", object_max_size, "how large it may become there" },
	{ "sealed", object_sealed, "nobody can change its contents any more" },
	{ "poisoned", object_poisoned, "media errors have taken some of its contents" },
	{ "atime", object_atime, "last access" },
	{ "mtime", object_mtime, "last change of contents" },
	{ "ctime", object_ctime, "last change of contents or attributes" },
	{ "btime", object_btime, "creation" },
};

const struct sheet object_sheet = { object_columns, ARRAY_SIZE(object_columns), "name" };
