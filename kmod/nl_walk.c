// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the names in a request to pools and objects.
 *
 * The walk starts at the root of the pool, needs no mount of it, and asks the
 * VFS for permission on every directory it passes through.
 */
#include <linux/namei.h>
#include "fs.h"
#include "nl.h"
#include "rights.h"

/* Pools are named by the same attributes wherever they are named. */
static_assert((int)MORSEL_A_OBJECT_POOL_ID == (int)MORSEL_A_POOL_ID);
static_assert((int)MORSEL_A_OBJECT_POOL_NAME == (int)MORSEL_A_POOL_NAME);

static_assert((int)MORSEL_A_QUOTA_POOL_ID == (int)MORSEL_A_POOL_ID);
static_assert((int)MORSEL_A_QUOTA_POOL_NAME == (int)MORSEL_A_POOL_NAME);

/* The policy sees to it that there is a NUL, not that it is the last byte. */
static bool has_hidden_tail(const struct nlattr *attr)
{
	return strlen(nla_data(attr)) + 1 != nla_len(attr);
}

static struct morsel_pool *get_pool(const struct nlattr *id, const struct nlattr *name)
{
	struct morsel_pool *pool;

	pool = id ? morsel_pool_get_by_id(nla_get_u32(id)) :
		    morsel_pool_get_by_name(nla_data(name));
	if (!pool)
		return NULL;
	if (morsel_may_see_pool(pool) && (!name || !strcmp(pool->name, nla_data(name))))
		return pool;
	morsel_pool_put(pool);
	return NULL;
}

struct morsel_pool *morsel_nl_find_pool(struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	const struct nlattr *id = attrs[MORSEL_A_POOL_ID], *name = attrs[MORSEL_A_POOL_NAME];
	struct morsel_pool *pool;

	if (!id && !name) {
		NL_SET_ERR_ATTR_MISS(extack, NULL, MORSEL_A_POOL_NAME);
		return ERR_PTR(morsel_nl_refuse(extack, NULL, -EINVAL,
						"a pool must be given, by name or by id"));
	}
	if (name && has_hidden_tail(name))
		return ERR_PTR(morsel_nl_refuse(extack, name, -EINVAL,
						"the name of the pool goes on after its NUL"));
	pool = get_pool(id, name);
	if (pool)
		return pool;
	return ERR_PTR(morsel_nl_refuse(extack, id ?: name, -ENOENT, id && name ?
					"no pool of that id and name" : "no such pool"));
}

static int check_component(const char *name, size_t len, const char **why)
{
	size_t i;

	if (!len) {
		*why = "empty component in the path, or a slash at one of its ends";
		return -EINVAL;
	}
	if (len > MORSEL_MAX_NAME) {
		*why = "a component of the path is longer than 255 bytes";
		return -ENAMETOOLONG;
	}
	if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'))) {
		*why = "\".\" and \"..\" name no object";
		return -EINVAL;
	}
	for (i = 0; i < len; i++) {
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f) {
			*why = "control character in the path";
			return -EINVAL;
		}
	}
	return 0;
}

static int check_path(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const char *name = nla_data(attr), *why;
	int error;

	if (has_hidden_tail(attr))
		return morsel_nl_refuse(extack, attr, -EINVAL, "the path goes on after its NUL");
	if (!*name)	/* the root */
		return 0;
	for (;;) {
		size_t len = strcspn(name, "/");

		error = check_component(name, len, &why);
		if (error)
			return morsel_nl_refuse(extack, attr, error, why);
		if (!name[len])
			return 0;
		name += len + 1;
	}
}

/* One step down.  Consumes the reference on @dir. */
static struct dentry *step(struct dentry *dir, const char *name, int len)
{
	struct dentry *next;

	if (d_is_symlink(dir))
		next = ERR_PTR(-ELOOP);
	else if (!d_can_lookup(dir))
		next = ERR_PTR(-ENOTDIR);
	else
		next = lookup_one_positive_unlocked(morsel_nop_idmap, name, dir, len);
	dput(dir);
	return next;
}

/* Walk the first @len bytes of a path that has been checked. */
static struct dentry *walk(struct morsel_pool *pool, const char *path, size_t len)
{
	struct dentry *dentry = dget(pool->sb->s_root);
	const char *end = path + len;

	while (path < end && !IS_ERR(dentry)) {
		len = min_t(size_t, strcspn(path, "/"), end - path);
		dentry = step(dentry, path, len);
		path += len + 1;
	}
	return dentry;
}

static struct dentry *walked(struct dentry *dentry, const struct nlattr *attr,
			     struct netlink_ext_ack *extack)
{
	int error = PTR_ERR_OR_ZERO(dentry);

	if (error == -EACCES)
		morsel_nl_refuse(extack, attr, error,
				 "no search permission on a directory of the path");
	else if (error == -ENOTDIR)
		morsel_nl_refuse(extack, attr, error,
				 "a component of the path is not a directory");
	else if (error)
		morsel_nl_refuse_errno(extack, attr, error);
	return dentry;
}

struct dentry *morsel_nl_walk(struct morsel_pool *pool, const struct nlattr *attr,
			      struct netlink_ext_ack *extack)
{
	const char *path = nla_data(attr);
	int error = check_path(attr, extack);

	if (error)
		return ERR_PTR(error);
	return walked(walk(pool, path, strlen(path)), attr, extack);
}

struct dentry *morsel_nl_walk_parent(struct morsel_pool *pool, const struct nlattr *attr,
				     struct qstr *last, struct netlink_ext_ack *extack)
{
	const char *path = nla_data(attr), *name;
	struct dentry *dir;
	int error = check_path(attr, extack);

	if (error)
		return ERR_PTR(error);
	if (!*path)
		return ERR_PTR(morsel_nl_refuse(extack, attr, -EINVAL,
						"not possible with the root of a pool"));
	name = strrchr(path, '/');
	*last = (struct qstr)QSTR_INIT(name ? name + 1 : path, 0);
	last->len = strlen(last->name);
	dir = walked(walk(pool, path, name ? name - path : 0), attr, extack);
	if (!IS_ERR(dir) && !d_can_lookup(dir)) {
		error = d_is_symlink(dir) ? -ELOOP : -ENOTDIR;
		dput(dir);
		dir = walked(ERR_PTR(error), attr, extack);
	}
	return dir;
}
