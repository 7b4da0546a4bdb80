// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes of names and attributes are written through: the media first.
 *
 * A record is changed by who holds its lock.  Times that nobody has set, as when
 * something is read or written, wait for fsync, sync or the end of the mount.
 */
#include <linux/fs.h>
#include <linux/posix_acl.h>
#include <linux/slab.h>
#include "fs_internal.h"
#include "store.h"

static struct pp_pool *engine_of(const struct inode *inode)
{
	return &morsel_pool(inode->i_sb)->store->pp;
}

static struct pp_object *record_of(const struct inode *inode)
{
	return morsel_i(inode)->record;
}

static int lasting(const struct inode *inode, int error)
{
	return morsel_store_lasting(engine_of(inode), error);
}

static s64 ns(struct timespec64 time)
{
	return timespec64_to_ns(&time);
}

/* What the record is to say.  What only the media knows is there already. */
static void describe(const struct inode *inode, struct pp_record *rec)
{
	const struct morsel_inode *mi = morsel_i(inode);

	rec->mode = inode->i_mode & S_IALLUGO;
	rec->uid = from_kuid(&init_user_ns, inode->i_uid);
	rec->gid = from_kgid(&init_user_ns, inode->i_gid);
	rec->gen = inode->i_generation;
	rec->size = S_ISDIR(inode->i_mode) ? 0 : i_size_read(inode);
	rec->atime = ns(inode_get_atime(inode));
	rec->mtime = ns(inode_get_mtime(inode));
	rec->ctime = ns(inode_get_ctime(inode));
	rec->btime = ns(mi->btime);
	rec->flags &= MEDIA_F_PREALLOC | (mi->displaced ? MEDIA_F_ADDR : 0);
	rec->flags |= mi->sealed ? MEDIA_F_SEALED : 0;
	if (mi->displaced)
		return;
	rec->addr = mi->reservation.start;
	rec->max = rec->addr ? mi->reservation.max : 0;
	rec->flags |= rec->addr ? MEDIA_F_ADDR : 0;
}

/*
 * Begin to change a record, which is to say *@rec.  Nothing is allocated: some of those
 * who call have changed other things before.
 * Return: 0, to be followed by end(); -EUCLEAN; -EIO: the device does not make stores last.
 */
static int begin(struct inode *inode, struct pp_record *rec)
{
	if (morsel_store_is_damaged(inode))
		return -EUCLEAN;
	mutex_lock(&morsel_i(inode)->record_lock);
	if (lasting(inode, 0)) {
		mutex_unlock(&morsel_i(inode)->record_lock);
		return -EIO;
	}
	*rec = record_of(inode)->rec;
	describe(inode, rec);
	return 0;
}

static int end(struct inode *inode, int error)
{
	mutex_unlock(&morsel_i(inode)->record_lock);
	return lasting(inode, error);
}

int morsel_store_update(struct inode *inode)
{
	struct pp_object *obj = record_of(inode);
	struct pp_record rec;
	int error;

	if (!obj)
		return 0;
	error = begin(inode, &rec);
	if (error)
		return error;
	if (memcmp(&rec, &obj->rec, sizeof(rec)))
		error = pp_update(engine_of(inode), obj, &rec);
	return end(inode, error);
}

/* The size stays: what is allocated behind the end goes. */
static int cut_behind(struct inode *inode, struct pp_record *rec)
{
	u64 first = DIV_ROUND_UP_ULL(rec->size, PAGE_SIZE);
	struct pp_object *obj = record_of(inode);
	int error = pp_tree_judge(engine_of(inode), obj, first, PP_LAST_PAGE);

	if (error)
		return error;
	rec->flags &= ~(u64)MEDIA_F_PREALLOC;
	error = memcmp(rec, &obj->rec, sizeof(*rec)) ? pp_update(engine_of(inode), obj, rec) : 0;
	if (error)
		return error;
	return pp_tree_cut(engine_of(inode), obj, first, PP_LAST_PAGE);
}

int morsel_store_resize(struct inode *inode, loff_t size)
{
	struct pp_object *obj = record_of(inode);
	struct pp_record rec;
	int error;
	u64 had;

	error = begin(inode, &rec);
	if (error)
		return error;
	had = obj->count.pages;
	rec.size = size;
	if (size == obj->rec.size)
		error = cut_behind(inode, &rec);
	else
		error = pp_resize(engine_of(inode), obj, &rec);
	i_size_write(inode, obj->rec.size);	/* also if it was cut off and then went wrong */
	morsel_store_publish(inode);
	morsel_uncharge_frames(inode, had - obj->count.pages);
	if (!error)	/* the rest of the last page stays in sight */
		error = pp_zero(engine_of(inode), obj, size, round_up(size, PAGE_SIZE));
	return end(inode, error);
}

int morsel_store_grow(struct inode *inode, loff_t end_of_data, bool keep_size)
{
	struct pp_object *obj = record_of(inode);
	struct pp_record rec;
	int error;

	error = begin(inode, &rec);
	if (error)
		return error;
	if (!keep_size)
		rec.size = max_t(u64, rec.size, end_of_data);
	else if (end_of_data > rec.size)
		rec.flags |= MEDIA_F_PREALLOC;
	/* What was stored goes first: after a crash nothing older is in sight. */
	pm_fence(&engine_of(inode)->pm);
	error = pp_update(engine_of(inode), obj, &rec);
	i_size_write(inode, obj->rec.size);
	return end(inode, error);
}

int morsel_store_reserve(struct inode *inode, u64 addr, u64 max)
{
	struct morsel_inode *mi = morsel_i(inode);
	const struct morsel_reservation old = mi->reservation;
	bool was = mi->displaced;
	int error = morsel_reserve(inode, addr, max);

	if (error)
		return error;
	mi->displaced = false;
	error = morsel_store_update(inode);
	if (error) {
		mi->displaced = was;
		if (!old.start || morsel_reserve(inode, old.start, old.max))
			morsel_unreserve(inode);
	}
	return error;
}

int morsel_store_unreserve(struct inode *inode)
{
	struct morsel_inode *mi = morsel_i(inode);
	const struct morsel_reservation old = mi->reservation;
	bool was = mi->displaced;
	int error = was ? 0 : morsel_unreserve(inode);

	if (error)
		return error;
	mi->displaced = false;
	error = morsel_store_update(inode);
	if (error && !was)
		morsel_reserve(inode, old.start, old.max);
	if (error)
		mi->displaced = was;
	return error;
}

bool morsel_store_displaced(struct inode *inode, u64 *addr, u64 *max)
{
	struct morsel_inode *mi = morsel_i(inode);
	bool displaced;

	mutex_lock(&mi->record_lock);
	displaced = READ_ONCE(mi->displaced);
	if (displaced) {
		*addr = mi->record->rec.addr;
		*max = mi->record->rec.max;
	}
	mutex_unlock(&mi->record_lock);
	return displaced;
}

/* ---- lists ---- */

/* The list that is set, or the one that there is.  Return: with a reference, or NULL. */
static struct posix_acl *list_of(struct inode *inode, struct posix_acl *acl, int set, int type)
{
	if (set == type)
		return posix_acl_dup(acl);
	acl = get_cached_acl(inode, type);
	return IS_ERR(acl) ? NULL : acl;
}

static int pack_lists(struct inode *inode, struct posix_acl *acl, int type,
		      struct media_acl_entry **to)
{
	struct posix_acl *access = list_of(inode, acl, type, ACL_TYPE_ACCESS);
	struct posix_acl *def = list_of(inode, acl, type, ACL_TYPE_DEFAULT);
	int nr = morsel_store_pack_acls(access, def, to);

	posix_acl_release(access);
	posix_acl_release(def);
	return nr;
}

int morsel_store_set_acl(struct inode *inode, struct posix_acl *acl, int type)
{
	struct media_acl_entry *list;
	struct pp_record rec;
	int nr, error;

	if (!record_of(inode))
		return 0;
	error = morsel_store_claim(inode);	/* is the frame of the old list its own? */
	if (error)
		return error;
	nr = pack_lists(inode, acl, type, &list);
	if (nr < 0)
		return nr;
	error = begin(inode, &rec);
	if (!error)
		error = end(inode, pp_set_acl(engine_of(inode), record_of(inode), &rec, list,
					      nr * sizeof(*list)));
	kvfree(list);
	return error;
}

/* ---- names ---- */

static u8 type_of(const struct inode *inode)
{
	if (S_ISDIR(inode->i_mode))
		return MEDIA_DIR;
	return S_ISLNK(inode->i_mode) ? MEDIA_SYMLINK : MEDIA_REG;
}

int morsel_store_new(struct inode *inode)
{
	struct morsel_store *store = morsel_pool(inode->i_sb)->store;
	struct pp_object *obj;
	int error;

	if (!store)
		return 0;
	obj = kzalloc(sizeof(*obj), GFP_KERNEL_ACCOUNT);
	if (!obj)
		return -ENOMEM;
	morsel_i(inode)->record = obj;
	error = pp_id_get(&store->pp, obj);
	if (error)
		return error;
	obj->rec.type = type_of(inode);
	inode->i_ino = obj->id;
	morsel_i(inode)->claimed = true;	/* it has nothing */
	return 0;
}

/* The record, with what else is part of the object, is written. */
static int write_new(struct inode *inode)
{
	struct pp_object *obj = record_of(inode);
	struct media_acl_entry *list;
	int nr, error;

	if (S_ISLNK(inode->i_mode))
		return pp_create_with(engine_of(inode), obj, MEDIA_BLOB_TARGET, inode->i_link,
				      strlen(inode->i_link));
	if (obj->rec.acl)	/* set while it had no name */
		return pp_create(engine_of(inode), obj);
	nr = pack_lists(inode, NULL, -1, &list);
	if (nr < 0)
		return nr;
	error = nr ? pp_create_with(engine_of(inode), obj, MEDIA_BLOB_ACL, list,
				    nr * sizeof(*list)) :
		     pp_create(engine_of(inode), obj);
	kvfree(list);
	return error;
}

int morsel_store_create(struct inode *inode, struct inode *dir, const struct qstr *name)
{
	struct pp_object *obj = record_of(inode);

	if (!obj)
		return 0;
	mutex_lock(&morsel_i(inode)->record_lock);
	describe(inode, &obj->rec);
	pp_name_set(&obj->rec, dir->i_ino, name->name, name->len);
	return end(inode, write_new(inode));
}

int morsel_store_link(struct inode *inode, struct inode *dir, struct dentry *dentry)
{
	struct pp_object *link;
	int error;

	if (!record_of(inode))
		return 0;
	if (record_of(inode)->detached)	/* it was made without a name, and gets its first */
		return morsel_store_create(inode, dir, &dentry->d_name);
	link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);
	if (!link)
		return -ENOMEM;
	link->rec.type = MEDIA_LINK;
	link->rec.target = inode->i_ino;
	pp_name_set(&link->rec, dir->i_ino, dentry->d_name.name, dentry->d_name.len);
	error = lasting(inode, pp_create(engine_of(inode), link));
	if (error)
		kfree(link);
	else
		dentry->d_fsdata = link;
	return error;
}

static struct pp_name name_of(const struct dentry *dentry)
{
	return (struct pp_name){ .obj = record_of(d_inode(dentry)), .link = dentry->d_fsdata };
}

/* How many names an object has, for the engine: that of a directory is its only one. */
static unsigned int names_of(const struct inode *inode)
{
	return S_ISDIR(inode->i_mode) ? 1 : inode->i_nlink;
}

/* The engine has released the link's record. */
static void forget_link(struct dentry *dentry, const struct pp_name *name)
{
	if (name->link)
		return;
	kfree(dentry->d_fsdata);
	dentry->d_fsdata = NULL;
}

int morsel_store_unlink(struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);
	struct pp_name name = name_of(dentry);
	int error;

	if (!name.obj)
		return 0;
	if (!simple_empty(dentry))
		return -ENOTEMPTY;
	mutex_lock(&morsel_i(inode)->record_lock);
	error = end(inode, pp_name_remove(engine_of(inode), &name, names_of(inode)));
	forget_link(dentry, &name);
	return error;
}

static void lock_both(struct inode *a, struct inode *b)
{
	if (a > b)
		swap(a, b);
	mutex_lock(&morsel_i(a)->record_lock);
	if (a != b)
		mutex_lock_nested(&morsel_i(b)->record_lock, SINGLE_DEPTH_NESTING);
}

static void unlock_both(struct inode *a, struct inode *b)
{
	mutex_unlock(&morsel_i(a)->record_lock);
	if (a != b)
		mutex_unlock(&morsel_i(b)->record_lock);
}

static int move_over(struct dentry *old, struct dentry *new, bool exchange)
{
	struct inode *inode = d_inode(old), *other = d_inode(new);
	struct pp_name name = name_of(old), victim = name_of(new);
	int error;

	lock_both(inode, other);
	if (exchange)
		error = pp_name_exchange(engine_of(inode), &name, &victim);
	else
		error = pp_name_replace(engine_of(inode), &name, &victim, names_of(other));
	unlock_both(inode, other);
	forget_link(new, &victim);
	return lasting(inode, error);
}

int morsel_store_rename(struct dentry *old, struct inode *new_dir, struct dentry *new,
			bool exchange)
{
	struct inode *inode = d_inode(old);
	struct pp_name name = name_of(old);

	if (!name.obj)
		return 0;
	if (d_really_is_positive(new)) {
		if (!exchange && !simple_empty(new))
			return -ENOTEMPTY;
		return move_over(old, new, exchange);
	}
	mutex_lock(&morsel_i(inode)->record_lock);
	return end(inode, pp_name_move(engine_of(inode), &name, new_dir->i_ino, new->d_name.name,
				       new->d_name.len));
}

static void write_last(struct inode *inode, struct pp_object *obj)
{
	int error = morsel_store_update(inode);

	if (error)
		pr_warn("the times of object %lu are not written: error %d\n", inode->i_ino,
			-error);
	if (pp_settle(engine_of(inode), obj))
		WRITE_ONCE(engine_of(inode)->leaky, true);	/* the next mount counts */
}

void morsel_store_settle(struct inode *inode)
{
	struct pp_object *obj = record_of(inode);

	/* Of a mount that was refused some inodes are half made, and none has changed. */
	if (!obj || !obj->id || obj->detached || !morsel_pool(inode->i_sb)->store->loaded)
		return;
	/* Damage may have shown when somebody had some of it mapped already. */
	if (S_ISREG(inode->i_mode)) {
		morsel_store_write_back(inode, 0, LLONG_MAX);
		morsel_store_forget(inode);
	}
	if (!engine_of(inode)->read_only && !obj->bad)
		write_last(inode, obj);
}

void morsel_store_evict(struct inode *inode)
{
	struct pp_object *obj = record_of(inode);

	if (!obj || !obj->detached)
		return;
	if (pp_tree_judge(engine_of(inode), obj, 0, PP_LAST_PAGE))
		morsel_store_forget(inode);	/* its frames stay */
	pp_release(engine_of(inode), obj);
}
