// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * morsel-quotad PERCENT: an example of a service that acts on events.
 *
 * When a user passes a soft limit, the limit is raised by so much, but not above
 * the hard one; he is told once for each step. What is refused is said. After a
 * loss of events all limits are looked at, so none that was passed is forgotten.
 *
 *   cc morsel-quotad.c $(pkg-config --cflags --libs libmorsel) -o morsel-quotad
 */
#include <errno.h>
#include <inttypes.h>
#include <morsel.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

struct service {
	struct morsel_ctx *ctx;
	unsigned long percent;
};

static uint64_t raised(const struct service *service, uint64_t soft, uint64_t hard, uint64_t used)
{
	uint64_t limit = soft;

	while (limit < used && limit <= UINT64_MAX / 200)
		limit += limit * service->percent / 100 + 1;
	return hard && limit > hard ? hard : limit;
}

/* Is it passed, and does it leave room below the hard one? */
static bool can_rise(uint64_t soft, uint64_t hard, uint64_t used)
{
	return soft && used > soft && (!hard || soft < hard);
}

/* Raise the limits of a quota that are passed. */
static void look_at(const struct service *service, const struct morsel_quota *quota)
{
	uint64_t bytes = morsel_quota_bytes_soft(quota), objects = morsel_quota_objects_soft(quota);
	struct morsel_quota_attr attr = { 0 };

	if (can_rise(bytes, morsel_quota_bytes_hard(quota), morsel_quota_bytes_used(quota))) {
		attr.set |= MORSEL_QUOTA_SET_BYTES_SOFT;
		attr.bytes_soft = raised(service, bytes, morsel_quota_bytes_hard(quota),
					 morsel_quota_bytes_used(quota));
	}
	if (can_rise(objects, morsel_quota_objects_hard(quota), morsel_quota_objects_used(quota))) {
		attr.set |= MORSEL_QUOTA_SET_OBJECTS_SOFT;
		attr.objects_soft = raised(service, objects, morsel_quota_objects_hard(quota),
					   morsel_quota_objects_used(quota));
	}
	if (!attr.set)
		return;
	if (morsel_quota_set(service->ctx, morsel_quota_pool(quota), morsel_quota_uid(quota), &attr,
			     NULL))
		fprintf(stderr, "pool %s, user %u: %s\n", morsel_quota_pool(quota),
			morsel_quota_uid(quota), morsel_error(service->ctx));
	else
		printf("pool %s: raised a soft limit of user %u\n", morsel_quota_pool(quota),
		       morsel_quota_uid(quota));
	fflush(stdout);
}

static void look_at_all(const struct service *service)
{
	struct morsel_quota_list *list;
	const struct morsel_quota *quota;
	size_t i;

	if (morsel_quota_list(service->ctx, NULL, &list)) {
		fprintf(stderr, "quotas: %s\n", morsel_error(service->ctx));
		return;
	}
	for (i = 0; (quota = morsel_quota_list_at(list, i)); i++)
		if (morsel_quota_uid(quota) != MORSEL_QUOTA_DEFAULT)
			look_at(service, quota);
	morsel_quota_list_free(list);
}

static int act(void *data, const struct morsel_event *event)
{
	struct service *service = data;
	struct morsel_quota *quota;

	switch (morsel_event_type(event)) {
	case MORSEL_EVENT_QUOTA_SOFT:
		if (morsel_quota_get(service->ctx, morsel_event_pool_name(event),
				     morsel_event_quota_uid(event), &quota))
			break; /* the pool is gone */
		look_at(service, quota);
		morsel_quota_free(quota);
		break;
	case MORSEL_EVENT_QUOTA_REFUSED:
		printf("pool %s: refused process %u of user %u, limit %" PRIu64 "\n",
		       morsel_event_pool_name(event), morsel_event_pid(event),
		       morsel_event_quota_uid(event), morsel_event_quota_limit(event));
		break;
	case MORSEL_EVENT_LOST:
		look_at_all(service);
		break;
	default:
		break;
	}
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	struct service service = { .percent = argc == 2 ? strtoul(argv[1], NULL, 10) : 0 };
	struct morsel_events *events;
	struct pollfd fd = { .events = POLLIN };
	int err;

	if (!service.percent || service.percent > 100) {
		fprintf(stderr, "usage: %s PERCENT, from 1 to 100\n", argv[0]);
		return 2;
	}
	if (morsel_ctx_new(&service.ctx))
		return 1;
	err = morsel_events_open(service.ctx, &events);
	if (!err) {
		look_at_all(&service); /* what was passed before */
		fd.fd = morsel_events_fd(events);
		while (!morsel_events_dispatch(events, act, &service))
			if (poll(&fd, 1, -1) < 0 && errno != EINTR)
				break;
		fprintf(stderr, "events: %s\n", morsel_error(service.ctx));
		morsel_events_close(events);
	} else {
		fprintf(stderr, "events: %s\n", morsel_error(service.ctx));
	}
	morsel_ctx_free(service.ctx);
	return 1;
}
