// SPDX-License-Identifier: GPL-2.0-or-later
/* The operations, and the pool they begin with. */
#include "ops.h"

const struct operation operations[] = {
	{ "create", op_create, 1, false },
	{ "create, long name", op_create_long, 1, false },
	{ "create in a directory", op_create_below, 1, false },
	{ "create with ACL", op_create_acl, 2, false },
	{ "mkdir", op_mkdir, 1, false },
	{ "symlink", op_symlink, 2, false },
	{ "link", op_link, 1, false },
	{ "unlink", op_unlink, 1, false },
	{ "unlink of a link", op_unlink_link, 1, false },
	{ "unlink of the first name", op_unlink_first, 1, false },
	{ "unlink of a symlink", op_unlink_symlink, 1, false },
	{ "rmdir", op_rmdir, 1, false },
	{ "rename", op_rename, 1, false },
	{ "rename to another directory", op_rename_far, 1, false },
	{ "rename of a link", op_rename_link, 1, false },
	{ "rename of a directory", op_rename_dir, 1, false },
	{ "rename over", op_replace, 2, false },
	{ "rename over a first name", op_replace_first, 2, false },
	{ "rename over a link", op_replace_link, 2, false },
	{ "rename of a link over", op_replace_by_link, 2, false },
	{ "rename over a directory", op_replace_dir, 2, false },
	{ "exchange", op_exchange, 2, false },
	{ "exchange with a directory", op_exchange_dir, 2, false },
	{ "setattr", op_setattr, 1, false },
	{ "reserve and seal", op_address, 1, false },
	{ "ACL set", op_acl_new, 2, false },
	{ "ACL change", op_acl_other, 2, false },
	{ "ACL removal", op_acl_none, 1, false },
	{ "grow", op_grow, 2, false },
	{ "grow far", op_grow_far, 2, false },
	{ "shrink", op_shrink, 3, false },
	{ "shrink to a page", op_shrink_page, 2, false },
	{ "truncate", op_truncate, 1, false },
	{ "write", op_write, 1, false },
	{ "write into a hole", op_write_hole, 3, false },
	{ "write far", op_write_far, 3, false },
	{ "write of six bytes", op_write_third, 3, false },
	{ "punch", op_punch, 2, false },
	{ "preallocate", op_preallocate, 3, false },
	{ "store through a mapping", op_store, 3, false },
	{ "append", op_append, 5, false },
	{ "zero a range", op_zero_range, 9, false },
	{ "preallocate, undone", op_allocate_undone, 9, false },
	{ "fill with 2 MiB", op_fill_huge, 2, false },
	{ "punch part of 2 MiB", op_punch_part, 1, false },
	{ "punch 2 MiB", op_punch_huge, 1, false },
	{ "shrink far", op_shrink_far, 2, false },
	{ "link of what had no name", op_link_nameless, 4, false },
	{ "limits set", op_limits_set, 1, false },
	{ "limits changed", op_limits_change, 1, false },
	{ "limits removed", op_limits_remove, 1, false },
	{ "limits of the others", op_limits_others, 1, false },
	{ "request: a new object", op_request_new, 4, false },
	{ "request: rights", op_request_rights, 5, false },
	{ "remount", op_remount, 5, true },
	{ "remount, verify nothing", op_remount_only, 5, true },
};

const int nr_operations = ARRAY_SIZE(operations);

void set_up(struct world *w)
{
	bool ok = make(w, "/d", MEDIA_DIR, 0, NULL, 0) && make(w, "/e", MEDIA_DIR, 0, NULL, 0) &&
		  make(w, "/a", MEDIA_REG, 0, NULL, 0) &&
		  make(w, "/b", MEDIA_REG, MEDIA_BLOB_ACL, an_acl, sizeof(an_acl)) &&
		  make(w, "/s", MEDIA_SYMLINK, MEDIA_BLOB_TARGET, "d/c", 3) &&
		  make_link(w, "/a", "/d/c") && resize(w, "/a", 2 * MEDIA_FRAME + 5) &&
		  write_bytes(w, "/a", 0, 0, MEDIA_FRAME) && write_bytes(w, "/a", 2, 0, 5) &&
		  resize(w, "/b", 777) && write_bytes(w, "/b", 0, 0, 777);

	assert(ok && !w->error);
}
