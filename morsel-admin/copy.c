// SPDX-License-Identifier: GPL-2.0-or-later
/* Copying: extents of data from a file that has holes, else whatever comes. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "copy.h"

enum {
	BUFFER = 2 << 20, /* a frame of a morsel */
	BLOCK = 4096,	  /* what a hole is made of */
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

bool was_interrupted(void)
{
	return interrupted;
}

void catch_interrupts(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = interrupt };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
	/* A reader that goes away is an error like others. */
	signal(SIGPIPE, SIG_IGN);
}

/* Write it all, at @offset if the target seeks. */
static int put(struct copy *copy, const char *data, size_t len, uint64_t offset)
{
	ssize_t n;

	copy->failed = "writing";
	if (copy->discard)
		copy->data += len;
	while (len && !copy->discard) {
		if (interrupted)
			return -EINTR;
		n = copy->out_seeks ? pwrite(copy->out, data, len, (off_t)offset)
				    : write(copy->out, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
		copy->data += (uint64_t)n;
	}
	return 0;
}

static bool is_zero(const char *data, size_t len)
{
	return !len || (!data[0] && !memcmp(data, data + 1, len - 1));
}

/* The length of the run of blocks at @data that are all zero, or all not. */
static size_t run_of(const char *data, size_t len, bool *zero)
{
	size_t run = len < BLOCK ? len : BLOCK, next;

	for (*zero = is_zero(data, run); run < len; run += next) {
		next = len - run < BLOCK ? len - run : BLOCK;
		if (is_zero(data + run, next) != *zero)
			break;
	}
	return run;
}

/* Write what is not zero. */
static int put_sparse(struct copy *copy, const char *data, size_t len, uint64_t offset)
{
	size_t run;
	bool zero;
	int err = 0;

	if (!copy->out_seeks)
		return put(copy, data, len, offset);
	for (; len && !err; len -= run) {
		run = run_of(data, len, &zero);
		if (!zero)
			err = put(copy, data, run, offset);
		data += run;
		offset += run;
	}
	return err;
}

/* Zeros for a target that knows no holes. */
static int put_hole(struct copy *copy, char *buffer, uint64_t from, uint64_t to)
{
	int err = 0;

	if (copy->out_seeks || copy->discard)
		return 0;
	memset(buffer, 0, BUFFER);
	for (; from < to && !err; from += BUFFER)
		err = put(copy, buffer, to - from < BUFFER ? to - from : BUFFER, from);
	return err;
}

/* Copy [from, to) of a file. Pieces end where frames do. */
static int copy_extent(struct copy *copy, char *buffer, uint64_t from, uint64_t to,
		       struct progress *progress)
{
	uint64_t piece;
	ssize_t n;
	int err;

	while (from < to) {
		piece = BUFFER - from % BUFFER;
		if (piece > to - from)
			piece = to - from;
		n = pread(copy->in, buffer, piece, (off_t)from);
		copy->failed = "reading";
		if (interrupted || (n < 0 && errno != EINTR))
			return interrupted ? -EINTR : -errno;
		if (!n)
			return -ESTALE; /* it has been cut meanwhile */
		if (n < 0)
			continue;
		err = put_sparse(copy, buffer, (size_t)n, from);
		if (err)
			return err;
		from += (uint64_t)n;
		progress_show(progress, from);
	}
	return 0;
}

static int copy_file(struct copy *copy, char *buffer, struct progress *progress)
{
	uint64_t end = copy->size, at = 0;
	off_t data, hole;
	int err = 0;

	while (at < end && !err) {
		data = lseek(copy->in, (off_t)at, SEEK_DATA);
		hole = data < 0 ? -1 : lseek(copy->in, data, SEEK_HOLE);
		if (data < 0 && errno != ENXIO) /* it does not tell: all of it is data */
			data = (off_t)at;
		else if (data < 0)
			data = (off_t)end;
		if (hole < 0 || (uint64_t)hole > end)
			hole = (off_t)end;
		err = put_hole(copy, buffer, at, (uint64_t)data);
		if (!err)
			err = copy_extent(copy, buffer, (uint64_t)data, (uint64_t)hole, progress);
		at = (uint64_t)hole;
	}
	return err;
}

/* Until the source ends; whole buffers where possible, for the sake of frames. */
static int copy_stream(struct copy *copy, char *buffer, struct progress *progress)
{
	size_t have = 0;
	ssize_t n;
	int err = 0;

	for (copy->size = 0; !err;) {
		n = read(copy->in, buffer + have, BUFFER - have);
		copy->failed = "reading";
		if (interrupted || (n < 0 && errno != EINTR))
			return interrupted ? -EINTR : -errno;
		have += n > 0 ? (size_t)n : 0;
		if (have == BUFFER || !n) {
			err = put_sparse(copy, buffer, have, copy->size);
			copy->size += have;
			have = 0;
		}
		progress_show(progress, copy->size + have);
		if (!n)
			break;
	}
	return err;
}

int copy_bytes(struct copy *copy, struct progress *progress)
{
	char *buffer = malloc(BUFFER);
	struct stat st;
	int err;

	copy->failed = "reading";
	copy->data = 0;
	if (!buffer)
		return -ENOMEM;
	if (fstat(copy->in, &st)) {
		err = -errno;
	} else if (S_ISREG(st.st_mode)) {
		copy->size = (uint64_t)st.st_size;
		err = copy->out_seeks && ftruncate(copy->out, st.st_size) ? -errno : 0;
		if (err)
			copy->failed = "writing";
		else
			err = copy_file(copy, buffer, progress);
	} else {
		err = copy_stream(copy, buffer, progress);
		if (!err && copy->out_seeks && ftruncate(copy->out, (off_t)copy->size))
			err = -errno;
	}
	free(buffer);
	return err;
}
