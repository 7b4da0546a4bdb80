// SPDX-License-Identifier: GPL-2.0-or-later
#include "damage.h"
#include "ops.h"

/* Ids, in the order in which set_up() and set_up_more() make the objects. */
enum {
	ID_D = 2,
	ID_E,
	ID_A,
	ID_B,
	ID_S,
	ID_LINK,    /* /d/c, of /a */
	ID_F,	    /* its first name is gone */
	ID_F_LINK,  /* and this is the other one: /d/f */
	ID_G,
	ID_NONE = 99,
};

void set_up_more(struct world *w)
{
	bool ok = make(w, "/f", MEDIA_REG, 0, NULL, 0) && make_link(w, "/f", "/d/f") &&
		  make(w, "/g", MEDIA_REG, 0, NULL, 0) && resize(w, "/g", 100) &&
		  write_bytes(w, "/g", 0, 0, 100) && resize(w, "/f", 3000) &&
		  write_bytes(w, "/f", 0, 0, 3000) && unlink_name(w, "/f");

	assert(ok && !w->error);
}

/* ---- tools ---- */

static void change_record(struct pp_pool *pool, u64 id, void (*change)(struct pp_record *rec))
{
	struct pp_object obj;
	int err = pp_record_load(pool, id, &obj);

	assert(!err);
	change(&obj.rec);
	pp_record_write(pool, &obj, &obj.rec);
}

static struct pp_record record_of(const struct pp_pool *pool, u64 id)
{
	struct pp_object obj;
	int err = pp_record_load(pool, id, &obj);

	assert(!err);
	return obj.rec;
}

static void spoil(struct pp_pool *pool, u64 offset, size_t length)
{
	while (length--)
		pool->pm.base[offset++] ^= 0x5a;
}

static void spoil_record(struct pp_pool *pool, u64 id)
{
	spoil(pool, pp_record_offset(pool, id) + 40, 8);
	spoil(pool, pp_record_offset(pool, id) + MEDIA_SLOT + 40, 8);
}

/* Offset of the entry for record frame @index, and of the first leaf of a small object. */
static u64 record_entry(const struct pp_pool *pool, u64 index)
{
	u64 table = pool->record_root, entry;
	unsigned int level;

	for (level = MEDIA_RECORD_LEVEL; level > 1; level--) {
		pm_load8(&pool->pm, pp_entry_offset(table, pp_slot_of(level, index)), &entry);
		table = pp_entry_frame(entry);
	}
	return pp_entry_offset(table, pp_slot_of(1, index));
}

static u64 leaf_entry(const struct pp_pool *pool, u64 id)
{
	u64 root = record_of(pool, id).root;

	assert(pp_height(root) == 1);
	return pp_entry_offset(pp_entry_frame(root), 0);
}

static void set_leaf(struct pp_pool *pool, u64 id, u64 frame)
{
	pm_store8(&pool->pm, leaf_entry(pool, id), frame << MEDIA_FRAME_SHIFT | MEDIA_E_LEAF);
}

/* ---- superblocks, log, records ---- */

static void first_super(struct pp_pool *pool)
{
	spoil(pool, 100, 8);
}

static void last_super(struct pp_pool *pool)
{
	spoil(pool, pp_frame_offset(pool->nr_frames - 1) + 100, 8);
}

static void log_entry(struct pp_pool *pool)
{
	struct media_log entry = { .magic = cpu_to_le32(MEDIA_LOG_MAGIC) };

	entry.crc = crc32c(pool->seed, (u8 *)&entry + 4, sizeof(entry) - 4);
	pm_write(&pool->pm, pp_frame_offset(pool->log_first), &entry, sizeof(entry));
}

static void record_frame(struct pp_pool *pool)
{
	pm_store8(&pool->pm, record_entry(pool, 1), 0x1000);
}

static void record_frame_outside(struct pp_pool *pool)
{
	pm_store8(&pool->pm, record_entry(pool, 2),
		  pool->nr_frames << MEDIA_FRAME_SHIFT | MEDIA_E_LEAF);
}

/* The entry of one frame of records names the next one as well. */
static void record_frame_twice(struct pp_pool *pool)
{
	u64 entry;

	pm_load8(&pool->pm, record_entry(pool, 2), &entry);
	pm_store8(&pool->pm, record_entry(pool, 1), entry);
}

static void record_b(struct pp_pool *pool)
{
	spoil_record(pool, ID_B);
}

static void record_directory(struct pp_pool *pool)
{
	spoil_record(pool, ID_D);
}

static void record_only_name(struct pp_pool *pool)
{
	spoil_record(pool, ID_F_LINK);
}

static void record_root(struct pp_pool *pool)
{
	spoil_record(pool, MEDIA_ROOT_ID);
}

static void set_type(struct pp_record *rec)
{
	rec->type = 77;
}

static void record_type(struct pp_pool *pool)
{
	change_record(pool, ID_B, set_type);
}

static void set_root(struct pp_record *rec)
{
	rec->root = 1ULL << 40 | 1;
}

static void record_tree(struct pp_pool *pool)
{
	change_record(pool, ID_B, set_root);
}

/* ---- names and places ---- */

static void call_it_a(struct pp_record *rec)
{
	pp_name_set(rec, MEDIA_ROOT_ID, "a", 1);
}

static void two_names(struct pp_pool *pool)
{
	change_record(pool, ID_B, call_it_a);
}

static void put_nowhere(struct pp_record *rec)
{
	rec->parent = ID_NONE;
}

static void no_parent(struct pp_pool *pool)
{
	change_record(pool, ID_B, put_nowhere);
}

static void put_in_file(struct pp_record *rec)
{
	rec->parent = ID_A;
}

static void file_for_parent(struct pp_pool *pool)
{
	change_record(pool, ID_D, put_in_file);
}

static void put_in_d(struct pp_record *rec)
{
	rec->parent = ID_D;
}

static void put_in_e(struct pp_record *rec)
{
	rec->parent = ID_E;
}

static void loop(struct pp_pool *pool)
{
	change_record(pool, ID_D, put_in_e);
	change_record(pool, ID_E, put_in_d);
}

static void lead_nowhere(struct pp_record *rec)
{
	rec->target = ID_NONE;
}

static void link_of_nothing(struct pp_pool *pool)
{
	change_record(pool, ID_LINK, lead_nowhere);
}

/* ---- trees and blobs ---- */

static void tree_flags(struct pp_pool *pool)
{
	pm_store8(&pool->pm, leaf_entry(pool, ID_A), 0x1234ULL << MEDIA_FRAME_SHIFT | 1);
}

static void tree_outside(struct pp_pool *pool)
{
	set_leaf(pool, ID_A, pool->nr_frames);
}

static void leaf_of_another(struct pp_pool *pool)
{
	u64 entry;

	pm_load8(&pool->pm, leaf_entry(pool, ID_G), &entry);
	set_leaf(pool, ID_A, pp_entry_frame(entry));
}

static void leaf_of_log(struct pp_pool *pool)
{
	set_leaf(pool, ID_A, pool->log_first);
}

static void leaf_of_acl(struct pp_pool *pool)
{
	set_leaf(pool, ID_A, record_of(pool, ID_B).acl);
}

static void leaf_of_records(struct pp_pool *pool)
{
	set_leaf(pool, ID_A, pp_record_offset(pool, ID_B) >> MEDIA_FRAME_SHIFT);
}

static void leaf_of_table(struct pp_pool *pool)
{
	set_leaf(pool, ID_A, pp_entry_frame(record_of(pool, ID_G).root));
}

static u64 root_of_g;

static void set_root_of_g(struct pp_record *rec)
{
	rec->root = root_of_g;
}

static void table_of_another(struct pp_pool *pool)
{
	root_of_g = record_of(pool, ID_G).root;
	change_record(pool, ID_A, set_root_of_g);
}

static void acl_blob(struct pp_pool *pool)
{
	spoil(pool, pp_frame_offset(record_of(pool, ID_B).acl) + 16, 8);
}

static void target_blob(struct pp_pool *pool)
{
	spoil(pool, pp_frame_offset(record_of(pool, ID_S).target) + 16, 2);
}

const struct damage damages[] = {
	{ "the first superblock", first_super, PP_SUPER, "" },
	{ "the last superblock", last_super, PP_SUPER, "" },
	{ "an entry of the log", log_entry, PP_LOG, "" },
	{ "an entry of the tree of records", record_frame, PP_RECORDS, "/a,/b,/s,/d/c," },
	{ "one that leads out of the pool", record_frame_outside, PP_RECORDS, "/d/f,/g," },
	{ "one that is another's", record_frame_twice, PP_RECORDS, "/a,/b,/s,/d/c," },
	{ "a record", record_b, PP_RECORD, "/b," },
	{ "the record of a directory", record_directory, PP_RECORD, "/d," },
	{ "the only name of an object", record_only_name, PP_RECORD, "" },
	{ "the root directory", record_root, PP_ROOT, "" },
	{ "a type", record_type, PP_RECORD, "/b," },
	{ "the place of a tree", record_tree, PP_RECORD, "/b," },
	{ "two of a name", two_names, PP_NAME, "" },
	{ "no parent", no_parent, PP_PARENT, "" },
	{ "a file for a parent", file_for_parent, PP_PARENT, "" },
	{ "a loop of directories", loop, PP_PARENT, "" },
	{ "a link of nothing", link_of_nothing, PP_LINK, "/d/c," },
	{ "an entry of a tree", tree_flags, PP_TREE, "/a,/d/c," },
	{ "a leaf outside the pool", tree_outside, PP_TREE, "/a,/d/c," },
	{ "a leaf that is another's", leaf_of_another, PP_DOUBLE, "/a,/d/c," },
	{ "a leaf that is the log", leaf_of_log, PP_DOUBLE, "/a,/d/c," },
	{ "a leaf that is an ACL", leaf_of_acl, PP_DOUBLE, "/a,/d/c," },
	{ "a leaf that is of the records", leaf_of_records, PP_DOUBLE, "/a,/d/c," },
	{ "a leaf that is another's table", leaf_of_table, PP_DOUBLE, "/a,/d/c," },
	{ "a table that is another's", table_of_another, PP_DOUBLE, "/a,/d/c," },
	{ "an ACL", acl_blob, PP_BLOB, "/b," },
	{ "a target", target_blob, PP_BLOB, "/s," },
};

const int nr_damages = ARRAY_SIZE(damages);
