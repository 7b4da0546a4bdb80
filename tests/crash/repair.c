// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Repair: damage of each kind is reported and mended, what is not damaged is
 * there afterwards, and a repair that is cut short at any fence and begun again
 * comes to a good end.
 */
#include "damage.h"
#include "explore.h"
#include "../../kmod/repair.h"
#include <stdio.h>

enum {
	POOL_FRAMES = 128,
	ROUNDS = 4,
	STATES = 6, /* at each fence */
	NOW = 99,
};

static const struct pp_format the_format = {
	.uuid = "a-pool-to-mend..", .label = "repair", .mode = 0755, .now = 7,
};

static struct state before, found;
static struct content room[MAX_NAMES];
static struct explorer *explorer;
static const struct damage *damage;
static int points, failures, wrong;
static unsigned long interrupted;

static void point(bool ok, const char *what)
{
	points++;
	failures += !ok;
	printf("%sok %d - %s\n", ok ? "" : "not ", points, what);
}

static void complain(const char *what, const char *why)
{
	if (wrong++ < 5)
		printf("# %s: %s\n", what, why);
}

/* ---- as the tool does it ---- */

static u64 damage_in(const struct pp_report *report)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < PP_PROBLEMS; i++)
		if (i != PP_SUPER && i != PP_ORPHAN && i != PP_CHECKPOINT &&
		    i != PP_CUT)
			sum += report->count[i];
	return sum;
}

/* Return: what was damaged; -errno. */
static int one_round(struct pm pm, struct pp_report *report, bool mend)
{
	struct pp_open how = { .report = report };
	struct pp_pool *pool = calloc(1, sizeof(*pool));
	struct pp_scan scan = { 0 };
	const char *why;
	int err;

	assert(pool);
	pool->pm = pm;
	err = pp_identify(pool, &why, report);
	if (!err && mend)
		err = pp_repair_records(pool, report, NOW);
	if (!err)
		err = pp_start(pool, &how, &scan);
	if (!err && mend)
		err = damage_in(report) ? pp_repair(pool, &scan, NOW) : pp_stop(pool);
	pp_scan_free(&scan);
	pp_close(pool);
	free(pool);
	return err ? err : (int)damage_in(report);
}

/* Return: NULL, or why it is not mended. */
static const char *mend(struct pm pm, struct pp_report *first)
{
	struct pp_report report;
	int round, left = 1;

	for (round = 0; round < ROUNDS && left > 0; round++) {
		memset(&report, 0, sizeof(report));
		left = one_round(pm, &report, true);
		if (!round && first)
			*first = report;
	}
	if (left < 0)
		return strerror(-left);
	return left ? "damage is left" : NULL;
}

/* ---- what must be there ---- */

static bool is_hurt(const char *path)
{
	size_t length = strlen(path);
	const char *at = damage->hurt;

	while ((at = strstr(at, path))) {
		if (at[length] == ',' && (at == damage->hurt || at[-1] == ','))
			return true;
		at++;
	}
	return false;
}

/* The same object with all it had; names may have become fewer. */
static bool is_same(const struct name *was, const struct name *is)
{
	static const struct content zeros;
	const struct content *a = was->content ? was->content : &zeros;
	const struct content *b = is->content ? is->content : &zeros;

	return was->type == is->type && was->mode == is->mode && was->uid == is->uid &&
	       was->size == is->size && was->mtime == is->mtime && was->flags == is->flags &&
	       was->acl_len == is->acl_len && !memcmp(was->acl, is->acl, was->acl_len) &&
	       was->target_len == is->target_len &&
	       !memcmp(was->target, is->target, was->target_len) && !memcmp(a, b, sizeof(*a));
}

static const char *find_again(const struct name *was)
{
	int i;

	for (i = 0; i < found.nr; i++)
		if (found.names[i].key == was->key)
			return is_same(was, &found.names[i]) ? NULL : was->path;
	return was->path;
}

/* Return: NULL, or what is wrong with a pool that was mended. */
static const char *judge(struct pm pm)
{
	const char *why;
	u64 in_use;
	int i;

	memset(room, 0, sizeof(room));
	why = recover_and_read(pm, &found, room, &in_use);
	for (i = 0; i < before.nr && !why; i++)
		if (!is_hurt(before.names[i].path))
			why = find_again(&before.names[i]);
	return why;
}

/* ---- cut short ---- */

static void on_fence(struct memory *memory)
{
	struct scratch *scratch = explorer->scratch;
	const char *why;
	int state;
	u32 i;

	for (state = 0; state < STATES; state++) {
		memcpy(scratch->image, memory->durable, memory->size);
		for (i = 0; i < memory->nr_pending; i++)
			if (state == 1 || (state > 1 && random_below(explorer, 2)))
				scratch_apply(scratch, memory, memory->pending[i],
					      memory->lines[memory->pending[i]].nr);
		why = mend(scratch_pm(scratch), NULL);
		if (!why)
			why = judge(scratch_pm(scratch));
		if (why)
			complain("cut short and begun again", why);
		interrupted++;
		scratch_undo(scratch, memory->durable);
	}
}

/* ---- the tests ---- */

static u8 *make_base(struct world *w)
{
	u8 *image = calloc(1, w->memory->size);
	struct pm pm;
	int err;

	assert(image);
	memory_set(w->memory, image);
	pm = memory_pm(w->memory);
	err = pp_format(&pm, &the_format);
	assert(!err);
	world_open(w);
	set_up(w);
	set_up_more(w);
	before = w->after;
	world_close(w);
	memcpy(image, w->memory->now, w->memory->size);
	return image;
}

static void plant(u8 *image, u64 size)
{
	struct pp_pool *pool = calloc(1, sizeof(*pool));
	const char *why;
	int err;

	assert(pool);
	pool->pm = (struct pm){ image, size, NULL };
	err = pp_identify(pool, &why, NULL);
	assert(!err);
	damage->plant(pool);
	free(pool);
}

static void look_only(const u8 *image, u64 size)
{
	struct pp_report report = { 0 };
	u8 *copy = malloc(size);

	assert(copy);
	memcpy(copy, image, size);
	one_round((struct pm){ copy, size, NULL }, &report, false);
	if (!report.count[damage->problem])
		complain(damage->name, "nobody has seen it");
	free(copy);
}

static void test(const u8 *base)
{
	struct memory *memory = explorer->world->memory;
	struct pp_report again = { 0 };
	u8 *image = malloc(memory->size);
	const char *why;
	char text[96];

	wrong = 0;
	assert(image);
	memcpy(image, base, memory->size);
	plant(image, memory->size);
	look_only(image, memory->size);
	memory_set(memory, image);
	memory->point = on_fence;
	why = mend(memory_pm(memory), NULL);
	memory->point = NULL;
	if (!why)
		why = judge(memory_pm(memory));
	if (why)
		complain(damage->name, why);
	why = mend(memory_pm(memory), &again);
	if (why || damage_in(&again))
		complain(damage->name, "there is something to mend the second time");
	free(image);
	snprintf(text, sizeof(text), "%s: seen and mended, whenever it is cut short", damage->name);
	point(!wrong, text);
}

int main(int argc, char **argv)
{
	u8 *base;
	int i;

	explorer = explorer_new((u64)POOL_FRAMES * MEDIA_FRAME);
	if (argc > 1)
		explorer->seed = strtoull(argv[1], NULL, 0);
	printf("# seed %#llx\n", (unsigned long long)explorer->seed);
	base = make_base(explorer->world);
	for (i = 0; i < nr_damages; i++) {
		damage = &damages[i];
		test(base);
	}
	printf("# %lu repairs were cut short\n", interrupted);
	point(interrupted > 100, "repairs were cut short");
	printf("1..%d\n", points);
	free(base);
	explorer_free(explorer);
	return failures != 0;
}
