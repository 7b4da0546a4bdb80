// SPDX-License-Identifier: GPL-2.0-or-later
/* seeds DIR: each kind of damage as an input of the fuzzer. */
#include "../crash/damage.h"
#include "image.h"
#include <stdio.h>

/* What differs from the base, as patches. */
static void write_patches(FILE *file, const u8 *spoilt)
{
	u64 at = 0, end;

	fputc(0, file);
	while (at < fuzz_size) {
		if (spoilt[at] == fuzz_base[at]) {
			at++;
			continue;
		}
		for (end = at; end < fuzz_size && end < at + 255 && spoilt[end] != fuzz_base[end];)
			end++;
		fputc((int)(at & 0xff), file);
		fputc((int)(at >> 8 & 0xff), file);
		fputc((int)(at >> 16), file);
		fputc((int)(end - at), file);
		fwrite(spoilt + at, 1, end - at, file);
		at = end;
	}
}

int main(int argc, char **argv)
{
	u8 *spoilt = malloc(fuzz_size);
	struct pp_pool pool;
	char path[256];
	FILE *file;
	int i;

	assert(argc == 2 && spoilt);
	LLVMFuzzerInitialize(NULL, NULL);
	for (i = 0; i < nr_damages; i++) {
		const char *why;

		memcpy(spoilt, fuzz_base, fuzz_size);
		memset(&pool, 0, sizeof(pool));
		pool.pm = (struct pm){ spoilt, fuzz_size, NULL };
		if (pp_identify(&pool, &why, NULL))
			return 1;
		damages[i].plant(&pool);
		snprintf(path, sizeof(path), "%s/damage-%02d", argv[1], i);
		file = fopen(path, "we");
		if (!file)
			return 1;
		write_patches(file, spoilt);
		fclose(file);
	}
	free(spoilt);
	return 0;
}
