/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measuring in a guest.
 *
 * Under QEMU -icount shift=0 the time-stamp counter counts the guest's own
 * instructions, one tick each (an iteration of a string instruction counts as
 * one).  Without it ticks are time, good for ratios within one run.
 *
 * Results leave as lines of tab-separated fields:
 *   =r  bench  subject  way  size  metric  median  min  max  n
 *   =n  bench  subject  way  size  reason              (could not be measured)
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <x86intrin.h>

#define KIB (1UL << 10)
#define MIB (1UL << 20)
#define GIB (1UL << 30)
#define PAGE 4096UL
#define HUGE_PAGE (2 * MIB)

static inline uint64_t ticks(void)
{
	_mm_lfence();
	return __rdtsc();
}

/* result.c */
enum { MAX_RUNS = 64 };

struct sample {
	uint64_t value[MAX_RUNS];
	int n;
};

/* What a result is about; the labels of its row. */
struct subject {
	const char *bench;
	const char *name;	/* who is measured */
	const char *way;	/* how he is used */
	uint64_t size;		/* or another quantity that the bench varies */
};

void sample_add(struct sample *s, uint64_t value);
uint64_t sample_median(const struct sample *s);
void result(const struct subject *who, const char *metric, const struct sample *s);
void result_one(const struct subject *who, const char *metric, uint64_t value);
void not_measured(const struct subject *who, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The counter's own check and what the guest is; the first thing each bench prints. */
void bench_begin(const char *bench, char **argv);
/* End the program: something that must work does not. */
void fatal(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* sysinfo.c */
long status_kb(const char *key);	/* of /proc/self/status; -1: no such line */
long status_kb_of(int pid, const char *key);
long meminfo_kb(const char *key);
long fdinfo_value(int fd, const char *key);
long interrupts(const char *row);	/* sum over the CPUs */
long minor_faults(void);
int write_text(const char *path, const char *text);
bool exists(const char *path);

/* child.c */
enum { MAX_NUMBERS = 8 };
/* Measures something in a process of its own and writes its numbers. */
typedef void measure_fn(void *arg, uint64_t numbers[MAX_NUMBERS]);
/*
 * Run @fn in @runs fresh processes; numbers[i] of each goes to @samples[i].
 * Returns 0, or -1 when a child failed.
 */
int in_children(int runs, measure_fn *fn, void *arg, struct sample *samples, int nr);
/* The same, and say each as the result that @metric names, or that it was not measured. */
void measure_in_children(const struct subject *who, int runs, measure_fn *fn, const void *arg,
			 const char *const *metric, int nr);
/* Make the child's own pages private and present, so that they fault in no measurement. */
void warm_up(void);

/* Processes that have done @fn and stay as they are until crowd_end(). */
struct crowd {
	int n;
	int ready[2], leave[2];	/* pipes */
};

int crowd_start(struct crowd *crowd, int n, void (*fn)(void *arg), void *arg);
void crowd_end(struct crowd *crowd);

/* store.c: where shared memory can come from */
struct store {
	const char *name;
	unsigned long leaf;	/* bytes per entry of a populated mapping */
	int (*create)(const struct store *store);	/* a file, or -errno */
	/* Leaves it populated; -errno. */
	int (*grow)(const struct store *store, int fd, uint64_t from, uint64_t to);
	void (*destroy)(const struct store *store, int fd);
	const char *path;	/* of its object; NULL: has none */
	bool own;		/* a morsel */
	bool device;		/* has the size it has: nothing to allocate, nothing to give back */
};

const struct store *store_find(const char *name);
/* Open the object at store->path again; memfd through /proc/self/fd. */
int store_reopen(const struct store *store, int fd);
/*
 * Map all of an object, so that every leaf can be used without a fault; NULL on
 * failure.  What is no morsel is populated by mmap().
 */
void *store_map(const struct store *store, int fd, uint64_t size);
/* The same, by touching each leaf instead. */
void *store_touch(const struct store *store, int fd, uint64_t size);
/* The length with which libmorsel maps an object of this size; of others the size. */
uint64_t store_length(const struct store *store, uint64_t size);

/* Sizes from first to last, each twice the one before, "6.82 GiB" among them where it fits. */
int sizes_between(uint64_t first, uint64_t last, uint64_t *sizes, int max);

#endif
