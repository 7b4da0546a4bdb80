// SPDX-License-Identifier: GPL-2.0-or-later
/* Races: the processes, the threads, the clock and the verdict. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "mm_race.h"

enum { PROCESSES = 8 };

/* Shared by all processes of a race. */
struct track {
	atomic_bool stop;
	atomic_uint rounds[RACERS];
	char why[PROCESSES][256];
};

struct thread {
	pthread_t id;
	const struct racer *racer;
	struct actor actor;
	struct track *track;
	int nr;		/* of the racer */
};

static __thread sigjmp_buf try_env;
static __thread volatile bool trying;

static void try_caught(int sig)
{
	if (!trying) {
		signal(sig, SIG_DFL);
		return;
	}
	siglongjmp(try_env, sig);
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = try_caught, .sa_flags = SA_NODEFER };

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

int mm_try_load(const void *addr, uint64_t *word)
{
	int sig = sigsetjmp(try_env, 0);

	if (!sig) {
		trying = true;
		*word = *(const volatile uint64_t *)addr;
	}
	trying = false;
	return sig;
}

int mm_try_store(void *addr, uint64_t word)
{
	int sig = sigsetjmp(try_env, 0);

	if (!sig) {
		trying = true;
		*(volatile uint64_t *)addr = word;
	}
	trying = false;
	return sig;
}

const struct geometry *mm_geometry(const char *name)
{
	int i;

	for (i = 0; i < mm_nr_geometries; i++)
		if (!strcmp(mm_geometries[i].name, name))
			return &mm_geometries[i];
	bail_out("no geometry \"%s\"", name);
}

off_t mm_random_page(const struct object *obj, unsigned int *seed)
{
	const struct geometry *geo = obj->geo;
	const struct extent *data;
	off_t off;

	do {
		data = &geo->data[rand_r(seed) % MM_EXTENTS];
		off = -1L;
		if (data->len)
			off = data->off + (off_t)(rand_r(seed) % (data->len / PAGE) * PAGE);
	} while (off < geo->offset || off >= geo->offset + (off_t)geo->len);
	return off;
}

static void *run_thread(void *arg)
{
	struct thread *t = arg;
	unsigned int n = 0;

	while (!atomic_load(&t->track->stop)) {
		if (t->racer->round(&t->actor, n++)) {
			atomic_store(&t->track->stop, true);
			return (void *)1;
		}
		atomic_fetch_add(&t->track->rounds[t->nr], 1);
	}
	return NULL;
}

static int run_process(const struct race *race, const struct object *obj, struct track *track,
		       int nr)
{
	struct thread threads[32];
	int i, j, n = 0, failed = 0;
	void *ret;
	struct actor a = { .obj = obj, .geo = obj->geo, .mode = nr % 3 == 2 ? MM_RO : MM_RW,
			   .len = obj->geo->len, .why = track->why[nr] };

	a.writable = a.mode == MM_RW;
	a.map = mm_map(obj, a.mode);
	catch_signals();
	for (i = 0; i < RACERS && race->racers[i].round; i++)
		for (j = 0; j < race->racers[i].threads; j++) {
			struct thread *t = &threads[n++];

			*t = (struct thread){ .racer = &race->racers[i], .actor = a,
					      .track = track, .nr = i };
			if (pthread_create(&t->id, NULL, run_thread, t))
				return 1;
		}
	while (n--) {
		pthread_join(threads[n].id, &ret);
		failed |= ret != NULL;
	}
	return failed;
}

/* Has everybody had a few rounds?  The machine may have more to do than us. */
static bool all_moving(const struct race *race, struct track *track)
{
	int i;

	for (i = 0; i < RACERS && race->racers[i].round; i++)
		if (atomic_load(&track->rounds[i]) < 3)
			return false;
	return true;
}

static void verdict(const struct race *race, const struct geometry *geo, struct track *track,
		    int failed)
{
	char line[512] = "";
	int i, idle = 0;

	for (i = 0; i < PROCESSES; i++)
		if (track->why[i][0])
			diag("%s: %s: %s", geo->name, race->name, track->why[i]);
	for (i = 0; i < RACERS && race->racers[i].round; i++) {
		unsigned int rounds = atomic_load(&track->rounds[i]);

		snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s%u %s", i ? ", " : "",
			 rounds, race->racers[i].name);
		idle += !rounds;
	}
	diag("%s: %s: %s", geo->name, race->name, line);
	ok(!failed, "%s: %s: nobody failed", geo->name, race->name);
	ok(!idle, "%s: %s: everybody got on", geo->name, race->name);
}

/* Waits for the processes; who does not come back is killed. */
static int finish(const pid_t *pids, int nr)
{
	int i, failed = 0;

	for (i = 0; i < nr; i++) {
		int status = wait_child(pids[i], 30);

		if (status)
			diag("process %d ended with %d", i, status);
		failed |= status;
	}
	return failed;
}

void mm_race(const struct race *race, const struct geometry *geo, double seconds)
{
	struct track *track = mmap(NULL, sizeof(*track), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t end = now_ms() + mm_race_ms(seconds), late = end + 20000 * time_scale();
	pid_t pids[PROCESSES];
	struct survivor s;
	struct object obj;
	const char *why;
	int i, failed;

	mm_object(&obj, geo);
	mm_survivor(&s, &obj);
	fflush(stdout);
	for (i = 0; i < race->processes; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(run_process(race, &obj, track, i));
	}
	while (!atomic_load(&track->stop) &&
	       (now_ms() < end || (!all_moving(race, track) && now_ms() < late))) {
		usleep(20 * 1000);
		if (!race->mutates && !mm_check(&obj, s.ro))
			break;
	}
	atomic_store(&track->stop, true);
	failed = finish(pids, race->processes);
	verdict(race, geo, track, failed);
	if (race->mutates) {
		mm_refill(&obj, s.rw);
		why = mm_check(&obj, s.ro) && mm_check_file(&obj) ? NULL : "wrong contents";
	} else {
		why = mm_survivor_check(&s);
	}
	ok(!why, "%s: %s: the survivor: %s", geo->name, race->name, why ? why : "all is well");
	mm_survivor_end(&s);
	mm_object_drop(&obj);
	munmap(track, sizeof(*track));
}
