// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tells where on the media the record of an object is, in bytes: pool_record DEV ID
 * ldflags: ../../build/guest/libengine.a
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <linux/fs.h>
#include "engine.h"

int main(int argc, char **argv)
{
	struct pp_pool pool = { .read_only = true };
	const char *why;
	int fd = argc == 3 ? open(argv[1], O_RDONLY) : -1;

	/* What the kernel has cached of the device may be older. */
	if (fd < 0 || ioctl(fd, BLKFLSBUF) || ioctl(fd, BLKGETSIZE64, &pool.pm.size))
		err(1, "usage: pool_record DEV ID");
	pool.pm.base = mmap(NULL, pool.pm.size, PROT_READ, MAP_SHARED, fd, 0);
	if (pool.pm.base == MAP_FAILED)
		err(1, "%s", argv[1]);
	if (pp_identify(&pool, &why, NULL))
		errx(1, "%s: %s", argv[1], why);
	printf("%llu\n", (unsigned long long)pp_record_offset(&pool, strtoull(argv[2], NULL, 0)));
	return 0;
}
