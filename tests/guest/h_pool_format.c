// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes a pool of a device or of an image: pool_format DEV [LABEL].
 * pool_format --check DEV says what the engine finds wrong, and fails if it finds something.
 * ldflags: ../../build/guest/libengine.a
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <linux/fs.h>
#include "repair.h"

static void map(struct pm *pm, const char *path)
{
	int fd = open(path, O_RDWR);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		err(1, "%s", path);
	pm->size = st.st_size;
	if (S_ISBLK(st.st_mode) && ioctl(fd, BLKGETSIZE64, &pm->size))
		err(1, "%s", path);
	pm->base = mmap(NULL, pm->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (pm->base == MAP_FAILED)
		err(1, "%s", path);
	close(fd);
}

static void unmap(struct pm *pm)
{
	if (msync(pm->base, pm->size, MS_SYNC))
		err(1, "msync");
	munmap(pm->base, pm->size);
}

static int format(const char *path, const char *label)
{
	struct pp_format format = { .mode = 0755, .now = time(NULL) * 1000000000LL };
	struct pm pm = { 0 };
	int error;

	if (getrandom(format.uuid, sizeof(format.uuid), 0) != sizeof(format.uuid))
		err(1, "getrandom");
	snprintf(format.label, sizeof(format.label), "%s", label);
	map(&pm, path);
	error = pp_format(&pm, &format);
	unmap(&pm);
	if (error)
		errx(1, "%s: %s", path, strerror(-error));
	return 0;
}

static void found(struct pp_report *report, enum pp_problem problem, u64 id, u64 frame,
		  const char *text)
{
	printf("object %llu, frame %llu: %s\n", (unsigned long long)id, (unsigned long long)frame,
	       text);
}

/* As the module would: recovery is part of it, and leaves the pool mended. */
static int check(const char *path)
{
	struct pp_report report = { .found = found };
	struct pp_open how = { .report = &report };
	struct pp_pool pool = { .read_only = false };
	struct pp_scan scan;
	const char *why;
	int error, problem;

	map(&pool.pm, path);
	if (pp_identify(&pool, &why, &report))
		errx(1, "%s: %s", path, why);
	puts(pool.clean ? "clean" : "not clean");
	error = pp_start(&pool, &how, &scan);
	for (problem = PP_SUPER; problem < PP_PROBLEMS && !error; problem++)
		if (problem != PP_ORPHAN && problem != PP_CUT && report.count[problem])
			error = -EUCLEAN;
	pp_scan_free(&scan);
	if (!error)
		error = pp_stop(&pool);
	pp_close(&pool);
	unmap(&pool.pm);
	return error ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--check"))
		return check(argv[2]);
	if (argc < 2 || argc > 3)
		errx(2, "usage: pool_format DEV [LABEL] | --check DEV");
	return format(argv[1], argc == 3 ? argv[2] : "");
}
