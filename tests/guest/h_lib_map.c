// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lib_map POOL:PATH: map a morsel by the library, or say why it cannot be.
 * ldflags: ../../libmorsel/libmorsel.a -lnl-genl-3 -lnl-3 -Wl,--no-warnings
 */
#include <fcntl.h>
#include <morsel.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct morsel_mapping *mapping;
	struct morsel *morsel;
	struct morsel_ctx *ctx;

	if (argc != 2 || morsel_ctx_new(&ctx))
		return 2;
	if (morsel_open(ctx, argv[1], O_RDONLY, 0, &morsel) ||
	    morsel_map(morsel, 0, 0, NULL, 0, &mapping)) {
		fprintf(stderr, "%s: %s\n", argv[1], morsel_error(ctx));
		return 1;
	}
	printf("%p\n", morsel_mapping_addr(mapping));
	return 0;
}
