// SPDX-License-Identifier: GPL-2.0-only
#include "bits.h"

int pp_bits_init(struct pp_bits *bits, u64 nr_frames)
{
	bits->nr_parts = pp_nr_parts(nr_frames);
	bits->part = kvcalloc(bits->nr_parts, sizeof(*bits->part), GFP_KERNEL);
	return bits->part ? 0 : -ENOMEM;
}

void pp_bits_exit(struct pp_bits *bits)
{
	u64 i;

	for (i = 0; bits->part && i < bits->nr_parts; i++)
		kvfree(bits->part[i]);
	kvfree(bits->part);
	bits->part = NULL;
}

int pp_bits_need(const struct pp_bits *bits, u64 nr, gfp_t gfp)
{
	unsigned long **at = &bits->part[nr / PP_PART_FRAMES], *part;

	if (READ_ONCE(*at))
		return 0;
	part = kvcalloc(PP_PART_WORDS, sizeof(u64), gfp);
	if (!part)
		return -ENOMEM;
	if (cmpxchg(at, NULL, part))	/* somebody else was faster */
		kvfree(part);
	return 0;
}

const u64 *pp_bits_look(const struct pp_bits *bits, u64 part)
{
	static const u64 none[PP_PART_WORDS];
	const unsigned long *words = pp_bits_part(bits, part);

	return words ? (const u64 *)words : none;
}
