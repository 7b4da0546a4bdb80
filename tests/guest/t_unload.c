// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module goes under load, again and again: processes map, fault, fork, exec, dump, and
 * listen to events until they are killed; it is refused to unload while anything holds it,
 * goes as soon as nothing does, and leaves no callback behind in those that used it and live on.
 * pool: none
 * groups: race slow
 * cpus: 4
 * timeout: 180
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "nltest.h"

enum {
	ROUNDS = 20,
	VETERANS = 3,
	COPIES = 2, /* of each kind of load */
	PAGE = 4096,
};

#define MODULE	"/lib/morsel/morsel.ko"
#define DIR	"/mnt/unload"
#define KEPT	DIR "/kept"
#define SCRATCH DIR "/scratch"
#define HUGE	(2UL << 20)
#define SIZE	(3 * HUGE)

static struct shared {
	volatile long done, wrong, round, veterans_mapped, veterans_after;
} * shared;

static uint64_t word(size_t page)
{
	return 0x9e3779b97f4a7c15UL * (page + 1);
}

static int load_module(void)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC), ret;

	ret = syscall(SYS_finit_module, fd, "", 0);
	close(fd);
	return ret;
}

static int unload_module(void)
{
	return syscall(SYS_delete_module, "morsel", O_NONBLOCK);
}

/* NULL while there is nothing to map. */
static volatile uint64_t *map_kept(void)
{
	int fd = open(KEPT, O_RDWR | O_CLOEXEC);
	void *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	close(fd);
	return map == MAP_FAILED ? NULL : map;
}

static void check(const volatile uint64_t *map, size_t step)
{
	size_t page;

	for (page = 0; page < SIZE / PAGE; page += step)
		if (map[page * PAGE / 8] != word(page))
			shared->wrong++;
}

static void map_round(unsigned int n)
{
	volatile uint64_t *map = map_kept();

	if (!map)
		return;
	check(map, 97);
	if (n % 3)
		madvise((void *)map, SIZE, MADV_DONTNEED);
	check(map, 131);
	munmap((void *)map, SIZE);
}

static void fork_round(unsigned int n)
{
	volatile uint64_t *map = map_kept();
	pid_t pid;

	if (!map)
		return;
	check(map, 509);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		check(map, 257);
		if (n % 2)
			execl("/bin/true", "true", NULL);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	munmap((void *)map, SIZE);
}

static void change_round(unsigned int n)
{
	int fd = open(SCRATCH, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0)
		return;
	if (ftruncate(fd, n % 5 * HUGE) || pwrite(fd, &n, sizeof(n), 0) < 0)
		n = 0;
	close(fd);
	unlink(SCRATCH);
}

static void nobody(struct nl *nl, void *arg)
{
}

/* The family has another number, or none, after each unloading. */
static void dump_round(unsigned int n)
{
	static struct nl nl;
	int i;

	if (access(KEPT, F_OK))
		return;
	nl_open(&nl);
	for (i = 0; i < 20; i++) {
		nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
		nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "unload");
		nl_dump(&nl, nobody, NULL);
	}
	nl_close(&nl);
}

static void listen_round(unsigned int n)
{
	static struct nl nl;
	int i;

	if (access(KEPT, F_OK))
		return;
	nl_open(&nl);
	nl_join(&nl);
	for (i = 0; i < 20; i++)
		nl_event(&nl, 20);
	nl_close(&nl);
}

static void (*const loads[])(unsigned int n) = {
	map_round,
	fork_round,
	change_round,
	dump_round,
	listen_round,
};

enum { LOADS = sizeof(loads) / sizeof(loads[0]),
       WORKERS = LOADS * COPIES };

/* Until it is killed.  Its complaints about a family that is gone are nobody's. */
static int work(void *arg)
{
	unsigned int n;

	if (!freopen("/dev/null", "w", stdout))
		return 1;
	for (n = 0;; n++) {
		loads[(uintptr_t)arg % LOADS](n);
		shared->done++;
	}
}

/* Uses an object in each round, has nothing of it when the module goes, and lives on. */
static int veteran(void *arg)
{
	volatile char *own = mmap(NULL, 64UL * PAGE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile uint64_t *map;
	long seen = 0;

	for (;;) {
		own[0] = 1;
		madvise((void *)own, 64UL * PAGE, MADV_DONTNEED);
		__atomic_fetch_add(&shared->veterans_after, 1, __ATOMIC_RELAXED);
		if (shared->round == seen) {
			usleep(500);
			continue;
		}
		map = map_kept();
		need(map);
		check(map, 61);
		munmap((void *)map, SIZE);
		seen = shared->round;
		__atomic_fetch_add(&shared->veterans_mapped, 1, __ATOMIC_RELAXED);
	}
}

static void fill(void)
{
	int fd = open(KEPT, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	size_t page;

	need(fd >= 0 && !ftruncate(fd, SIZE));
	for (page = 0; page < SIZE / PAGE; page++) {
		uint64_t value = word(page);

		need(pwrite(fd, &value, sizeof(value), page * PAGE) == sizeof(value));
	}
	close(fd);
}

static bool wait_until(const volatile long *count, long least)
{
	int64_t end = now_ms() + 20000 * time_scale();

	while (*count < least && now_ms() < end)
		usleep(1000);
	return *count >= least;
}

static int refusals(int times)
{
	int refused = 0;

	while (times-- > 0) {
		refused += unload_module() == -1 && (errno == EAGAIN || errno == EBUSY);
		usleep(500);
	}
	return refused;
}

/* How long it takes from the last reference's end, in ms; -1: it never went. */
static int64_t go(int64_t limit_ms)
{
	int64_t start = now_ms();

	while (unload_module()) {
		if ((errno != EAGAIN && errno != EBUSY) || now_ms() - start > limit_ms)
			return -1;
		usleep(200);
	}
	return now_ms() - start;
}

static void schedule_on(const cpu_set_t *cpus, int policy, int priority)
{
	struct sched_param param = { .sched_priority = priority };

	need(!sched_setaffinity(0, sizeof(*cpus), cpus));
	need(!sched_setscheduler(0, policy, &param));
}

static int hog(void *arg)
{
	schedule_on(arg, SCHED_FIFO, 5);
	while (shared->round)
		shared->done++;
	return 0;
}

/* The kernel's own workers of the CPU come late to free what the module has registered. */
static int64_t go_hurried(int64_t limit_ms)
{
	cpu_set_t all, one;
	int64_t took;
	pid_t pid;

	need(!sched_getaffinity(0, sizeof(all), &all));
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	schedule_on(&one, SCHED_FIFO, 10);
	pid = start_child(hog, &one);
	took = go(limit_ms);
	/* What comes late comes now. */
	usleep(1500000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	schedule_on(&all, SCHED_OTHER, 0);
	return took;
}

static void end_all(const pid_t *pids, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < nr; i++)
		waitpid(pids[i], NULL, 0);
}

static bool one_round(bool hurried, int64_t *worst)
{
	volatile uint64_t *held;
	pid_t pids[WORKERS];
	int64_t took;
	int i;

	if (load_module() || mount("none", DIR, "morsel", 0, "size=64M,name=unload"))
		return ok(false, "loaded and mounted: %s", strerror(errno));
	fill();
	shared->done = 0;
	shared->veterans_mapped = 0;
	for (i = 0; i < WORKERS; i++)
		pids[i] = start_child(work, (void *)(uintptr_t)i);
	shared->round++;
	if (!ok(wait_until(&shared->veterans_mapped, VETERANS), "who stays has mapped it") ||
	    !ok(wait_until(&shared->done, 3L * WORKERS), "there was load") ||
	    !is_int(refusals(20), 20, "refused while it is mounted"))
		return false;
	held = map_kept();
	need(held);
	need(!umount2(DIR, MNT_DETACH));
	if (!is_int(refusals(20), 20, "refused while it is mapped"))
		return false;
	check(held, 1);
	munmap((void *)held, SIZE);
	end_all(pids, WORKERS);
	took = (hurried ? go_hurried : go)(10000 * time_scale());
	if (took > *worst)
		*worst = took;
	return ok(took >= 0, "gone");
}

int main(void)
{
	pid_t pids[VETERANS];
	int64_t worst = 0;
	int i;

	shared = shared_page();
	mkdir(DIR, 0755);
	need(!unload_module());
	for (i = 0; i < VETERANS; i++)
		pids[i] = start_child(veteran, NULL);
	for (i = 0; i < ROUNDS; i++) {
		if (!one_round(i % 5 == 4, &worst))
			break;
		shared->veterans_after = 0;
		ok(wait_until(&shared->veterans_after, 4L * VETERANS), "others go on without it");
	}
	is_int(i, ROUNDS, "rounds");
	is_int(shared->wrong, 0, "all that was read was right");
	ok(worst < 4000 * time_scale(), "never waited for long: %lld ms", (long long)worst);
	for (i = 0; i < VETERANS; i++)
		is_int(waitpid(pids[i], NULL, WNOHANG), 0, "veteran %d is well", i);
	end_all(pids, VETERANS);
	return done_testing();
}
