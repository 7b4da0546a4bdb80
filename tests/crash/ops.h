/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations: each changes the model, then the pool. */
#ifndef CRASH_OPS_H
#define CRASH_OPS_H

#include "world.h"
#include <stdio.h>

/* ops_model.c */
struct holder *holder_of(struct world *w, const char *path);
u64 parent_id(struct world *w, const char *path, const char **name);
bool is_free(struct world *w, const char *path);
bool is_type(struct world *w, const char *path, u8 type);
bool is_empty(struct world *w, const char *path);
struct name *name_of(struct world *w, const char *path);
typedef void change_fn(struct name *name, const struct name *like);
void each(struct world *w, const char *path, change_fn *change, const struct name *like);
void set_like(struct name *name, const struct name *like);
void more_names(struct name *name, const struct name *like);
void drop(struct world *w, const char *path);
struct content *new_content(struct world *w, const struct content *like);
bool done(struct world *w, int err);
void begin(struct world *w);
void step(struct world *w);

/* ops_names.c */
extern const struct media_acl_entry an_acl[3];
struct holder *new_holder(struct world *w, const char *path, u8 type);
void forget(struct world *w, struct holder *holder);
void add_new(struct world *w, const char *path);
bool make(struct world *w, const char *path, u8 type, enum media_blob_kind kind,
	  const void *data, size_t length);
bool op_create(struct world *w);
bool op_create_long(struct world *w);
bool op_create_below(struct world *w);
bool op_create_acl(struct world *w);
bool op_mkdir(struct world *w);
bool op_symlink(struct world *w);
bool make_link(struct world *w, const char *from, const char *to);
bool op_link(struct world *w);
bool unlink_name(struct world *w, const char *path);
bool op_unlink(struct world *w);
bool op_unlink_link(struct world *w);
bool op_unlink_first(struct world *w);
bool op_unlink_symlink(struct world *w);
bool op_rmdir(struct world *w);
bool op_rename(struct world *w);
bool op_rename_far(struct world *w);
bool op_rename_link(struct world *w);
bool op_rename_dir(struct world *w);
bool op_replace(struct world *w);
bool op_replace_first(struct world *w);
bool op_replace_link(struct world *w);
bool op_replace_by_link(struct world *w);
bool op_replace_dir(struct world *w);
bool exchange(struct world *w, const char *one, const char *two);
bool op_exchange(struct world *w);
bool op_exchange_dir(struct world *w);

/* ops_data.c */
bool change(struct world *w, const char *path, change_fn *set, struct pp_record *rec);
bool op_setattr(struct world *w);
bool op_address(struct world *w);
bool acl(struct world *w, const char *path, size_t length);
bool op_acl_new(struct world *w);
bool op_acl_other(struct world *w);
bool op_acl_none(struct world *w);
bool resize(struct world *w, const char *path, u64 size);
bool op_grow(struct world *w);
bool op_grow_far(struct world *w);
bool op_shrink(struct world *w);
bool op_shrink_page(struct world *w);
bool op_truncate(struct world *w);
void fill_bytes(u8 *to, size_t length, u32 seed);
bool write_bytes(struct world *w, const char *path, int page, size_t at, size_t length);
bool op_write(struct world *w);
bool op_write_hole(struct world *w);
bool op_write_far(struct world *w);
bool op_write_third(struct world *w);
bool op_punch(struct world *w);
bool op_preallocate(struct world *w);
bool op_store(struct world *w);
bool op_remount(struct world *w);
bool op_remount_only(struct world *w);

/* ops_file.c */
bool op_append(struct world *w);
bool op_zero_range(struct world *w);
bool op_allocate_undone(struct world *w);
bool op_fill_huge(struct world *w);
bool op_punch_part(struct world *w);
bool op_punch_huge(struct world *w);
bool op_shrink_far(struct world *w);
bool op_link_nameless(struct world *w);

/* ops_limits.c */
bool op_limits_set(struct world *w);
bool op_limits_change(struct world *w);
bool op_limits_remove(struct world *w);
bool op_limits_others(struct world *w);

/* ops_request.c */
bool op_request_new(struct world *w);
bool op_request_rights(struct world *w);

#endif
