// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Changes both superblocks of a pool and makes their checksums right again:
 * pool_super DEV FIELD=NUMBER...
 * ldflags: ../../build/guest/libengine.a
 */
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/fs.h>
#include "engine.h"

static void set(struct media_super *super, const char *field, uint64_t value)
{
	if (!strcmp(field, "version"))
		super->version = cpu_to_le32(value);
	else if (!strcmp(field, "incompat"))
		super->incompat = cpu_to_le64(value);
	else if (!strcmp(field, "ro_compat"))
		super->ro_compat = cpu_to_le64(value);
	else if (!strcmp(field, "compat"))
		super->compat = cpu_to_le64(value);
	else if (!strcmp(field, "nr_frames"))
		super->nr_frames = cpu_to_le64(value);
	else
		errx(2, "no field %s", field);
}

int main(int argc, char **argv)
{
	struct media_super *supers[2];
	uint64_t size;
	char *base, *value;
	int fd;

	if (argc < 3)
		errx(2, "usage: pool_super DEV FIELD=NUMBER...");
	fd = open(argv[1], O_RDWR);
	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &size))
		err(1, "%s", argv[1]);
	base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		err(1, "%s", argv[1]);
	supers[0] = (struct media_super *)base;
	supers[1] = (struct media_super *)(base + size - MEDIA_FRAME);
	for (int i = 2; i < argc; i++) {
		value = strchr(argv[i], '=');
		if (!value)
			errx(2, "%s: no number", argv[i]);
		*value++ = '\0';
		set(supers[0], argv[i], strtoull(value, NULL, 0));
		set(supers[1], argv[i], strtoull(value, NULL, 0));
	}
	pp_super_seal(supers[0]);
	pp_super_seal(supers[1]);
	if (msync(base, size, MS_SYNC))
		err(1, "%s", argv[1]);
	return 0;
}
