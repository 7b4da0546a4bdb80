// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Shared locks inside an object: mutexes (robust, with priority inheritance),
 * condition variables, semaphores, barriers and bare futexes, between processes
 * that map it at different addresses, by links, page by page and read-only.
 * groups: hazard
 * timeout: 120
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm_race.h"

#define ROUNDS 200

struct locks {
	pthread_mutex_t robust;
	pthread_mutex_t inherit;
	pthread_mutex_t plain;
	pthread_cond_t cond;
	pthread_barrier_t barrier;
	sem_t sem;
	atomic_int word;
	long counts[3];	/* of each mutex */
	int turn;
};

static struct object obj;
/* The locks end at a page that follows the data: in every geometry, in the mapping. */
static off_t place;

static struct locks *map_locks(enum mm_mode mode)
{
	char *map = mm_map(&obj, mode);

	return (struct locks *)(map + (place - obj.geo->offset));
}

static void init_mutex(pthread_mutex_t *m, int robust, int protocol)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, robust);
	pthread_mutexattr_setprotocol(&attr, protocol);
	need(pthread_mutex_init(m, &attr) == 0);
}

static void init_locks(struct locks *l)
{
	pthread_barrierattr_t battr;
	pthread_condattr_t cattr;

	memset(l, 0, sizeof(*l));
	init_mutex(&l->plain, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE);
	init_mutex(&l->robust, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
	init_mutex(&l->inherit, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_INHERIT);
	pthread_condattr_init(&cattr);
	pthread_condattr_setpshared(&cattr, PTHREAD_PROCESS_SHARED);
	need(pthread_cond_init(&l->cond, &cattr) == 0);
	pthread_barrierattr_init(&battr);
	pthread_barrierattr_setpshared(&battr, PTHREAD_PROCESS_SHARED);
	need(pthread_barrier_init(&l->barrier, &battr, 2) == 0);
	need(sem_init(&l->sem, 1, 0) == 0);
}

/* Children map the object anew, elsewhere, or use what they have inherited. */
static struct locks *inherited;

static struct locks *locks_of_child(bool anew)
{
	return anew ? map_locks(MM_RW) : inherited;
}

static int count_up(pthread_mutex_t *m, long *count)
{
	int i, err;

	for (i = 0; i < ROUNDS; i++) {
		err = pthread_mutex_lock(m);
		if (err == EOWNERDEAD)
			err = pthread_mutex_consistent(m);
		if (err)
			return 1;
		++*count;
		if (i % 16 == 0)
			sched_yield();
		pthread_mutex_unlock(m);
	}
	return 0;
}

static int counter(void *arg)
{
	bool anew = arg;
	struct locks *l = locks_of_child(anew);

	return count_up(&l->plain, &l->counts[0]) ?: count_up(&l->robust, &l->counts[1]) ?:
	       count_up(&l->inherit, &l->counts[2]);
}

static void mutexes(const char *name)
{
	pid_t pids[4];
	int i, bad = 0;

	memset(inherited->counts, 0, sizeof(inherited->counts));
	for (i = 0; i < 4; i++)
		pids[i] = start_child(counter, (void *)(uintptr_t)(i % 2));
	for (i = 0; i < 4; i++)
		bad |= wait_child(pids[i], 20);
	ok(!bad, "%s: mutexes between four processes", name);
	for (i = 0; i < 3; i++)
		is_int(inherited->counts[i], 4 * ROUNDS, "%s: exclude each other", name);
}

static int die_holding(void *arg)
{
	struct locks *l = locks_of_child((uintptr_t)arg & 1);

	pthread_mutex_lock(&l->robust);
	pthread_mutex_lock(&l->inherit);
	if ((uintptr_t)arg & 2)
		madvise((void *)((uintptr_t)l & -PAGE), PAGE, MADV_DONTNEED);
	kill(getpid(), SIGKILL);
	return 0;
}

static void owner_death(const char *name)
{
	uintptr_t how;

	for (how = 0; how < 4; how++) {
		in_child(die_holding, (void *)how, 10);
		is_int(pthread_mutex_lock(&inherited->robust), EOWNERDEAD,
		       "%s: the owner of a robust mutex died (%lu)", name, how);
		is_int(pthread_mutex_consistent(&inherited->robust), 0, "%s: consistent again",
		       name);
		pthread_mutex_unlock(&inherited->robust);
		is_int(pthread_mutex_lock(&inherited->inherit), EOWNERDEAD,
		       "%s: the owner of one that inherits priority died (%lu)", name, how);
		pthread_mutex_consistent(&inherited->inherit);
		pthread_mutex_unlock(&inherited->inherit);
	}
}

static int ping_pong(void *arg)
{
	struct locks *l = locks_of_child(true);
	int i;

	for (i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&l->plain);
		while (l->turn != 1)
			pthread_cond_wait(&l->cond, &l->plain);
		l->turn = 0;
		pthread_cond_broadcast(&l->cond);
		pthread_mutex_unlock(&l->plain);
		if (i % 10 == 0)
			madvise((void *)((uintptr_t)l & -PAGE), PAGE, MADV_DONTNEED);
		sem_post(&l->sem);
	}
	pthread_barrier_wait(&l->barrier);
	return 0;
}

static void conditions(const char *name)
{
	struct locks *l = inherited;
	pid_t pid = start_child(ping_pong, NULL);
	int i;

	for (i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&l->plain);
		l->turn = 1;
		pthread_cond_broadcast(&l->cond);
		while (l->turn != 0)
			pthread_cond_wait(&l->cond, &l->plain);
		pthread_mutex_unlock(&l->plain);
		sem_wait(&l->sem);
	}
	pthread_barrier_wait(&l->barrier);
	is_int(wait_child(pid, 20), 0, "%s: condition variable, semaphore, barrier", name);
}

static int wait_on_word(void *arg)
{
	struct locks *l = map_locks((uintptr_t)arg);
	struct timespec limit = { 10, 0 };

	if (syscall(SYS_futex, &l->word, FUTEX_WAIT, 1, &limit) == 0)
		return 0;
	return errno == EAGAIN && atomic_load(&l->word) == 2 ? 0 : errno;
}

/* Wakes until somebody has been woken. */
static void wake(struct locks *l)
{
	int i;

	for (i = 0; i < 5000; i++) {
		if (syscall(SYS_futex, &l->word, FUTEX_WAKE, 10, NULL) > 0)
			return;
		usleep(1000);
	}
}

static void bare_futexes(const char *name)
{
	enum mm_mode mode;
	pid_t pid;

	for (mode = 0; mode < MM_MODES; mode++) {
		atomic_store(&inherited->word, 1);
		pid = start_child(wait_on_word, (void *)(uintptr_t)mode);
		wake(inherited);
		is_int(wait_child(pid, 20), 0,
		       "%s: futex awaited through a mapping that is %s", name,
		       mm_mode_name[mode]);
	}
}

/* The frame under a waiter goes and comes; his place in the object is what counts. */
static void punched_meanwhile(const char *name)
{
	pid_t pid;

	atomic_store(&inherited->word, 1);
	pid = start_child(wait_on_word, (void *)(uintptr_t)MM_RO);
	usleep(50 * 1000);
	need(fallocate(obj.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, place, PAGE) == 0);
	atomic_store(&inherited->word, 2);
	wake(inherited);
	is_int(wait_child(pid, 20), 0, "%s: punched while awaited", name);
}

/* The list of robust mutexes leads where nothing is any more. */
static int die_truncated(void *arg)
{
	struct locks *l = locks_of_child(true);

	pthread_mutex_lock(&l->robust);
	if (ftruncate(obj.fd, place & -PAGE))
		return 1;
	return 0;
}

static void try_geometry(const char *name)
{
	const struct geometry *geo = mm_geometry(name);
	char *map;

	mm_object(&obj, geo);
	map = mm_map(&obj, MM_RW);
	place = mm_last(&obj, map) - map + geo->offset + 512;
	inherited = (struct locks *)(map + (place - geo->offset));
	init_locks(inherited);
	mutexes(name);
	owner_death(name);
	conditions(name);
	bare_futexes(name);
	punched_meanwhile(name);
	init_locks(inherited);
	is_int(in_child(die_truncated, NULL, 10), 0, "%s: exit with a mutex that was truncated",
	       name);
	munmap(map, geo->len);
	mm_object_drop(&obj);
}

int main(void)
{
	mm_baseline();
	try_geometry("1 GiB, 2 MiB frames");
	try_geometry("1 GiB, 4 KiB frames");
	try_geometry("8 MiB, 2 MiB frames");
	try_geometry("64 KiB");
	mm_baseline_check();
	return done_testing();
}
