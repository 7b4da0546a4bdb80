// SPDX-License-Identifier: GPL-2.0-or-later
/* Where shared memory can come from: the morsel, and what one would use instead. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include "bench.h"

#define MORSEL_MAGIC 0x4d52534c
#define HUGE_POOL    "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"
#define NR_STORES    ((int)(sizeof(stores) / sizeof(stores[0])))

/* A file system of @type on @dir unless there is one; mounts live until the guest ends. */
static int mount_at(const char *dir, const char *device, const char *type, const char *options)
{
	struct stat own, above;

	mkdir(dir, 0755);
	if (!stat(dir, &own) && !stat("/mnt", &above) && own.st_dev != above.st_dev)
		return 0;
	return mount(device, dir, type, 0, options) ? -errno : 0;
}

static int create_file(const struct store *store)
{
	int fd = open(store->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct statfs fs;

	if (fd < 0)
		return -errno;
	/* Nobody measures another file system in a morsel's name. */
	if (store->own && (fstatfs(fd, &fs) || fs.f_type != MORSEL_MAGIC)) {
		close(fd);
		unlink(store->path);
		return -EMEDIUMTYPE;
	}
	return fd;
}

static int create_small(const struct store *store)
{
	int err = mount_at("/mnt/morsel-4k", "none", "morsel", "size=100%,huge=never");

	return err ? err : create_file(store);
}

static int create_memfd(const struct store *store)
{
	int fd = memfd_create(store->name, MFD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int create_tmpfs(const struct store *store)
{
	bool huge = store->leaf == HUGE_PAGE;
	int err = mount_at(huge ? "/mnt/tmpfs-huge" : "/mnt/tmpfs", "none", "tmpfs",
			   huge ? "size=100%,huge=always" : "size=100%,huge=never");

	return err ? err : create_file(store);
}

static int create_hugetlb(const struct store *store)
{
	int err = mount_at("/mnt/hugetlbfs", "none", "hugetlbfs", "pagesize=2M");

	return err ? err : create_file(store);
}

static int create_ext4(const struct store *store)
{
	int err = exists("/dev/fsdax") ? mount_at("/mnt/dax", "/dev/fsdax", "ext4", "dax=always")
				       : -ENODEV;

	return err ? err : create_file(store);
}

static int create_persistent(const struct store *store)
{
	int err = exists("/dev/morsel") ? mount_at("/mnt/pmem", "/dev/morsel", "morsel", NULL)
					: -ENODEV;

	return err ? err : create_file(store);
}

static int create_device(const struct store *store)
{
	int fd = open(store->path, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int grow_file(const struct store *store, int fd, uint64_t from, uint64_t to)
{
	(void)store;
	return fallocate(fd, 0, from, to - from) ? -errno : 0;
}

static int grow_hugetlb(const struct store *store, int fd, uint64_t from, uint64_t to)
{
	char text[32];

	snprintf(text, sizeof(text), "%lu", to / HUGE_PAGE);
	if (write_text(HUGE_POOL, text))
		return -errno;
	return grow_file(store, fd, from, to);
}

/* Pages and blocks count as populated once they have been written: what fallocate leaves is not. */
static int grow_and_write(const struct store *store, int fd, uint64_t from, uint64_t to)
{
	int err = grow_file(store, fd, from, to);
	char *p;

	if (err)
		return err;
	p = mmap(NULL, to - from, PROT_READ | PROT_WRITE, MAP_SHARED, fd, from);
	if (p == MAP_FAILED)
		return -errno;
	for (uint64_t off = 0; off < to - from; off += store->leaf)
		((volatile char *)p)[off] = 1;
	munmap(p, to - from);
	return 0;
}

/* A device has the size it has. */
static int grow_device(const struct store *store, int fd, uint64_t from, uint64_t to)
{
	void *p = mmap(NULL, to, PROT_READ, MAP_SHARED, fd, 0);

	(void)store;
	(void)from;
	if (p == MAP_FAILED)
		return -errno;
	/* It maps more than it has, too. */
	if (*(volatile char *)((char *)p + to - PAGE) < 0)
		puts("#");
	munmap(p, to);
	return 0;
}

static void destroy_file(const struct store *store, int fd)
{
	close(fd);
	unlink(store->path);
}

static void destroy_hugetlb(const struct store *store, int fd)
{
	destroy_file(store, fd);
	write_text(HUGE_POOL, "0");
}

static void destroy_nothing(const struct store *store, int fd)
{
	(void)store;
	close(fd);
}

static const struct store stores[] = {
	{ "morsel", HUGE_PAGE, create_file, grow_file, destroy_file, "/mnt/morsel/bench",
	  .own = true },
	{ "morsel-4k", PAGE, create_small, grow_file, destroy_file, "/mnt/morsel-4k/bench",
	  .own = true },
	{ "morsel-pmem", HUGE_PAGE, create_persistent, grow_and_write, destroy_file,
	  "/mnt/pmem/bench", .own = true },
	{ "memfd", PAGE, create_memfd, grow_and_write, destroy_nothing, .path = NULL },
	{ "tmpfs", PAGE, create_tmpfs, grow_and_write, destroy_file, .path = "/mnt/tmpfs/bench" },
	{ "tmpfs-huge", HUGE_PAGE, create_tmpfs, grow_and_write, destroy_file,
	  .path = "/mnt/tmpfs-huge/bench" },
	{ "hugetlbfs", HUGE_PAGE, create_hugetlb, grow_hugetlb, destroy_hugetlb,
	  .path = "/mnt/hugetlbfs/bench" },
	{ "ext4-dax", HUGE_PAGE, create_ext4, grow_and_write, destroy_file,
	  .path = "/mnt/dax/bench" },
	{ "device-dax", HUGE_PAGE, create_device, grow_device, destroy_nothing, "/dev/devdax",
	  .device = true },
};

const struct store *store_find(const char *name)
{
	for (int i = 0; i < NR_STORES; i++)
		if (!strcmp(stores[i].name, name))
			return &stores[i];
	fatal("no store is named %s", name);
}

int store_reopen(const struct store *store, int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(store->path ? store->path : path, O_RDWR | O_CLOEXEC);
}

/* As morsel_map() of libmorsel does: whole GiB from 8 MiB on, which costs address space only. */
uint64_t store_length(const struct store *store, uint64_t size)
{
	uint64_t unit = size >= 8 * MIB ? GIB : HUGE_PAGE;

	return store->own ? (size + unit - 1) / unit * unit : size;
}

static void *map_and_touch(const struct store *store, int fd, uint64_t size, int flags)
{
	uint64_t length = store_length(store, size);
	volatile char *p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | flags, fd, 0);

	if (p == MAP_FAILED)
		return NULL;
	for (uint64_t off = 0; off < size; off += store->leaf)
		(void)p[off];
	return (void *)p;
}

void *store_map(const struct store *store, int fd, uint64_t size)
{
	return map_and_touch(store, fd, size, store->own ? 0 : MAP_POPULATE);
}

void *store_touch(const struct store *store, int fd, uint64_t size)
{
	return map_and_touch(store, fd, size, 0);
}

/* 6.82 GiB: a real graph's size, a whole number of 2 MiB but not of GiB. */
#define ODD_SIZE (3492 * HUGE_PAGE)

int sizes_between(uint64_t first, uint64_t last, uint64_t *sizes, int max)
{
	int n = 0;

	for (uint64_t size = first; size <= last && n < max; size *= 2) {
		if (n && sizes[n - 1] < ODD_SIZE && ODD_SIZE < size && n + 1 < max)
			sizes[n++] = ODD_SIZE;
		sizes[n++] = size;
	}
	if (n && n < max && sizes[n - 1] < ODD_SIZE && ODD_SIZE <= last)
		sizes[n++] = ODD_SIZE;
	return n;
}
