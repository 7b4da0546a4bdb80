// SPDX-License-Identifier: GPL-2.0-or-later
/* Measurements in processes of their own. */
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"

/* The part of the stack that measurements will use, copied now. */
static void __attribute__((noinline)) touch_stack(void)
{
	volatile char room[64 * KIB];

	for (size_t i = 0; i < sizeof(room); i += PAGE)
		room[i] = 1;
}

/* System calls and their wrappers, and the upper tables of the place where files are mapped. */
void warm_up(void)
{
	touch_stack();
	for (int i = 0; i < 2; i++) {
		volatile char *p = mmap(NULL, HUGE_PAGE, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		p[0] = 1;
		munmap((void *)p, HUGE_PAGE);
		minor_faults();
		ticks();
	}
}

static uint64_t *shared_numbers(void)
{
	static uint64_t *page;

	if (!page)
		page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		fatal("no memory for results");
	return page;
}

int in_children(int runs, measure_fn *fn, void *arg, struct sample *samples, int nr)
{
	uint64_t *numbers = shared_numbers();
	int status;

	while (runs-- > 0) {
		memset(numbers, 0, MAX_NUMBERS * sizeof(*numbers));
		pid_t pid = fork();

		if (pid < 0)
			return -1;
		if (!pid) {
			warm_up();
			numbers[0] = 0;
			fn(arg, numbers);
			_exit(0);
		}
		if (waitpid(pid, &status, 0) != pid || status)
			return -1;
		for (int i = 0; i < nr; i++)
			sample_add(&samples[i], numbers[i]);
	}
	return 0;
}

void measure_in_children(const struct subject *who, int runs, measure_fn *fn, const void *arg,
			 const char *const *metric, int nr)
{
	struct sample samples[MAX_NUMBERS] = {};

	if (in_children(runs, fn, (void *)arg, samples, nr)) {
		not_measured(who, "the measuring process failed");
		return;
	}
	for (int i = 0; i < nr; i++)
		result(who, metric[i], &samples[i]);
}

static void member(struct crowd *crowd, void (*fn)(void *arg), void *arg)
{
	char byte = 0;

	close(crowd->ready[0]);
	close(crowd->leave[1]);
	fn(arg);
	if (write(crowd->ready[1], &byte, 1) != 1)
		_exit(1);
	/* Ends when the last writer, the parent, closes its end. */
	_exit(read(crowd->leave[0], &byte, 1) != 0);
}

int crowd_start(struct crowd *crowd, int n, void (*fn)(void *arg), void *arg)
{
	char byte;

	crowd->n = 0;
	if (pipe(crowd->ready) || pipe(crowd->leave))
		return -1;
	while (crowd->n < n) {
		pid_t pid = fork();

		if (!pid)
			member(crowd, fn, arg);
		if (pid < 0 || read(crowd->ready[0], &byte, 1) != 1)
			return -1;
		crowd->n++;
	}
	return 0;
}

void crowd_end(struct crowd *crowd)
{
	close(crowd->leave[1]);
	while (crowd->n-- > 0)
		wait(NULL);
	close(crowd->leave[0]);
	close(crowd->ready[0]);
	close(crowd->ready[1]);
}
