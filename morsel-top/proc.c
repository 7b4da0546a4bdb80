// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "proc.h"

/* A line of /proc/PID/maps. */
struct mapping {
	uint64_t start, end, offset, inode;
	char rights[5];
	dev_t dev;
	const char *name;
};

static bool parse(char *line, struct mapping *m)
{
	unsigned long long start, end, offset, inode;
	unsigned int major, minor;
	int at = 0;

	if (sscanf(line, "%llx-%llx %4s %llx %x:%x %llu %n", &start, &end, m->rights, &offset,
		   &major, &minor, &inode, &at) < 7)
		return false;
	m->start = start;
	m->end = end;
	m->offset = offset;
	m->inode = inode;
	m->dev = makedev(major, minor);
	line[strcspn(line, "\n")] = '\0';
	m->name = line + at;
	return true;
}

static FILE *open_of(uint64_t pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%llu/%s", (unsigned long long)pid, file);
	return fopen(path, "re");
}

static const struct pool_device *pool_of(dev_t dev, const struct pool_device *devices, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (devices[i].dev == dev)
			return &devices[i];
	return NULL;
}

/* ---- attachments ---- */

struct process {
	uint64_t pid, uid;
	const char *command; /* NULL: not looked up yet */
};

static void look_up(struct snapshot *snapshot, struct process *process)
{
	FILE *file = open_of(process->pid, "comm");
	char command[64] = "?", path[64];
	struct stat st;

	if (file) {
		if (fgets(command, sizeof(command), file))
			command[strcspn(command, "\n")] = '\0';
		fclose(file);
	}
	process->command = snapshot_string(snapshot, command);
	snprintf(path, sizeof(path), "/proc/%llu", (unsigned long long)process->pid);
	process->uid = stat(path, &st) ? UNKNOWN : st.st_uid;
}

static void add_attachment(struct snapshot *snapshot, struct process *process,
			   const struct mapping *m, uint64_t pool_id)
{
	struct top_attachment *a = ADD(snapshot, attachments);

	if (!a)
		return;
	if (!process->command)
		look_up(snapshot, process);
	*a = (struct top_attachment){
		.pool_id = pool_id,
		.id = m->inode,
		.pid = process->pid,
		.uid = process->uid,
		.command = process->command,
		.start = m->start,
		.end = m->end,
		.offset = m->offset,
		.writable = m->rights[1] == 'w',
		.since = UNKNOWN,
	};
}

static void scan_process(struct snapshot *snapshot, uint64_t pid, const struct pool_device *devices,
			 size_t count)
{
	struct process process = { .pid = pid };
	FILE *file = open_of(pid, "maps");
	const struct pool_device *pool;
	struct mapping m;
	char *line = NULL;
	size_t room = 0;

	if (!file)
		return;
	while (getline(&line, &room, file) > 0) {
		pool = parse(line, &m) ? pool_of(m.dev, devices, count) : NULL;
		if (pool)
			add_attachment(snapshot, &process, &m, pool->pool_id);
	}
	free(line);
	fclose(file);
}

void proc_attachments(struct snapshot *snapshot, const struct pool_device *devices, size_t count)
{
	DIR *dir = count ? opendir("/proc") : NULL;
	const struct dirent *entry;
	uint64_t pid;
	char *end;

	while (dir && (entry = readdir(dir))) {
		pid = strtoull(entry->d_name, &end, 10);
		if (pid && !*end)
			scan_process(snapshot, pid, devices, count);
	}
	if (dir)
		closedir(dir);
}

/* ---- one process ---- */

void proc_vmas(struct snapshot *snapshot, uint64_t pid, const struct pool_device *devices,
	       size_t count)
{
	FILE *file = open_of(pid, "maps");
	struct top_vma *vma;
	struct mapping m;
	char *line = NULL;
	size_t room = 0;

	if (!file)
		return;
	snapshot->vma_pid = pid;
	while (getline(&line, &room, file) > 0) {
		if (!parse(line, &m) || m.start >> 47)
			continue; /* the last one is the kernel's */
		vma = ADD(snapshot, vmas);
		if (!vma)
			break;
		*vma = (struct top_vma){
			.start = m.start,
			.end = m.end,
			.is_morsel = pool_of(m.dev, devices, count) != NULL,
			.name = snapshot_string(snapshot, *m.name ? m.name : "(anonymous)"),
		};
	}
	free(line);
	fclose(file);
}
