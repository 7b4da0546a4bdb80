// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Index text to graph.  The text is read straight into the arena and stays
 * there; every string of the graph is a slice of it.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "index.h"
#include "version.h"

enum {
	READ_SIZE = 1 << 20,
	BYTES_PER_BUCKET = 512, /* a stanza has about 800 bytes */
	MIN_BUCKETS = 16,
};

struct builder {
	struct arena *arena;
	struct pg_graph *graph;
	const char *index; /* the file being read, for messages */
};

static struct pg_str read_text(struct arena *arena, const char *index)
{
	struct pg_str text = { arena_reserve(arena, READ_SIZE), 0 };
	int fd = open(index, O_RDONLY | O_CLOEXEC);
	ssize_t got = 1;

	if (fd < 0)
		err(1, "%s", index);
	while (got > 0) {
		got = read(fd, arena_reserve(arena, READ_SIZE), READ_SIZE);
		if (got < 0 && errno == EINTR) {
			got = 1;
		} else if (got > 0) {
			arena_take(arena, got);
			text.len += got;
		}
	}
	if (got < 0)
		err(1, "%s: read", index);
	close(fd);
	return text;
}

static struct pg_pkg *find_or_add(struct builder *b, struct pg_str name)
{
	struct pg_graph *graph = b->graph;
	struct pg_pkg *pkg = pg_find(graph, name);
	struct pg_pkg **bucket;

	if (pkg)
		return pkg;
	pkg = arena_new(b->arena, struct pg_pkg);
	pkg->name = name;
	pkg->hash = pg_hash(name);
	pkg->id = graph->nr_pkgs++;
	bucket = &graph->bucket[pkg->hash & graph->bucket_mask];
	pkg->hash_next = *bucket;
	*bucket = pkg;
	return pkg;
}

static void add_dep(struct builder *b, struct pg_version *owner, struct pg_dep ***tail,
		    const struct pg_dep *edge, struct pg_str name)
{
	struct pg_pkg *target = find_or_add(b, name);
	struct pg_dep *dep = arena_new(b->arena, struct pg_dep);

	*dep = *edge;
	dep->owner = owner;
	dep->target = target;
	**tail = dep;
	*tail = &dep->next;
	if (target->rdeps_last)
		target->rdeps_last->next_rdep = dep;
	else
		target->rdeps = dep;
	target->rdeps_last = dep;
	b->graph->nr_deps++;
}

static void bad_relation(const struct builder *b, const struct stanza *stanza, struct pg_str left)
{
	const struct pg_str name = stanza->field[FIELD_PACKAGE];

	errx(1, "%s: package %.*s: malformed relation before \"%.*s\"", b->index, (int)name.len,
	     name.s, (int)(left.len < 40 ? left.len : 40), left.s);
}

static void add_deps(struct builder *b, struct pg_version *owner, const struct stanza *stanza)
{
	struct pg_dep **tail = &owner->deps;

	for (int type = 0; type < PG_NR_TYPES; type++) {
		struct pg_str field = stanza->field[FIELD_RELATIONS + type];
		enum relation_result res;
		struct relation rel;
		bool first = true;

		while ((res = relation_next(&field, &rel)) == RELATION_OK) {
			struct pg_dep edge = {
				.version = rel.version,
				.type = type,
				.op = rel.op,
				.first = first,
				.or_next = rel.or_next,
			};

			add_dep(b, owner, &tail, &edge, rel.name);
			first = !rel.or_next;
		}
		if (res == RELATION_BAD)
			bad_relation(b, stanza, field);
	}
}

static void add_provide(struct builder *b, struct pg_version *owner, struct pg_str name,
			struct pg_str version)
{
	struct pg_pkg *pkg = find_or_add(b, name);
	struct pg_provide *prv;

	if (pkg == owner->pkg)
		return;
	prv = arena_new(b->arena, struct pg_provide);
	*prv = (struct pg_provide){ .owner = owner, .name = pkg, .version = version };
	prv->next = owner->provides;
	owner->provides = prv;
	if (pkg->providers_last)
		pkg->providers_last->next_provider = prv;
	else
		pkg->providers = prv;
	pkg->providers_last = prv;
	b->graph->nr_provides++;
}

/* "Multi-Arch: allowed" is a promise to whoever depends on "name:any". */
static void add_provide_any(struct builder *b, struct pg_version *owner)
{
	static const char any[] = ":any";
	const struct pg_str base = owner->pkg->name;
	const size_t len = sizeof(any) - 1;
	char *name = arena_alloc(b->arena, base.len + len, 1);

	memcpy(name, base.s, base.len);
	memcpy(name + base.len, any, len);
	add_provide(b, owner, (struct pg_str){ name, base.len + len }, owner->version);
}

static bool field_is(const struct stanza *stanza, enum field field, const char *value)
{
	return pg_str_eq(stanza->field[field], (struct pg_str){ value, strlen(value) });
}

static void add_provides(struct builder *b, struct pg_version *owner, const struct stanza *stanza)
{
	struct pg_str field = stanza->field[FIELD_PROVIDES];
	enum relation_result res;
	struct relation rel;

	while ((res = relation_next(&field, &rel)) == RELATION_OK)
		add_provide(b, owner, rel.name, rel.version);
	if (res == RELATION_BAD)
		bad_relation(b, stanza, field);
	if (field_is(stanza, FIELD_MULTI_ARCH, "allowed"))
		add_provide_any(b, owner);
}

/*
 * Newest first; of equal numbers the one read first.  Returns NULL if the very
 * same package is there already, from another index.
 */
static struct pg_version *add_version(struct builder *b, const struct stanza *stanza)
{
	struct pg_pkg *pkg = find_or_add(b, stanza->field[FIELD_PACKAGE]);
	struct pg_str number = stanza->field[FIELD_VERSION];
	struct pg_version **at = &pkg->versions, *ver;

	for (; *at; at = &(*at)->next) {
		int diff = deb_version_cmp(number, (*at)->version);

		if (diff > 0)
			break;
		if (!diff && pg_str_eq((*at)->sha256, stanza->field[FIELD_SHA256]))
			return NULL;
	}
	b->graph->nr_real += !pkg->versions;
	b->graph->nr_versions++;
	ver = arena_new(b->arena, struct pg_version);
	*ver = (struct pg_version){
		.pkg = pkg,
		.next = *at,
		.version = number,
		.sha256 = stanza->field[FIELD_SHA256],
		.record = stanza->whole,
	};
	*at = ver;
	return ver;
}

static void add_stanza(struct builder *b, const struct stanza *stanza)
{
	const struct pg_str head = stanza->whole;
	struct pg_version *ver;

	if (!stanza->field[FIELD_PACKAGE].len || !stanza->field[FIELD_VERSION].len)
		errx(1, "%s: not a package index: no Package and Version in \"%.*s\"", b->index,
		     (int)(head.len < 40 ? head.len : 40), head.s);
	if (!field_is(stanza, FIELD_ARCHITECTURE, PG_NATIVE_ARCH) &&
	    !field_is(stanza, FIELD_ARCHITECTURE, "all")) {
		b->graph->nr_foreign++;
		return;
	}
	ver = add_version(b, stanza);
	if (!ver)
		return;
	add_deps(b, ver, stanza);
	add_provides(b, ver, stanza);
}

static void add_index(struct builder *b, const char *index, struct pg_str text)
{
	struct stanza stanza;

	b->index = index;
	while (stanza_next(&text, &stanza))
		add_stanza(b, &stanza);
}

static void make_buckets(struct builder *b)
{
	uint32_t n = MIN_BUCKETS;

	while (n < b->graph->text_bytes / BYTES_PER_BUCKET)
		n *= 2;
	b->graph->bucket = arena_alloc(b->arena, n * sizeof(struct pg_pkg *), sizeof(void *));
	b->graph->bucket_mask = n - 1;
}

/* The name before ":amd64", if that is how it ends. */
static struct pg_pkg *find_unqualified(const struct pg_graph *graph, struct pg_str name)
{
	static const char native[] = ":" PG_NATIVE_ARCH;
	const size_t len = sizeof(native) - 1;

	if (name.len <= len || memcmp(name.s + name.len - len, native, len))
		return NULL;
	return pg_find(graph, (struct pg_str){ name.s, name.len - len });
}

/* Whoever depends on "name:amd64" is content with "name". */
static void add_native_provides(struct builder *b)
{
	struct pg_graph *graph = b->graph;

	for (uint32_t i = 0; i < graph->nr_pkgs; i++) {
		struct pg_pkg *pkg = graph->pkgs[i];
		struct pg_pkg *real = find_unqualified(graph, pkg->name);

		for (struct pg_version *v = real ? real->versions : NULL; v; v = v->next)
			add_provide(b, v, pkg->name, v->version);
	}
}

static void list_by_id(struct builder *b)
{
	struct pg_graph *graph = b->graph;

	graph->pkgs =
		arena_alloc(b->arena, graph->nr_pkgs * sizeof(struct pg_pkg *), sizeof(void *));
	for (uint32_t i = 0; i <= graph->bucket_mask; i++)
		for (struct pg_pkg *pkg = graph->bucket[i]; pkg; pkg = pkg->hash_next)
			graph->pkgs[pkg->id] = pkg;
}

struct pg_graph *pg_build(struct arena *arena, char *const index[], int nr_index)
{
	struct builder b = { .arena = arena, .graph = arena_new(arena, struct pg_graph) };
	struct pg_str text[nr_index];

	for (int i = 0; i < nr_index; i++) {
		text[i] = read_text(arena, index[i]);
		b.graph->text_bytes += text[i].len;
	}
	make_buckets(&b);
	for (int i = 0; i < nr_index; i++)
		add_index(&b, index[i], text[i]);
	list_by_id(&b);
	add_native_provides(&b);
	return b.graph;
}
