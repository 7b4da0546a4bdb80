// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples and the lines that carry them out of the guest. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "bench.h"

void sample_add(struct sample *s, uint64_t value)
{
	if (s->n == MAX_RUNS)
		fatal("more than %d runs", MAX_RUNS);
	s->value[s->n++] = value;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static struct sample sorted(const struct sample *s)
{
	struct sample copy = *s;

	qsort(copy.value, copy.n, sizeof(copy.value[0]), compare);
	return copy;
}

uint64_t sample_median(const struct sample *s)
{
	struct sample copy = sorted(s);

	return copy.n ? copy.value[copy.n / 2] : 0;
}

void result(const struct subject *who, const char *metric, const struct sample *s)
{
	struct sample copy = sorted(s);

	if (!copy.n)
		return;
	printf("=r\t%s\t%s\t%s\t%lu\t%s\t%lu\t%lu\t%lu\t%d\n", who->bench, who->name, who->way,
	       who->size, metric, copy.value[copy.n / 2], copy.value[0], copy.value[copy.n - 1],
	       copy.n);
	fflush(stdout);
}

void result_one(const struct subject *who, const char *metric, uint64_t value)
{
	struct sample s = { .value = { value }, .n = 1 };

	result(who, metric, &s);
}

void not_measured(const struct subject *who, const char *fmt, ...)
{
	va_list args;

	printf("=n\t%s\t%s\t%s\t%lu\t", who->bench, who->name, who->way, who->size);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

void fatal(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, fmt);
	printf("# ");
	vprintf(fmt, args);
	printf("\n");
	va_end(args);
	fflush(stdout);
	exit(1);
}

/* A million instructions: what the counter makes of them. */
static uint64_t million(void)
{
	uint64_t start = ticks();

	__asm__ volatile("mov $500000, %%ecx\n1: dec %%ecx\n jnz 1b" ::: "ecx", "cc");
	return ticks() - start;
}

/* Where things are mapped must not differ from run to run: start over without randomisation. */
static void settle_addresses(char **argv)
{
	int old = personality(0xffffffff);

	if (old & ADDR_NO_RANDOMIZE)
		return;
	personality(old | ADDR_NO_RANDOMIZE);
	execv("/proc/self/exe", argv);
	fatal("cannot start over without address randomisation");
}

void bench_begin(const char *bench, char **argv)
{
	struct sample s = { .n = 0 };
	struct subject self = { bench, "counter", "a million instructions", 0 };
	struct utsname name;

	settle_addresses(argv);
	for (int i = 0; i < 9; i++)
		sample_add(&s, million());
	result(&self, "ticks", &s);
	uname(&name);
	printf("=k\t%s\t%s\n", name.release, name.version);
	fflush(stdout);
}
