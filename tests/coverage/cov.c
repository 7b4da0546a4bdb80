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

#define REACH (1L << 19)	/* bytes of code on either side */

void morsel_cov_anchor(void);
void morsel_cov_dump(void);
void __sanitizer_cov_trace_pc(void);

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

void morsel_cov_dump(void)
{
	unsigned long off;
	char line[128];
	int len = 0;

	for_each_set_bit(off, hit, 2 * REACH) {
		len += scnprintf(line + len, sizeof(line) - len, " %lx", off);
		if (len > 100) {
			pr_info("morsel-cov:%s\n", line);
			len = 0;
		}
	}
	if (len)
		pr_info("morsel-cov:%s\n", line);
}
