// SPDX-License-Identifier: GPL-2.0-or-later
/* rights check: may somebody do this, and what decides it? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "decide.h"
#include "output.h"
#include "rights.h"

enum { OPT_AS = 256 };

const struct option_desc rights_check_options[] = {
	{ OPT_AS, "as", "USER", "Whose rights; default: yours" },
	{ 'g', "group", "GROUP",
	  "A group that the user is in, in the place of all that he is in; may be given again" },
	{ 0 },
};

/* A directory on the way, or at last what was named. */
struct step {
	char *name;
	struct morsel_rights *rights;
	uint32_t want;
	struct verdict verdict;
};

/* ---- columns ---- */

static void set_perm(struct value *value, uint32_t perm)
{
	static char text[4];

	perm_text(perm, text);
	set_text(value, VALUE_TEXT, text);
}

static void step_name(const void *item, struct value *value)
{
	set_text(value, VALUE_NAME, ((const struct step *)item)->name);
}

static uint32_t owner_of(const struct step *step)
{
	return morsel_info_uid(morsel_rights_info(step->rights));
}

static void step_owner(const void *item, struct value *value)
{
	set_text(value, VALUE_NAME, user_name(owner_of(item)));
}

static void step_want(const void *item, struct value *value)
{
	set_perm(value, ((const struct step *)item)->want);
}

static void step_allowed(const void *item, struct value *value)
{
	const struct step *step = item;

	set_number(value, VALUE_FLAG, step->verdict.allowed);
	value->color = step->verdict.allowed ? NULL : "red";
}

static void step_by(const void *item, struct value *value)
{
	static const char *const words[] = {
		[BY_ENTRY] = "entry",
		[BY_CAPABILITY] = "capability",
		[BY_SEAL] = "seal",
	};

	set_text(value, VALUE_TEXT, words[((const struct step *)item)->verdict.by]);
}

static void step_entry(const void *item, struct value *value)
{
	const struct step *step = item;

	if (step->verdict.entry)
		set_text(value, VALUE_NAME, entry_text(step->verdict.entry));
}

static void step_mask(const void *item, struct value *value)
{
	const struct step *step = item;

	if (step->verdict.bounded)
		set_perm(value, step->verdict.mask);
}

static void step_has(const void *item, struct value *value)
{
	set_perm(value, ((const struct step *)item)->verdict.has);
}

static const struct column step_columns[] = {
	{ "name", step_name, "POOL:PATH, of a directory on the way or what was named" },
	{ "owner", step_owner, "name of the owner, or the number" },
	{ "want", step_want, "what is needed there" },
	{ "allowed", step_allowed, "all of that may be done" },
	{ "by", step_by, "what decides: entry, capability or seal" },
	{ "entry", step_entry, "the entry that counts for the user" },
	{ "mask", step_mask, "what bounds it" },
	{ "has", step_has, "what both leave him" },
};

const struct sheet rights_check_sheet = {
	.columns = step_columns,
	.nr_columns = ARRAY_SIZE(step_columns),
	.normal = "want,allowed,by,entry,mask,has,name",
};

/* ---- the user ---- */

static void no_memory(struct app *app)
{
	report_text(app, NULL, -ENOMEM, "%s", strerror(ENOMEM));
}

/* Those of the process. Return: 0 or STATUS_FAILED. */
static int own_groups(struct app *app, struct person *person)
{
	int count = getgroups(0, NULL);

	person->groups = count < 0 ? NULL : calloc((size_t)count + 1, sizeof(*person->groups));
	if (person->groups)
		count = getgroups(count, person->groups);
	if (!person->groups || count < 0) {
		no_memory(app);
		return STATUS_FAILED;
	}
	person->groups[count] = getegid();
	person->nr_groups = count + 1;
	return 0;
}

/* Those of --group. Return: 0 or a status. */
static int given_groups(struct app *app, struct person *person)
{
	uint32_t gid;
	int i;

	person->groups = calloc(MAX_OPTIONS, sizeof(*person->groups));
	if (!person->groups) {
		no_memory(app);
		return STATUS_FAILED;
	}
	for (i = 0; i < app->nr_options; i++) {
		if (app->options[i].key != 'g')
			continue;
		if (parse_group(app, app->options[i].value, &gid))
			return STATUS_USAGE;
		person->groups[person->nr_groups++] = gid;
	}
	return 0;
}

/* Return: 0 or a status. */
static int read_person(struct app *app, struct person *person)
{
	const char *user = option_value(app, OPT_AS);

	person->uid = geteuid();
	if (user && parse_user(app, user, &person->uid))
		return STATUS_USAGE;
	if (has_option(app, 'g'))
		return given_groups(app, person);
	if (!user)
		return own_groups(app, person);
	person->groups = groups_of(person->uid, &person->nr_groups);
	if (!person->groups)
		person->nr_groups = 0; /* nobody knows him */
	return 0;
}

/* ---- the way ---- */

/* The names of @steps, from the root to POOL:PATH. Return: 0 or -errno. */
static int name_steps(struct step *steps, size_t count, const char *pool, const char *path)
{
	const char *end = path;
	size_t i;

	for (i = 0; i < count; i++) {
		if (asprintf(&steps[i].name, "%s:%.*s", pool, (int)(end - path), path) < 0) {
			steps[i].name = NULL;
			return -ENOMEM;
		}
		end += *end == '/';
		end = strchrnul(end, '/');
	}
	return 0;
}

static size_t count_steps(const char *path)
{
	size_t count = *path ? 2 : 1;

	for (; *path; path++)
		count += *path == '/';
	return count;
}

static void free_way(struct step *steps, size_t count)
{
	size_t i;

	for (i = 0; steps && i < count; i++) {
		free(steps[i].name);
		morsel_rights_free(steps[i].rights);
	}
	free(steps);
}

/* The steps to @name, from malloc(); NULL after a report. */
static struct step *find_way(struct app *app, const char *name, size_t *count)
{
	struct step *steps;
	char *pool, *path;
	int err = morsel_name_parse(app->ctx, name, &pool, &path);

	if (err) {
		report(app, name, err);
		return NULL;
	}
	*count = count_steps(path);
	steps = calloc(*count, sizeof(*steps));
	if (!steps || name_steps(steps, *count, pool, path)) {
		no_memory(app);
		free_way(steps, *count);
		steps = NULL;
	}
	free(pool);
	free(path);
	return steps;
}

/* Judge each, to what can be seen. Return: how many of them. */
static size_t judge(struct app *app, struct step *steps, size_t count, const struct person *person,
		    uint32_t want)
{
	size_t i;
	int err;

	for (i = 0; i < count; i++) {
		err = morsel_rights_get(app->ctx, steps[i].name, &steps[i].rights);
		if (err) {
			report(app, steps[i].name, err);
			break;
		}
		steps[i].want = i + 1 < count ? MORSEL_ACL_PERM_EXECUTE : want;
		steps[i].verdict = decide(steps[i].rights, person, steps[i].want);
	}
	return i;
}

/* ---- the answer ---- */

/* What is missing, why, and who could grant it. */
static void tell_refused(struct app *app, const struct step *step, const struct person *person)
{
	const struct verdict *verdict = &step->verdict;
	char missing[4], mask[4], user[64], owner[64];

	if (verdict->by == BY_SEAL) {
		report_text(app, step->name, -EPERM, "it is sealed, nobody writes it");
		return;
	}
	perm_text(step->want & ~verdict->has, missing);
	perm_text(verdict->mask, mask);
	snprintf(user, sizeof(user), "%s", user_name(person->uid));
	snprintf(owner, sizeof(owner), "%s", user_name(owner_of(step)));
	report_text(app, step->name, -EACCES,
		    "%s has no %s by %s%s%s; it can be granted by the owner of %s, %s, or an "
		    "administrator", user, missing,
		    verdict->entry ? entry_text(verdict->entry) : "any entry",
		    verdict->bounded ? " with the mask " : "", verdict->bounded ? mask : "",
		    shown(step->name), owner);
}

static int show(struct app *app, const struct step *steps, size_t count,
		const struct person *person)
{
	const void **rows = calloc(count + 1, sizeof(*rows));
	size_t i;
	int status;

	if (!rows) {
		no_memory(app);
		return STATUS_FAILED;
	}
	for (i = 0; i < count; i++)
		rows[i] = &steps[i];
	status = print_table(app, &rights_check_sheet, rows, count);
	for (i = 0; !status && i < count; i++)
		if (!steps[i].verdict.allowed)
			tell_refused(app, &steps[i], person);
	free(rows);
	return status;
}

int run_rights_check(struct app *app)
{
	struct person person = { 0 };
	struct step *steps;
	uint32_t want;
	size_t count;
	int status;

	if (!parse_perm(app->args[1], &want) || !want)
		return usage_error(app, "\"%s\" is no permission: r, w, x or some of them",
				   shown(app->args[1]));
	status = read_person(app, &person);
	steps = status ? NULL : find_way(app, app->args[0], &count);
	if (steps) {
		status = show(app, steps, judge(app, steps, count, &person, want), &person);
		free_way(steps, count);
	}
	free(person.groups);
	/* Nothing has been done in part: it is allowed, or it is not. */
	return status ? status : final_status(app);
}
