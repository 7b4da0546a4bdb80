/* SPDX-License-Identifier: GPL-2.0-only */
/* A morsel: an inode with a canonical tree and two views. */
#ifndef MORSEL_INODE_H
#define MORSEL_INODE_H

#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/wait.h>
#include "pool.h"
#include "reserve.h"
#include "tree.h"
#include "usage.h"
#include "view.h"

struct pp_object;

struct morsel_inode {
	struct inode vfs_inode;	/* i_ino is the object id */
	struct timespec64 btime;	/* creation */
	struct morsel_account *account;	/* of the owner [i_rwsem and invalidate_lock] */
	const struct kiocb *writer;	/* the write(2) that has its turn: outside of i_rwsem */
	wait_queue_head_t writers;	/* the others */
	struct mutex rights_lock;	/* one rights-set at a time */
	u64 rights_seq;		/* changes of rights, counted [i_rwsem] */
	atomic_long_t revokes;	/* how often rights were taken back; see revoke.h */
	bool sealed;	/* contents are final; set with i_rwsem and invalidate_lock exclusive */
	struct morsel_reservation reservation;
	bool displaced;	/* its address is on the media, but somebody else has it [i_rwsem] */
	struct mutex record_lock;	/* the record; inside of all other locks but the engine's */
	struct pp_object *record;	/* on the media; NULL in a volatile pool; constant */
	u64 stored_root;	/* of its tree; written with record_lock held */
	bool claimed;		/* what its record names was tried to be [writers: record_lock] */
	bool poisoned;		/* some of its contents are lost: media errors; never false again */
	bool stored_to;		/* perhaps through a mapping, since it was last written back */
	atomic_t writing_back;	/* who is about it */
	struct morsel_tree tree;
	struct morsel_view view[MORSEL_NR_VIEWS];

	spinlock_t attach_lock;
	/* [attach_lock, readers RCU] struct morsel_attachment.in_object */
	struct list_head attachments;
	unsigned int nr_attachments;	/* [attach_lock] */
	struct morsel_usage usage;
};

static inline struct morsel_inode *morsel_i(const struct inode *inode)
{
	return container_of(inode, struct morsel_inode, vfs_inode);
}

/* What all objects of the pool have together. */
static inline struct morsel_frames *morsel_frames(const struct inode *inode)
{
	return &morsel_pool(inode->i_sb)->frames;
}

/* Context: i_rwsem held exclusive. */
static inline void morsel_rights_changed(struct inode *inode)
{
	struct morsel_inode *mi = morsel_i(inode);

	/* Who has read the number before the rights finds it changed, if they have. */
	smp_store_release(&mi->rights_seq, mi->rights_seq + 1);
}

#endif
