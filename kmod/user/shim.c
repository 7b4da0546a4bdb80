// SPDX-License-Identifier: GPL-2.0-only
/* CRC32C and sort_r() as the kernel has them. */
#include "shim.h"

long shim_fail_alloc;
void (*shim_unlocked)(struct mutex *m);

enum {
	CRC32C_POLY = 0x82f63b78,	/* reversed */
};

static u32 table[8][256];

static void make_table(void)
{
	u32 i, k, crc;

	for (i = 0; i < 256; i++) {
		crc = i;
		for (k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? CRC32C_POLY : 0);
		table[0][i] = crc;
	}
	for (i = 0; i < 256; i++)
		for (k = 1; k < 8; k++)
			table[k][i] = table[k - 1][i] >> 8 ^ table[0][table[k - 1][i] & 0xff];
}

#ifdef __x86_64__
__attribute__((target("sse4.2")))
static u32 crc32c_of_cpu(u32 crc, const u8 *p, unsigned int length)
{
	u64 v;

	for (; length >= 8; p += 8, length -= 8) {
		memcpy(&v, p, 8);
		crc = __builtin_ia32_crc32di(crc, v);
	}
	while (length--)
		crc = __builtin_ia32_crc32qi(crc, *p++);
	return crc;
}
#endif

/* Eight bytes a step: the tests do little else. */
u32 crc32c(u32 crc, const void *data, unsigned int length)
{
	const u8 *p = data;
	u64 v;

#ifdef __x86_64__
	if (__builtin_cpu_supports("sse4.2"))
		return crc32c_of_cpu(crc, data, length);
#endif
	if (!table[0][1])
		make_table();
	for (; length >= 8; p += 8, length -= 8) {
		memcpy(&v, p, 8);
		v ^= crc;
		crc = table[7][v & 0xff] ^ table[6][v >> 8 & 0xff] ^ table[5][v >> 16 & 0xff] ^
		      table[4][v >> 24 & 0xff] ^ table[3][v >> 32 & 0xff] ^
		      table[2][v >> 40 & 0xff] ^ table[1][v >> 48 & 0xff] ^ table[0][v >> 56];
	}
	while (length--)
		crc = crc >> 8 ^ table[0][(crc ^ *p++) & 0xff];
	return crc;
}

struct comparison {
	int (*cmp)(const void *a, const void *b, const void *priv);
	const void *priv;
};

static int compare(const void *a, const void *b, void *arg)
{
	const struct comparison *comparison = arg;

	return comparison->cmp(a, b, comparison->priv);
}

void sort_r(void *base, size_t num, size_t size,
	    int (*cmp)(const void *, const void *, const void *),
	    void (*swap)(void *, void *, int), const void *priv)
{
	struct comparison comparison = { cmp, priv };

	(void)swap;
	qsort_r(base, num, size, compare, &comparison);
}
