// SPDX-License-Identifier: GPL-2.0-or-later
/* Mappings of the morsels that a command names, or of all. */
#include <errno.h>
#include <stdlib.h>
#include "mappings.h"

unsigned int list_flags(const struct app *app)
{
	return has_option(app, 'R') ? MORSEL_LIST_RECURSIVE : 0;
}

static bool is_wanted(const struct wanted *wanted, const struct morsel_attachment *attachment)
{
	if (wanted->pid && morsel_attachment_pid(attachment) != wanted->pid)
		return false;
	return !wanted->by_user || morsel_attachment_uid(attachment) == wanted->uid;
}

/* Takes over @list. Return: 0 or -ENOMEM. */
static int add_list(struct mappings *m, struct morsel_attachment_list *list,
		    const struct wanted *wanted)
{
	size_t i, count = morsel_attachment_list_count(list);
	void *lists = reallocarray(m->lists, m->nr_lists + 1, sizeof(void *));
	void *items = reallocarray(m->items, m->nr_items + count + 1, sizeof(void *));

	if (lists)
		m->lists = lists;
	if (items)
		m->items = items;
	if (!lists || !items) {
		morsel_attachment_list_free(list);
		return -ENOMEM;
	}
	m->lists[m->nr_lists++] = list;
	for (i = 0; i < count; i++)
		if (is_wanted(wanted, morsel_attachment_list_at(list, i)))
			m->items[m->nr_items++] = morsel_attachment_list_at(list, i);
	return 0;
}

static void add_mappings(struct app *app, const char *name, const struct wanted *wanted,
			 struct mappings *m)
{
	struct morsel_attachment_list *list;
	int err = morsel_attachment_list(app->ctx, name, list_flags(app), &list);

	if (!err)
		err = add_list(m, list, wanted);
	if (!err)
		app->done++;
	else if (!wanted->quiet)
		report(app, name, err);
}

void look_at_mappings(struct app *app, const struct wanted *wanted, struct mappings *m)
{
	int i;

	if (!app->nr_args)
		add_mappings(app, NULL, wanted, m);
	for (i = 0; i < app->nr_args; i++)
		add_mappings(app, app->args[i], wanted, m);
}

void free_mappings(struct mappings *m)
{
	while (m->nr_lists)
		morsel_attachment_list_free(m->lists[--m->nr_lists]);
	free(m->lists);
	free(m->items);
}
