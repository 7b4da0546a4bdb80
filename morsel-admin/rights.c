// SPDX-License-Identifier: GPL-2.0-or-later
/* Entries of access control lists in words. */
#include <stdlib.h>
#include <string.h>
#include "output.h"
#include "rights.h"

static bool is_word(const char *text, const char *word)
{
	return !strcmp(text, word) || (text[0] == word[0] && !text[1]);
}

bool parse_perm(const char *text, uint32_t *perm)
{
	static const char letters[] = "xwr";
	const char *letter;

	*perm = 0;
	if (*text >= '0' && *text <= '7' && !text[1]) {
		*perm = *text - '0';
		return true;
	}
	for (; *text; text++) {
		letter = strchr(letters, *text);
		if (!letter && *text != '-')
			return false;
		if (letter)
			*perm |= 1 << (letter - letters);
	}
	return true;
}

static int parse_whom(struct app *app, const char *tag, const char *whom, const char *text,
		      struct morsel_acl_entry *entry)
{
	if (is_word(tag, "user")) {
		entry->tag = *whom ? MORSEL_ACL_TAG_USER : MORSEL_ACL_TAG_USER_OBJ;
		return *whom ? parse_user(app, whom, &entry->id) : 0;
	}
	if (is_word(tag, "group")) {
		entry->tag = *whom ? MORSEL_ACL_TAG_GROUP : MORSEL_ACL_TAG_GROUP_OBJ;
		return *whom ? parse_group(app, whom, &entry->id) : 0;
	}
	if (is_word(tag, "mask") && !*whom)
		entry->tag = MORSEL_ACL_TAG_MASK;
	else if (is_word(tag, "other") && !*whom)
		entry->tag = MORSEL_ACL_TAG_OTHER;
	else
		return usage_error(app, "\"%s\": say u:USER:rw, g:GROUP:rw, m::rw or o::rw",
				   shown(text));
	return 0;
}

int parse_entry(struct app *app, char *text, const uint32_t *perm, struct entry *entry)
{
	char *whole = strdup(text), *rest = text, *tag, *whom, *perms;
	int status;

	tag = strsep(&rest, ":");
	entry->list = MORSEL_ACL_ACCESS;
	if (rest && is_word(tag, "default")) {
		entry->list = MORSEL_ACL_DEFAULT;
		tag = strsep(&rest, ":");
	}
	whom = rest ? strsep(&rest, ":") : NULL;
	perms = rest;
	entry->acl = (struct morsel_acl_entry){ 0 };
	status = parse_whom(app, tag, whom ? whom : "", whole ? whole : tag, &entry->acl);
	if (!status && perm && (!perms || !*perms))
		entry->acl.perm = *perm;
	else if (!status && (!perms || !*perms || !parse_perm(perms, &entry->acl.perm)))
		status = usage_error(app, "\"%s\" does not end in a permission: r, w, x or -",
				     shown(whole ? whole : tag));
	free(whole);
	return status;
}

int parse_entries(struct app *app, const char *text, const uint32_t *perm, struct entries *entries)
{
	char *copy = copy_text(app, NULL, text), *rest = copy, *word;
	int status = copy ? 0 : STATUS_FAILED;

	entries->count = 0;
	while (!status && (word = strsep(&rest, ","))) {
		if (entries->count == MAX_ENTRIES)
			status = usage_error(app, "more than %d entries", MAX_ENTRIES);
		else
			status = parse_entry(app, word, perm, &entries->items[entries->count++]);
	}
	free(copy);
	return status;
}

/* ---- words for entries ---- */

const char *tag_letter(uint32_t tag)
{
	static const char *const letters[] = {
		[MORSEL_ACL_TAG_USER_OBJ] = "u", [MORSEL_ACL_TAG_USER] = "u",
		[MORSEL_ACL_TAG_GROUP_OBJ] = "g", [MORSEL_ACL_TAG_GROUP] = "g",
		[MORSEL_ACL_TAG_MASK] = "m", [MORSEL_ACL_TAG_OTHER] = "o",
	};

	return tag < ARRAY_SIZE(letters) && letters[tag] ? letters[tag] : "?";
}

const char *entry_whom(const struct morsel_acl_entry *entry)
{
	if (entry->tag == MORSEL_ACL_TAG_USER)
		return user_name(entry->id);
	return entry->tag == MORSEL_ACL_TAG_GROUP ? group_name(entry->id) : "";
}

void perm_text(uint32_t perm, char text[4])
{
	snprintf(text, 4, "%c%c%c", perm & MORSEL_ACL_PERM_READ ? 'r' : '-',
		 perm & MORSEL_ACL_PERM_WRITE ? 'w' : '-',
		 perm & MORSEL_ACL_PERM_EXECUTE ? 'x' : '-');
}

const char *entry_text(const struct morsel_acl_entry *entry)
{
	static char text[128];
	char perm[4];

	perm_text(entry->perm, perm);
	snprintf(text, sizeof(text), "%s:%s:%s", tag_letter(entry->tag), entry_whom(entry), perm);
	return text;
}
