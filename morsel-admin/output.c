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

char *escaped(const char *name)
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

/* @value: NULL, or receives what there is besides the text */
static char *text_of(const struct app *app, const struct column *column, const void *item,
		     struct value *value)
{
	struct value own = { .kind = VALUE_NONE };

	if (!value)
		value = &own;
	*value = own;
	column->get(item, value);
	return value_text(app, value);
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
		      struct libscols_line *line, const struct choice *choice, const void *item)
{
	struct value value;
	size_t i;

	for (i = 0; i < choice->count; i++) {
		char *text = text_of(app, choice->columns[i], item, &value);

		if (!text || scols_line_refer_data(line, i, text))
			return false;
		if (is_number(value.kind))
			scols_column_set_flags(scols_table_get_column(table, i), SCOLS_FL_RIGHT);
		if (app->color && value.color)
			scols_cell_set_color(scols_line_get_cell(line, i), value.color);
	}
	return true;
}

static bool is_one_of(const char *key, const char *const *keys)
{
	while (*keys && strcmp(key, *keys) != 0)
		keys++;
	return *keys;
}

/*
 * What may happen to a column of a table that is wider than the terminal: of people and
 * programs the beginning tells enough; a name that somebody will type goes on in the next
 * line, for which the terminal cares where it is the end of the line, so that it can be
 * copied; half a number is another number. The library does nothing where there is no
 * terminal.
 */
static int flags_of(const struct choice *choice, size_t i, const char *tree)
{
	static const char *const cut[] = { "command", "label", NULL };
	static const char *const names[] = { "name", "pool", "path", "mount", "device",
					     "user", "owner", "group", NULL };
	const char *key = choice->columns[i]->key;

	if (tree && !strcmp(key, tree))
		return SCOLS_FL_TREE | SCOLS_FL_NOEXTREMES;
	if (is_one_of(key, cut))
		return SCOLS_FL_TRUNC;
	if (is_one_of(key, names))
		return i + 1 < choice->count ? SCOLS_FL_WRAP : SCOLS_FL_NOEXTREMES;
	return 0;
}

/* The head; the column @tree has branches, if any. */
static bool fill_head(const struct app *app, struct libscols_table *table,
		      const struct choice *choice, const char *tree)
{
	size_t i, c;

	scols_table_enable_noheadings(table, app->no_header);
	scols_table_enable_colors(table, app->color);
	for (i = 0; i < choice->count; i++) {
		const char *key = choice->columns[i]->key;
		char head[32];

		snprintf(head, sizeof(head), "%s", key);
		for (c = 0; head[c]; c++)
			head[c] = (char)(head[c] == '_' ? '-' : head[c] - 32 * (head[c] >= 'a'));
		if (!scols_table_new_column(table, head, 0, flags_of(choice, i, tree)))
			return false;
	}
	return true;
}

static bool fill_table(const struct app *app, struct libscols_table *table,
		       const struct choice *choice, const void *const *items, const long *parents,
		       size_t nr_items)
{
	struct libscols_line **lines = calloc(nr_items + 1, sizeof(struct libscols_line *));
	bool good = lines;
	size_t i;

	for (i = 0; good && i < nr_items; i++) {
		struct libscols_line *above = parents && parents[i] >= 0 ? lines[parents[i]] : NULL;

		lines[i] = scols_table_new_line(table, above);
		good = lines[i] && fill_line(app, table, lines[i], choice, items[i]);
	}
	free(lines);
	return good;
}

static void print_lines(struct app *app, const struct choice *choice, const void *const *items,
			const long *parents, size_t nr_items, const char *tree)
{
	struct libscols_table *table = scols_new_table();

	if (table && fill_head(app, table, choice, tree) &&
	    fill_table(app, table, choice, items, parents, nr_items))
		scols_print_table(table);
	else
		report_text(app, NULL, -ENOMEM, "%s", strerror(ENOMEM));
	scols_unref_table(table);
}

int print_tree(struct app *app, const struct sheet *sheet, const void *const *items,
	       const long *parents, size_t nr_items, const char *key)
{
	struct choice choice;
	int status;

	/* In JSON the items tell their parents. */
	if (app->json)
		return print_table(app, sheet, items, nr_items);
	status = choose(app, sheet, false, &choice);
	if (!status)
		print_lines(app, &choice, items, parents, nr_items, key);
	return status;
}

int print_table(struct app *app, const struct sheet *sheet, const void *const *items,
		size_t nr_items)
{
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
	print_lines(app, &choice, items, NULL, nr_items, NULL);
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
		struct value value;
		char *text = text_of(app, choice.columns[i], item, &value);

		printf("%-12s  %s%s%s\n", choice.columns[i]->key, color_on(app->color, value.color),
		       text ? text : "?", color_off(app->color, value.color));
		free(text);
	}
	return 0;
}
