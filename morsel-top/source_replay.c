// SPDX-License-Identifier: GPL-2.0-or-later
/* A recording, made with --json: one snapshot a line. The last one stays. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "source.h"

struct replay {
	struct source source;
	struct json_object **frames;
	size_t nr_frames, next;
};

static struct replay *replay_of(struct source *source)
{
	return (struct replay *)source;
}

static struct snapshot *take(struct source *source, const struct wanted *wanted)
{
	struct replay *replay = replay_of(source);
	struct snapshot *snapshot;

	if (replay->next == replay->nr_frames) {
		source->ended = true;
		return NULL;
	}
	snapshot = snapshot_from_json(replay->frames[replay->next++]);
	if (snapshot && snapshot->vma_pid != wanted->pid) {
		snapshot->nr_vmas = 0;
		snapshot->vma_pid = 0;
	}
	return snapshot;
}

static const char *error(const struct source *source)
{
	return source->ended ? "the recording has ended" : "a recording cannot be changed";
}

static int no_fd(const struct source *source)
{
	(void)source;
	return -1;
}

static void no_events(struct source *source)
{
	(void)source;
}

static int cannot_act(struct source *source, enum deed deed, const char *pool, uint64_t id,
		      const char *text)
{
	(void)deed;
	(void)text;
	(void)source;
	(void)pool;
	(void)id;
	return -EROFS;
}

static int cannot_kill(struct source *source, uint64_t pid, int signal)
{
	(void)source;
	(void)pid;
	(void)signal;
	return -EROFS;
}

static void close_replay(struct source *source)
{
	struct replay *replay = replay_of(source);
	size_t i;

	for (i = 0; i < replay->nr_frames; i++)
		json_object_put(replay->frames[i]);
	free(replay->frames);
	free(replay);
}

/* Return: whether all lines are JSON. */
static bool load(struct replay *replay, FILE *file)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	bool good = true;

	while (good && (len = getline(&line, &room, file)) > 0) {
		struct json_object **frame;

		if (strspn(line, " \t\n") == (size_t)len)
			continue;
		frame = snapshot_add(&replay->frames, &replay->nr_frames,
				     sizeof(struct json_object *));
		if (frame)
			*frame = json_tokener_parse(line);
		good = frame && json_object_is_type(*frame, json_type_object);
	}
	free(line);
	return good && replay->nr_frames;
}

struct source *source_replay(const char *path)
{
	struct replay *replay = calloc(1, sizeof(*replay));
	FILE *file = fopen(path, "re");
	bool good = replay && file && load(replay, file);

	if (!good)
		fprintf(stderr, "morsel-top: %s: %s\n", path,
			file ? "not a recording" : strerror(errno));
	if (file)
		fclose(file);
	if (!replay)
		return NULL;
	replay->source = (struct source){
		.take = take,
		.error = error,
		.fd = no_fd,
		.listen = no_events,
		.act = cannot_act,
		.kill = cannot_kill,
		.close = close_replay,
		.title = "REPLAY",
	};
	if (good)
		return &replay->source;
	close_replay(&replay->source);
	return NULL;
}
