// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses in words: as a number, as a slot of the window, and beside another morsel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "admin.h"

static const uint64_t slot_size = 1ULL << 30;

/* The Nth GiB of the window. Return: 0 or a status. */
static int parse_slot(struct app *app, const char *text, const char *number, uint64_t *addr)
{
	struct morsel_window window;
	uint64_t slot;
	int err;

	if (parse_number(app, "slot", number, &slot))
		return STATUS_USAGE;
	err = morsel_window_get(app->ctx, &window);
	if (err) {
		report(app, text, err);
		return final_status(app);
	}
	if (slot >= (window.end - window.start) / slot_size)
		return usage_error(app, "\"%s\" is beyond the window, which has %llu slots",
				   shown(text),
				   (unsigned long long)((window.end - window.start) / slot_size));
	*addr = window.start + slot * slot_size;
	return 0;
}

/* Add the address of @name to @addr. Return: 0 or a status. */
static int add_address_of(struct app *app, const char *name, uint64_t *addr)
{
	struct morsel_info *info;
	uint64_t base;
	int err = morsel_stat(app->ctx, name, &info);

	if (err) {
		report(app, name, err);
		return final_status(app);
	}
	base = morsel_info_addr(info);
	morsel_info_free(info);
	if (!base) {
		report_text(app, name, -EADDRNOTAVAIL, "it has no address");
		return final_status(app);
	}
	if (__builtin_add_overflow(*addr, base, addr))
		return usage_error(app, "there is no address so far behind \"%s\"", shown(name));
	return 0;
}

/* @plus is the last one in @text. */
static int parse_beside(struct app *app, const char *text, const char *plus, uint64_t *addr)
{
	char *name;
	int status;

	if (parse_size(app, "offset", plus + 1, addr))
		return STATUS_USAGE;
	name = strndup(text, (size_t)(plus - text));
	if (!name) {
		report_text(app, text, -ENOMEM, "%s", strerror(ENOMEM));
		return STATUS_FAILED;
	}
	status = add_address_of(app, name, addr);
	free(name);
	return status;
}

static bool read_hex(const char *text, uint64_t *addr)
{
	char *end;

	if (strncmp(text, "0x", 2) != 0 || text[2] == '-' || text[2] == '+' || text[2] == ' ')
		return false;
	errno = 0;
	*addr = strtoull(text, &end, 16);
	return *addr && !errno && !*end;
}

int parse_address(struct app *app, const char *text, uint64_t *addr)
{
	const char *plus = strrchr(text, '+');

	*addr = 0;
	if (!strcmp(text, "auto") || read_hex(text, addr))
		return 0;
	if (plus && memchr(text, ':', (size_t)(plus - text)))
		return parse_beside(app, text, plus, addr);
	if (!strncmp(text, "slot:", 5))
		return parse_slot(app, text, text + 5, addr);
	return usage_error(app, "address \"%s\" is neither auto, 0x and digits, slot:NUMBER nor "
				"POOL:PATH+OFFSET", shown(text));
}
