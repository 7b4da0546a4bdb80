// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is on the media becomes inodes and dentries.
 *
 * An object that is damaged is there under its name, but cannot be opened.
 * What has no name that can be is not there; its frames stay.
 */
#include <linux/fs_context.h>
#include <linux/posix_acl.h>
#include <linux/slab.h>
#include "event.h"
#include "fs_internal.h"
#include "store.h"

enum {
	TELL_AFTER = 2,	/* seconds */
};

struct load {
	struct super_block *sb;
	struct pp_pool *pp;
	struct pp_scan scan;
	struct dentry **dentries;	/* of directories, by their place in the scan */
	u64 *below;			/* on the way down to a directory: the next one */
	void *buffer;			/* for a blob */
};

/* ---- inodes ---- */

static umode_t type_of(const struct pp_record *rec)
{
	if (rec->type == MEDIA_DIR)
		return S_IFDIR;
	return rec->type == MEDIA_SYMLINK ? S_IFLNK : S_IFREG;
}

static int take_target(struct load *load, struct inode *inode, const struct pp_object *obj)
{
	int length = pp_blob_read(load->pp, obj->rec.target, obj->id, MEDIA_BLOB_TARGET,
				  load->buffer, MEDIA_FRAME);

	if (length < 0)
		return length;
	inode->i_link = kmemdup_nul(load->buffer, length, GFP_KERNEL_ACCOUNT);
	return inode->i_link ? 0 : -ENOMEM;
}

static int take_lists(struct load *load, struct inode *inode, const struct pp_object *obj)
{
	int length;

	cache_no_acl(inode);
	if (!obj->rec.acl)
		return 0;
	length = pp_blob_read(load->pp, obj->rec.acl, obj->id, MEDIA_BLOB_ACL, load->buffer,
			      MEDIA_FRAME);
	if (length < 0)
		return length;
	return morsel_store_take_acls(inode, load->buffer,
				      length / sizeof(struct media_acl_entry));
}

/* Nobody knows who else may do what: the owner may, and nobody else. */
static int take_damage(struct inode *inode, struct pp_object *obj)
{
	obj->bad = true;
	morsel_event_error(inode, 0, i_size_read(inode), EUCLEAN);
	cache_no_acl(inode);
	inode->i_mode &= ~0077;
	if (!S_ISLNK(inode->i_mode))
		return 0;
	inode->i_link = kstrdup("(damaged)", GFP_KERNEL_ACCOUNT);
	return inode->i_link ? 0 : -ENOMEM;
}

/* What is beyond the record. */
static int take_blobs(struct load *load, struct inode *inode, struct pp_object *obj)
{
	int error = obj->bad ? -EUCLEAN : take_lists(load, inode, obj);

	if (!error && S_ISLNK(inode->i_mode))
		error = take_target(load, inode, obj);
	return !error || error == -ENOMEM ? error : take_damage(inode, obj);
}

static void take_record(struct inode *inode, const struct pp_record *rec)
{
	struct morsel_inode *mi = morsel_i(inode);

	inode->i_mode = type_of(rec) | rec->mode;
	i_uid_write(inode, rec->uid);
	i_gid_write(inode, rec->gid);
	inode->i_generation = rec->gen;
	i_size_write(inode, rec->size);
	inode_set_atime_to_ts(inode, ns_to_timespec64(rec->atime));
	inode_set_mtime_to_ts(inode, ns_to_timespec64(rec->mtime));
	inode_set_ctime_to_ts(inode, ns_to_timespec64(rec->ctime));
	mi->btime = ns_to_timespec64(rec->btime);
	mi->sealed = rec->flags & MEDIA_F_SEALED;
}

/* Another pool's object may have the place by now: then this one has it on the media only. */
static int take_place(struct inode *inode, const struct pp_record *rec)
{
	int error;

	if (!S_ISREG(inode->i_mode) || !(rec->flags & MEDIA_F_ADDR))
		return 0;
	inode_lock(inode);
	error = morsel_reserve(inode, rec->addr, rec->max);
	inode_unlock(inode);
	if (!error)
		return 0;
	morsel_i(inode)->displaced = true;
	pr_warn("object %lu cannot have its address: it cannot be mapped\n", inode->i_ino);
	morsel_event_collision(inode, rec->addr, morsel_reserve_length(rec->max), 0, -error);
	return 0;
}

static int fill_inode(struct load *load, struct inode *inode, const struct pp_item *item)
{
	struct pp_object *obj = morsel_i(inode)->record;
	int error = pp_record_load(load->pp, item->id, obj);

	if (error)
		return error;
	obj->verdict = load->scan.trusted ? PP_UNKNOWN : PP_VERIFIED;
	obj->bad = item->bad;
	obj->count = item->count;
	if (!obj->rec.root && pp_object_verify(load->pp, obj) == -ENOMEM)
		return -ENOMEM;
	if (!obj->bad)
		morsel_store_publish(inode);
	morsel_i(inode)->claimed = obj->verdict != PP_UNKNOWN;
	take_record(inode, &obj->rec);
	error = take_blobs(load, inode, obj);
	morsel_set_ops(inode);
	if (!S_ISDIR(inode->i_mode))
		set_nlink(inode, item->names);
	return error;
}

static struct inode *make_inode(struct load *load, const struct pp_item *item)
{
	struct inode *inode = new_inode(load->sb);
	struct pp_object *obj;
	int error = -ENOMEM;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_ino = item->id;
	obj = kzalloc(sizeof(*obj), GFP_KERNEL_ACCOUNT);
	morsel_i(inode)->record = obj;
	if (obj)
		error = fill_inode(load, inode, item);
	if (!error)
		error = morsel_charge_loaded(inode, atomic64_read(&morsel_i(inode)->tree.pages));
	if (!error)
		error = take_place(inode, &obj->rec);
	if (!error)
		error = morsel_publish_inode(inode);
	if (!error)
		return inode;
	iput(inode);
	return ERR_PTR(error);
}

/* ---- dentries ---- */

/* The dentry takes over the reference on @inode, also when there is none in the end. */
static struct dentry *name_dentry(struct dentry *parent, struct inode *inode,
				  const struct pp_record *rec, struct pp_object *link)
{
	struct qstr name = QSTR_INIT(rec->name, rec->name_len);
	struct dentry *dentry;

	name.hash = full_name_hash(parent, name.name, name.len);
	dentry = d_alloc(parent, &name);
	if (!dentry) {
		iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	dentry->d_fsdata = link;
	d_add(dentry, inode);
	if (S_ISDIR(inode->i_mode))
		inc_nlink(d_inode(parent));
	return dentry;
}

static u64 place_of(const struct load *load, const struct pp_item *item)
{
	return item - load->scan.items;
}

static struct dentry **dentry_of(const struct load *load, const struct pp_item *item)
{
	return &load->dentries[place_of(load, item)];
}

static const struct pp_item *parent_of(const struct load *load, const struct pp_item *item)
{
	return pp_scan_find(&load->scan, item->parent);
}

static int make_root(struct load *load, const struct pp_item *item)
{
	struct inode *inode = make_inode(load, item);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	load->sb->s_root = d_make_root(inode);
	*dentry_of(load, item) = load->sb->s_root;
	return load->sb->s_root ? 0 : -ENOMEM;
}

/* The object's own name; the directory that it is in is there. */
static int make_named(struct load *load, const struct pp_item *item)
{
	struct inode *inode = make_inode(load, item);
	struct dentry *dentry;

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	dentry = name_dentry(*dentry_of(load, parent_of(load, item)), inode,
			     &morsel_i(inode)->record->rec, NULL);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	if (S_ISDIR(inode->i_mode))
		*dentry_of(load, item) = dentry;
	return 0;
}

/* All directories above it first: up to one that is made already, then down again. */
static int make_directory(struct load *load, const struct pp_item *item)
{
	const struct pp_item *at = item;
	int error = 0;
	u64 from;

	while (!*dentry_of(load, at)) {
		from = place_of(load, at);
		at = parent_of(load, at);
		load->below[place_of(load, at)] = from;
	}
	while (at != item && !error) {
		at = &load->scan.items[load->below[place_of(load, at)]];
		error = make_named(load, at);
		cond_resched();
	}
	return error;
}

/* One more name of an object that is there. */
static int make_link(struct load *load, const struct pp_item *item)
{
	struct inode *inode = morsel_inode_get(morsel_pool(load->sb), item->target);
	struct pp_object *link;
	struct dentry *dentry;
	int error;

	if (!inode)
		return 0;
	link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);
	error = link ? pp_record_load(load->pp, item->id, link) : -ENOMEM;
	if (error) {
		iput(inode);
		kfree(link);
		return error;
	}
	link->verdict = PP_VERIFIED;
	dentry = name_dentry(*dentry_of(load, parent_of(load, item)), inode, &link->rec, link);
	if (IS_ERR(dentry))
		kfree(link);
	return PTR_ERR_OR_ZERO(dentry);
}

/* An object whose first name has gone; its reference is kept until it has another. */
static int make_nameless(struct load *load, const struct pp_item *item)
{
	return PTR_ERR_OR_ZERO(make_inode(load, item));
}

static void release_nameless(struct load *load, const struct pp_item *item)
{
	struct inode *inode = morsel_inode_get(morsel_pool(load->sb), item->id);

	if (!inode)
		return;
	iput(inode);
	iput(inode);
}

/* ---- all of them ---- */

static bool is_object(const struct pp_item *item)
{
	return item->type == MEDIA_REG || item->type == MEDIA_SYMLINK;
}

static int make_directories(struct load *load)
{
	const struct pp_item *item, *root = pp_scan_find(&load->scan, MEDIA_ROOT_ID);
	int error = make_root(load, root);
	u64 i;

	for (i = 0; i < load->scan.nr && !error; i++) {
		item = &load->scan.items[i];
		if (item->state == PP_ITEM_LIVE && item->type == MEDIA_DIR)
			error = make_directory(load, item);
	}
	return error;
}

static int make_objects(struct load *load)
{
	const struct pp_item *item;
	int error = 0;
	u64 i;

	for (i = 0; i < load->scan.nr && !error; i++) {
		item = &load->scan.items[i];
		if (item->state == PP_ITEM_LIVE && is_object(item))
			error = item->name_len ? make_named(load, item) :
						 make_nameless(load, item);
		cond_resched();
	}
	return error;
}

static int make_links(struct load *load)
{
	const struct pp_item *item;
	int error = 0;
	u64 i;

	for (i = 0; i < load->scan.nr && !error; i++) {
		item = &load->scan.items[i];
		if (item->state == PP_ITEM_LIVE && item->type == MEDIA_LINK)
			error = make_link(load, item);
	}
	for (i = 0; i < load->scan.nr; i++) {
		item = &load->scan.items[i];
		if (item->state == PP_ITEM_LIVE && is_object(item) && !item->name_len)
			release_nameless(load, item);
	}
	return error;
}

static int take_limits(struct load *load)
{
	const struct pp_item *item;
	int error = 0;
	u64 i;

	for (i = 0; i < load->scan.nr && !error; i++) {
		item = &load->scan.items[i];
		if (item->state == PP_ITEM_LIVE && item->type == MEDIA_QUOTA)
			error = morsel_store_take_limits(morsel_pool(load->sb), item->id);
	}
	return error;
}

static int make_all(struct load *load)
{
	int error;

	load->dentries = kvcalloc(load->scan.nr, sizeof(*load->dentries), GFP_KERNEL);
	load->below = kvcalloc(load->scan.nr, sizeof(*load->below), GFP_KERNEL);
	load->buffer = kvzalloc(MEDIA_FRAME, GFP_KERNEL);
	if (!load->dentries || !load->below || !load->buffer)
		return -ENOMEM;
	error = take_limits(load);
	if (!error)
		error = make_directories(load);
	if (error)
		return error;
	error = make_objects(load);
	return make_links(load) ?: error;
}

static int refuse_start(struct fs_context *fc, const struct pp_pool *pp, int error)
{
	if (pm_has_failed(&pp->pm)) {
		errorfc(fc, "%s: the device does not make stores last", fc->source);
		return error;
	}
	switch (error) {
	case -EROFS:
		errorfc(fc, "%s: the pool was in use when the power went: mount it writable once",
			fc->source);
		break;
	case -EUCLEAN:
		errorfc(fc, "%s: the pool has no root directory: see morsel-admin check",
			fc->source);
		break;
	case -EIO:
		errorfc(fc, "%s: the log of the pool cannot be read", fc->source);
		break;
	}
	return error;
}

/* Who waits for a mount wants to know what for. */
static void progress(struct pp_report *report, u64 done, u64 nr)
{
	struct morsel_store *store = container_of(report, struct morsel_store, report);

	if (time_before(jiffies, store->told_at + TELL_AFTER * HZ))
		return;
	store->told_at = jiffies;
	pr_info("pool %*pE on %pg has no checkpoint that counts: %llu of %llu records are verified, %llu tables\n",
		(int)strlen(store->pp.label), store->pp.label, store->bdev.bdev, done, nr,
		report->tables);
}

int morsel_store_load(struct fs_context *fc, struct super_block *sb)
{
	struct morsel_store *store = morsel_pool(sb)->store;
	struct pp_open how = {
		.read_only = sb_rdonly(sb), .trust = true, .report = &store->report,
	};
	struct load load = { .sb = sb, .pp = &store->pp };
	int error;

	morsel_store_frames_init(store);
	store->report.progress = progress;
	store->told_at = jiffies;
	store->sb = sb;
	morsel_store_mark_known(store);
	error = morsel_store_lasting(load.pp, pp_start(load.pp, &how, &load.scan));
	store->started = !error;
	store->trusted = load.scan.trusted;
	if (!error)
		error = make_all(&load);
	else
		refuse_start(fc, load.pp, error);
	store->loaded = !error;
	if (!error)
		morsel_store_tell_known(store);
	kvfree(load.dentries);
	kvfree(load.below);
	kvfree(load.buffer);
	pp_scan_free(&load.scan);
	return error;
}
