// SPDX-License-Identifier: LGPL-2.1-or-later
/* Contexts: their life, their lock, and what a fork does to them. */
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "netlink.h"

MORSEL_EXPORT const char *morsel_version(void)
{
	return MORSEL_VERSION;
}

MORSEL_EXPORT int morsel_ctx_new(struct morsel_ctx **out)
{
	static _Atomic uint64_t last_serial;
	struct morsel_ctx *ctx = calloc(1, sizeof(*ctx));

	if (!ctx)
		return -ENOMEM;
	ctx->serial = ++last_serial;
	ctx->transport = &morsel_netlink_transport;
	pthread_mutex_init(&ctx->lock, NULL);
	ctx->pid = getpid();
	*out = ctx;
	return 0;
}

MORSEL_EXPORT void morsel_ctx_free(struct morsel_ctx *ctx)
{
	if (!ctx)
		return;
	morsel_lock(ctx);
	morsel_ctx_disconnect(ctx);
	morsel_unlock(ctx);
	pthread_mutex_destroy(&ctx->lock);
	free(ctx);
}

void morsel_ctx_disconnect(struct morsel_ctx *ctx)
{
	if (!ctx->buffer)
		return;
	ctx->transport->close(ctx);
	free(ctx->buffer);
	ctx->buffer = NULL;
}

/*
 * Parent and child would read each other's replies from a shared socket, and
 * the mutex may have been held by a thread that the child does not have. The
 * first thread of the child to come claims the context and starts afresh.
 */
static void adopt(struct morsel_ctx *ctx)
{
	pid_t self = getpid(), owner;

	while ((owner = atomic_load(&ctx->pid)) != self) {
		if (owner != -self && atomic_compare_exchange_strong(&ctx->pid, &owner, -self)) {
			pthread_mutex_init(&ctx->lock, NULL);
			morsel_ctx_disconnect(ctx);
			atomic_store(&ctx->pid, self);
		} else {
			sched_yield();
		}
	}
}

void morsel_lock(struct morsel_ctx *ctx)
{
	adopt(ctx);
	pthread_mutex_lock(&ctx->lock);
}

void morsel_unlock(struct morsel_ctx *ctx)
{
	pthread_mutex_unlock(&ctx->lock);
}

MORSEL_EXPORT void morsel_ctx_set_log(struct morsel_ctx *ctx, morsel_log_fn *fn, void *data)
{
	atomic_store(&ctx->log, NULL);
	ctx->log_data = data;
	atomic_store(&ctx->log, fn);
}

void morsel_log(struct morsel_ctx *ctx, const char *format, ...)
{
	morsel_log_fn *fn = atomic_load(&ctx->log);
	char line[512];
	va_list args;

	if (!fn)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	fn(ctx->log_data, line);
}
