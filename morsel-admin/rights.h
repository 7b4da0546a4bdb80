/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Access control lists: entries in words, and how objects get them. */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <sys/types.h>
#include "admin.h"

enum {
	MAX_ENTRIES = 2 * 256, /* of two lists, of which the kernel takes so many each */
	MAX_TRIES = 100, /* while others change the same rights */
};

struct entry {
	enum morsel_acl_list list;
	struct morsel_acl_entry acl;
};

struct entries {
	struct entry items[MAX_ENTRIES];
	int count;
};

/*
 * [d:]TAG:[WHOM]:PERM, which is cut into its parts; PERM may be missing if @perm says what
 * is meant then. Return: 0 or a status, after a message.
 */
int parse_entry(struct app *app, char *text, const uint32_t *perm, struct entry *entry);
/* Entries with commas between. Return: as above. */
int parse_entries(struct app *app, const char *text, const uint32_t *perm, struct entries *entries);

/* Letters or a digit. Return: false if it is neither. */
bool parse_perm(const char *text, uint32_t *perm);

/* "u", "alice", "rw-"; of all three, "u:alice:rw-", which is valid until the next call. */
const char *tag_letter(uint32_t tag);
const char *entry_whom(const struct morsel_acl_entry *entry);
void perm_text(uint32_t perm, char text[4]);
const char *entry_text(const struct morsel_acl_entry *entry);

/* With --dry-run: show what @name would have. */
void would_have_rights(struct app *app, const char *name, const struct morsel_rights *rights,
		       uint32_t uid, uint32_t gid);

/*
 * Give @name the lists in @rights, or tell what they would be. Return: 0, also after a
 * report; -EAGAIN: others have changed them, with MORSEL_RIGHTS_UNCHANGED in @flags.
 */
int change_rights(struct app *app, const char *name, const struct morsel_info *info,
		  const struct morsel_rights *rights, unsigned int flags);

#endif
