// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * check of a device or an image: what the kernel does when it mounts it, and
 * more of it.  Without --repair it is done to a private copy of what it would
 * write, so that a pool that was not unmounted is judged as it would come back.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "check.h"
#include "image.h"
#include "../kmod/repair.h"

enum {
	ROUNDS = 4, /* of mending: what is mended may bring more to light */
};

struct media_check {
	struct pp_report report;
	struct app *app;
	struct image *image;
	bool repair, data;
	struct media_item item;
	struct json_object *findings;
	int round;
	unsigned long damage;	      /* in this round */
	u64 objects, used, read;      /* bytes */
	const char *why;
};

static const char *const problems[PP_PROBLEMS] = {
	[PP_SUPER] = "superblock", [PP_LOG] = "log",	   [PP_RECORDS] = "records",
	[PP_RECORD] = "record",	   [PP_ROOT] = "root",	   [PP_NAME] = "name",
	[PP_PARENT] = "parent",	   [PP_LINK] = "link",	   [PP_TREE] = "tree",
	[PP_DOUBLE] = "double",	   [PP_BLOB] = "blob",	   [PP_ORPHAN] = "orphan",
	[PP_CHECKPOINT] = "checkpoint", [PP_CUT] = "cut",
};

/* What a power cut may leave, and every mount sets right. */
static bool is_damage(enum pp_problem problem)
{
	return problem != PP_SUPER && problem != PP_ORPHAN && problem != PP_CHECKPOINT &&
	       problem != PP_CUT;
}

static void found(struct pp_report *report, enum pp_problem problem, u64 id, u64 frame,
		  const char *text)
{
	struct media_check *check = container_of(report, struct media_check, report);
	struct json_object *finding;
	char name[48];

	check->damage += is_damage(problem);
	if (check->round)
		return; /* it is told in the last round what is left */
	if (id)
		snprintf(name, sizeof(name), "object %llu", (unsigned long long)id);
	else if (frame)
		snprintf(name, sizeof(name), "frame %llu", (unsigned long long)frame);
	else
		snprintf(name, sizeof(name), "%s", problems[problem]);
	finding = add_finding(check->app, check->findings, name, text);
	json_object_object_add(finding, "problem", json_object_new_string(problems[problem]));
	json_object_object_add(finding, "damage", json_object_new_boolean(is_damage(problem)));
}

/* ---- data ---- */

static void read_object(struct media_check *check, const struct pp_pool *pool,
			const struct pp_item *item)
{
	struct pp_object obj;
	struct pp_leaf leaf;
	u64 page, step, i;
	u8 buffer[MEDIA_FRAME];

	if (pp_record_load(pool, item->id, &obj))
		return;
	for (page = 0; page << MEDIA_FRAME_SHIFT < item->size; page += step) {
		if (pp_tree_lookup(pool, item->root, page, &leaf))
			return;
		step = (1ULL << leaf.order) - (page & ((1ULL << leaf.order) - 1));
		for (i = 0; leaf.frame && i < step; i++) {
			if (pm_load(&pool->pm, pp_frame_offset(leaf.frame + i), buffer,
				    MEDIA_FRAME))
				found(&check->report, PP_TREE, item->id, leaf.frame + i,
				      "its data cannot be read: memory error");
			else
				check->read += MEDIA_FRAME;
		}
	}
}

static void sum_up(struct media_check *check, const struct pp_pool *pool,
		   const struct pp_scan *scan)
{
	u64 i;

	check->objects = 0;
	check->read = 0;
	for (i = 0; i < scan->nr; i++) {
		const struct pp_item *item = &scan->items[i];

		check->objects += item->type != MEDIA_LINK && item->type != MEDIA_QUOTA &&
				  item->state != PP_ITEM_ORPHAN;
		if (check->data && item->root && !item->bad && item->state != PP_ITEM_ORPHAN)
			read_object(check, pool, item);
	}
	check->used = pp_frame_offset(pool->nr_frames - fa_nr_free(pool->frames));
}

/* ---- the pool ---- */

static s64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* Look at all of it, and mend what is found.  Return: 0 or -errno. */
static int one_round(struct media_check *check, struct pp_pool *pool, bool last)
{
	struct pp_open how = { .report = &check->report };
	struct pp_scan scan = { 0 };
	int err;

	check->damage = 0;
	pool->pm = check->image->pm;
	err = pp_identify(pool, &check->why, &check->report);
	if (!err && check->repair)
		err = pp_repair_records(pool, &check->report, now());
	if (!err)
		err = pp_start(pool, &how, &scan);
	if (!err && pool->clean)
		err = pp_compare_checkpoint(pool);
	if (!err)
		sum_up(check, pool, &scan);
	if (!err && check->repair && check->damage && !last)
		err = pp_repair(pool, &scan, now());
	else if (!err && check->repair)
		err = pp_stop(pool);
	pp_scan_free(&scan);
	pp_close(pool);
	return err;
}

static int all_rounds(struct media_check *check)
{
	int err = 0;

	for (check->round = 0; !err && check->round < ROUNDS; check->round++) {
		struct pp_pool *pool = calloc(1, sizeof(*pool));

		if (!pool)
			return -ENOMEM;
		err = one_round(check, pool, check->round == ROUNDS - 1);
		free(pool);
		if (!check->repair || !check->damage)
			break;
	}
	/* No root directory: that is a finding, and the end. */
	return err == -EUCLEAN ? 0 : err;
}

/* ---- the result ---- */

static void print_media_result(struct media_check *check)
{
	size_t count = json_object_array_length(check->findings);
	char used[MORSEL_SIZE_TEXT];
	struct json_object *result;

	if (check->damage)
		check->app->status = STATUS_DAMAGED;
	check->app->done++;
	if (check->app->json) {
		result = json_object_new_object();
		json_add_name(result, "device", check->image->path);
		json_add_name(result, "label", check->item.label);
		json_object_object_add(result, "uuid", json_object_new_string(check->item.uuid));
		json_object_object_add(result, "objects", json_object_new_uint64(check->objects));
		json_object_object_add(result, "used", json_object_new_uint64(check->used));
		json_object_object_add(result, "data", json_object_new_uint64(check->read));
		json_object_object_add(result, "left", json_object_new_uint64(check->damage));
		json_object_object_add(result, "findings", json_object_get(check->findings));
		json_object_array_add(check->app->results, result);
		return;
	}
	if (check->app->quiet && !count)
		return;
	printf("%s: %llu objects, %s used: ", shown(check->image->path),
	       (unsigned long long)check->objects, morsel_size_format(check->used, used));
	if (!count)
		printf("no damage found\n");
	else if (!check->repair)
		printf("%zu findings\n", count);
	else if (check->damage)
		printf("%zu findings, %lu are left\n", count, check->damage);
	else
		printf("%zu findings, %s\n", count,
		       check->app->dry_run ? "all can be mended" : "all mended");
}

/* Who only looks, or only says what he would do, works on a copy. */
void check_media(struct app *app, const char *path, bool repair, bool data)
{
	enum image_mode mode = repair && !app->dry_run ? IMAGE_WRITE : IMAGE_COPY;
	struct media_check check = {
		.report.found = found, .app = app, .repair = repair, .data = data,
	};
	struct image image;
	const char *why = NULL;
	int err;

	if (image_open(app, &image, path, mode))
		return;
	check.image = &image;
	check.findings = json_object_new_array();
	err = image_map(app, &image, mode);
	if (!err) {
		err = media_identify(&image, &check.item, &why);
		if (!err)
			err = all_rounds(&check);
		if (err)
			report_text(app, path, err, "%s", why ? why : strerror(-err));
		else
			print_media_result(&check);
	}
	json_object_put(check.findings);
	image_close(app, &image);
}
