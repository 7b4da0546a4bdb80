// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "proc.h"

bool proc_exists(uint64_t pid)
{
	return pid <= INT_MAX && (!kill((pid_t)pid, 0) || errno != ESRCH);
}

static void add_vma(struct snapshot *snapshot, char *line)
{
	unsigned long long start, end;
	struct top_vma *vma;
	int at = 0;

	if (sscanf(line, "%llx-%llx %*s %*s %*s %*s %n", &start, &end, &at) < 2 || start >> 47)
		return; /* the last one is the kernel's */
	line[strcspn(line, "\n")] = '\0';
	vma = ADD(snapshot, vmas);
	if (vma)
		*vma = (struct top_vma){
			.start = start,
			.end = end,
			.name = snapshot_string(snapshot, at && line[at] ? line + at
									 : "(anonymous)"),
		};
}

void proc_vmas(struct snapshot *snapshot, uint64_t pid)
{
	char path[64], *line = NULL;
	size_t room = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%llu/maps", (unsigned long long)pid);
	file = fopen(path, "re");
	if (!file)
		return;
	snapshot->vma_pid = pid;
	while (getline(&line, &room, file) > 0)
		add_vma(snapshot, line);
	free(line);
	fclose(file);
}
