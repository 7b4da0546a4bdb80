// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which basic blocks of the module have run, by whomever and in whatever context: the
 * compiler calls __sanitizer_cov_trace_pc() in each.  Linked into a copy of the module
 * (tests/coverage/run), which prints the addresses in its log when it is unloaded, as
 * distances from morsel_cov_anchor().
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include "cov.h"

#define REACH 0x80000L	/* bytes of code on either side */

static DECLARE_BITMAP(hit, 2 * REACH);

noinline notrace void morsel_cov_anchor(void)
{
	barrier();
}

notrace void __sanitizer_cov_trace_pc(void)
{
	long off = (long)_RET_IP_ - (long)morsel_cov_anchor + REACH;

	if (off >= 0 && off < 2 * REACH && !test_bit(off, hit))
		set_bit(off, hit);
}

/* As warnings: what is less does not reach the console of a guest. */
void morsel_cov_dump(void)
{
	static char line[512];
	unsigned long off;
	int len = 0;

	for_each_set_bit(off, hit, 2 * REACH) {
		len += scnprintf(line + len, sizeof(line) - len, " %lx", off);
		if (len > 480) {
			pr_warn("morsel-cov:%s\n", line);
			len = 0;
		}
	}
	if (len)
		pr_warn("morsel-cov:%s\n", line);
}
