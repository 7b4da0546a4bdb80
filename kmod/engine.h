/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A persistent pool: records, trees and the log on its media, the allocator
 * beside them.  Names are not looked up here and rights not checked: the file
 * system does both on what it has in memory, and tells the engine what to
 * write.  Each function that changes something returns when the change is
 * durable; docs/crash-consistency.md says how.
 *
 * Context of all of it: process; may sleep.  Who calls for an object has it to
 * himself (i_rwsem; rename: the locks of the directories), and has checked
 * what the media cannot know: that a name is free, a directory empty.
 */
#ifndef MORSEL_ENGINE_H
#define MORSEL_ENGINE_H

#include "frames_alloc.h"
#include "media.h"
#include "persist.h"

/* A record as the machine has it. */
struct pp_record {
	u8 type;		/* enum media_type */
	u8 name_len;
	u32 mode, uid, gid, gen;
	u64 parent;
	u64 size, root;
	s64 atime, mtime, ctime, btime;
	u64 flags, addr, max;
	u64 acl, target;
	char name[MEDIA_NAME_MAX + 1];
};

/* What an object's tree has. */
struct pp_count {
	u64 pages;		/* frames of 4 KiB that leaves name; 2 MiB counts 512 */
	u64 huge;		/* leaves of 2 MiB */
	u64 tables;
};

/* What is known of an object's tree, and of its blobs. */
enum pp_verdict {
	PP_UNKNOWN,		/* nothing: perhaps others own what it names */
	PP_CLAIMED,		/* what its record names is its own; tables are judged one by one */
	PP_VERIFIED,		/* all that its tree names is, too, and counted */
};

/* A record in use.  The engine changes it only as told. */
struct pp_object {
	u64 id;
	u64 seq;		/* of the valid slot; 0: the record was never written */
	unsigned int slot;	/* which one that is */
	enum pp_verdict verdict;
	bool bad;		/* damaged: must not be mapped, written or freed */
	bool torn;		/* loaded: the idle slot is neither whole nor void */
	bool detached;		/* its record says that it is free: removed, or not named yet */
	/* Of its tree; who loads the record sets it.  Until it is verified: as the record says. */
	struct pp_count count;
	struct pp_count stored;	/* what the record says of it; right in a clean pool */
	struct pp_record rec;
};

enum {
	PP_LOGS = 2 * MEDIA_LOG_FRAMES,
};

/* No page is behind it, not even one that a tree has behind all sizes. */
#define PP_LAST_PAGE (~0ULL)

struct pp_pool {
	struct pm pm;
	/* From the superblock; constant while the pool is in use. */
	u64 nr_frames;
	u64 log_first, log_frames;
	u64 checkpoint_first, checkpoint_frames;
	u64 record_root;
	u64 created;
	u8 uuid[16];
	char label[MEDIA_LABEL + 1];
	u32 seed;		/* CRC of the UUID */
	bool read_only;
	bool huge;		/* 2 MiB frames where they fit */

	unsigned int current_super;	/* [mount, unmount] which one is the newer */
	u64 sequence;		/* of it */
	u64 generation;
	bool clean;		/* was left with a checkpoint, whose index has this checksum */
	bool mends;		/* [repair] of a damaged record the version before counts */
	u32 checkpoint_crc;
	bool trusted;		/* [mount] what is in use is as the checkpoint says */
	struct media_part *index;	/* then right for parts that are not loaded */

	struct fa *frames;
	struct pp_bits claims;	/* frames that something names; atomic bits */
	struct pp_bits judged;	/* tables that lead to what is claimed only; atomic bits */
	struct pp_report *report;	/* or NULL; who is told of what is found while in use */
	bool leaky;		/* frames of a damaged object are lost until all trees are walked */
	/* Or NULL.  Return: somebody still uses the frame, and it is to be put once more later. */
	bool (*keep)(struct pp_pool *pool, u64 frame, unsigned int order);
	/* Or NULL.  Return: free frames are not to be used; they stay allocated. */
	bool (*withdraw)(struct pp_pool *pool, u64 frame, unsigned int order);
	/* Or NULL.  Return: the frame has a media error, and is not to be touched. */
	bool (*is_bad)(const struct pp_pool *pool, u64 frame);

	struct mutex id_lock;
	unsigned long *ids;	/* [id_lock] records in use */
	u64 nr_ids;		/* [id_lock] records that there are */
	u64 ids_room;		/* [id_lock] bits of @ids */
	u64 next_id;		/* [id_lock] where to look first */

	struct mutex log_lock[PP_LOGS];	/* an entry of the log */
};

/* ---- what is found wrong ---- */

enum pp_problem {
	PP_OK,
	PP_SUPER,		/* a superblock */
	PP_LOG,			/* an entry of the log that cannot be */
	PP_RECORDS,		/* the tree of records */
	PP_RECORD,		/* a record: neither slot makes sense */
	PP_ROOT,		/* no root directory */
	PP_NAME,		/* two of a name in a directory */
	PP_PARENT,		/* a parent that is not, or is no directory, or a loop */
	PP_LINK,		/* a further name of nothing */
	PP_TREE,		/* an object's tree */
	PP_DOUBLE,		/* a frame with two owners */
	PP_BLOB,		/* an ACL or a symbolic link's target */
	PP_ORPHAN,		/* no damage: removed while in use, to be freed */
	PP_CHECKPOINT,		/* no damage: it does not say what the trees say */
	PP_CUT,			/* no damage: a change that was not written to its end */
	PP_PROBLEMS,
};

/* Who is told of each.  @frame: 0 where none is to blame. */
struct pp_report {
	void (*found)(struct pp_report *report, enum pp_problem problem, u64 id, u64 frame,
		      const char *text);
	/* Or NULL.  While all trees are walked, for each table: of @nr objects @done are. */
	void (*progress)(struct pp_report *report, u64 done, u64 nr);
	u64 count[PP_PROBLEMS];
	u64 records, tables;	/* frames of them that were read to be judged */
};

/* ---- media.c: judge, encode, decode; nothing is read or written ---- */

u32 pp_seed(const u8 *uuid);
/* Return: NULL, or what is wrong with it.  @frames: how many the device has. */
const char *pp_super_check(const struct media_super *super, unsigned int which, u64 frames);
void pp_super_seal(struct media_super *super);
/* Return: is this slot one that was written for @id of this pool? */
bool pp_slot_valid(const struct pp_pool *pool, const struct media_slot *slot, u64 id);
/* Return: bytes used. */
size_t pp_slot_encode(const struct pp_pool *pool, struct media_slot *slot,
		      const struct pp_object *obj, const struct pp_record *rec);
void pp_slot_decode(const struct media_slot *slot, struct pp_object *obj);
/* Return: NULL, or what is wrong with what the record says. */
const char *pp_record_check(const struct pp_pool *pool, u64 id, const struct pp_record *rec);

static inline u64 pp_frame_offset(u64 frame)
{
	return frame << MEDIA_FRAME_SHIFT;
}

/* ---- ptable.c: entries of tables ---- */

static inline u64 pp_entry_frame(u64 entry)
{
	return (entry & MEDIA_E_ADDR) >> MEDIA_FRAME_SHIFT;
}

static inline bool pp_is_leaf(u64 entry, unsigned int level)
{
	return level == 1 || entry & MEDIA_E_HUGE;
}

/* Of the frame that an entry names: 0 or MEDIA_HUGE_ORDER; then the frame is aligned. */
static inline unsigned int pp_entry_order(u64 entry, unsigned int level)
{
	return level == 2 && pp_is_leaf(entry, level) ? MEDIA_HUGE_ORDER : 0;
}

static inline unsigned int pp_shift(unsigned int level)
{
	return (level - 1) * MEDIA_ENTRIES_SHIFT;
}

static inline unsigned int pp_slot_of(unsigned int level, u64 index)
{
	return index >> pp_shift(level) & (MEDIA_ENTRIES - 1);
}

static inline bool pp_in_reach(unsigned int level, u64 index)
{
	return !(index >> level * MEDIA_ENTRIES_SHIFT);
}

static inline unsigned int pp_height(u64 root)
{
	return root & MEDIA_ROOT_HEIGHT;
}

static inline u64 pp_entry_offset(u64 table, unsigned int slot)
{
	return pp_frame_offset(table) + slot * 8ULL;
}

/* Return: NULL, or what is wrong with an entry that is not 0. */
const char *pp_entry_check(const struct pp_pool *pool, u64 entry, unsigned int level);

/* ---- record.c ---- */

/* Where the two slots of a record are; 0: there is no such record. */
u64 pp_record_offset(const struct pp_pool *pool, u64 id);
/*
 * Read a record.  Return: 0; -ENOENT: never written, or free (obj->seq is right);
 * -EUCLEAN: no valid slot; -EIO.  With one of them valid, but torn, it is that one.
 */
int pp_record_load(const struct pp_pool *pool, u64 id, struct pp_object *obj);
/* The same, of slots in memory; -EIO is none of its answers. */
int pp_record_choose(const struct pp_pool *pool, const struct media_slot *slot, u64 id,
		     struct pp_object *obj);
/* Of a torn record: is the slot that is not whole the older one, without effect? */
bool pp_record_is_past(const struct pp_pool *pool, const struct media_slot *slot,
		       const struct pp_object *obj);
/*
 * Write @rec, with what the tree has, into the idle slot and flush it.  The caller
 * fences, then calls the second.
 */
int pp_record_write(struct pp_pool *pool, const struct pp_object *obj,
		    const struct pp_record *rec);
void pp_record_written(struct pp_object *obj, const struct pp_record *rec);
/* Give @obj an id, making records if there are none left.  Return: 0, -ENOSPC, -ENOMEM, -EIO. */
int pp_id_get(struct pp_pool *pool, struct pp_object *obj);
void pp_id_put(struct pp_pool *pool, u64 id);
/* Make room for @nr ids in the map; new ones are free.  Return: 0 or -ENOMEM. */
int pp_ids_extend(struct pp_pool *pool, u64 nr);

/* ---- change.c: the operations on records ---- */

/* Write a new object, whose @rec the caller has filled in.  It may have an id already. */
int pp_create(struct pp_pool *pool, struct pp_object *obj);
/*
 * Let the record say @rec: rename, link to a name, attributes, resize upwards.
 * That of a detached object is in memory only.
 */
int pp_update(struct pp_pool *pool, struct pp_object *obj, const struct pp_record *rec);
/* Before pp_stop(), for each object in use: let its record say what its tree has. */
int pp_settle(struct pp_pool *pool, struct pp_object *obj);
/* Two records at once: rename over a name, exchange. */
int pp_update_two(struct pp_pool *pool, struct pp_object *one, const struct pp_record *one_rec,
		  struct pp_object *two, const struct pp_record *two_rec);
/* The object is gone from the media.  It can be used until pp_release(). */
int pp_remove(struct pp_pool *pool, struct pp_object *obj);
/* Give back the frames and the id of an object that is removed, or was never created. */
void pp_release(struct pp_pool *pool, struct pp_object *obj);

/* ---- names.c: what has more than one name ---- */

/* A name: said by the object's own record, or by @link. */
struct pp_name {
	struct pp_object *obj;
	struct pp_object *link;	/* or NULL */
};

void pp_name_set(struct pp_record *rec, u64 parent, const char *name, size_t length);
/*
 * @nlink: names that the object has.  With the last one the object is removed,
 * and pp_release() is due when nobody uses it.  A record of a link is released
 * here; who has allocated it frees it.
 */
int pp_name_remove(struct pp_pool *pool, struct pp_name *name, unsigned int nlink);
int pp_name_move(struct pp_pool *pool, struct pp_name *name, u64 parent, const char *to,
		 size_t length);
/* Let @name take the place of @victim, which goes, and of which there are @nlink. */
int pp_name_replace(struct pp_pool *pool, struct pp_name *name, struct pp_name *victim,
		    unsigned int nlink);
int pp_name_exchange(struct pp_pool *pool, struct pp_name *one, struct pp_name *two);

/* ---- blob.c ---- */

/* Write a blob into *@frame and flush it; the caller fences.  Return: 0, -ENOSPC, -ENOMEM. */
int pp_blob_write(struct pp_pool *pool, u64 id, enum media_blob_kind kind, const void *data,
		  size_t length, u64 *frame);
/* Return: bytes read, -EUCLEAN, -EIO. */
int pp_blob_read(const struct pp_pool *pool, u64 frame, u64 id, enum media_blob_kind kind,
		 void *data, size_t size);
/* pp_create() with a blob: the target of a symbolic link, or an ACL that it inherits. */
int pp_create_with(struct pp_pool *pool, struct pp_object *obj, enum media_blob_kind kind,
		   const void *data, size_t length);
/* @rec: mode and ctime that come with it; @length 0: no ACL any more. */
int pp_set_acl(struct pp_pool *pool, struct pp_object *obj, const struct pp_record *rec,
	       const struct media_acl_entry *acl, size_t length);

/* ---- log.c ---- */

int pp_log_two(struct pp_pool *pool, struct pp_object *const obj[2],
	       const struct pp_record *const rec[2]);
/* Finish what was begun.  Return: entries that were, or -EIO. */
int pp_log_replay(struct pp_pool *pool, struct pp_report *report);

/* ---- ptree.c, ptree_cut.c: the canonical tree on media ---- */

struct pp_leaf {
	u64 frame;		/* of the page asked for; 0: a hole */
	unsigned int order;	/* 0 or MEDIA_HUGE_ORDER */
};

/*
 * Return: 0, -EIO, -EUCLEAN; -EAGAIN: on the way is a table that is not judged.
 * On an error leaf->order is that of the entry which leads no further.
 */
int pp_tree_lookup(const struct pp_pool *pool, u64 root, u64 index, struct pp_leaf *leaf);
/* The same, of an object that the caller has to himself; tables are judged if need be. */
int pp_tree_find(struct pp_pool *pool, struct pp_object *obj, u64 index, struct pp_leaf *leaf);
/* Return: the first frame of the leaf of 2 MiB that page @index is seen to be in, or 0. */
u64 pp_tree_huge(const struct pp_pool *pool, u64 root, u64 index);
/*
 * Fill the hole at @index, with 2 MiB if @huge and there are.  What is there
 * already stays.  Return: 0, -ENOSPC, -EIO, -EUCLEAN.
 */
int pp_tree_fill(struct pp_pool *pool, struct pp_object *obj, u64 index, bool huge,
		 struct pp_leaf *leaf);
/*
 * Make holes of pages [@first, @last]; of 2 MiB frames only what is covered whole goes.
 * Tables that lead there are judged first.  Return: 0, -EIO; -EUCLEAN.
 */
int pp_tree_cut(struct pp_pool *pool, struct pp_object *obj, u64 first, u64 last);
/*
 * Give all frames of an entry that nothing names any more back to the allocator,
 * and take them off @count, if it is not NULL.
 */
void pp_tree_free(struct pp_pool *pool, u64 entry, unsigned int level, struct pp_count *count);

/* ---- data.c ---- */

int pp_resize(struct pp_pool *pool, struct pp_object *obj, const struct pp_record *rec);
/* Zero bytes [@from, @to) where there are frames; durable. */
int pp_zero(struct pp_pool *pool, struct pp_object *obj, u64 from, u64 to);
int pp_punch(struct pp_pool *pool, struct pp_object *obj, u64 from, u64 to);
/* Write within the object's size; durable.  Return: 0 or -errno. */
int pp_write(struct pp_pool *pool, struct pp_object *obj, u64 offset, const void *data,
	     size_t length);
int pp_read(const struct pp_pool *pool, const struct pp_object *obj, u64 offset, void *data,
	    size_t length);

/* ---- claims.c: which frames are named ---- */

/*
 * Make room for what is known of a frame, and of those in its 2 MiB.  What is allocated has it.
 * Return: 0 or -ENOMEM.
 */
int pp_claim_room(const struct pp_pool *pool, u64 frame, gfp_t gfp);
/* Claim what something names.  Return: it was in use, and nobody else has it. */
bool pp_claim_named(const struct pp_pool *pool, u64 frame, unsigned int order);
/* For a scan, which is alone.  Return: 1: nobody else has it, 0, or -ENOMEM. */
int pp_claim_scanned(const struct pp_pool *pool, u64 frame);
/* All that a table names is claimed, for the one that the table is claimed for. */
void pp_set_judged(const struct pp_pool *pool, u64 table);

/* Context: the table is claimed, and stays. */
static inline bool pp_is_judged(const struct pp_pool *pool, u64 table)
{
	const unsigned long *part = pp_bits_part(&pool->judged, table / PP_PART_FRAMES);

	return part && test_bit_acquire(table % PP_PART_FRAMES, part);
}

/* Allocate a frame; it is claimed.  Return: its number or 0. */
u64 pp_frame_get(struct pp_pool *pool, unsigned int order);
void pp_frame_put(struct pp_pool *pool, u64 frame, unsigned int order);
/* The same of a leaf's frame, which a process may have seen. */
void pp_leaf_put(struct pp_pool *pool, u64 frame, unsigned int order);

/* ---- scan.c, verify.c: everything there is, judged ---- */

enum pp_item_state {
	PP_ITEM_LIVE,
	PP_ITEM_ORPHAN,		/* no name: to be freed */
	PP_ITEM_LOST,		/* its name or place cannot be; its frames stay */
};

/* An object found on the media. */
struct pp_item {
	u64 id, parent, root, size, acl, target;
	u64 name_at;		/* where on the media its name is */
	u32 name_hash;
	u32 names;		/* how many it has */
	u8 name_len;
	u8 type;
	u8 state;		/* enum pp_item_state */
	bool bad;		/* its tree or a blob is damaged: not to be mapped */
	bool prealloc;
	u8 mark;		/* while looking for loops */
	struct pp_count count;	/* as its record says, or as the walk of its tree has found */
};

struct pp_scan {
	struct pp_item *items;	/* by id */
	u64 nr, room;
	struct pp_bits twice;	/* frames named more than once */
	struct pp_report *report;
	bool damaged;		/* some records are: what they said is not known */
	bool stored;		/* there are stores to be fenced */
	bool trusted;		/* frames in use are as the checkpoint says; no tree was walked */
};

/*
 * Read and judge all records; make void what was not written to its end.
 * Return: 0, -ENOMEM, -EUCLEAN (no root directory).
 */
int pp_scan_records(struct pp_pool *pool, struct pp_scan *scan);
/* Judge names and places. */
int pp_scan_names(struct pp_pool *pool, struct pp_scan *scan);
/* Walk all trees; see who owns what. */
int pp_scan_trees(struct pp_pool *pool, struct pp_scan *scan);
struct pp_item *pp_scan_find(const struct pp_scan *scan, u64 id);
/* Return: the directory that it says it is in, or NULL. */
struct pp_item *pp_scan_parent(const struct pp_scan *scan, const struct pp_item *item);
/* Is a blob that has been read what the item says?  @length: as pp_blob_read() returned it. */
bool pp_blob_fits(const struct pp_item *item, enum media_blob_kind kind, const void *data,
		  int length);
void pp_scan_free(struct pp_scan *scan);
void pp_found(struct pp_report *report, enum pp_problem problem, u64 id, u64 frame,
	      const char *text);
struct pp_run {
	u64 first, count;
};

enum { PP_FIXED = 4 };

/* What every pool has: superblocks, log, checkpoint. */
void pp_fixed(const struct pp_pool *pool, struct pp_run run[PP_FIXED]);
/* Claim that.  Return: 0 or -ENOMEM. */
int pp_claim_fixed(const struct pp_pool *pool);
/* An entry of a table of height @level, a leaf or not, is there. */
void pp_count_entry(struct pp_count *count, bool leaf, unsigned int level);

/* ---- judge.c: objects whose tree pp_start() has not walked; nothing is done for others ---- */

/*
 * Before an object is used: claim what its record names, and judge its top table.
 * Return: 0, -ENOMEM, -EUCLEAN: the object is bad; so do those that follow.
 */
int pp_object_claim(struct pp_pool *pool, struct pp_object *obj);
/* Judge the tables that lead to pages [@first, @last], as far as they are not. */
int pp_tree_judge(struct pp_pool *pool, struct pp_object *obj, u64 first, u64 last);
/* Judge all tables, and count what there is. */
int pp_object_verify(struct pp_pool *pool, struct pp_object *obj);

/* ---- recover.c ---- */

struct pp_open {
	bool read_only;		/* the media is not written */
	bool trust;		/* take a valid checkpoint for what the trees say */
	struct pp_report *report;	/* or NULL */
};

/* Read the superblocks into @pool, whose pm is set.  Return: 0, -EINVAL: *@why says it. */
int pp_identify(struct pp_pool *pool, const char **why, struct pp_report *report);
/*
 * Take a pool into use after pp_identify(): finish what was begun, judge what
 * there is, free what nobody names.  @scan: what was found; pp_scan_free() it.
 * Return: 0, -ENOMEM, -EUCLEAN, -EIO, -EROFS: then pp_close() is all that is left.
 */
int pp_start(struct pp_pool *pool, const struct pp_open *how, struct pp_scan *scan);
/* Leave a checkpoint and mark the pool clean.  All objects are settled. */
int pp_stop(struct pp_pool *pool);
/* Free what is in memory. */
void pp_close(struct pp_pool *pool);
/* Read the index of the checkpoint.  Return: it is what the superblock says. */
bool pp_read_index(struct pp_pool *pool);
/* Read the checkpoint's frame @part of the map.  Return: it is what the index says. */
bool pp_read_map(const struct pp_pool *pool, u64 part, u64 *map);
/* Write the checkpoint's frame @part of the map, @map; let @entry say what it has. */
void pp_write_part(struct pp_pool *pool, u64 part, const u64 *map, struct media_part *entry);
/* Write the index, after all of the map, and fence.  Return: its checksum. */
u32 pp_write_index(struct pp_pool *pool, const struct media_part *index);
/* Write the superblocks, the older first, each with a fence. */
int pp_super_write(struct pp_pool *pool, enum media_state state, u32 checkpoint_crc);

#endif
