// SPDX-License-Identifier: GPL-2.0-or-later
/* rights show, grant, revoke, copy, restore */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include "listing.h"
#include "mappings.h"
#include "output.h"
#include "rights.h"
#include "take.h"

enum {
	OPT_KEEP_MAPPED = 256,
};

const struct option_desc rights_show_options[] = {
	{ 'R', "recursive", NULL, "Show also what is in directories and below" },
	{ 0 },
};

const struct option_desc rights_revoke_options[] = {
	{ OPT_KEEP_MAPPED, "keep-mapped", NULL,
	  "Leave it to who has it open or mapped until they let go" },
	{ 0 },
};

/* ---- showing ---- */

static void print_list(const struct morsel_rights *rights, enum morsel_acl_list list)
{
	const struct morsel_acl_entry *entry;
	size_t i;

	for (i = 0; (entry = morsel_rights_at(rights, list, i)); i++)
		printf("%s%s\n", list == MORSEL_ACL_DEFAULT ? "d:" : "", entry_text(entry));
}

static struct json_object *list_json(const struct morsel_rights *rights, enum morsel_acl_list list)
{
	struct json_object *array = json_object_new_array(), *item;
	const struct morsel_acl_entry *entry;
	char perm[4];
	size_t i;

	for (i = 0; (entry = morsel_rights_at(rights, list, i)); i++) {
		item = json_object_new_object();
		perm_text(entry->perm, perm);
		json_object_object_add(item, "tag", json_object_new_string(tag_letter(entry->tag)));
		json_object_object_add(item, "who", json_object_new_string(entry_whom(entry)));
		json_object_object_add(item, "perm", json_object_new_string(perm));
		json_object_array_add(array, item);
	}
	return array;
}

/* As rights restore reads it, which needs the whole name. */
static void print_rights(struct app *app, const char *name, const struct morsel_rights *rights,
			 uint32_t uid, uint32_t gid)
{
	char *whole = escaped(name);

	if (!whole) {
		report_text(app, name, -ENOMEM, "%s", strerror(ENOMEM));
		return;
	}
	printf("# name: %s\n# owner: %s\n", whole, user_name(uid));
	printf("# group: %s\n", group_name(gid));
	if (morsel_info_sealed(morsel_rights_info(rights)))
		puts("# sealed");
	print_list(rights, MORSEL_ACL_ACCESS);
	print_list(rights, MORSEL_ACL_DEFAULT);
	free(whole);
}

/* @uid, @gid: of the object, now or after a change */
static void show_rights_of(struct app *app, const char *name, const struct morsel_rights *rights,
			   uint32_t uid, uint32_t gid)
{
	const struct morsel_info *info = morsel_rights_info(rights);
	struct json_object *object;

	if (!app->json) {
		print_rights(app, name, rights, uid, gid);
		return;
	}
	object = json_object_new_object();
	json_add_name(object, "name", name);
	json_object_object_add(object, "owner",
			       json_object_new_string(user_name(uid)));
	json_object_object_add(object, "group",
			       json_object_new_string(group_name(gid)));
	json_object_object_add(object, "sealed", json_object_new_boolean(morsel_info_sealed(info)));
	json_object_object_add(object, "revokes",
			       json_object_new_int64((int64_t)morsel_rights_revokes(rights)));
	json_object_object_add(object, "acl", list_json(rights, MORSEL_ACL_ACCESS));
	json_object_object_add(object, "default_acl", list_json(rights, MORSEL_ACL_DEFAULT));
	json_object_array_add(app->results, object);
}

static void show_rights(struct app *app, const char *name, const struct morsel_rights *rights)
{
	const struct morsel_info *info = morsel_rights_info(rights);

	show_rights_of(app, name, rights, morsel_info_uid(info), morsel_info_gid(info));
}

static void show_name(struct app *app, const char *name)
{
	struct morsel_rights *rights;
	int err = morsel_rights_get(app->ctx, name, &rights);

	if (err) {
		report(app, name, err);
		return;
	}
	if (app->done++ && !app->json)
		putchar('\n');
	show_rights(app, name, rights);
	morsel_rights_free(rights);
}

/* A symbolic link has no rights of its own. */
static bool has_rights(const struct morsel_info *info)
{
	return morsel_info_name(info) && morsel_info_type(info) != MORSEL_OBJECT_TYPE_SYMLINK;
}

/* What is in a directory and below; of anything else nothing. */
static void show_below(struct app *app, const char *name)
{
	struct listing listing = { 0 };
	struct morsel_list *list;
	int err = morsel_list(app->ctx, name, MORSEL_LIST_RECURSIVE, &list);
	size_t i;

	if (err == -ENOTDIR)
		return;
	if (!err)
		err = listing_add_list(&listing, list);
	if (err)
		report(app, name, err);
	if (listing.nr_items)
		qsort(listing.items, listing.nr_items, sizeof(*listing.items),
		      listing_compare_names);
	for (i = 0; i < listing.nr_items; i++)
		if (has_rights(listing.items[i]))
			show_name(app, morsel_info_name(listing.items[i]));
	listing_free(&listing);
}

int run_rights_show(struct app *app)
{
	int i, failed;

	for (i = 0; i < app->nr_args; i++) {
		failed = app->failed;
		show_name(app, app->args[i]);
		if (list_flags(app) && app->failed == failed)
			show_below(app, app->args[i]);
	}
	return final_status(app);
}

/* ---- changing ---- */

void would_have_rights(struct app *app, const char *name, const struct morsel_rights *rights,
		       uint32_t uid, uint32_t gid)
{
	show_rights_of(app, name, rights, uid, gid);
	app->done++;
}

/* Whom a revoke takes them from at once. */
static const char *taken_from(const struct morsel_info *info)
{
	if (morsel_info_type(info) == MORSEL_OBJECT_TYPE_DIRECTORY)
		return ", for all look-ups from now on; what is open or mapped below keeps its own";
	return ", also of who has it open or mapped";
}

int change_rights(struct app *app, const char *name, const struct morsel_info *info,
		  const struct morsel_rights *rights, unsigned int flags)
{
	struct morsel_rights *after;
	int err;

	if (app->dry_run) {
		info = morsel_rights_info(rights);
		would_have_rights(app, name, rights, morsel_info_uid(info), morsel_info_gid(info));
		return 0;
	}
	err = morsel_rights_set(app->ctx, name, morsel_info_id(info), rights, flags);
	if (err == -EAGAIN)
		return err;
	if (err) {
		report(app, name, err);
		return 0;
	}
	app->done++;
	tell(app, "the rights on %s are changed%s", shown(name),
	     flags & MORSEL_RIGHTS_REVOKE ? taken_from(info) : "");
	if (app->json && !morsel_rights_get(app->ctx, name, &after)) {
		show_rights(app, name, after);
		morsel_rights_free(after);
	}
	return 0;
}

/* The owner is judged by his own entry, whatever there is of his name. */
static void name_owner(const struct morsel_info *info, struct entry *entry)
{
	if (entry->list != MORSEL_ACL_ACCESS || entry->acl.tag != MORSEL_ACL_TAG_USER ||
	    entry->acl.id != morsel_info_uid(info))
		return;
	entry->acl.tag = MORSEL_ACL_TAG_USER_OBJ;
	entry->acl.id = 0;
}

static int grant(struct morsel_rights *rights, struct entry entry)
{
	name_owner(morsel_rights_info(rights), &entry);
	return morsel_rights_put(rights, entry.list, entry.acl.tag, entry.acl.id, entry.acl.perm);
}

/* A mask that is there lets through what the one that is given does, and what it did. */
static int widen(struct morsel_rights *rights, struct entry mask)
{
	int had = morsel_rights_find(rights, mask.list, MORSEL_ACL_TAG_MASK, 0);

	if (had < 0)
		return 0;
	mask.acl.perm |= (uint32_t)had;
	return grant(rights, mask);
}

static int for_each(struct morsel_rights *rights, const struct entries *entries, bool masks,
		    int (*change)(struct morsel_rights *rights, struct entry entry))
{
	const struct entry *entry, *end = entries->items + entries->count;
	bool is_mask;
	int err = 0;

	for (entry = entries->items; entry < end && !err; entry++) {
		is_mask = entry->acl.tag == MORSEL_ACL_TAG_MASK;
		if (is_mask == masks)
			err = change(rights, *entry);
	}
	return err;
}

/*
 * A mask that is given holds, wherever it stands: it lets through what was masked, and
 * does not follow the other entries.
 */
static int grant_all(struct morsel_rights *rights, const struct entries *entries)
{
	int err = for_each(rights, entries, true, widen);

	if (!err)
		err = for_each(rights, entries, false, grant);
	return err ? err : for_each(rights, entries, true, grant);
}

static int take_all(struct morsel_rights *rights, const struct entries *entries)
{
	int i, err = 0;

	for (i = 0; i < entries->count && !err; i++)
		err = take_from(rights, entries->items[i].list, &entries->items[i].acl);
	return err;
}

typedef int change_fn(struct morsel_rights *rights, const struct entries *entries);

static const char *why(int err)
{
	return err == -ENODATA ?
		       "there is no default list: the umask of its maker decides on what is new" :
		       strerror(-err);
}

/* Return: 0, also after a report; -EAGAIN. @id: of what is changed. */
static int try_to_change(struct app *app, const struct entries *entries, change_fn *change,
			 unsigned int flags, uint64_t *id)
{
	const char *name = app->args[0];
	struct morsel_rights *rights;
	int err;

	err = morsel_rights_get(app->ctx, name, &rights);
	if (err) {
		report(app, name, err);
		return 0;
	}
	*id = morsel_info_id(morsel_rights_info(rights));
	err = change(rights, entries);
	if (err)
		report_text(app, name, err, "%s", why(err));
	else
		err = change_rights(app, name, morsel_rights_info(rights), rights,
				    flags | MORSEL_RIGHTS_UNCHANGED);
	morsel_rights_free(rights);
	return err == -EAGAIN ? err : 0;
}

static int change_entries(struct app *app, const struct entries *entries, change_fn *change,
			  unsigned int flags, uint64_t *id)
{
	int tries = 0, err;

	do
		err = try_to_change(app, entries, change, flags, id);
	while (err && ++tries < MAX_TRIES);
	if (err)
		report(app, app->args[0], err);
	return final_status(app);
}

int run_rights_grant(struct app *app)
{
	struct entries entries;
	int status = parse_entries(app, app->args[1], NULL, &entries);
	uint64_t id = 0;

	return status ? status : change_entries(app, &entries, grant_all, 0, &id);
}

/* Who has it still, whatever the list says? By the rights that are in force now. */
static void check_taken(struct app *app, const struct entries *entries, uint64_t id)
{
	const char *name = app->args[0];
	const struct entry *entry = entries->items, *end = entry + entries->count;
	struct morsel_rights *rights;
	struct verdict verdict;
	char perm[4];
	int err;

	err = morsel_rights_get(app->ctx, name, &rights);
	if (err == -ENOENT)
		return; /* it has gone */
	if (err) {
		report(app, name, err);
		return;
	}
	if (morsel_info_id(morsel_rights_info(rights)) != id)
		end = entry; /* so has it, and its name is another's */
	for (; entry < end; entry++) {
		if (entry->list != MORSEL_ACL_ACCESS ||
		    !still_has(rights, &entry->acl, &verdict))
			continue;
		perm_text(entry->acl.perm, perm);
		report_text(app, name, -EPERM, "%s:%s still has some of %s%s%s",
			    tag_letter(entry->acl.tag), entry_whom(&entry->acl), perm,
			    verdict.by == BY_CAPABILITY ? " by his capabilities" : ", by ",
			    verdict.by == BY_CAPABILITY ? "" : entry_text(verdict.entry));
	}
	morsel_rights_free(rights);
}

int run_rights_revoke(struct app *app)
{
	const uint32_t all = ALL;
	struct entries entries;
	int status = parse_entries(app, app->args[1], &all, &entries);
	uint64_t id = 0;

	if (status)
		return status;
	status = change_entries(app, &entries, take_all,
				has_option(app, OPT_KEEP_MAPPED) ? 0 : MORSEL_RIGHTS_REVOKE, &id);
	if (status || app->dry_run)
		return status;
	check_taken(app, &entries, id);
	return final_status(app);
}

static void copy_to(struct app *app, const struct morsel_rights *rights, const char *name)
{
	struct morsel_info *info;
	int err = morsel_stat(app->ctx, name, &info);

	if (err) {
		report(app, name, err);
		return;
	}
	if (app->dry_run)
		would(app, name, "take over the rights");
	else
		change_rights(app, name, info, rights, 0);
	morsel_info_free(info);
}

int run_rights_copy(struct app *app)
{
	struct morsel_rights *rights;
	int i, err;

	err = morsel_rights_get(app->ctx, app->args[0], &rights);
	if (err) {
		report(app, app->args[0], err);
		return final_status(app);
	}
	for (i = 1; i < app->nr_args; i++)
		copy_to(app, rights, app->args[i]);
	morsel_rights_free(rights);
	return final_status(app);
}
