// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Core dumps of processes that map objects: they work, and nothing of an object
 * is in them, whatever the process or its filter ask for.  Objects are no programs.
 * groups: hazard
 * timeout: 90
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm_race.h"

#define CORE "/tmp/core"
#define ANON_MARK 0x616e6f6e6d61726bUL

enum { FOUND_ANON = 1, FOUND_OBJECT = 2 };

/* What is in the core?  A child looks: the next to crash must not know what to look for. */
static int search(void *arg)
{
	static uint64_t words[64 * KiB / 8];
	const struct object *obj = arg;
	uint64_t word = mm_word(obj, obj->geo->data[0].off + PAGE);
	int fd = open(CORE, O_RDONLY), found = 0;
	ssize_t n, i;

	while (fd >= 0 && (n = read(fd, words, sizeof(words))) > 0)
		for (i = 0; i < n / 8; i++)
			found |= words[i] == ANON_MARK ? FOUND_ANON :
				 words[i] == word ? FOUND_OBJECT : 0;
	close(fd);
	return found;
}

/* What the process knows of the object's contents from having filled it. */
static __attribute__((noinline)) void forget(void)
{
	volatile char stack[512 * KiB];
	size_t i;

	for (i = 0; i < sizeof(stack); i++)
		stack[i] = 0;
}

static void crash(struct object *obj, enum mm_mode mode, bool dodump)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	char *map = mm_map(obj, mode);
	uint64_t *anon = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0);

	anon[0] = ANON_MARK;
	if (!mm_check(obj, map))
		_exit(1);
	setrlimit(RLIMIT_CORE, &unlimited);
	write_text("/proc/self/coredump_filter", "0x1ff");
	if (dodump && (madvise(map, obj->geo->len, MADV_DODUMP) != -1 || errno != EINVAL))
		_exit(2);
	forget();
	abort();
}

static void dump(struct object *obj, enum mm_mode mode, bool dodump)
{
	const char *name = obj->geo->name;
	struct stat st;
	int status;
	pid_t pid;

	unlink(CORE);
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		crash(obj, mode, dodump);
	waitpid(pid, &status, 0);
	if (!ok(WIFSIGNALED(status) && WCOREDUMP(status), "%s, %s: a core is dumped", name,
		mm_mode_name[mode]))
		return;
	ok(stat(CORE, &st) == 0 && st.st_size < (off_t)(16 * MiB), "%s, %s: it is small", name,
	   mm_mode_name[mode]);
	is_int(in_child(search, obj, 20), FOUND_ANON,
	       "%s, %s: it has what is the process's own and nothing of the object%s", name,
	       mm_mode_name[mode], dodump ? ", asked for or not" : "");
	unlink(CORE);
}

static void dumps(const char *name)
{
	const struct geometry *geo = mm_geometry(name);
	struct survivor s;
	struct object obj;
	enum mm_mode mode;
	const char *why;

	mm_object(&obj, geo);
	mm_survivor(&s, &obj);
	for (mode = 0; mode < MM_MODES; mode++)
		dump(&obj, mode, mode % 2);
	why = mm_survivor_check(&s);
	ok(!why, "%s: the survivor: %s", name, why ? why : "all is well");
	mm_survivor_end(&s);
	mm_object_drop(&obj);
}

/* An executable file in a pool is not executed. */
static void execution(void)
{
	char *argv[] = { (char *)"true", NULL };
	int in = open("/bin/busybox", O_RDONLY), out, status;
	char buf[64 * KiB];
	ssize_t n;
	pid_t pid;

	out = open(pool_path("true"), O_WRONLY | O_CREAT | O_EXCL, 0755);
	need(in >= 0 && out >= 0);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		need(write(out, buf, n) == n);
	close(in);
	fchmod(out, 0755);
	close(out);
	pid = fork();
	if (pid == 0) {
		execv(pool_path("true"), argv);
		_exit(errno == EACCES ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	is_int(status, 0, "execve of a file in a pool: EACCES");
	unlink(pool_path("true"));
}

int main(void)
{
	need(write_text("/proc/sys/kernel/core_pattern", CORE "\n") == 0);
	mm_baseline();
	dumps("1 GiB, 2 MiB frames");
	dumps("1 GiB, 4 KiB frames");
	dumps("8 MiB, 2 MiB frames");
	dumps("5 MiB and 12 KiB");
	dumps("64 KiB");
	execution();
	write_text("/proc/sys/kernel/core_pattern", "core\n");
	mm_baseline_check();
	return done_testing();
}
