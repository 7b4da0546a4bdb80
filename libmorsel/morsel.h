/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmorsel: name, create, list, map and watch morsels.
 *
 * A morsel is a memory object with a name. It lives in a pool, a mounted file
 * system of the type "morsel", and is written POOL:PATH, for instance
 * "db:orders/2024". A path has components of 1 to 255 bytes other than "." and
 * "..", without control characters; slashes in front, behind and repeated are
 * dropped. "POOL:" is the root directory of the pool.
 *
 * Returns. A function that can fail returns 0 (or what it says) or a negative
 * errno. morsel_error() tells why in words, where there is a context: the one
 * given, or the one that an open morsel or a subscription was made with. Output
 * parameters are written on success only. Where one describes a pool or an
 * object, NULL means that the caller does not want it.
 *
 * Errors that every function with a context may return besides its own:
 * -ENOMEM, and for functions that ask the kernel's control plane
 *	-ENODEV	the kernel module is not loaded
 *	-EPERM	the caller may not do this, or the context's socket was opened
 *		by a process with other rights
 *	-EPROTO	the answer makes no sense: module and library do not fit
 *
 * Ownership. What a function gives out belongs to the caller and is freed with
 * the function named beside it; strings from getters belong to the object they
 * were got from. Objects are snapshots: they do not change when the morsel
 * does. They may outlive their context.
 *
 * Threads. A context may be used by several threads at once, and by the child
 * after fork(). Other objects may be read by several threads and changed by
 * one.
 *
 * Sizes, offsets and lengths are in bytes. Times are in nanoseconds since 1970.
 */
#ifndef MORSEL_H
#define MORSEL_H

#include <linux/morsel.h>
#include <morsel/ctx.h>
#include <morsel/name.h>
#include <morsel/pool.h>
#include <morsel/object.h>
#include <morsel/map.h>
#include <morsel/rights.h>
#include <morsel/event.h>
#include <morsel/quota.h>
#include <morsel/usage.h>
#include <morsel/vas.h>

#endif
