// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Nobody keeps requests waiting by a buffer whose pages do not come: write(2) and
 * getdents(2) let go of their locks while they touch it.  userfaultfd stands for any
 * memory that somebody in user space serves.
 * pool: size=64M,name=p
 * groups: nl fs hazard
 * timeout: 60
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "lib/served.h"
#include "nltest.h"

enum {
	PAGE = SERVED_PAGE,
	FILES = 200,
};

static struct nl nl;

struct call {
	int fd;
	struct served buffer;
	size_t from;
	ssize_t ret;
};

static void *call_write(void *arg)
{
	struct call *c = arg;

	c->ret = write(c->fd, c->buffer.at + c->from, 2UL * PAGE - c->from);
	return NULL;
}

static void *call_list(void *arg)
{
	struct call *c = arg;

	c->ret = syscall(SYS_getdents64, c->fd, c->buffer.at + c->from, 2UL * PAGE - c->from);
	return NULL;
}

static pthread_t hang(struct call *c, void *(*fn)(void *arg))
{
	pthread_t thread;

	served_make(&c->buffer);
	need(!pthread_create(&thread, NULL, fn, c));
	served_wait(&c->buffer);
	return thread;
}

static void let_go(struct call *c, pthread_t thread)
{
	served_fill(&c->buffer, 'b');
	need(!pthread_join(thread, NULL));
}

static void in_time(int64_t start, const char *what)
{
	int64_t took = now_ms() - start;

	ok(took < 3000 * time_scale(), "%s: in time (%d ms)", what, (int)took);
}

/* Everything that takes the lock of the object, or of its directory. */
static void ask_about(const char *what)
{
	int64_t start = now_ms();

	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "d/a");
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, 5UL * PAGE);
	granted(&nl, "%s: set the size", what);
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "d/a");
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 0640);
	granted(&nl, "%s: set the mode", what);
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "d/new");
	granted(&nl, "%s: make another", what);
	nl_object(&nl, MORSEL_CMD_MORSEL_RENAME, "p", "d/new");
	nl_str(&nl, MORSEL_A_OBJECT_NEW_PATH, "d/moved");
	granted(&nl, "%s: move it", what);
	nl_object(&nl, MORSEL_CMD_MORSEL_RENAME, "p", "d/moved");
	nl_str(&nl, MORSEL_A_OBJECT_NEW_PATH, "out");
	granted(&nl, "%s: move it out", what);
	nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "p", "out");
	granted(&nl, "%s: remove it", what);
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "d/none");
	refused(&nl, ENOENT, "", 0, "%s: look for what is not there", what);
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_str(&nl, MORSEL_A_OBJECT_PATH, "d");
	is_int(nl_dump(&nl, NULL, NULL), 0, "%s: dump the directory", what);
	in_time(start, what);
}

static int fresh(const char *name)
{
	int fd;

	unlink(pool_path(name));
	fd = make_morsel(name, 0);
	return fd;
}

/* How many bytes of the object have this value, as another process's mapping has them. */
struct count {
	char value;
	unsigned int *seen;
};

static int count_bytes(void *arg)
{
	struct count *c = arg;
	int fd = open(pool_path("d/a"), O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *map;

	need(fd >= 0 && !fstat(fd, &st));
	map = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	need(map != MAP_FAILED);
	for (*c->seen = 0; st.st_size; st.st_size--)
		*c->seen += map[st.st_size - 1] == c->value;
	return 0;
}

static void holds(char value, unsigned int bytes, const char *what)
{
	unsigned int *seen = shared_page();

	is_int(in_child(count_bytes, &(struct count){ value, seen }, 10), 0, "%s: looked", what);
	is_int(*seen, bytes, "%s: bytes of %c", what, value);
}

static void test_write(size_t from, const char *what)
{
	struct call c = { .fd = fresh("d/a"), .from = from };
	pthread_t thread = hang(&c, call_write);

	ask_about(what);
	let_go(&c, thread);
	is_int(c.ret, 2L * PAGE - from, "%s: it ends, with all", what);
	holds('a', PAGE - from, what);
	holds('b', PAGE, what);
	served_drop(&c.buffer);
	close(c.fd);
}

/* Who appends goes on at the end, wherever that is by then. */
static void test_append(void)
{
	struct call c = {};
	struct stat st;
	pthread_t thread;

	close(fresh("d/a"));
	c.fd = open(pool_path("d/a"), O_WRONLY | O_APPEND | O_CLOEXEC);
	need(c.fd >= 0);
	thread = hang(&c, call_write);
	need(!truncate(pool_path("d/a"), 7L * PAGE));
	let_go(&c, thread);
	need(!fstat(c.fd, &st));
	is_int(st.st_size, 8L * PAGE, "append: the rest went to the end");
	holds('a', PAGE, "append");
	holds('b', PAGE, "append");
	served_drop(&c.buffer);
	close(c.fd);
}

static int write_short(void *arg)
{
	return write(*(int *)arg, "cccc", 4) != 4;
}

/* Writers wait for each other, and can be killed while they do. */
static void test_writers(void)
{
	struct call c = { .fd = fresh("d/a") };
	pthread_t thread = hang(&c, call_write);
	int other = open(pool_path("d/a"), O_WRONLY | O_CLOEXEC), fourth;
	pid_t killed = start_child(write_short, &other), waits;

	usleep(200000);
	need(!kill(killed, SIGKILL));
	is_int(wait_child(killed, 10), 128 + SIGKILL, "a writer that waits can be killed");
	fourth = open(pool_path("d/a"), O_WRONLY | O_CLOEXEC);
	need(lseek(fourth, 6L * PAGE, SEEK_SET) > 0);
	waits = start_child(write_short, &fourth);
	usleep(200000);
	holds('c', 0, "while the first is not through");
	let_go(&c, thread);
	is_int(wait_child(waits, 10), 0, "the other one gets its turn");
	holds('c', 4, "then");
	holds('b', PAGE, "then");
	served_drop(&c.buffer);
	close(c.fd);
	close(other);
	close(fourth);
}

/* A source that never comes: what was there before has been written, or nothing. */
static void test_unreadable(void)
{
	char *at = mmap(NULL, 2UL * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	int fd = fresh("d/a");
	struct stat st;

	need(at != MAP_FAILED && !munmap(at + PAGE, PAGE));
	memset(at, 'a', PAGE);
	is_int(write(fd, at, 2UL * PAGE), PAGE, "up to what is not there");
	is_errno(pwrite(fd, at + PAGE, PAGE, 4L * PAGE), EFAULT, "nothing is there");
	need(!fstat(fd, &st));
	is_int(st.st_size, PAGE, "and nothing has changed");
	is_int(st.st_blocks, PAGE / 512, "no frame was taken");
	munmap(at, PAGE);
	close(fd);
}

static void test_list(void)
{
	struct call c = { .from = PAGE };
	pthread_t thread;

	close(fresh("d/a"));
	c.fd = open(pool_path("d"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	need(c.fd >= 0);
	thread = hang(&c, call_list);
	ask_about("listing");
	let_go(&c, thread);
	ok(c.ret > 0, "listing: it ends");
	ok(memmem(c.buffer.at + PAGE, c.ret, "a", 2), "listing: and has the name");
	served_drop(&c.buffer);
	close(c.fd);
}

/* Lists with room for one name at a time; @between is called after each. */
static unsigned int list_slowly(const char *dir, unsigned int *seen, void (*between)(unsigned int))
{
	int fd = open(pool_path(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent64 d;
	unsigned int n = 0, nr;

	need(fd >= 0);
	while (syscall(SYS_getdents64, fd, &d, 40) > 0) {
		if (d.d_name[0] != 'f')
			continue;
		nr = strtoul(d.d_name + 1, NULL, 10);
		seen[nr < 2 * FILES ? nr : 0]++;
		n++;
		if (between)
			between(nr);
	}
	close(fd);
	return n;
}

static void touch(unsigned int nr, bool there)
{
	char name[32];

	snprintf(name, sizeof(name), "many/f%u", nr);
	if (there)
		close(make_morsel(name, 0));
	else
		need(!unlink(pool_path(name)));
}

/* New ones come to the head, the one in hand goes. */
static void stir(unsigned int nr)
{
	static unsigned int next = FILES;

	if (nr >= FILES)
		return;
	if (nr % 4 == 0)
		touch(nr, false);
	if (next < 2 * FILES)
		touch(next++, true);
}

static void test_names(void)
{
	static unsigned int quiet[2 * FILES], busy[2 * FILES];
	unsigned int i, once = 0, twice = 0;

	need(!mkdir(pool_path("many"), 0700));
	for (i = 0; i < FILES; i++)
		touch(i, true);
	is_int(list_slowly("many", quiet, NULL), FILES, "as many names as there are");
	list_slowly("many", busy, stir);
	for (i = 0; i < FILES; i++) {
		once += quiet[i] == 1 && busy[i] == 1;
		twice += busy[i] > 1;
	}
	is_int(once, FILES, "each once, whatever comes and goes meanwhile");
	is_int(twice, 0, "none twice");
}

int main(void)
{
	nl_open(&nl);
	need(!mkdir(pool_path("d"), 0755));
	test_write(PAGE, "write, first byte");
	test_write(0, "write, second page");
	test_append();
	test_writers();
	test_unreadable();
	test_list();
	test_names();
	nl_close(&nl);
	return done_testing();
}
