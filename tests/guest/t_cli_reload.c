// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A context outlives the module: the family comes back under another number, or not at all.
 * pool: none
 * groups: cli
 * timeout: 60
 * ldflags: ../../libmorsel/libmorsel.a -lnl-genl-3 -lnl-3 -Wl,--no-warnings
 */
#include <errno.h>
#include <morsel.h>
#include <stdlib.h>
#include <string.h>
#include "tap.h"

int main(void)
{
	struct morsel_pool_list *list;
	struct morsel_ctx *ctx;
	int i, err;

	need(!morsel_ctx_new(&ctx));
	need(!morsel_pool_list(ctx, &list));
	is_int(morsel_pool_list_count(list), 0, "no pools");
	morsel_pool_list_free(list);
	for (i = 0; i < 3; i++) {
		need(!system("rmmod morsel"));
		err = morsel_pool_get(ctx, "p", NULL);
		is_int(err, -ENODEV, "without the module: %s", morsel_error(ctx));
		need(!system("insmod /lib/morsel/morsel.ko"));
		is_int(morsel_pool_create(ctx, "p", NULL, NULL), 0, "with the module again: %s",
		       morsel_error(ctx));
		need(!system("morsel-admin pool remove p && rmmod morsel && "
			     "insmod /lib/morsel/morsel.ko"));
		is_int(morsel_pool_get(ctx, "p", NULL), -ENOENT,
		       "reloaded meanwhile: what it says counts");
		ok(strcmp(morsel_error(ctx), strerror(ENOENT)) != 0, "in its words: %s",
		   morsel_error(ctx));
	}
	morsel_ctx_free(ctx);
	return done_testing();
}
