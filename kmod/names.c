// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names.  An object's record has its first name; each further one has a record
 * of the type link.  How many names an object has is counted when the pool is
 * taken into use, and is written nowhere.
 */
#include "engine.h"

/* The record that says the name. */
static struct pp_object *holder(const struct pp_name *name)
{
	return name->link ? name->link : name->obj;
}

/* What the record says when the name has gone. */
static void without_name(const struct pp_name *name, unsigned int nlink, struct pp_record *rec)
{
	if (name->link || nlink <= 1) {
		memset(rec, 0, sizeof(*rec));
		rec->type = MEDIA_FREE;
		return;
	}
	*rec = name->obj->rec;
	rec->parent = 0;
	rec->name_len = 0;
}

/* The record of the name is free.  It is the last one: so is the object's. */
static int gone(struct pp_pool *pool, struct pp_name *name, unsigned int nlink)
{
	struct pp_object *link = name->link;

	if (!link)
		return 0;
	name->link = NULL;
	pp_release(pool, link);
	return nlink <= 1 ? pp_remove(pool, name->obj) : 0;
}

int pp_name_remove(struct pp_pool *pool, struct pp_name *name, unsigned int nlink)
{
	struct pp_record *rec;
	int err;

	if (name->link || nlink <= 1) {
		err = pp_remove(pool, holder(name));
		return err ? err : gone(pool, name, nlink);
	}
	rec = kvzalloc(sizeof(*rec), GFP_KERNEL);
	if (!rec)
		return -ENOMEM;
	without_name(name, nlink, rec);
	err = pp_update(pool, name->obj, rec);
	kvfree(rec);
	return err;
}

void pp_name_set(struct pp_record *rec, u64 parent, const char *name, size_t length)
{
	rec->parent = parent;
	rec->name_len = length;
	memcpy(rec->name, name, length);
	rec->name[length] = 0;
}

int pp_name_move(struct pp_pool *pool, struct pp_name *name, u64 parent, const char *to,
		 size_t length)
{
	struct pp_record *rec = kvzalloc(sizeof(*rec), GFP_KERNEL);
	int err;

	if (!rec)
		return -ENOMEM;
	*rec = holder(name)->rec;
	pp_name_set(rec, parent, to, length);
	err = pp_update(pool, holder(name), rec);
	kvfree(rec);
	return err;
}

int pp_name_replace(struct pp_pool *pool, struct pp_name *name, struct pp_name *victim,
		    unsigned int nlink)
{
	struct pp_record *rec = kvcalloc(3, sizeof(*rec), GFP_KERNEL);
	struct pp_object *from = holder(name), *to = holder(victim);
	int err;

	if (!rec)
		return -ENOMEM;
	rec[0] = from->rec;
	pp_name_set(&rec[0], to->rec.parent, to->rec.name, to->rec.name_len);
	without_name(victim, nlink, &rec[1]);
	rec[2] = to->rec;
	err = pp_update_two(pool, from, &rec[0], to, &rec[1]);
	if (!err && rec[1].type == MEDIA_FREE) {
		to->rec = rec[2];	/* who has it open goes on with what it was */
		to->detached = true;
		err = gone(pool, victim, nlink);
	}
	kvfree(rec);
	return err;
}

int pp_name_exchange(struct pp_pool *pool, struct pp_name *one, struct pp_name *two)
{
	struct pp_record *rec = kvcalloc(2, sizeof(*rec), GFP_KERNEL);
	struct pp_object *a = holder(one), *b = holder(two);
	int err;

	if (!rec)
		return -ENOMEM;
	rec[0] = a->rec;
	pp_name_set(&rec[0], b->rec.parent, b->rec.name, b->rec.name_len);
	rec[1] = b->rec;
	pp_name_set(&rec[1], a->rec.parent, a->rec.name, a->rec.name_len);
	err = pp_update_two(pool, a, &rec[0], b, &rec[1]);
	kvfree(rec);
	return err;
}
