/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known from one look to the next: rates, history, which rows there are
 * and in what order. Pure: no clock, no terminal, no kernel.
 */
#ifndef MODEL_H
#define MODEL_H

#include "source.h"

enum {
	HISTORY = 64,	  /* samples of a sparkline */
	MAX_EVENTS = 500, /* kept in the log */
	MAX_TEXT = 64,	  /* of a filter */
	MAX_GHOSTS = 64,  /* of what has gone, the newest */
};

#define NOWHERE SIZE_MAX

/* A morsel over time. */
struct track {
	const struct top_morsel *now; /* in model->now */
	uint64_t pool_id, id;
	uint64_t faults, maps;	      /* when it was looked at last */
	uint64_t looked;	      /* when that was; monotonic ns */
	double fault_rate, map_rate;  /* per second; -1: not known */
	bool fresh;		      /* it was not there before */
	uint64_t gone;		      /* since when it is not there; monotonic ns; 0: it is */
	struct top_morsel last;	      /* then: what was known, with names of its own */
	unsigned char samples;	      /* in history, newest last */
	float history[HISTORY], active_history[HISTORY]; /* faults/s or memory; active bytes */
	int depth;		      /* in the tree */
	bool selected_by_pid;
	bool fits;		      /* the filter */
	const char *fitted;	      /* the name that was compared with it */
	size_t rank;		      /* its row the last time; NOWHERE: none */
};

/* What is counted over all that a process, or a user, has. */
struct tally {
	uint64_t key; /* pid or uid */
	uint64_t uid;
	const char *command;
	uint64_t mappings, objects, bytes, allocated;
};

struct logged {
	uint64_t time, seq;
	char type[24], text[200];
};

/* A column of the table of morsels. */
enum format {
	FORMAT_NAME,
	FORMAT_USER,
	FORMAT_RIGHTS,
	FORMAT_SIZE,
	FORMAT_COUNT,
	FORMAT_RATE,
	FORMAT_ADDRESS,
	FORMAT_STATE,
};

struct field {
	const char *key, *title; /* of --sort, of the head */
	enum format format;
	int width, priority; /* low ones are shown first; the name takes what is left */
	double (*number)(const struct track *track); /* -1: not known; NULL: sorted as text */
	const char *help;
};

extern const struct field fields[];
extern const size_t nr_fields;
/* The index of the field called @key, or -1. */
int find_field(const char *key);

struct model {
	struct snapshot *now;
	struct track **tracks; /* by pool id and id, as in now */
	size_t nr_tracks;
	struct track **ghosts; /* what has gone lately, the oldest first */
	size_t nr_ghosts;
	uint64_t keep; /* how long these are kept, in ns; 0: not at all */
	bool first; /* only one look so far: no rates */

	/* what to show */
	int sort; /* index in fields */
	bool inverted, tree;
	char filter[MAX_TEXT], filtered[MAX_TEXT]; /* now; when names were compared with it */
	uint64_t only_pid, only_uid; /* UNKNOWN: all */

	struct track **rows; /* shown, in order */
	size_t nr_rows;
	struct tally *processes, *users; /* in order */
	size_t nr_processes, nr_users;
	uint64_t active, dirty, allocated; /* of all morsels; UNKNOWN: nobody tells */
	double events_rate;		   /* per second; -1: not known */

	struct logged events[MAX_EVENTS]; /* a ring */
	size_t nr_events, next_event;
	size_t shown_events[MAX_EVENTS], nr_shown_events; /* that fit the filter, newest first */
};

void model_init(struct model *model);
void model_free(struct model *model);
/* Take over @snapshot. Return: 0 or -ENOMEM; then it is as before. */
int model_update(struct model *model, struct snapshot *snapshot);
/* Make rows anew after filter or order have changed. */
void model_arrange(struct model *model);
/* The event at @index of those that are shown, newest first, or NULL. */
const struct logged *model_event(const struct model *model, size_t index);
/* The name of a user, or the number. Valid until the next call. */
const char *user_of(uint64_t uid);
const char *group_of(uint64_t gid);
/* "rw-" */
const char *rights_text(uint64_t rights);
/* "new", "sealed" and so on. */
const char *state_of(const struct track *track);
/* Case-insensitive. */
bool contains(const char *text, const char *part);

#endif
