// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rights restore: what rights show has printed becomes true again.
 *
 * The text is read twice: what makes no sense is found before anything is changed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "rights.h"

/* What the text says of one object. */
struct block {
	char *name; /* or NULL: none has begun */
	bool has_uid, has_gid;
	uint32_t uid, gid;
	struct entries entries;
};

struct restore {
	struct app *app;
	const char *file; /* for messages */
	int line;
	bool apply;
	struct block block;
};

/* ---- changing ---- */

/* The mask comes last: each entry that it bounds changes it. */
static int put_entries(struct morsel_rights *rights, const struct entries *entries)
{
	const struct entry *entry, *end = entries->items + entries->count;
	int err = 0, masks;
	bool is_mask;

	morsel_rights_clear(rights, MORSEL_ACL_ACCESS);
	morsel_rights_clear(rights, MORSEL_ACL_DEFAULT);
	for (masks = 0; masks < 2; masks++)
		for (entry = entries->items; entry < end && !err; entry++) {
			is_mask = entry->acl.tag == MORSEL_ACL_TAG_MASK;
			if (is_mask == masks)
				err = morsel_rights_put(rights, entry->list, entry->acl.tag,
							entry->acl.id, entry->acl.perm);
		}
	return err;
}

/* Return: as change_rights(); a dry run shows the owner and group that there would be. */
static int try_to_apply(struct app *app, const struct block *block,
			const struct morsel_rights *rights)
{
	const struct morsel_info *info = morsel_rights_info(rights);

	if (!app->dry_run)
		return change_rights(app, block->name, info, rights, MORSEL_RIGHTS_UNCHANGED);
	would_have_rights(app, block->name, rights,
			  block->has_uid ? block->uid : morsel_info_uid(info),
			  block->has_gid ? block->gid : morsel_info_gid(info));
	return 0;
}

/* Return: 0, also after a report; -EAGAIN. */
static int try_lists(struct app *app, const struct block *block)
{
	struct morsel_rights *rights;
	int err = morsel_rights_get(app->ctx, block->name, &rights);

	if (err) {
		report(app, block->name, err);
		return 0;
	}
	err = put_entries(rights, &block->entries);
	if (err)
		report_text(app, block->name, err, "%s", strerror(-err));
	else
		err = try_to_apply(app, block, rights);
	morsel_rights_free(rights);
	return err == -EAGAIN ? err : 0;
}

/* Owner and group, where they are others. Return: 0 or -errno, reported. */
static int give_back(struct app *app, const struct block *block)
{
	struct morsel_attr attr = { .uid = block->uid, .gid = block->gid };
	struct charge charge = { .uid = block->uid };
	struct morsel_info *info;
	int err = morsel_stat(app->ctx, block->name, &info);

	if (!err) {
		charge.bytes = morsel_info_allocated(info);
		charge.objects = morsel_info_type(info) == MORSEL_OBJECT_TYPE_DIRECTORY ?
					 1 :
					 morsel_info_nlink(info);
		if (block->has_uid && block->uid != morsel_info_uid(info))
			attr.set |= MORSEL_SET_UID;
		if (block->has_gid && block->gid != morsel_info_gid(info))
			attr.set |= MORSEL_SET_GID;
		if (attr.set && !app->dry_run)
			err = morsel_set(app->ctx, block->name, morsel_info_id(info), &attr, NULL);
		morsel_info_free(info);
	}
	if (err)
		report_charge(app, block->name, err, &charge);
	return err;
}

static void restore(struct app *app, const struct block *block)
{
	int tries = 0, err = give_back(app, block);

	if (err)
		return;
	do
		err = try_lists(app, block);
	while (err && ++tries < MAX_TRIES);
	if (err)
		report(app, block->name, err);
}

/* ---- reading ---- */

static int complain(const struct restore *r, const char *what)
{
	return usage_error(r->app, "%s, line %d: %s", shown(r->file), r->line, what);
}

/* Return: STATUS_FAILED. */
static int lack_memory(const struct restore *r)
{
	report_text(r->app, r->file, -ENOMEM, "%s", strerror(ENOMEM));
	return STATUS_FAILED;
}

static bool has_entry(const struct entries *entries, uint32_t tag)
{
	int i;

	for (i = 0; i < entries->count; i++)
		if (entries->items[i].list == MORSEL_ACL_ACCESS && entries->items[i].acl.tag == tag)
			return true;
	return false;
}

/* The block is read. Return: 0 or STATUS_USAGE. */
static int end_block(struct restore *r)
{
	struct block *block = &r->block;

	if (!block->name)
		return 0;
	if (!has_entry(&block->entries, MORSEL_ACL_TAG_USER_OBJ) ||
	    !has_entry(&block->entries, MORSEL_ACL_TAG_GROUP_OBJ) ||
	    !has_entry(&block->entries, MORSEL_ACL_TAG_OTHER))
		return complain(r, "what is above lacks an entry of owner, group or others");
	if (r->apply)
		restore(r->app, block);
	free(block->name);
	*block = (struct block){ 0 };
	return 0;
}

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Undo what morsel_name_escape() does, in place. */
static void unescape(char *name)
{
	char *to = name;

	for (; *name; name++) {
		if (name[0] == '\\' && name[1] == 'x' && digit(name[2]) >= 0 &&
		    digit(name[3]) >= 0) {
			*to++ = (char)(digit(name[2]) * 16 + digit(name[3]));
			name += 3;
		} else {
			*to++ = *name;
		}
	}
	*to = '\0';
}

/* "# KEY: VALUE" and other remarks */
static int take_remark(struct restore *r, char *text)
{
	struct block *block = &r->block;
	int status;

	if (!strncmp(text, "# name: ", 8)) {
		status = end_block(r);
		if (status)
			return status;
		block->name = strdup(text + 8);
		if (!block->name)
			return lack_memory(r);
		unescape(block->name);
		return 0;
	}
	if (!strncmp(text, "# owner: ", 9)) {
		block->has_uid = true;
		return parse_user(r->app, text + 9, &block->uid);
	}
	if (!strncmp(text, "# group: ", 9)) {
		block->has_gid = true;
		return parse_group(r->app, text + 9, &block->gid);
	}
	return 0;
}

static int take_line(struct restore *r, char *text)
{
	struct entries *entries = &r->block.entries;

	r->line++;
	if (!*text)
		return 0;
	if (*text == '#')
		return take_remark(r, text);
	if (!r->block.name)
		return complain(r, "there is no \"# name: POOL:PATH\" above");
	if (entries->count == MAX_ENTRIES)
		return complain(r, "that is one entry too many");
	return parse_entry(r->app, text, NULL, &entries->items[entries->count++]);
}

/* Return: 0, STATUS_USAGE or STATUS_FAILED. */
static int walk(struct restore *r, const char *text, bool apply)
{
	char *copy = strdup(text), *rest = copy, *line;
	int status = copy ? 0 : lack_memory(r);

	r->apply = apply;
	r->line = 0;
	while (!status && (line = strsep(&rest, "\n")))
		status = take_line(r, line);
	if (!status)
		status = end_block(r);
	free(r->block.name);
	r->block = (struct block){ 0 };
	free(copy);
	return status;
}

/* All of a file, from malloc(), or NULL with errno: EINVAL if it is no text. */
static char *read_all(const char *path)
{
	FILE *file = strcmp(path, "-") != 0 ? fopen(path, "re") : stdin;
	char *text = NULL;
	size_t room = 0;
	ssize_t n;
	int err;

	if (!file)
		return NULL;
	errno = 0;
	/* A text has no NUL in it, so that all of it is one record. */
	n = getdelim(&text, &room, '\0', file);
	if (n < 0) {
		free(text);
		text = errno ? NULL : strdup("");
	} else if (strlen(text) != (size_t)n) {
		free(text);
		text = NULL;
		errno = EINVAL;
	}
	err = errno;
	if (file != stdin)
		fclose(file);
	errno = err;
	return text;
}

int run_rights_restore(struct app *app)
{
	struct restore r = { .app = app, .file = app->args[0] };
	char *text = read_all(r.file);
	int status;

	if (!text) {
		report_text(app, r.file, -errno, "%s", strerror(errno));
		return final_status(app);
	}
	status = walk(&r, text, false);
	if (!status)
		status = walk(&r, text, true);
	free(text);
	return status ? status : final_status(app);
}
