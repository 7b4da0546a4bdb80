// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON: the same types whatever the options, and always valid UTF-8. */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../libmorsel/utf8.h"
#include "output.h"

/* ---- names ---- */

/* Copy @name to @out, bytes that are not UTF-8 as U+FFFD. Return: whether there were any. */
static bool to_utf8(const char *name, char *out)
{
	bool bad = false;
	uint32_t c;
	int len;

	while (*name) {
		len = utf8_decode(name, &c);
		if (len) {
			out = mempcpy(out, name, len);
			name += len;
		} else {
			out = mempcpy(out, "\xef\xbf\xbd", 3);
			name++;
			bad = true;
		}
	}
	*out = '\0';
	return bad;
}

static void add_hex(struct json_object *object, const char *key, const char *name)
{
	size_t i, len = strlen(name);
	char *hex = malloc(2 * len + 1), member[64];

	if (!hex)
		return;
	for (i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)name[i]);
	snprintf(member, sizeof(member), "%s_hex", key);
	json_object_object_add(object, member, json_object_new_string(hex));
	free(hex);
}

void json_add_name(struct json_object *object, const char *key, const char *name)
{
	char *text = malloc(3 * strlen(name) + 1);

	if (!text)
		return;
	if (to_utf8(name, text))
		add_hex(object, key, name);
	json_object_object_add(object, key, json_object_new_string(text));
	free(text);
}

/* ---- values ---- */

/* RFC 3339, in UTC, with all nine digits: too many for a number in JSON. */
static struct json_object *json_time(int64_t ns)
{
	int64_t seconds = ns / 1000000000, rest = ns % 1000000000;
	char day[48], text[64];
	struct tm tm;
	time_t t;

	if (rest < 0) {
		rest += 1000000000;
		seconds--;
	}
	t = seconds;
	if (!gmtime_r(&t, &tm))
		return NULL;
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%09lldZ", day, (long long)rest);
	return json_object_new_string(text);
}

void json_add_value(struct json_object *object, const char *key, const struct value *value)
{
	struct json_object *member = NULL;
	char mode[16];

	switch (value->kind) {
	case VALUE_NAME:
		json_add_name(object, key, value->text);
		return;
	case VALUE_TEXT:
		member = json_object_new_string(value->text);
		break;
	case VALUE_NUMBER:
	case VALUE_SIZE:
		member = json_object_new_uint64(value->number);
		break;
	case VALUE_MODE:
		snprintf(mode, sizeof(mode), "%04o", (unsigned int)value->number);
		member = json_object_new_string(mode);
		break;
	case VALUE_TIME:
		member = json_time(value->time);
		break;
	case VALUE_FLAG:
		member = json_object_new_boolean(value->number != 0);
		break;
	case VALUE_NONE:
		break;
	}
	json_object_object_add(object, key, member);
}

void json_add_item(struct app *app, const struct column *const *columns, size_t count,
		   const void *item)
{
	struct json_object *object = json_object_new_object();
	size_t i;

	for (i = 0; i < count; i++) {
		struct value value = { .kind = VALUE_NONE };

		columns[i]->get(item, &value);
		json_add_value(object, columns[i]->key, &value);
	}
	json_object_array_add(app->results, object);
}

struct json_object *json_of(const struct sheet *sheet, const void *item)
{
	struct json_object *object = json_object_new_object();
	size_t i;

	for (i = 0; i < sheet->nr_columns; i++) {
		struct value value = { .kind = VALUE_NONE };

		sheet->columns[i].get(item, &value);
		json_add_value(object, sheet->columns[i].key, &value);
	}
	return object;
}

int json_flags(const struct app *app)
{
	return JSON_C_TO_STRING_NOSLASHESCAPE |
	       (app->pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
			    : JSON_C_TO_STRING_PLAIN);
}
