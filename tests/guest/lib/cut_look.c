// SPDX-License-Identifier: GPL-2.0-or-later
/* What the operations of t_store_cut have left. */
#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "cut.h"
#include "space.h"

static bool is_sealed(const struct cut_place *at, int fd)
{
	struct statx stx;

	if (at->model)
		return fgetxattr(fd, "trusted.sealed", NULL, 0) >= 0;
	need(!statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx));
	return stx.stx_attributes & STATX_ATTR_IMMUTABLE;
}

/* Of a file at the top. */
static uint64_t address_of(const struct cut_place *at, const char *path, int fd)
{
	char whole[64] = "work/";
	uint64_t addr = 0;

	if (at->model) {
		fgetxattr(fd, "trusted.addr", &addr, sizeof(addr));
		return addr;
	}
	nl_object(at->nl, MORSEL_CMD_MORSEL_GET, CUT_POOL, strcat(whole, path));
	need(!nl_talk(at->nl));
	return nl_number(at->nl, MORSEL_A_OBJECT_ADDR);
}

static int64_t step_of(struct statx_timestamp time)
{
	return (time.tv_sec - CUT_EPOCH) / CUT_STEP;
}

static void look_at_times(const struct cut_place *at, const char *path, struct cut_thing *thing)
{
	struct cut_times *times = &thing->times;
	struct statx stx;
	char whole[64];

	need(!statx(at->dir, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, &stx));
	need(stx.stx_mask & STATX_BTIME);
	times->atime = step_of(stx.stx_atime);
	times->mtime = step_of(stx.stx_mtime);
	times->ctime = step_of(stx.stx_ctime);
	times->btime = step_of(stx.stx_btime);
	thing->lasting = (struct cut_lasting){ times->btime, times->btime };
	snprintf(whole, sizeof(whole), "/proc/self/fd/%d/%s", at->dir, path);
	if (at->model)
		lgetxattr(whole, CUT_LASTING, &thing->lasting, sizeof(thing->lasting));
	if (thing->lasting.mtime == INT64_MIN)
		thing->lasting.mtime = times->btime;
}

static void look_at(const struct cut_place *at, unsigned int i, struct cut_thing *thing)
{
	const char *path = cut_path(i);
	int fd;

	thing->bytes = calloc(1, thing->size + 1);
	need(thing->bytes);
	if (S_ISLNK(thing->mode)) {
		need(readlinkat(at->dir, path, (char *)thing->bytes, thing->size) == thing->size);
		return;
	}
	fd = openat(at->dir, path, O_RDONLY | O_NOFOLLOW);
	need(fd >= 0);
	thing->acl_len = fgetxattr(fd, "system.posix_acl_access", thing->acl, sizeof(thing->acl));
	if (S_ISREG(thing->mode)) {
		need(pread(fd, thing->bytes, thing->size, 0) == thing->size);
		thing->sealed = is_sealed(at, fd);
		thing->addr = i < CUT_NAMES ? address_of(at, path, fd) : 0;
	}
	close(fd);
}

static void look_at_limits(struct cut_place *at, struct cut_limits *limits)
{
	memcpy(limits, at->limits, sizeof(at->limits));
	for (unsigned int user = 1; user < CUT_USERS && !at->model; user++) {
		nl_begin(at->nl, MORSEL_CMD_QUOTA_GET);
		nl_str(at->nl, MORSEL_A_QUOTA_POOL_NAME, CUT_POOL);
		nl_u32(at->nl, MORSEL_A_QUOTA_UID, user);
		need(!nl_talk(at->nl));
		limits[user].bytes = nl_number(at->nl, MORSEL_A_QUOTA_BYTES_HARD);
		limits[user].objects = nl_number(at->nl, MORSEL_A_QUOTA_OBJECTS_HARD);
	}
}

void cut_look(struct cut_place *at, struct cut_state *state)
{
	struct stat st;

	memset(state, 0, sizeof(*state));
	for (unsigned int i = 0; i < CUT_PATHS; i++) {
		struct cut_thing *thing = &state->things[i];

		if (fstatat(at->dir, cut_path(i), &st, AT_SYMLINK_NOFOLLOW))
			continue;
		thing->mode = st.st_mode;
		thing->uid = st.st_uid;
		thing->gid = st.st_gid;
		thing->nlink = S_ISDIR(st.st_mode) ? 0 : st.st_nlink;
		thing->size = S_ISDIR(st.st_mode) ? 0 : st.st_size;
		look_at_times(at, cut_path(i), thing);
		look_at(at, i, thing);
	}
	look_at_limits(at, state->limits);
}

void cut_forget(struct cut_state *state)
{
	for (unsigned int i = 0; i < CUT_PATHS; i++)
		free(state->things[i].bytes);
}

/* ---- compared ---- */

static bool same_attributes(const struct cut_thing *a, const struct cut_thing *b)
{
	return a->mode == b->mode && a->uid == b->uid && a->gid == b->gid &&
	       a->nlink == b->nlink && a->acl_len == b->acl_len &&
	       !memcmp(a->acl, b->acl, sizeof(a->acl)) && a->sealed == b->sealed &&
	       a->addr == b->addr;
}

/* What @is may have, from what lasts of @low to all of @high. */
static bool within(const struct cut_thing *is, const struct cut_thing *low,
		   const struct cut_thing *high)
{
	const struct cut_times *times = &is->times;

	return times->atime == high->times.atime && times->btime == high->times.btime &&
	       times->mtime >= low->lasting.mtime && times->mtime <= high->times.mtime &&
	       times->ctime >= low->lasting.ctime && times->ctime <= high->times.ctime;
}

static bool alike(const struct cut_thing *a, const struct cut_thing *b)
{
	return same_attributes(a, b) && within(a, b, b) && a->size == b->size &&
	       (!a->size || !memcmp(a->bytes, b->bytes, a->size));
}

static bool same_limits(const struct cut_state *a, const struct cut_state *b)
{
	return !memcmp(a->limits, b->limits, sizeof(a->limits));
}

bool cut_same(const struct cut_state *is, const struct cut_state *model)
{
	for (unsigned int i = 0; i < CUT_PATHS; i++)
		if (!alike(&is->things[i], &model->things[i]))
			return false;
	return same_limits(is, model);
}

static unsigned char byte_of(const struct cut_thing *thing, off_t i)
{
	return i < thing->size ? thing->bytes[i] : 0;
}

static bool between(const struct cut_thing *is, const struct cut_thing *before,
		    const struct cut_thing *after)
{
	if (!same_attributes(is, after) || !within(is, before, after) ||
	    (is->size != before->size && is->size != after->size))
		return false;
	for (off_t i = 0; i < is->size; i++)
		if (is->bytes[i] != byte_of(before, i) && is->bytes[i] != byte_of(after, i))
			return false;
	return true;
}

bool cut_partly(const struct cut_state *is, const struct cut_state *before,
		const struct cut_state *after)
{
	for (unsigned int i = 0; i < CUT_PATHS; i++)
		if (!between(&is->things[i], &before->things[i], &after->things[i]))
			return false;
	return same_limits(is, after);
}

static void show_times(const struct cut_thing *thing)
{
	const struct cut_times *times = &thing->times;

	diag("    atime %jd, mtime %jd (lasts: %jd), ctime %jd (%jd), btime %jd",
	     (intmax_t)times->atime, (intmax_t)times->mtime, (intmax_t)thing->lasting.mtime,
	     (intmax_t)times->ctime, (intmax_t)thing->lasting.ctime, (intmax_t)times->btime);
}

void cut_show(const struct cut_state *a, const struct cut_state *b)
{
	for (unsigned int i = 0; i < CUT_PATHS; i++) {
		const struct cut_thing *x = &a->things[i], *y = &b->things[i];

		if (alike(x, y))
			continue;
		diag("%s: %o %u:%u %ld links %jd bytes, list of %d, %s at %#jx, but", cut_path(i),
		     x->mode, x->uid, x->gid, (long)x->nlink, (intmax_t)x->size, x->acl_len,
		     x->sealed ? "sealed" : "open", (uintmax_t)x->addr);
		diag("    %o %u:%u %ld links %jd bytes, list of %d, %s at %#jx", y->mode, y->uid,
		     y->gid, (long)y->nlink, (intmax_t)y->size, y->acl_len,
		     y->sealed ? "sealed" : "open", (uintmax_t)y->addr);
		show_times(x);
		show_times(y);
	}
	if (!same_limits(a, b))
		diag("limits differ");
}
