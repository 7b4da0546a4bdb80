// SPDX-License-Identifier: GPL-2.0-or-later
/* The plan: lines of tab-separated fields, written by the host into the initramfs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "guest.h"

static struct step *steps;
static int nr_steps;

static void split(struct step *step)
{
	char *line = step->line, *field;

	line[strcspn(line, "\n")] = '\0';
	while (step->nr < PLAN_FIELDS && (field = strsep(&line, "\t")))
		step->field[step->nr++] = field;
}

int plan_load(const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	if (!f)
		return -errno;
	while (getline(&line, &size, f) > 0) {
		steps = reallocarray(steps, nr_steps + 1, sizeof(*steps));
		if (!steps)
			return -ENOMEM;
		memset(&steps[nr_steps], 0, sizeof(*steps));
		steps[nr_steps].line = strdup(line);
		split(&steps[nr_steps++]);
	}
	free(line);
	fclose(f);
	return 0;
}

bool plan_each(const char *verb, bool (*fn)(const struct step *step))
{
	for (int i = 0; i < nr_steps; i++)
		if (!strcmp(steps[i].field[0], verb) && !fn(&steps[i]))
			return false;
	return true;
}

const char *plan_value(const char *verb)
{
	for (int i = 0; i < nr_steps; i++)
		if (!strcmp(steps[i].field[0], verb))
			return steps[i].nr > 1 ? steps[i].field[1] : "";
	return NULL;
}
