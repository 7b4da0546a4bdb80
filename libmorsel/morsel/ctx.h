/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contexts and errors. Included by <morsel.h>, which says what holds for all of it. */
#ifndef MORSEL_CTX_H
#define MORSEL_CTX_H

#ifdef __cplusplus
extern "C" {
#endif

struct morsel_ctx; /* a connection to the control plane */

/**
 * morsel_ctx_new() - make a context
 * @ctx: receives it; free it with morsel_ctx_free()
 *
 * Nothing is opened before it is needed, so this works without the module.
 */
int morsel_ctx_new(struct morsel_ctx **ctx);

/* Free a context. NULL is allowed. */
void morsel_ctx_free(struct morsel_ctx *ctx);

/**
 * morsel_error() - why the last call failed
 *
 * Return: the kernel's or the library's words for the last failure of the
 * calling thread with @ctx, "" if there was none. Names in it are escaped for
 * a terminal. Valid until the thread's next call of any function of the
 * library.
 */
const char *morsel_error(const struct morsel_ctx *ctx);

/**
 * morsel_error_attr() - what the kernel did not like
 *
 * Return: the attribute of the request that the last failure of the calling
 * thread is about, as it is called in netlink/morsel.yaml (for instance
 * "size"), or NULL. Static.
 */
const char *morsel_error_attr(const struct morsel_ctx *ctx);

typedef void morsel_log_fn(void *data, const char *line);

/**
 * morsel_ctx_set_log() - be told of every request and its outcome
 * @fn: called with one line of text without an end of line, possibly by
 *	several threads at once; NULL for silence (the default)
 */
void morsel_ctx_set_log(struct morsel_ctx *ctx, morsel_log_fn *fn, void *data);

/* The version of the library, such as "0.1.0". */
const char *morsel_version(void);

#ifdef __cplusplus
}
#endif

#endif
