// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "report.h"

/* Adds up the numbers after the given keys in a file of "key: number" lines. */
static uint32_t sum_of_keys(const char *path, const char *const key[])
{
	FILE *in = fopen(path, "re");
	unsigned int sum = 0, value;
	char line[256];

	if (!in)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), in))
		for (int i = 0; key[i]; i++)
			if (!strncmp(line, key[i], strlen(key[i])) &&
			    sscanf(line + strlen(key[i]), "%u", &value) == 1)
				sum += value;
	fclose(in);
	return sum;
}

static uint32_t table_kib(void)
{
	static const char *const key[] = { "VmPTE:", NULL };

	return sum_of_keys("/proc/self/status", key);
}

static uint32_t view_tables(int fd)
{
	static const char *const key[] = { "morsel-view-rw-tables:", "morsel-view-ro-tables:",
					   NULL };
	char path[64];

	if (fd < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	return sum_of_keys(path, key);
}

void report_send(int to, enum stage stage, int fd)
{
	struct rusage usage;
	struct report report = {
		.stage = stage,
		.table_kib = table_kib(),
		.view_tables = view_tables(fd),
	};

	getrusage(RUSAGE_SELF, &usage);
	report.faults = usage.ru_minflt;
	if (write(to, &report, sizeof(report)) != sizeof(report))
		err(1, "descriptor %d: write", to);
}
