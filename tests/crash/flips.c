// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each bit of a pool's metadata is flipped, one at a time: damage is noticed,
 * or it does no harm.  What is not noticed and not the same is accepted from
 * tables only, which have no checksum, and where somebody has made the checksum
 * right.  Whatever has become of it, no frame has two owners (owners.h).
 */
#include "damage.h"
#include "ops.h"
#include "owners.h"
#include "reseal.h"
#include "../../kmod/repair.h"
#include <signal.h>
#include <unistd.h>

enum {
	POOL_FRAMES = 96,
	HUGE_POOL_FRAMES = 1030, /* with room for one frame of 2 MiB */
	MAX_AREAS = 96,
	OPEN_FENCES = 2, /* of a mount for writing */
	PART = 7,	 /* one bit of so many, in the rounds that are no more than a second look */
};

enum kind { SUPER, LOG, INDEX, MAP, RECORD, BLOB, RECORD_TABLE, TABLE, KINDS };

static const char *const kind_names[KINDS] = {
	"superblocks", "log", "index", "map", "records", "blobs", "tables of records", "tables",
};

static seal_fn *const seals[KINDS] = {
	seal_supers, seal_log, seal_checkpoint, seal_checkpoint, seal_slots, seal_blobs,
};

struct area {
	enum kind kind;
	u64 at;
	u32 length; /* bytes */
};

/* What a pool is as a whole. */
struct whole {
	u8 uuid[16];
	char label[MEDIA_LABEL + 1];
	u64 created, free[2]; /* frames, in the beginning and in the end */
};

/* A pool that nothing is wrong with, and what is in it. */
struct base {
	const char *name;
	u8 *image;
	u64 size;
	bool huge;
	struct pp_pool where;
	struct state state;
	struct content room[MAX_NAMES];
	struct whole whole;
	struct pp_report report;
	struct area areas[MAX_AREAS];
	int nr_areas;
};

enum verdict { HARMLESS, NOTICED, ACCEPTED, VERDICTS };

/* How a pool is taken into use. */
enum mode {
	TRUSTED, /* as the module does it: by the checkpoint, if it is a clean one */
	WALKED,	 /* as the checker does it */
	TURNS,	 /* by the checkpoint, and all objects are used in turns */
	MODES
};

static const char *const mode_names[MODES] = {
	"mounted", "checked", "mounted, and used in turns",
};

struct run {
	const struct base *base;
	struct scratch *scratch;
	enum mode mode;
	bool sealed;
	unsigned long count[KINDS][VERDICTS];
	unsigned long wrong;
};

static const struct pp_format the_format = {
	.uuid = "a-pool-to-flip..", .label = "flips", .mode = 0755, .now = 7,
};

static struct content room[MAX_NAMES];
static struct state found;
static struct whole found_whole;
static char now[128]; /* what is being looked at */
static int points, failures;

static void point(bool ok, const char *what)
{
	points++;
	failures += !ok;
	printf("%sok %d - %s\n", ok ? "" : "not ", points, what);
	fflush(stdout);
}

static void on_abort(int number)
{
	(void)number;
	if (write(STDOUT_FILENO, now, strlen(now)) < 0)
		_exit(2);
}

/* ---- a pool, recovered and read ---- */

/* As who uses all of them, one after the other. */
static void verify_all(struct pp_pool *pool, struct pp_scan *scan)
{
	struct pp_object obj;
	u64 i;

	for (i = 0; i < scan->nr; i++) {
		if (pp_record_load(pool, scan->items[i].id, &obj))
			abort();
		obj.count = scan->items[i].count;
		if (pp_object_verify(pool, &obj))
			scan->items[i].bad = true;
	}
}

/* Return: NULL, or why somebody has noticed that something is wrong. */
static const char *read_and_use(struct pp_pool *pool, struct pp_scan *scan, enum mode how)
{
	const char *why;

	if (how == TURNS && scan->trusted) {
		use_first(pool, scan);
		return pp_stop(pool) ? "it cannot be left" : NULL;
	}
	if (scan->trusted)
		verify_all(pool, scan);
	else if (how == WALKED && pool->clean && pp_compare_checkpoint(pool))
		abort();
	found_whole.created = pool->created;
	memcpy(found_whole.uuid, pool->uuid, sizeof(pool->uuid));
	memcpy(found_whole.label, pool->label, sizeof(pool->label));
	found_whole.free[0] = fa_nr_free(pool->frames);
	why = read_pool(pool, scan, &found, room);
	check_owners(pool, scan);
	use_pool(pool);
	found_whole.free[1] = fa_nr_free(pool->frames);
	return pp_stop(pool) ? "it cannot be left" : why;
}

static const char *take(struct pm pm, enum mode how, struct pp_report *report)
{
	struct pp_open open = { .report = report, .trust = how != WALKED };
	struct pp_pool *pool = calloc(1, sizeof(*pool));
	struct pp_scan scan = { 0 };
	const char *why;

	assert(pool);
	pool->pm = pm;
	if (!pp_identify(pool, &why, report))
		why = pp_start(pool, &open, &scan) ? "it cannot be started" :
						    read_and_use(pool, &scan, how);
	pp_scan_free(&scan);
	pp_close(pool);
	free(pool);
	return why;
}

/* ---- pools to start from ---- */

static u8 *captured;

/* What is durable after the entry of the log is, and before the records are. */
static void capture(struct memory *memory)
{
	if (memory->fences == OPEN_FENCES + 2)
		memcpy(captured, memory->durable, memory->size);
}

static void set_quota(struct world *w)
{
	struct pp_object obj = { .rec.type = MEDIA_QUOTA, .rec.uid = 1000, .rec.size = 1 << 20 };
	int err = pp_create(&w->pool, &obj);

	assert(!err);
}

/* Something of each kind; of some records the version before is another object's. */
static void fill(struct world *w)
{
	bool ok;

	set_up(w);
	set_up_more(w);
	ok = op_setattr(w) && op_grow_far(w) && op_address(w) &&
	     (!w->huge || op_fill_huge(w)) && op_write_far(w);
	set_quota(w);
	ok = ok && resize(w, "/g", 0) && resize(w, "/d/f", 0) &&
	     make(w, "/x", MEDIA_REG, 0, NULL, 0) && unlink_name(w, "/x");
	assert(ok && !w->error);
}

/* @cut: the power goes while two names are exchanged. */
static void make_image(struct base *base, bool cut)
{
	struct world *w = calloc(1, sizeof(*w));
	struct pp_report report = { 0 };
	struct pm pm;
	const char *why;
	int err;

	base->image = calloc(1, base->size);
	assert(w && base->image);
	w->memory = memory_new(base->size);
	w->huge = base->huge;
	memory_set(w->memory, base->image);
	pm = memory_pm(w->memory);
	err = pp_format(&pm, &the_format);
	assert(!err);
	world_open(w);
	fill(w);
	world_close(w);
	why = take(pm, WALKED, &report);
	assert(!why);
	memcpy(base->image, w->memory->now, base->size);
	if (cut) {
		captured = base->image;
		w->memory->fences = 0;
		w->memory->point = capture;
		world_open(w);
		op_exchange(w);
		world_close(w);
	}
	memory_free(w->memory);
	free(w);
}

/* ---- where its metadata is ---- */

static void add(struct base *base, enum kind kind, u64 at, u32 length)
{
	assert(base->nr_areas < MAX_AREAS);
	base->areas[base->nr_areas++] = (struct area){ kind, at, length };
}

static void add_table(struct base *base, enum kind kind, u64 table, unsigned int level)
{
	unsigned int slot;
	u64 entry;

	add(base, kind, pp_frame_offset(table), MEDIA_FRAME);
	for (slot = 0; slot < MEDIA_ENTRIES; slot++) {
		pm_load8(&base->where.pm, pp_entry_offset(table, slot), &entry);
		if (entry && level > 1 && !pp_is_leaf(entry, level))
			add_table(base, kind, pp_entry_frame(entry), level - 1);
		else if (entry && kind == RECORD_TABLE)
			add(base, RECORD, pp_frame_offset(pp_entry_frame(entry)), MEDIA_FRAME);
	}
}

static void add_objects(struct base *base)
{
	struct pp_object obj;
	u64 id;

	for (id = MEDIA_ROOT_ID; pp_record_offset(&base->where, id); id++) {
		if (pp_record_load(&base->where, id, &obj))
			continue;
		if (obj.rec.root)
			add_table(base, TABLE, pp_entry_frame(obj.rec.root),
				  pp_height(obj.rec.root));
		if (obj.rec.acl)
			add(base, BLOB, pp_frame_offset(obj.rec.acl), MEDIA_FRAME);
		if (obj.rec.type == MEDIA_SYMLINK)
			add(base, BLOB, pp_frame_offset(obj.rec.target), MEDIA_FRAME);
	}
}

static void find_areas(struct base *base)
{
	struct pp_pool *where = &base->where;
	u64 nr = where->nr_frames, parts = pp_nr_parts(nr), i;

	if (base->huge) {
		add_objects(base);
		return;
	}
	add(base, SUPER, 0, sizeof(struct media_super));
	add(base, SUPER, pp_frame_offset(nr - 1), sizeof(struct media_super));
	for (i = 0; i < where->log_frames * MEDIA_FRAME / MEDIA_LOG; i++)
		add(base, LOG, pp_frame_offset(where->log_first) + i * MEDIA_LOG,
		    sizeof(struct media_log));
	add(base, INDEX, pp_frame_offset(where->checkpoint_first),
	    parts * sizeof(struct media_part));
	for (i = 0; i < parts; i++)
		add(base, MAP, pp_frame_offset(where->checkpoint_first + pp_index_frames(nr) + i),
		    pp_map_bytes(nr, i));
	add_table(base, RECORD_TABLE, where->record_root, MEDIA_RECORD_LEVEL);
	add_objects(base);
}

static struct base *make_base(const char *name, bool huge, bool cut)
{
	struct base *base = calloc(1, sizeof(*base));
	struct scratch *scratch;
	const char *why;
	int err;

	assert(base);
	base->name = name;
	base->huge = huge;
	base->size = (u64)(huge ? HUGE_POOL_FRAMES : POOL_FRAMES) * MEDIA_FRAME;
	make_image(base, cut);
	base->where.pm = (struct pm){ base->image, base->size, NULL };
	err = pp_identify(&base->where, &why, NULL);
	assert(!err && base->where.clean == !cut);
	find_areas(base);
	scratch = scratch_new(base->size);
	memcpy(scratch->image, base->image, base->size);
	why = take(scratch_pm(scratch), TRUSTED, &base->report);
	assert(!why);
	base->state = found;
	base->whole = found_whole;
	memcpy(base->room, room, sizeof(room));
	for (err = 0; err < found.nr; err++)
		if (found.names[err].content)
			base->state.names[err].content =
				base->room + (found.names[err].content - room);
	scratch_free(scratch);
	return base;
}

static void base_free(struct base *base)
{
	free(base->image);
	free(base);
}

/* ---- flips ---- */

static bool is_same(const struct whole *a, const struct whole *b)
{
	return !memcmp(a->uuid, b->uuid, sizeof(a->uuid)) && !strcmp(a->label, b->label) &&
	       a->created == b->created && a->free[0] == b->free[0] && a->free[1] == b->free[1];
}

static enum verdict look(struct run *run)
{
	const struct base *base = run->base;
	struct pp_report report = { 0 };
	const char *why = take(scratch_pm(run->scratch), run->mode, &report);

	if (why || memcmp(report.count, base->report.count, sizeof(report.count)))
		return NOTICED;
	if (run->mode == TURNS)
		return HARMLESS;
	if (!is_same(&found_whole, &base->whole) ||
	    state_compare(&found, &base->state, &base->state, false))
		return ACCEPTED;
	return HARMLESS;
}

static void flip(struct run *run, const struct area *area, u64 bit)
{
	u64 at = area->at + bit / 8;
	u8 byte = run->base->image[at] ^ 1 << bit % 8;
	struct pm pm = scratch_pm(run->scratch);
	enum verdict verdict;

	snprintf(now, sizeof(now), "# %s: bit %llu of byte %#llx (%s)\n", run->base->name,
		 (unsigned long long)bit % 8, (unsigned long long)at, kind_names[area->kind]);
	pm_write(&pm, at, &byte, 1);
	if (run->sealed)
		seals[area->kind](&pm, &run->base->where);
	verdict = look(run);
	run->count[area->kind][verdict]++;
	if (verdict == ACCEPTED && !run->sealed && (seals[area->kind] || run->base->where.clean) &&
	    run->wrong++ < 10)
		printf("# nobody has noticed:\n%s", now);
	scratch_undo(run->scratch, run->base->image);
}

static void report_run(const struct run *run, unsigned long bits)
{
	char text[160];
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		if (run->count[kind][HARMLESS] + run->count[kind][NOTICED])
			printf("# %-17s %7lu noticed, %7lu harmless, %5lu accepted\n",
			       kind_names[kind], run->count[kind][NOTICED],
			       run->count[kind][HARMLESS], run->count[kind][ACCEPTED]);
	snprintf(text, sizeof(text), "%s, %s, checksums %s: %lu bits", run->base->name,
		 mode_names[run->mode], run->sealed ? "made right" : "as they were", bits);
	point(!run->wrong && bits, text);
}

/*
 * One bit of @one_of, or of tables one of @one_of_tables.  Where checksums are
 * made right: of what has one.
 */
static void flip_all(const struct base *base, enum mode how, bool sealed, u32 one_of,
		     u32 one_of_tables)
{
	struct run run = {
		.base = base, .mode = how, .sealed = sealed, .scratch = scratch_new(base->size),
	};
	unsigned long bits = 0;
	const struct area *area;
	u64 turn = 0, bit;

	memcpy(run.scratch->image, base->image, base->size);
	for (area = base->areas; area < base->areas + base->nr_areas; area++)
		for (bit = 0; bit < area->length * 8ULL && (!sealed || seals[area->kind]); bit++)
			if (turn++ % (seals[area->kind] ? one_of : one_of_tables) == 0) {
				flip(&run, area, bit);
				bits++;
			}
	scratch_free(run.scratch);
	report_run(&run, bits);
}

/* usage: flips [ONE_OF]; of so many bits one is flipped */
int main(int argc, char **argv)
{
	u32 one_of = argc > 1 ? strtoul(argv[1], NULL, 0) : 1, part = one_of * PART;
	struct base *base = make_base("a clean pool", false, false);

	signal(SIGABRT, on_abort);
	flip_all(base, TRUSTED, false, one_of, one_of);
	flip_all(base, WALKED, false, part, part);
	flip_all(base, TURNS, false, part, part);
	flip_all(base, TRUSTED, true, part, part);
	flip_all(base, TURNS, true, part, part);
	base_free(base);
	base = make_base("a pool that was cut", false, true);
	flip_all(base, WALKED, false, one_of, part);
	base_free(base);
	base = make_base("a pool with 2 MiB", true, false);
	flip_all(base, TRUSTED, false, one_of, one_of);
	flip_all(base, WALKED, false, part, part);
	base_free(base);
	printf("1..%d\n", points);
	return failures != 0;
}
