/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables, cards and JSON from one description of what there is to show: a list
 * of columns, each with a function that gets its value from an item.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "admin.h"

enum value_kind {
	VALUE_NONE, /* null, or a dash */
	VALUE_TEXT, /* fit to print as it is */
	VALUE_NAME, /* any bytes */
	VALUE_NUMBER,
	VALUE_SIZE, /* bytes */
	VALUE_MODE, /* permission bits */
	VALUE_TIME, /* nanoseconds since 1970 */
	VALUE_FLAG,
};

enum { TABLE_SIZE = 4096 }; /* bytes of a page of tables */

struct value {
	enum value_kind kind;
	uint64_t number;
	int64_t time;
	const char *text;
	const char *color; /* "red" and so on, or NULL; see color.c */
};

struct column {
	const char *key; /* in JSON and for --output; its capitals head the table */
	void (*get)(const void *item, struct value *value);
	const char *help;
};

struct sheet {
	const struct column *columns;
	size_t nr_columns;
	const char *normal; /* keys of the columns of a table if nothing else is said */
};

/* ---- output.c ---- */

/* Print the names of the columns and what they mean. Return: STATUS_OK. */
int list_columns(struct app *app, const struct sheet *sheet);
/* Does --output name columns that there are? Return: 0 or STATUS_USAGE. */
int check_columns(struct app *app, const struct sheet *sheet);
/*
 * Show items, one a line, or with --json as objects with all columns.
 * Return: 0 or STATUS_USAGE.
 */
int print_table(struct app *app, const struct sheet *sheet, const void *const *items,
		size_t nr_items);
/*
 * The same as a tree: @parents[i] is the index of the item above item i, which
 * comes before it, or -1. The column @key has the branches.
 */
int print_tree(struct app *app, const struct sheet *sheet, const void *const *items,
	       const long *parents, size_t nr_items, const char *key);
/* Show all of an item, one column a line. Return: as above. */
int print_card(struct app *app, const struct sheet *sheet, const void *item);
/* For people, fit for a terminal. Free the result; NULL without memory. */
char *value_text(const struct app *app, const struct value *value);
/* All of a name, fit to print. Free the result; NULL without memory. */
char *escaped(const char *name);

/* ---- json.c ---- */

/* Add an object with these columns of @item to what --json prints. */
void json_add_item(struct app *app, const struct column *const *columns, size_t count,
		   const void *item);
/* An object with all columns of @item. */
struct json_object *json_of(const struct sheet *sheet, const void *item);
void json_add_value(struct json_object *object, const char *key, const struct value *value);
/* Add @name, and if it is not UTF-8 also its bytes as KEY_hex. */
void json_add_name(struct json_object *object, const char *key, const char *name);
/* How to print it: JSON_C_TO_STRING_... */
int json_flags(const struct app *app);

/* ---- columns.c ---- */

/* What is known of a pool from its media alone. */
struct media_item {
	const char *path;
	uint64_t size;
	char label[65], uuid[37];
	bool clean; /* it was unmounted */
	int64_t created;
	uint64_t mounts;
};

struct pool_item {
	const struct morsel_pool *pool; /* or NULL: then there is @media */
	char *mount;			/* where it is mounted, or NULL */
	const struct media_item *media;
};

extern const struct sheet pool_sheet;	/* items: struct pool_item */
extern const struct sheet media_sheet;	/* the same columns, others usual */
extern const struct sheet object_sheet; /* items: struct morsel_info */
extern const struct sheet quota_sheet;	/* items: struct morsel_quota */
extern const struct sheet vas_sheet;	/* items: struct morsel_vas */
extern const struct sheet usage_sheet;	/* items: struct morsel_info */
/* The sheet of usage with the options that are given. */
const struct sheet *usage_sheet_of(const struct app *app);
extern const struct sheet status_sheet; /* items: sums of its own */
extern const struct sheet rights_check_sheet; /* items: steps of its own */
extern const struct sheet ps_sheet;	/* items: struct morsel_attachment */
/* Fill a value; a text of NULL is none. */
void set_number(struct value *value, enum value_kind kind, uint64_t number);
void set_text(struct value *value, enum value_kind kind, const char *text);
/* Its text is valid until the next call. */
void set_address(struct value *value, uint64_t addr);
/* The name of a user or group, or its number; valid until the next call. */
const char *user_name(uint32_t uid);
const char *group_name(uint32_t gid);
/* "file", "directory", "symlink" or "?" */
const char *type_name(uint32_t type);

#endif
