// SPDX-License-Identifier: GPL-2.0-only
/*
 * Splice out of an object without copying.
 *
 * The pipe gets references on the frames.  Its buffers must not look like page
 * cache: a consumer could then steal a frame out of a mapping it is not in.
 */
#include <linux/mm.h>
#include <linux/pipe_fs_i.h>
#include <linux/splice.h>
#include "event.h"
#include "fs_internal.h"
#include "revoke.h"

static void morsel_spd_release(struct splice_pipe_desc *spd, unsigned int i)
{
	put_page(spd->pages[i]);
}

/*
 * Take the next page with a reference; a hole lends the page of zeros.
 * Return: NULL: a memory error, or damage.
 */
static struct page *morsel_splice_page(struct inode *inode, pgoff_t index)
{
	struct morsel_leaf leaf = morsel_tree_lookup(inode, index);
	struct page *page = leaf.page ?: ZERO_PAGE(0);

	if (leaf.error || PageHWPoison(page))
		return NULL;
	get_page(page);
	return page;
}

/* Return: 0, or why the descriptor may not be read from. */
static int morsel_splice_fill(struct splice_pipe_desc *spd, struct file *in, loff_t pos,
			      size_t len)
{
	struct inode *inode = file_inode(in);
	int error;

	filemap_invalidate_lock_shared(inode->i_mapping);
	error = morsel_file_may(in, MAY_READ);
	while (!error && len && spd->nr_pages < spd->nr_pages_max) {
		unsigned int offset = offset_in_page(pos);
		unsigned int bytes = min_t(size_t, len, PAGE_SIZE - offset);
		struct page *page = morsel_splice_page(inode, pos >> PAGE_SHIFT);

		if (!page)
			break;
		spd->pages[spd->nr_pages] = page;
		spd->partial[spd->nr_pages].offset = offset;
		spd->partial[spd->nr_pages].len = bytes;
		spd->nr_pages++;
		pos += bytes;
		len -= bytes;
	}
	filemap_invalidate_unlock_shared(inode->i_mapping);
	return error;
}

ssize_t morsel_splice_read(struct file *in, loff_t *ppos, struct pipe_inode_info *pipe,
			   size_t len, unsigned int flags)
{
	struct partial_page partial[PIPE_DEF_BUFFERS] = {};
	struct page *pages[PIPE_DEF_BUFFERS];
	struct splice_pipe_desc spd = {
		.pages		= pages,
		.partial	= partial,
		.nr_pages_max	= PIPE_DEF_BUFFERS,
		.ops		= &nosteal_pipe_buf_ops,
		.spd_release	= morsel_spd_release,
	};
	loff_t size = i_size_read(file_inode(in));
	ssize_t ret;

	if (*ppos >= size)
		return 0;
	ret = morsel_splice_fill(&spd, in, *ppos, min_t(loff_t, len, size - *ppos));
	if (!ret && !spd.nr_pages)
		ret = -EIO;
	if (ret) {
		morsel_event_access(file_inode(in), *ppos, ret);
		return ret;
	}
	ret = splice_to_pipe(pipe, &spd);
	if (ret > 0) {
		*ppos += ret;
		file_accessed(in);
	}
	return ret;
}
