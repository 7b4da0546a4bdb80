// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read, write, seek.
 *
 * What is read is copied under invalidate_lock: a revoke waits for that.  No fault
 * happens under it, because the user's buffer can be a mapping of the same object,
 * whose fault takes invalidate_lock.  What is written is copied under i_rwsem, from
 * a frame that is held by a reference.
 *
 * The buffer may as well be served by a file system in user space or by
 * userfaultfd, whose faults may take for ever.  Netlink requests wait for i_rwsem,
 * under a lock of all of generic netlink: so it is let go of for such a fault.
 * Writers stay apart by a lock of their own.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/seq_file.h>
#include <linux/splice.h>
#include <linux/uio.h>
#include "attach.h"
#include "event.h"
#include "fs_internal.h"
#include "revoke.h"
#include "store.h"

enum {
	READ_TRIES = 8,	/* with the destination faulted in each time; then it is the source */
};

/*
 * A 2 MiB frame is right where the object has the whole chunk, or will have it
 * when the operation is done.  Who appends beyond the first chunk is likely to
 * go on; a small object does not cost 2 MiB.
 */
bool morsel_want_huge(struct inode *inode, pgoff_t index, loff_t end)
{
	loff_t size = i_size_read(inode);
	loff_t start = (loff_t)round_down(index, MORSEL_CHUNK_PAGES) << PAGE_SHIFT;

	if (!READ_ONCE(morsel_pool(inode->i_sb)->huge))
		return false;
	if (start + PMD_SIZE <= max(size, end))
		return true;
	return start && (loff_t)(index + 1) << PAGE_SHIFT > size;
}

size_t morsel_sound_bytes(const struct page *page, size_t offset, size_t bytes)
{
	const struct page *last = page + ((offset + bytes - 1) >> PAGE_SHIFT);
	const struct page *p = page;

	while (!PageHWPoison((struct page *)p))
		if (p++ == last)
			return bytes;
	return p == page ? 0 : ((p - page) << PAGE_SHIFT) - offset;
}

/* Pages of a device are no compound pages, and may have errors that are found by reading. */
static size_t copy_stored(const struct morsel_leaf *leaf, size_t offset, size_t bytes,
			  struct iov_iter *to)
{
	return _copy_mc_to_iter(page_address(leaf->page) + offset, bytes, to);
}

/*
 * Copy out what one leaf, or one hole, has of @bytes bytes at @pos, as far as it goes
 * without a fault.  Context: invalidate_lock held; page faults off.
 */
static ssize_t morsel_copy_leaf(struct inode *inode, loff_t pos, size_t bytes, struct iov_iter *to)
{
	pgoff_t index = pos >> PAGE_SHIFT, next;
	struct morsel_leaf leaf = morsel_tree_lookup(inode, index);

	if (leaf.page) {
		bytes = min_t(loff_t, bytes, morsel_leaf_end(index, leaf.order) - pos);
		bytes = morsel_sound_bytes(leaf.page, offset_in_page(pos), bytes);
		if (!bytes)
			return -EIO;
		if (morsel_i(inode)->record)
			return copy_stored(&leaf, offset_in_page(pos), bytes, to);
		return copy_page_to_iter(leaf.page, offset_in_page(pos), bytes, to);
	}
	if (leaf.error)
		return leaf.error;
	next = morsel_tree_next(inode, index, false);
	if (next <= (pos + bytes - 1) >> PAGE_SHIFT)
		bytes = ((loff_t)next << PAGE_SHIFT) - pos;
	return iov_iter_zero(bytes, to);
}

/* Return: bytes; 0: the destination has to be faulted in first. */
static ssize_t morsel_read_leaf(struct file *file, loff_t pos, size_t bytes, struct iov_iter *to)
{
	struct inode *inode = file_inode(file);
	ssize_t ret;

	filemap_invalidate_lock_shared(inode->i_mapping);
	ret = morsel_file_may(file, MAY_READ);
	if (!ret) {
		pagefault_disable();
		ret = morsel_copy_leaf(inode, pos, bytes, to);
		pagefault_enable();
	}
	filemap_invalidate_unlock_shared(inode->i_mapping);
	return ret;
}

/* Nothing was copied to a destination that had been faulted in: the device is to blame. */
static bool unreadable(const struct inode *inode, int tries)
{
	return morsel_i(inode)->record && tries >= READ_TRIES;
}

static int morsel_read_fault(struct iov_iter *to)
{
	size_t bytes = min_t(size_t, iov_iter_count(to), PMD_SIZE);

	if (!user_backed_iter(to))
		return -EFAULT;
	return fault_in_iov_iter_writeable(to, bytes) == bytes ? -EFAULT : 0;
}

static ssize_t morsel_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	ssize_t done = 0, ret = 0;
	int tries = 0;

	while (iov_iter_count(to)) {
		loff_t size = i_size_read(inode);

		if (iocb->ki_pos >= size)
			break;
		ret = -EINTR;
		if (fatal_signal_pending(current))
			break;
		ret = morsel_read_leaf(iocb->ki_filp, iocb->ki_pos,
				       min_t(loff_t, iov_iter_count(to), size - iocb->ki_pos), to);
		tries = ret ? 0 : tries + 1;
		if (!ret)
			ret = unreadable(file_inode(iocb->ki_filp), tries) ? -EIO :
									     morsel_read_fault(to);
		if (ret < 0)
			break;
		iocb->ki_pos += ret;
		done += ret;
		ret = 0;
		cond_resched();
	}
	file_accessed(iocb->ki_filp);
	if (!done)
		morsel_event_access(inode, iocb->ki_pos, ret);
	return done ?: ret;
}

/* Is there nothing to read at @from, short of a fault? */
static bool must_fault(const struct iov_iter *from, size_t bytes)
{
	bool ret;

	pagefault_disable();
	ret = fault_in_iov_iter_readable(from, bytes) == bytes;
	pagefault_enable();
	return ret;
}

/* Past the caches, to be fenced. */
static size_t copy_to_store(struct morsel_store *store, struct page *page, size_t offset,
			    size_t bytes, struct iov_iter *from)
{
	u64 frame = page_to_pfn(page) - store->first_pfn;

	return pm_stream_from_iter(&store->pp.pm, pp_frame_offset(frame) + offset, bytes, from);
}

static size_t copy_without_faults(struct inode *inode, struct page *page, loff_t pos,
				  size_t bytes, struct iov_iter *from)
{
	size_t copied;

	pagefault_disable();
	if (morsel_i(inode)->record)
		copied = copy_to_store(morsel_pool(inode->i_sb)->store, page, offset_in_page(pos),
				       bytes, from);
	else
		copied = copy_page_from_iter(page, offset_in_page(pos), bytes, from);
	pagefault_enable();
	return copied;
}

/*
 * Copy into the leaf at @pos, which is made if there is none.
 * Return: bytes; -EAGAIN: the source has to be faulted in first.
 */
static ssize_t morsel_write_leaf(struct inode *inode, loff_t pos, struct iov_iter *from)
{
	size_t bytes = iov_iter_count(from), first = min(bytes, PAGE_SIZE - offset_in_page(pos));
	pgoff_t index = pos >> PAGE_SHIFT;
	struct morsel_leaf leaf;
	size_t copied = 0;
	int error;

	/* Do not allocate for what cannot be read. */
	if (must_fault(from, first))
		return -EAGAIN;

	filemap_invalidate_lock_shared(inode->i_mapping);
	error = morsel_tree_populate(inode, index, morsel_want_huge(inode, index, pos + bytes),
				     &leaf);
	if (!error)
		get_page(leaf.page);
	filemap_invalidate_unlock_shared(inode->i_mapping);
	if (error)
		return error;

	bytes = min_t(loff_t, bytes, morsel_leaf_end(index, leaf.order) - pos);
	bytes = morsel_sound_bytes(leaf.page, offset_in_page(pos), bytes);
	if (bytes)
		copied = copy_without_faults(inode, leaf.page, pos, bytes, from);
	put_page(leaf.page);
	if (!bytes)
		return -EIO;
	if (copied && pos + copied > i_size_read(inode))
		i_size_write(inode, pos + copied);
	return copied ?: -EAGAIN;
}

/* Cut a write short where the place of the object ends.  Return: what is left, or -EFBIG. */
static ssize_t morsel_limit_write(struct inode *inode, loff_t pos, struct iov_iter *from)
{
	u64 max = morsel_i(inode)->reservation.max;

	if (!morsel_reserve_allows(inode, pos + iov_iter_count(from)))
		return iov_iter_count(from);
	if (pos >= max)
		return -EFBIG;
	iov_iter_truncate(from, max - pos);
	return iov_iter_count(from);
}

/* Context: i_rwsem held, maybe not for the first time in this write.  Return: > 0, or no. */
static ssize_t morsel_write_begin(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	int error = morsel_file_may(iocb->ki_filp, MAY_WRITE);
	ssize_t ret;

	if (!error && morsel_i(inode)->record)
		error = morsel_store_lasting(&morsel_pool(inode->i_sb)->store->pp, 0);
	if (error)
		return error;
	ret = generic_write_checks(iocb, from);
	if (ret > 0)
		ret = morsel_limit_write(inode, iocb->ki_pos, from);
	if (ret <= 0)
		return ret;
	error = file_remove_privs(iocb->ki_filp);
	if (error)
		return error;
	error = morsel_zero_tail(inode, iocb->ki_pos);
	return error ? error : ret;
}

/*
 * What has been written to an object on a device is durable, and then its size.
 * Context: i_rwsem held since it was written.
 */
static int morsel_write_settle(struct inode *inode)
{
	const struct morsel_inode *mi = morsel_i(inode);
	struct pp_pool *pp;

	if (!mi->record)
		return 0;
	if (i_size_read(inode) != mi->record->rec.size)
		return morsel_store_grow(inode, i_size_read(inode), false);
	pp = &morsel_pool(inode->i_sb)->store->pp;
	pm_fence(&pp->pm);
	return morsel_store_lasting(pp, 0);
}

/*
 * Writers take turns, also while one of them waits for its source with no lock held.
 * Return: 0 or -EINTR.
 */
static int morsel_turn_begin(struct morsel_inode *mi, const struct kiocb *iocb)
{
	return wait_event_killable_exclusive(mi->writers, !cmpxchg(&mi->writer, NULL, iocb)) ?
	       -EINTR : 0;
}

static void morsel_turn_end(struct morsel_inode *mi, const struct kiocb *iocb)
{
	if (cmpxchg(&mi->writer, iocb, NULL) == iocb)
		wake_up(&mi->writers);
}

/*
 * Fault some of the source in, without i_rwsem.  Meanwhile the object may have
 * become another size, and who appends goes on at its new end; a revoke may have
 * ended the turn.
 */
static ssize_t morsel_write_fault(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	struct morsel_inode *mi = morsel_i(inode);
	size_t bytes = min_t(size_t, iov_iter_count(from), PMD_SIZE);
	int error = morsel_write_settle(inode);

	if (error)
		return error;
	inode_unlock(inode);
	if (fault_in_iov_iter_readable(from, bytes) == bytes)
		error = -EFAULT;
	else if (READ_ONCE(mi->writer) != iocb)
		error = morsel_turn_begin(mi, iocb);
	inode_lock(inode);
	return error ?: morsel_write_begin(iocb, from);
}

static ssize_t morsel_write_range(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	ssize_t done = 0, ret = 0;

	while (iov_iter_count(from)) {
		ret = -EINTR;
		if (fatal_signal_pending(current))
			break;
		ret = morsel_write_leaf(inode, iocb->ki_pos, from);
		if (ret == -EAGAIN) {
			ret = morsel_write_fault(iocb, from);
			if (ret <= 0)
				break;
			continue;
		}
		if (ret < 0)
			break;
		iocb->ki_pos += ret;
		done += ret;
		cond_resched();
	}
	if (!done)
		morsel_event_access(inode, iocb->ki_pos, ret);
	return done ?: ret;
}

static ssize_t morsel_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	ssize_t ret;

	ret = morsel_turn_begin(morsel_i(inode), iocb);
	if (ret)
		return ret;
	inode_lock(inode);
	ret = morsel_write_begin(iocb, from);
	if (ret <= 0)
		goto unlock;
	ret = file_update_time(iocb->ki_filp);
	if (!ret)
		ret = morsel_write_range(iocb, from);
	if (ret > 0)
		ret = morsel_write_settle(inode) ?: ret;
unlock:
	inode_unlock(inode);
	morsel_turn_end(morsel_i(inode), iocb);
	return ret > 0 ? generic_write_sync(iocb, ret) : ret;
}

/* What SEEK_DATA and SEEK_HOLE find; the end of the object counts as a hole. */
static loff_t morsel_seek_data_hole(struct inode *inode, loff_t offset, bool hole)
{
	loff_t size;
	pgoff_t index;

	filemap_invalidate_lock_shared(inode->i_mapping);
	size = i_size_read(inode);
	if (offset < 0 || offset >= size) {
		offset = -ENXIO;
		goto unlock;
	}
	index = morsel_tree_next(inode, offset >> PAGE_SHIFT, hole);
	if (index > (size - 1) >> PAGE_SHIFT)
		offset = hole ? size : -ENXIO;
	else
		offset = max(offset, (loff_t)index << PAGE_SHIFT);
unlock:
	filemap_invalidate_unlock_shared(inode->i_mapping);
	return offset;
}

static loff_t morsel_llseek(struct file *file, loff_t offset, int whence)
{
	struct inode *inode = file_inode(file);

	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return generic_file_llseek(file, offset, whence);
	offset = morsel_seek_data_hole(inode, offset, whence == SEEK_HOLE);
	return offset < 0 ? offset : vfs_setpos(file, offset, inode->i_sb->s_maxbytes);
}

/* Every access is direct, so O_DIRECT is granted and changes nothing. */
static int morsel_open(struct inode *inode, struct file *file)
{
	int error = morsel_i(inode)->record ? morsel_store_claim(inode) : 0;

	if (error) {
		morsel_event_access(inode, 0, error);
		return error;
	}
	file->f_mode |= FMODE_CAN_ODIRECT;
	file->private_data = NULL;	/* the verdict on who opens it: see revoke.c */
	return generic_file_open(inode, file);
}

static void morsel_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct inode *inode = file_inode(file);
	struct morsel_inode *mi = morsel_i(inode);
	struct morsel_attach_stat stat;

	morsel_attach_stat(inode, &stat);
	seq_printf(m, "morsel-id:\t%lu\n", inode->i_ino);
	seq_puts(m, "morsel-pool:\t");
	seq_escape(m, morsel_pool(inode->i_sb)->name, " \t\n\\");
	seq_printf(m, "\nmorsel-pages:\t%lld\n", atomic64_read(&mi->tree.pages));
	seq_printf(m, "morsel-huge-pages:\t%lld\n", atomic64_read(&mi->tree.huge));
	seq_printf(m, "morsel-canonical-tables:\t%lld\n", atomic64_read(&mi->tree.tables));
	seq_printf(m, "morsel-view-rw-tables:\t%ld\n",
		   atomic_long_read(&mi->view[MORSEL_VIEW_RW].tables));
	seq_printf(m, "morsel-view-ro-tables:\t%ld\n",
		   atomic_long_read(&mi->view[MORSEL_VIEW_RO].tables));
	seq_printf(m, "morsel-attachments:\t%lu\n", stat.attachments);
	seq_printf(m, "morsel-links:\t%lu\n", stat.links);
	if (READ_ONCE(mi->poisoned))
		seq_puts(m, "morsel-poisoned:\t1\n");
	if (READ_ONCE(mi->reservation.start))
		seq_printf(m, "morsel-addr:\t0x%llx\nmorsel-max-size:\t%llu\n",
			   mi->reservation.start, mi->reservation.max);
}

const struct file_operations morsel_fops = {
	.open			= morsel_open,
	.llseek			= morsel_llseek,
	.read_iter		= morsel_read_iter,
	.write_iter		= morsel_write_iter,
	.splice_read		= morsel_splice_read,
	.splice_write		= iter_file_splice_write,
	.fallocate		= morsel_fallocate,
	.fsync			= morsel_fsync,
	MORSEL_FOPS_MMAP_SYNC,
	.mmap			= morsel_mmap,
	.get_unmapped_area	= morsel_get_unmapped_area,
	.show_fdinfo		= morsel_show_fdinfo,
};

/* Frames are never clean, never written back and in no page cache. */
const struct address_space_operations morsel_aops = {
	.dirty_folio	= noop_dirty_folio,
};
