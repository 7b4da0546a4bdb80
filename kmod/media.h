/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The format of a persistent pool; docs/media.md has it byte by byte.
 *
 * Everything is little-endian and of fixed width.  A frame is 4 KiB and has a
 * number, counted from the start of the pool.  There is no pointer, no physical
 * address and no device name.  Every structure but a table has a CRC32C, which
 * begins with that of the pool's UUID, so that what an earlier pool has left on
 * the media is never taken for ours.
 */
#ifndef MORSEL_MEDIA_H
#define MORSEL_MEDIA_H

#include "bits.h"

#define MEDIA_MAGIC	0x0a0d4c4553524f4dULL	/* "MORSEL\r\n" */
#define MEDIA_SIZE_MAX	BIT_ULL(46)		/* bytes of an object */

enum media_limits {
	MEDIA_VERSION = 2,
	MEDIA_FRAME_SHIFT = 12,
	MEDIA_FRAME = 1 << MEDIA_FRAME_SHIFT,	/* bytes */
	MEDIA_HUGE_ORDER = 9,			/* frames of 2 MiB: log2 */
	MEDIA_HUGE_FRAMES = 1 << MEDIA_HUGE_ORDER,
	MEDIA_LINE = 64,			/* bytes that reach the media together */
	MEDIA_SLOT = 512,			/* bytes */
	MEDIA_RECORD = 2 * MEDIA_SLOT,
	MEDIA_RECORDS = MEDIA_FRAME / MEDIA_RECORD, /* in a frame */
	MEDIA_RECORD_LEVEL = 3,			/* height of the tree of records */
	MEDIA_NAME_MAX = 255,			/* bytes */
	MEDIA_LABEL = 64,			/* bytes, padded with zeros */
	MEDIA_LOG = 2048,			/* bytes of an entry of the log */
	MEDIA_LOG_FRAMES = 16,			/* that a new pool gets */
	MEDIA_FRAMES_MIN = 64,			/* of a pool */
	MEDIA_TOP_LEVEL = 4,			/* height of an object's tree */
	MEDIA_ENTRIES = 512,			/* of a table */
	MEDIA_ENTRIES_SHIFT = 9,
	MEDIA_ROOT_ID = 1,			/* the root directory's record */
};

/* ---- superblock: at the start of the first and of the last frame ---- */

enum media_state {
	MEDIA_STATE_CLEAN = 1,	/* the checkpoint tells which frames are in use */
	MEDIA_STATE_OPEN = 2,	/* mounted, or was when the power went */
};

struct media_super {
	__le64 magic;
	__le32 crc;		/* of this structure from @version on */
	__le32 version;
	__le64 compat;		/* unknown bits: ignore */
	__le64 ro_compat;	/* unknown bits: read only */
	__le64 incompat;	/* unknown bits: refuse */
	u8 uuid[16];
	u8 label[MEDIA_LABEL];
	__le64 sequence;	/* the higher one of the two counts */
	__le64 generation;	/* of mounts for writing */
	__le32 state;		/* enum media_state */
	__le32 frame_shift;
	__le64 nr_frames;
	__le64 log_first;	/* frame */
	__le64 log_frames;
	__le64 checkpoint_first;	/* frame */
	__le64 checkpoint_frames;
	__le64 record_root;	/* frame: top table of the tree of records */
	__le64 checkpoint_generation;	/* the mount that has left the checkpoint */
	__le32 checkpoint_crc;	/* of the index */
	__le32 which;		/* 0: the first, 1: the last frame */
	__le64 created;		/* ns since 1970 */
	u8 spare[296];		/* 0 */
};

/* Feature bits that are known. */
#define MEDIA_COMPAT_KNOWN	0ULL
#define MEDIA_RO_COMPAT_KNOWN	0ULL
#define MEDIA_INCOMPAT_KNOWN	0ULL

/*
 * ---- checkpoint: an index, then the map, a bit for each frame in use ----
 *
 * An entry of the index is of a frame of the map, 128 MiB of the pool; what is free in there
 * is said by halves.
 */
struct media_part {
	__le32 crc;		/* of the words of the map that there are */
	__le16 huge[2];		/* areas of 2 MiB that are free as a whole */
	__le32 free[2];		/* frames that are free */
};

/* Frames of the index, which are the first ones of the checkpoint. */
static inline u64 pp_index_frames(u64 nr_frames)
{
	return DIV_ROUND_UP(pp_nr_parts(nr_frames) * sizeof(struct media_part), MEDIA_FRAME);
}

/* Bytes of the map that are in its frame @part. */
static inline size_t pp_map_bytes(u64 nr_frames, u64 part)
{
	return DIV_ROUND_UP(pp_part_frames(nr_frames, part), 64) * 8;
}

/* ---- records: two slots each, the valid one with the higher sequence counts ---- */

enum media_type {
	MEDIA_FREE = 1,		/* the record was used; the object has gone */
	MEDIA_REG = 2,
	MEDIA_DIR = 3,
	MEDIA_SYMLINK = 4,
	MEDIA_LINK = 5,		/* a further name of the object @target */
	MEDIA_QUOTA = 6,	/* limits of @uid: bytes @size, soft @addr; objects @max, @target */
};

enum media_record_flags {
	MEDIA_F_SEALED = 1 << 0,	/* contents are final */
	MEDIA_F_PREALLOC = 1 << 1,	/* frames behind the end are meant to be there */
	MEDIA_F_ADDR = 1 << 2,		/* @addr and @max are a reservation */
	MEDIA_F_DEFAULT = 1 << 3,	/* limits of who has none of his own */
};

#define MEDIA_F_KNOWN	(MEDIA_F_SEALED | MEDIA_F_PREALLOC | MEDIA_F_ADDR | MEDIA_F_DEFAULT)

struct media_slot {
	__le32 crc;		/* of the rest of what is used */
	__le16 length;		/* bytes used of the slot; a multiple of 8 */
	u8 type;		/* enum media_type */
	u8 name_len;		/* 0: no name of its own, as further names have others */
	__le64 seq;		/* grows with each change of the record, for ever */
	__le64 id;		/* place of the record: frame times 4 + record in it */
	__le32 mode;		/* permission bits, 07777 */
	__le32 uid;
	__le32 gid;
	__le32 gen;		/* tells apart objects that had the same id */
	__le64 parent;		/* id of a directory; that of the root: its own */
	__le64 size;		/* bytes */
	__le64 root;		/* top table: frame << 12 | height, or 0 */
	__le64 atime;		/* ns since 1970, signed, as all times */
	__le64 mtime;
	__le64 ctime;
	__le64 btime;
	__le64 flags;		/* enum media_record_flags */
	__le64 addr;		/* reserved address */
	__le64 max;		/* bytes reserved */
	__le64 acl;		/* frame of a blob, or 0 */
	__le64 target;		/* symlink: frame of a blob; link: id of an object */
	__le64 pages;		/* of 4 KiB, in leaves of its tree; in a clean pool */
	__le32 huge;		/* leaves of 2 MiB; in a clean pool */
	__le32 tables;		/* of its tree; in a clean pool */
	u8 spare[8];		/* 0 */
	u8 name[MEDIA_SLOT - 160];
};

/* ---- log: changes of two records that are one ---- */

struct media_log {
	__le32 crc;		/* of the rest of the entry */
	__le32 magic;
	u8 spare[56];		/* 0 */
	struct media_slot slot[2];	/* to be written where the record's is older */
};

#define MEDIA_LOG_MAGIC		0x474f4c4dU	/* "MLOG" */

/* ---- blobs: symbolic links' targets, ACLs; a frame each ---- */

enum media_blob_kind {
	MEDIA_BLOB_TARGET = 1,
	MEDIA_BLOB_ACL = 2,
};

struct media_blob {
	__le32 crc;		/* of the rest and of @length bytes of data */
	__le16 kind;		/* enum media_blob_kind */
	__le16 length;
	__le64 id;		/* of the record that it belongs to */
	u8 data[MEDIA_FRAME - 16];
};

/* An entry of an ACL's blob: access ACL first, then that for new objects. */
struct media_acl_entry {
	__le16 tag;		/* as in the attribute system.posix_acl_access */
	__le16 perm;
	__le32 id;
	__le32 is_default;	/* 1: of the ACL for new objects */
	__le32 spare;		/* 0 */
};

/*
 * ---- tables: 512 entries in the format of x86, frame numbers for addresses ----
 *
 * An entry that is not present is 0.  Tables have height 1 (leaves of 4 KiB) to
 * 4; a leaf at height 2 has MEDIA_E_HUGE and is 2 MiB, aligned.  No one bit
 * makes a leaf a table, or a table a leaf: the accessed bit tells them apart, too.
 */
#define MEDIA_E_TABLE	0x027ULL	/* present, writable, user, accessed */
#define MEDIA_E_LEAF	0x007ULL	/* present, writable, user */
#define MEDIA_E_HUGE	0x080ULL
#define MEDIA_E_ADDR	0x000ffffffffff000ULL
#define MEDIA_E_IGNORED	0x240ULL	/* dirty, and a bit for the running system */
#define MEDIA_ROOT_HEIGHT 7ULL

static_assert(sizeof(struct media_super) == 512);
static_assert(offsetof(struct media_super, uuid) == 40);
static_assert(offsetof(struct media_super, sequence) == 120);
static_assert(offsetof(struct media_super, spare) == 512 - 296);
static_assert(sizeof(struct media_part) == 16);
static_assert(sizeof(struct media_slot) == MEDIA_SLOT);
static_assert(offsetof(struct media_slot, name) == 160);
static_assert(sizeof(struct media_log) == 64 + 2 * MEDIA_SLOT);
static_assert(sizeof(struct media_log) <= MEDIA_LOG);
static_assert(sizeof(struct media_blob) == MEDIA_FRAME);
static_assert(sizeof(struct media_acl_entry) == 16);

#endif
