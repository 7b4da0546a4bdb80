// SPDX-License-Identifier: GPL-2.0-or-later
/* What --rw allows to do to what is there. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../morsel-admin/take.h"
#include "live.h"

enum {
	MAX_TRIES = 100, /* while others change the same rights */
};

/* What cannot be asked of the kernel like that. Return: -EINVAL. */
static int nonsense(struct live *live, const char *text, const char *why)
{
	snprintf(live->error, sizeof(live->error), "\"%s\": %s", text, why);
	return -EINVAL;
}

static int set_mode(struct live *live, const struct morsel_info *info, const char *text)
{
	struct morsel_attr attr = { .set = MORSEL_SET_MODE };
	struct morsel_info *after;
	char *end;
	int err;

	attr.mode = (uint32_t)strtoul(text, &end, 8);
	if (!*text || *end || strlen(text) > 4)
		return nonsense(live, text, "permission bits are up to four octal digits");
	err = morsel_set(live->ctx, morsel_info_name(info), morsel_info_id(info), &attr, &after);
	if (!err)
		morsel_info_free(after);
	return err ? live_fail(live, err) : 0;
}

/* A user, a group after "g:", or "o". Return: whether there is such a one. */
static bool parse_whom(const char *text, struct morsel_acl_entry *entry)
{
	const struct passwd *pw;
	const struct group *gr;
	char *end;

	if (!strcmp(text, "o")) {
		entry->tag = MORSEL_ACL_TAG_OTHER;
		return true;
	}
	if (!strncmp(text, "g:", 2)) {
		gr = getgrnam(text + 2);
		entry->id = gr ? gr->gr_gid : (uint32_t)strtoul(text + 2, &end, 10);
		entry->tag = MORSEL_ACL_TAG_GROUP;
		return gr || (text[2] && !*end);
	}
	pw = getpwnam(text);
	entry->id = pw ? pw->pw_uid : (uint32_t)strtoul(text, &end, 10);
	entry->tag = MORSEL_ACL_TAG_USER;
	return pw || (*text && !*end);
}

static int try_to_take(struct live *live, const struct morsel_info *info,
		       const struct morsel_acl_entry *entry)
{
	struct morsel_rights *rights;
	int err;

	err = morsel_rights_get(live->ctx, morsel_info_name(info), &rights);
	if (err)
		return err;
	err = take_from(rights, MORSEL_ACL_ACCESS, entry);
	if (!err)
		err = morsel_rights_set(live->ctx, morsel_info_name(info), morsel_info_id(info),
					rights, MORSEL_RIGHTS_REVOKE | MORSEL_RIGHTS_UNCHANGED);
	morsel_rights_free(rights);
	return err;
}

/* Who has something still, whatever the list says? By the rights that are in force now. */
static int check_taken(struct live *live, const struct morsel_info *info,
		       const struct morsel_acl_entry *entry, const char *text)
{
	struct morsel_rights *rights;
	struct verdict verdict;
	bool has;
	int err;

	err = morsel_rights_get(live->ctx, morsel_info_name(info), &rights);
	if (err)
		return err == -ENOENT ? 0 : live_fail(live, err); /* it has gone */
	/* So has it if its name is another's. */
	has = morsel_info_id(morsel_rights_info(rights)) == morsel_info_id(info) &&
	      still_has(rights, entry, &verdict);
	morsel_rights_free(rights);
	if (!has)
		return 0;
	snprintf(live->error, sizeof(live->error), "%s still has rights%s", text,
		 verdict.by == BY_CAPABILITY ? ", by his capabilities" : "");
	return -EPERM;
}

/* Take away all that somebody may, and what he has open or mapped. */
static int take_away(struct live *live, const struct morsel_info *info, const char *text)
{
	struct morsel_acl_entry entry = { .perm = ALL };
	int err, tries = 0;

	if (!parse_whom(text, &entry))
		return nonsense(live, text, "there is no such user; a group is g:GROUP, others are o");
	do
		err = try_to_take(live, info, &entry);
	while (err == -EAGAIN && ++tries < MAX_TRIES);
	return err ? live_fail(live, err) : check_taken(live, info, &entry, text);
}

/* @text: POOL and the most bytes, or "none". */
static int set_limit(struct live *live, uint64_t uid, const char *text)
{
	struct morsel_quota_attr attr = { .set = MORSEL_QUOTA_SET_BYTES_HARD };
	const char *blank = strrchr(text, ' '), *bad;
	struct morsel_quota *after;
	char pool[64];
	int err;

	if (!blank || blank == text || (size_t)(blank - text) >= sizeof(pool))
		return nonsense(live, text, "say the pool, a blank, and a size or none");
	snprintf(pool, sizeof(pool), "%.*s", (int)(blank - text), text);
	if (strcmp(blank + 1, "none") &&
	    (morsel_size_parse(blank + 1, &attr.bytes_hard, &bad) || !attr.bytes_hard))
		return nonsense(live, blank + 1, "that is no size");
	err = morsel_quota_set(live->ctx, pool, (uint32_t)uid, &attr, &after);
	if (!err)
		morsel_quota_free(after);
	return err ? live_fail(live, err) : 0;
}

static int do_to(struct live *live, enum deed deed, const struct morsel_info *info,
		 const char *text)
{
	const char *name = morsel_info_name(info);
	int err = -ENOENT;

	if (name && deed == DEED_CHMOD)
		return set_mode(live, info, text);
	if (name && deed == DEED_REVOKE)
		return take_away(live, info, text);
	if (name)
		err = deed == DEED_SEAL ? morsel_seal(live->ctx, name, morsel_info_id(info))
					: morsel_remove(live->ctx, name, morsel_info_id(info));
	return err ? live_fail(live, err) : 0;
}

/* By number, as the name that is shown may be another's by now. */
int live_act(struct source *source, enum deed deed, const char *pool, uint64_t id,
	     const char *text)
{
	struct live *live = (struct live *)source;
	struct morsel_info *info;
	int err;

	if (deed == DEED_LIMIT)
		return set_limit(live, id, text);
	err = morsel_stat_id(live->ctx, pool, id, &info);
	if (err)
		return live_fail(live, err);
	err = do_to(live, deed, info, text);
	morsel_info_free(info);
	live->objects.stale = true;
	return err;
}

int live_kill(struct source *source, uint64_t pid, int signal)
{
	struct live *live = (struct live *)source;

	if (!kill((pid_t)pid, signal))
		return 0;
	snprintf(live->error, sizeof(live->error), "process %llu: %s", (unsigned long long)pid,
		 strerror(errno));
	return -errno;
}
