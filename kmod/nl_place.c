// SPDX-License-Identifier: GPL-2.0-only
/* From objects to their names, for readers who may know them. */
#include <linux/dcache.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "nl.h"
#include "rights.h"

/* The kernel may zero what it allocates: of a page that costs more than all the rest. */
enum {
	MOST_PATHS = 512,
};

int morsel_nl_place_init(struct morsel_nl_place *place)
{
	place->dir = NULL;
	place->size = MOST_PATHS;
	place->buf = kmalloc(place->size, GFP_KERNEL);
	return place->buf ? 0 : -ENOMEM;
}

/* A page, which the kernel has in the end: no path may be missing for want of it. */
static void grow(struct morsel_nl_place *place)
{
	char *buf = krealloc(place->buf, PATH_MAX, GFP_KERNEL | __GFP_NOFAIL);

	place->buf = buf;
	place->size = PATH_MAX;
}

void morsel_nl_place_leave(struct morsel_nl_place *place)
{
	dput(place->dir);
	place->dir = NULL;
}

void morsel_nl_place_exit(struct morsel_nl_place *place)
{
	morsel_nl_place_leave(place);
	kfree(place->buf);
}

/* The directory that holds @dentry, with a reference, and the name it has there. */
static struct dentry *parent_and_name(struct dentry *dentry, struct name_snapshot *name)
{
	struct dentry *parent;
	unsigned int seq;

	for (;;) {
		seq = read_seqcount_begin(&dentry->d_seq);
		parent = dget_parent(dentry);
		take_dentry_name_snapshot(name, dentry);
		if (!read_seqcount_retry(&dentry->d_seq, seq))
			return parent;
		release_dentry_name_snapshot(name);
		dput(parent);
	}
}

/* Put "name/" in front of what is at buf[start].  Return: the new start, or -1 for ever. */
static ssize_t prepend(char *buf, ssize_t start, const struct qstr *name)
{
	if (start < (ssize_t)name->len + 1)
		return -1;
	buf[--start] = '/';
	start -= name->len;
	memcpy(buf + start, name->name, name->len);
	return start;
}

/*
 * Climb from the directory to the root.  Return: where its path starts, at the end of
 * the buffer; -1: it is too long for that.
 */
static ssize_t climb(struct morsel_nl_place *place)
{
	struct dentry *dir = place->dir, *dentry = dget(dir), *parent;
	struct name_snapshot name;
	ssize_t start = place->size;

	place->visible = morsel_may_list(d_inode(dir));
	place->inside = !place->within || d_inode(dir)->i_ino == place->within;
	while (place->visible && !IS_ROOT(dentry)) {
		parent = parent_and_name(dentry, &name);
		start = prepend(place->buf, start, &name.name);
		release_dentry_name_snapshot(&name);
		dput(dentry);
		dentry = parent;
		place->visible = morsel_may_search(d_inode(dentry));
		place->inside |= place->recursive && d_inode(dentry)->i_ino == place->within;
		cond_resched();
	}
	dput(dentry);
	return start;
}

/* Look at a directory.  Consumes the reference on @dir. */
static void look_at(struct morsel_nl_place *place, struct dentry *dir)
{
	ssize_t start;

	dput(place->dir);
	place->dir = dir;
	start = climb(place);
	if (start < 0 && place->size < PATH_MAX) {
		grow(place);
		start = climb(place);
	}
	place->len = PATH_MAX;	/* too long */
	if (start >= 0) {
		place->len = place->size - start;
		memmove(place->buf, place->buf + start, place->len);
	}
}

/* The path of what has @name in the directory, if it is not too long. */
static const char *path_in(struct morsel_nl_place *place, const struct qstr *name)
{
	if (place->len + name->len >= PATH_MAX)
		return NULL;
	if (place->len + name->len >= place->size)
		grow(place);
	memcpy(place->buf + place->len, name->name, name->len);
	place->buf[place->len + name->len] = '\0';
	return place->buf;
}

bool morsel_nl_locate_name(struct morsel_nl_place *place, struct morsel_nl_object *object,
			   struct dentry *dentry)
{
	struct name_snapshot name;
	struct dentry *dir;

	if (IS_ROOT(dentry)) {
		object->path = "";
		return !place->within && morsel_may_search(d_inode(dentry));
	}
	dir = parent_and_name(dentry, &name);
	if (dir == place->dir)
		dput(dir);
	else
		look_at(place, dir);
	object->parent = d_inode(place->dir)->i_ino;
	object->path = path_in(place, &name.name);
	release_dentry_name_snapshot(&name);
	return place->visible && place->inside;
}

bool morsel_nl_locate_in(struct morsel_nl_place *place, struct morsel_nl_object *object,
			 struct dentry *dir, const char *name)
{
	const struct qstr last = QSTR_INIT(name, strlen(name));

	look_at(place, dget(dir));
	object->parent = d_inode(dir)->i_ino;
	object->path = path_in(place, &last);
	return place->visible && place->inside;
}

/*
 * The name of @inode after @last, or the first; with a reference.  Consumes that on
 * @last, which keeps it where it is: a dentry with an inode leaves the inode's list
 * only with its last reference.
 */
static struct dentry *next_name(struct inode *inode, struct dentry *last)
{
	struct hlist_node *at;
	struct dentry *dentry;

	spin_lock(&inode->i_lock);
	at = last ? last->d_u.d_alias.next : inode->i_dentry.first;
	dentry = hlist_entry_safe(at, struct dentry, d_u.d_alias);
	while (dentry && !morsel_nl_is_named(dentry))
		dentry = hlist_entry_safe(dentry->d_u.d_alias.next, struct dentry, d_u.d_alias);
	if (dentry)
		dget(dentry);
	spin_unlock(&inode->i_lock);
	dput(last);
	return dentry;
}

bool morsel_nl_locate(struct morsel_nl_place *place, struct morsel_nl_object *object)
{
	struct dentry *name = next_name(object->inode, NULL);
	bool named = name, seen = false;

	object->path = NULL;
	object->parent = 0;
	while (name) {
		seen = morsel_nl_locate_name(place, object, name);
		if (seen || fatal_signal_pending(current))
			break;
		cond_resched();
		name = next_name(object->inode, name);
	}
	dput(name);
	return named ? seen : !place->within && morsel_may_see_nameless(object->inode);
}
