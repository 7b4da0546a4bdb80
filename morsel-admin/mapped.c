// SPDX-License-Identifier: GPL-2.0-or-later
/* Who maps what is about to go or to change, for questions and dry runs. */
#include <stdio.h>
#include <stdlib.h>
#include "output.h"

static int compare_pids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static size_t count_processes(const struct morsel_attachment_list *list)
{
	size_t n = morsel_attachment_list_count(list), i, count = 0;
	uint32_t *pids = calloc(n + 1, sizeof(*pids));

	if (!pids)
		return 0;
	for (i = 0; i < n; i++)
		pids[i] = morsel_attachment_pid(morsel_attachment_list_at(list, i));
	qsort(pids, n, sizeof(*pids), compare_pids);
	for (i = 0; i < n; i++)
		count += !i || pids[i] != pids[i - 1];
	free(pids);
	return count;
}

static uint64_t count_mappings(const struct morsel_list *list)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < morsel_list_count(list); i++)
		count += morsel_info_attachments(morsel_list_at(list, i));
	return count;
}

/* There are @mappings of what is called so: how is that said? */
static const char *describe(struct app *app, const char *name, unsigned int flags,
			    uint64_t mappings)
{
	static char text[96];
	struct morsel_attachment_list *who;
	size_t processes = 0, seen = 0;

	text[0] = '\0';
	if (!mappings)
		return text;
	if (!morsel_attachment_list(app->ctx, name, flags, &who)) {
		processes = count_processes(who);
		seen = morsel_attachment_list_count(who);
		morsel_attachment_list_free(who);
	}
	/* Those of others are told to administrators only. */
	if (seen >= mappings)
		snprintf(text, sizeof(text), ", mapped by %zu process%s", processes,
			 processes == 1 ? "" : "es");
	else
		snprintf(text, sizeof(text), ", mapped %llu time%s", (unsigned long long)mappings,
			 mappings == 1 ? "" : "s");
	return text;
}

const char *mapped_by(struct app *app, const char *directory)
{
	struct morsel_list *what;
	uint64_t mappings = 0;

	if (!morsel_list(app->ctx, directory, MORSEL_LIST_RECURSIVE, &what)) {
		mappings = count_mappings(what);
		morsel_list_free(what);
	}
	return describe(app, directory, MORSEL_LIST_RECURSIVE, mappings);
}

const char *morsel_mapped_by(struct app *app, const char *name, const struct morsel_info *info)
{
	return describe(app, name, 0, morsel_info_attachments(info));
}
