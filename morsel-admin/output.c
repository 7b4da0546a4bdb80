// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables and cards for people. */
#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "output.h"

enum { MAX_COLUMNS = 40 };

/* ---- values ---- */

static bool is_number(enum value_kind kind)
{
	return kind == VALUE_NUMBER || kind == VALUE_SIZE;
}

static char *time_text(int64_t ns)
{
	time_t seconds = ns / 1000000000 - (ns % 1000000000 < 0);
	char buf[64] = "?";
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		strftime(buf, sizeof(buf), "%Y-%m-%d %H:%M:%S", &tm);
	return strdup(buf);
}

static char *escaped(const char *name)
{
	size_t size = morsel_name_escape(name, NULL, 0) + 1;
	char *text = malloc(size);

	if (text)
		morsel_name_escape(name, text, size);
	return text;
}

char *value_text(const struct app *app, const struct value *value)
{
	char size[MORSEL_SIZE_TEXT], *text;
	int n;

	switch (value->kind) {
	case VALUE_TEXT:
		return strdup(value->text);
	case VALUE_NAME:
		return escaped(value->text);
	case VALUE_TIME:
		return time_text(value->time);
	case VALUE_FLAG:
		return strdup(value->number ? "yes" : "no");
	case VALUE_MODE:
		n = asprintf(&text, "%04o", (unsigned int)value->number);
		break;
	case VALUE_SIZE:
		if (!app->bytes)
			return strdup(morsel_size_format(value->number, size));
		n = asprintf(&text, "%llu", (unsigned long long)value->number);
		break;
	case VALUE_NUMBER:
		n = asprintf(&text, "%llu", (unsigned long long)value->number);
		break;
	default:
		return strdup("-");
	}
	return n < 0 ? NULL : text;
}

static char *text_of(const struct app *app, const struct column *column, const void *item,
		     enum value_kind *kind)
{
	struct value value = { .kind = VALUE_NONE };

	column->get(item, &value);
	if (kind)
		*kind = value.kind;
	return value_text(app, &value);
}

/* ---- choosing columns ---- */

struct choice {
	const struct column *columns[MAX_COLUMNS];
	size_t count;
};

int list_columns(struct app *app, const struct sheet *sheet)
{
	size_t i;

	app->raw = true;
	for (i = 0; i < sheet->nr_columns; i++)
		printf("%-14s %s\n", sheet->columns[i].key, sheet->columns[i].help);
	return STATUS_OK;
}

static const struct column *find_column(const struct sheet *sheet, const char *key, size_t len)
{
	size_t i;

	for (i = 0; i < sheet->nr_columns; i++)
		if (!strncasecmp(sheet->columns[i].key, key, len) && !sheet->columns[i].key[len])
			return &sheet->columns[i];
	return NULL;
}

/* Add the columns in the comma-separated @keys. */
static int add_columns(struct app *app, const struct sheet *sheet, const char *keys,
		       struct choice *choice)
{
	size_t len;

	for (;; keys += len + 1) {
		len = strcspn(keys, ",");
		if (choice->count == MAX_COLUMNS)
			return usage_error(app, "too many columns");
		choice->columns[choice->count] = find_column(sheet, keys, len);
		if (!choice->columns[choice->count++])
			return usage_error(app,
					   "there is no column \"%.*s\"; --output help lists them",
					   (int)len, shown(keys));
		if (!keys[len])
			return 0;
	}
}

static void add_all(const struct sheet *sheet, struct choice *choice)
{
	for (; choice->count < sheet->nr_columns; choice->count++)
		choice->columns[choice->count] = &sheet->columns[choice->count];
}

/* The columns to show: those asked for, or @all or the normal ones. */
static int choose(struct app *app, const struct sheet *sheet, bool all, struct choice *choice)
{
	const char *keys = app->columns;
	int status = 0;

	choice->count = 0;
	if (!keys || *keys == '+') {
		if (all)
			add_all(sheet, choice);
		else
			status = add_columns(app, sheet, sheet->normal, choice);
	}
	if (!status && keys)
		status = add_columns(app, sheet, keys + (*keys == '+'), choice);
	return status;
}

int check_columns(struct app *app, const struct sheet *sheet)
{
	struct choice choice;

	return choose(app, sheet, false, &choice);
}

/* ---- tables ---- */

static int print_plain(const struct app *app, const struct choice *choice, const void *const *items,
		       size_t nr_items)
{
	size_t i;

	/* One column is a list of words, for other programs to read. */
	for (i = 0; i < nr_items; i++) {
		char *text = text_of(app, choice->columns[0], items[i], NULL);

		puts(text ? text : "?");
		free(text);
	}
	return 0;
}

static bool fill_line(const struct app *app, struct libscols_table *table,
		      const struct choice *choice, const void *item)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	enum value_kind kind;
	size_t i;

	for (i = 0; line && i < choice->count; i++) {
		char *text = text_of(app, choice->columns[i], item, &kind);

		if (!text || scols_line_refer_data(line, i, text))
			return false;
		if (is_number(kind))
			scols_column_set_flags(scols_table_get_column(table, i), SCOLS_FL_RIGHT);
	}
	return line;
}

static bool fill_table(const struct app *app, struct libscols_table *table,
		       const struct choice *choice, const void *const *items, size_t nr_items)
{
	size_t i;

	scols_table_enable_noheadings(table, app->no_header);
	for (i = 0; i < choice->count; i++) {
		char head[32];
		size_t c;

		snprintf(head, sizeof(head), "%s", choice->columns[i]->key);
		for (c = 0; head[c]; c++)
			head[c] = (char)(head[c] == '_' ? '-' : head[c] - 32 * (head[c] >= 'a'));
		if (!scols_table_new_column(table, head, 0, 0))
			return false;
	}
	for (i = 0; i < nr_items; i++)
		if (!fill_line(app, table, choice, items[i]))
			return false;
	return true;
}

int print_table(struct app *app, const struct sheet *sheet, const void *const *items,
		size_t nr_items)
{
	struct libscols_table *table;
	struct choice choice;
	int status;
	size_t i;

	status = choose(app, sheet, app->json, &choice);
	if (status)
		return status;
	if (app->json) {
		for (i = 0; i < nr_items; i++)
			json_add_item(app, choice.columns, choice.count, items[i]);
		return 0;
	}
	if (choice.count == 1)
		return print_plain(app, &choice, items, nr_items);
	table = scols_new_table();
	if (table && fill_table(app, table, &choice, items, nr_items))
		scols_print_table(table);
	else
		report_text(app, NULL, -ENOMEM, "%s", strerror(ENOMEM));
	scols_unref_table(table);
	return 0;
}

int print_card(struct app *app, const struct sheet *sheet, const void *item)
{
	struct choice choice;
	int status;
	size_t i;

	status = choose(app, sheet, true, &choice);
	if (status)
		return status;
	if (app->json) {
		json_add_item(app, choice.columns, choice.count, item);
		return 0;
	}
	for (i = 0; i < choice.count; i++) {
		char *text = text_of(app, choice.columns[i], item, NULL);

		printf("%-12s  %s\n", choice.columns[i]->key, text ? text : "?");
		free(text);
	}
	return 0;
}
