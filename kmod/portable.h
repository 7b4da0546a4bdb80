/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the persistence engine needs of its surroundings.  Its files include
 * this and each other, nothing else: they build in the module, and in user
 * space for the formatter, the checker and the tests.
 */
#ifndef MORSEL_PORTABLE_H
#define MORSEL_PORTABLE_H

#ifdef __KERNEL__
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/crc32.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

/* Not by the name that is a module's: this one is built in. */
#define crc32c(crc, data, length) __crc32c_le(crc, (const unsigned char *)(data), length)
#else
#include "user/shim.h"
#endif

#endif
