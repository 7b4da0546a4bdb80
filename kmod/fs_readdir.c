// SPDX-License-Identifier: GPL-2.0-only
/*
 * List a directory without its lock while bytes go to the reader.
 *
 * The reader's buffer may be served by a file system in user space or by
 * userfaultfd, and so take for ever to be stored to.  Netlink requests wait for
 * the lock of a directory, under a lock of all of generic netlink: nobody may
 * hold the one for as long as he likes.
 *
 * So each name is copied under the lock, and handed on without it.  The cursor
 * stays in front of what is being handed on: if that is still there afterwards
 * it is passed by, if it has gone the next is already in its place.
 */
#include <linux/string.h>
#include "fs_internal.h"

struct listing {
	struct dir_context ctx;	/* what dcache_readdir() sees */
	bool handed_on;		/* what is below has been */
	bool found;		/* one more is below */
	int len;
	char name[NAME_MAX];
	u64 ino;
	unsigned int type;
};

static bool is_noted(const struct listing *l, const char *name, int len, u64 ino)
{
	return l->ino == ino && l->len == len && !memcmp(l->name, name, len);
}

/* Pass by what has been handed on, and stop at the next. */
static bool note(struct dir_context *ctx, const char *name, int len, loff_t pos, u64 ino,
		 unsigned int type)
{
	struct listing *l = container_of(ctx, struct listing, ctx);

	if (l->handed_on && is_noted(l, name, len, ino)) {
		l->handed_on = false;
		return true;
	}
	memcpy(l->name, name, len);
	l->len = len;
	l->ino = ino;
	l->type = type;
	l->found = true;
	return false;
}

/* Context: i_rwsem held shared; dropped and taken again. */
static bool hand_on(struct inode *dir, struct dir_context *reader, const struct listing *l)
{
	bool more;

	inode_unlock_shared(dir);
	more = dir_emit(reader, l->name, l->len, l->ino, l->type);
	inode_lock_shared(dir);
	return more;
}

static int look(struct file *file, struct listing *l)
{
	/* At 2 it begins at the head, where new names are, not at the cursor. */
	bool resume = l->handed_on && l->ctx.pos == 2;
	int error;

	l->found = false;
	l->ctx.pos += resume;
	error = dcache_readdir(file, &l->ctx);
	l->ctx.pos -= resume;
	l->handed_on = true;
	return error;
}

static int morsel_readdir(struct file *file, struct dir_context *reader)
{
	struct listing l = { .ctx = { .actor = note, .pos = reader->pos } };
	int error;

	do {
		error = look(file, &l);
		reader->pos = l.ctx.pos;
	} while (!error && l.found && hand_on(file_inode(file), reader, &l));
	return error;
}

const struct file_operations morsel_dir_fops = {
	.open		= dcache_dir_open,
	.release	= dcache_dir_close,
	.llseek		= dcache_dir_lseek,
	.read		= generic_read_dir,
	.iterate_shared	= morsel_readdir,
	.fsync		= morsel_fsync,
};
