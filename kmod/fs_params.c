// SPDX-License-Identifier: GPL-2.0-only
/* Mount options: parse, compare with a pool that exists, change, show. */
#include <linux/ctype.h>
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/seq_file.h>
#include "event.h"
#include "fs_internal.h"
#include "store.h"

static const struct constant_table morsel_huge_table[] = {
	{ "always",	true },
	{ "never",	false },
	{}
};

const struct fs_parameter_spec morsel_fs_parameters[] = {
	fsparam_string("size",		MORSEL_OPT_SIZE),
	fsparam_string("nr_inodes",	MORSEL_OPT_NR_INODES),
	fsparam_u32oct("mode",		MORSEL_OPT_MODE),
	fsparam_u32("uid",		MORSEL_OPT_UID),
	fsparam_u32("gid",		MORSEL_OPT_GID),
	fsparam_enum("huge",		MORSEL_OPT_HUGE, morsel_huge_table),
	fsparam_string("name",		MORSEL_OPT_NAME),
	{}
};

/* The binary order of magnitude of a suffix: 10 for K, -1 for none we know. */
static int morsel_suffix_shift(char suffix)
{
	static const char suffixes[] = "KMGT";
	const char *found = suffix ? strchr(suffixes, toupper(suffix)) : NULL;

	return found ? (found - suffixes + 1) * 10 : -1;
}

/*
 * A decimal number with a suffix K, M, G or T.  memparse() takes any number
 * and wraps around silently.  Return: 0, -EINVAL, -ERANGE.
 */
static int morsel_parse_number(const char *s, u64 *value, const char **rest)
{
	u64 v = 0;
	int shift;

	if (!isdigit(*s))
		return -EINVAL;
	for (; isdigit(*s); s++)
		if (check_mul_overflow(v, 10ULL, &v) || check_add_overflow(v, (u64)(*s - '0'), &v))
			return -ERANGE;
	shift = morsel_suffix_shift(*s);
	if (shift > 0) {
		if (v > U64_MAX >> shift)
			return -ERANGE;
		v <<= shift;
		s++;
	}
	*value = v;
	*rest = s;
	return 0;
}

/* Bytes or a share of the machine's memory, rounded up to whole frames. */
static int morsel_parse_size(struct fs_context *fc, const char *s, u64 *size)
{
	const char *rest, *why;
	int error;
	u64 v;

	error = morsel_parse_number(s, &v, &rest);
	if (!error && *rest == '%' && !rest[1]) {
		if (v > 100)
			return invalfc(fc, "size=%s: more than the machine's memory", s);
		v = (u64)totalram_pages() * v / 100 << PAGE_SHIFT;
	} else if (error == -ERANGE || (!error && !*rest && v > MORSEL_SIZE_MAX)) {
		return invalfc(fc, "size=%s: far beyond what a machine can have", s);
	} else if (error || *rest) {
		return invalfc(fc, "size=%s: not a number with K, M, G, T or %%", s);
	}
	v = round_up(v, PAGE_SIZE);
	why = morsel_pool_check_size(v);
	if (why)
		return invalfc(fc, "size=%s: %s", s, why);
	*size = v;
	return 0;
}

static int morsel_parse_nr_inodes(struct fs_context *fc, const char *s, u64 *nr)
{
	const char *rest;
	int error;

	error = morsel_parse_number(s, nr, &rest);
	if (!error && *rest)
		error = -EINVAL;
	if (!error && *nr > S64_MAX)
		error = -ERANGE;
	if (error)
		return invalfc(fc, "nr_inodes=%s: %s", s, error == -ERANGE ?
			       "the number is too large" : "not a number with K, M, G or T");
	return 0;
}

static int morsel_parse_name(struct fs_context *fc, const char *s, char *name)
{
	const char *why = morsel_pool_check_name(s);

	if (why)
		return invalfc(fc, "name=%*pE: %s", (int)strlen(s), s, why);
	strscpy(name, s, MORSEL_POOL_NAME_MAX + 1);
	return 0;
}

static int morsel_parse_ids(struct fs_context *fc, int opt, u32 id,
			    struct morsel_pool_params *params)
{
	if (opt == MORSEL_OPT_UID) {
		params->uid = make_kuid(current_user_ns(), id);
		if (!uid_valid(params->uid))
			return invalfc(fc, "uid=%u: no such user", id);
	} else {
		params->gid = make_kgid(current_user_ns(), id);
		if (!gid_valid(params->gid))
			return invalfc(fc, "gid=%u: no such group", id);
	}
	return 0;
}

int morsel_parse_param(struct fs_context *fc, struct fs_parameter *param)
{
	struct morsel_fs_context *ctx = fc->fs_private;
	struct morsel_pool_params *params = &ctx->params;
	struct fs_parse_result result;
	int opt, error = 0;

	opt = fs_parse(fc, morsel_fs_parameters, param, &result);
	if (opt < 0)
		return opt;
	switch (opt) {
	case MORSEL_OPT_SIZE:
		error = morsel_parse_size(fc, param->string, &params->size);
		break;
	case MORSEL_OPT_NR_INODES:
		error = morsel_parse_nr_inodes(fc, param->string, &params->inodes_max);
		break;
	case MORSEL_OPT_MODE:
		if (result.uint_32 & ~S_IALLUGO)
			return invalfc(fc, "mode=%o: bits beyond 07777", result.uint_32);
		params->mode = result.uint_32;
		break;
	case MORSEL_OPT_UID:
	case MORSEL_OPT_GID:
		error = morsel_parse_ids(fc, opt, result.uint_32, params);
		break;
	case MORSEL_OPT_HUGE:
		params->huge = result.uint_32;
		break;
	case MORSEL_OPT_NAME:
		error = morsel_parse_name(fc, param->string, params->name);
		break;
	}
	if (!error)
		ctx->given |= BIT(opt);
	return error;
}

/* Which of the options that are given is not as the pool has it?  NULL: none. */
static const char *morsel_options_differ(const struct morsel_fs_context *ctx,
					 struct super_block *sb, unsigned int which)
{
	const struct morsel_pool_params *params = &ctx->params;
	const struct morsel_pool *pool = morsel_pool(sb);
	const struct inode *root = d_inode(sb->s_root);
	u64 frames = params->size >> PAGE_SHIFT;
	const char *differs = NULL;

	which &= ctx->given;
	if (which & BIT(MORSEL_OPT_NAME) && strcmp(params->name, pool->name))
		differs = "name";
	else if (which & BIT(MORSEL_OPT_SIZE) && frames != pool->frames.capacity)
		differs = "size";
	else if (which & BIT(MORSEL_OPT_NR_INODES) && params->inodes_max != pool->inodes_max)
		differs = "nr_inodes";
	else if (which & BIT(MORSEL_OPT_MODE) && params->mode != (root->i_mode & S_IALLUGO))
		differs = "mode";
	else if (which & BIT(MORSEL_OPT_UID) && !uid_eq(params->uid, root->i_uid))
		differs = "uid";
	else if (which & BIT(MORSEL_OPT_GID) && !gid_eq(params->gid, root->i_gid))
		differs = "gid";
	else if (which & BIT(MORSEL_OPT_HUGE) && params->huge != pool->huge)
		differs = "huge";
	return differs;
}

int morsel_options_agree(struct fs_context *fc, struct super_block *sb, unsigned int which,
			 int error)
{
	const char *differs = morsel_options_differ(fc->fs_private, sb, which);

	if (!differs)
		return 0;
	errorfc(fc, "pool %s exists and its %s differs", morsel_pool(sb)->name, differs);
	return error;
}

/* A pool on a device is as large as it was made; the engine writes, or it does not. */
static int morsel_check_stored(struct fs_context *fc, const struct morsel_store *store)
{
	const struct morsel_fs_context *ctx = fc->fs_private;

	if (ctx->given & (BIT(MORSEL_OPT_SIZE) | BIT(MORSEL_OPT_NR_INODES)))
		return invalfc(fc, "%s: not for a pool on a device, which has its own",
			       ctx->given & BIT(MORSEL_OPT_SIZE) ? "size" : "nr_inodes");
	if (!store->pp.read_only || fc->sb_flags & SB_RDONLY)
		return 0;
	errorfc(fc, "the device was opened for reading: unmount the pool first");
	return -EROFS;
}

#define MORSEL_OPTS_OF_REMOUNT \
	(BIT(MORSEL_OPT_SIZE) | BIT(MORSEL_OPT_NR_INODES) | BIT(MORSEL_OPT_HUGE))

/* Size, nr_inodes and huge may change; the rest may be said again but not changed. */
int morsel_reconfigure(struct fs_context *fc)
{
	struct morsel_fs_context *ctx = fc->fs_private;
	struct super_block *sb = fc->root->d_sb;
	struct morsel_pool *pool = morsel_pool(sb);
	u64 frames = ctx->params.size >> PAGE_SHIFT;
	u64 inodes_max = ctx->params.inodes_max;
	bool changed;
	int error;

	error = morsel_options_agree(fc, sb, BIT(MORSEL_OPT_NAME) | BIT(MORSEL_OPT_MODE) |
				     BIT(MORSEL_OPT_UID) | BIT(MORSEL_OPT_GID), -EINVAL);
	if (!error && pool->store)
		error = morsel_check_stored(fc, pool->store);
	if (error)
		return error;
	if (ctx->given & BIT(MORSEL_OPT_SIZE) && frames < atomic64_read(&pool->frames.used))
		return invalfc(fc, "size: less than the %lld KiB in use",
			       atomic64_read(&pool->frames.used) << (PAGE_SHIFT - 10));
	if (ctx->given & BIT(MORSEL_OPT_NR_INODES) && inodes_max &&
	    inodes_max < atomic64_read(&pool->inodes))
		return invalfc(fc, "nr_inodes: less than the %lld in use",
			       atomic64_read(&pool->inodes));

	changed = !!morsel_options_differ(ctx, sb, MORSEL_OPTS_OF_REMOUNT);
	/* Who allocates at this moment may still see the old limit: use can end above the new. */
	if (ctx->given & BIT(MORSEL_OPT_SIZE))
		WRITE_ONCE(pool->frames.capacity, frames);
	if (ctx->given & BIT(MORSEL_OPT_NR_INODES))
		WRITE_ONCE(pool->inodes_max, inodes_max);
	if (ctx->given & BIT(MORSEL_OPT_HUGE)) {
		WRITE_ONCE(pool->huge, ctx->params.huge);
		if (pool->store)
			WRITE_ONCE(pool->store->pp.huge, ctx->params.huge);
	}
	if (changed)
		morsel_event_pool(MORSEL_EVENT_SET, pool);
	return 0;
}

int morsel_show_options(struct seq_file *m, struct dentry *root)
{
	const struct morsel_pool *pool = morsel_pool(root->d_sb);
	const struct inode *inode = d_inode(root->d_sb->s_root);

	seq_show_option(m, "name", pool->name);
	if (pool->store) {
		seq_printf(m, ",huge=%s", pool->huge ? "always" : "never");
		return 0;
	}
	seq_printf(m, ",size=%lluk", READ_ONCE(pool->frames.capacity) << (PAGE_SHIFT - 10));
	if (pool->inodes_max)
		seq_printf(m, ",nr_inodes=%llu", pool->inodes_max);
	seq_printf(m, ",mode=%03o,huge=%s", inode->i_mode & S_IALLUGO,
		   pool->huge ? "always" : "never");
	if (!uid_eq(inode->i_uid, GLOBAL_ROOT_UID))
		seq_printf(m, ",uid=%u", from_kuid_munged(&init_user_ns, inode->i_uid));
	if (!gid_eq(inode->i_gid, GLOBAL_ROOT_GID))
		seq_printf(m, ",gid=%u", from_kgid_munged(&init_user_ns, inode->i_gid));
	return 0;
}
