/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening and mapping morsels. Included by <morsel.h>, which says what holds for all of it. */
#ifndef MORSEL_MAP_H
#define MORSEL_MAP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct morsel_ctx;
struct morsel;	       /* an open morsel */
struct morsel_mapping; /* a morsel in the address space */

/**
 * morsel_open() - open a morsel where its pool is mounted
 * @name: POOL:PATH
 * @flags: O_RDONLY or O_RDWR, with O_CREAT and O_EXCL if wanted (see open(2))
 * @mode: permission bits of a new morsel, less the umask
 * @morsel: receives it; close it with morsel_close()
 *
 * Works without the control plane, so also in containers. Symbolic links are
 * not followed. A new morsel is empty: ftruncate(morsel_fd()) gives it a size.
 *
 * Return: 0; -EINVAL, -ENAMETOOLONG, -ENXIO (the pool is not mounted), and
 * what open(2) returns; -EISDIR for a directory.
 */
int morsel_open(struct morsel_ctx *ctx, const char *name, int flags, mode_t mode,
		struct morsel **morsel);

/* Close it. Mappings of it stay. NULL is allowed. */
void morsel_close(struct morsel *morsel);

/* The descriptor, closed on exec and by morsel_close(). */
int morsel_fd(const struct morsel *morsel);

/* The size now. Return: 0 or a negative errno. */
int morsel_size(const struct morsel *morsel, uint64_t *size);

enum morsel_map_flags {
	MORSEL_MAP_WRITE = 1 << 0, /* writable; the morsel must be open for that */
};

/**
 * morsel_map() - map a morsel, or a part of it
 * @offset: where in the morsel to begin
 * @length: how much; 0 for all up to the end. May reach behind the end, for
 *	a morsel that is going to grow
 * @addr: NULL, or the address that @offset must get. They must be congruent
 *	modulo 2 MiB
 * @flags: enum morsel_map_flags
 * @mapping: receives the mapping; undo it with morsel_unmap()
 *
 * The mapping is shared, is aligned, and is rounded up to whole 1 GiB spans
 * from 8 MiB up, where the address space allows it, and else to whole 2 MiB
 * spans, so that one page-table entry serves each span. Memory behind the end
 * of the morsel raises SIGBUS when touched. fork() hands it down.
 *
 * A morsel that has an address of its own is mapped there, in every process; @addr
 * is best NULL then.
 *
 * Return: 0; -EINVAL (flags; @addr not congruent; an empty morsel), -EEXIST
 * (something is mapped at @addr, or at the morsel's address), -EADDRNOTAVAIL (another
 * morsel has its address), -EFBIG (behind the end of its addresses), -EOVERFLOW, -EACCES
 * (not open for writing), -ENOMEM, and what mmap(2) returns.
 */
int morsel_map(const struct morsel *morsel, uint64_t offset, uint64_t length, void *addr,
	       unsigned int flags, struct morsel_mapping **mapping);

/* Undo a mapping and free @mapping. NULL is allowed. Return: 0 or a negative errno. */
int morsel_unmap(struct morsel_mapping *mapping);

/* The address of @offset. */
void *morsel_mapping_addr(const struct morsel_mapping *mapping);
/* How much from there is of use: @length, or what there was up to the end. */
uint64_t morsel_mapping_length(const struct morsel_mapping *mapping);
/* How much address space the mapping takes. */
uint64_t morsel_mapping_mapped_length(const struct morsel_mapping *mapping);

/**
 * morsel_persist() - make stores to persistent memory last
 *
 * When it returns, what this thread has stored there before is there after a
 * power cut. It takes no system call: each line is written back by the best
 * instruction that the CPU has (CLWB, CLFLUSHOPT, CLFLUSH), then a fence waits
 * for them. Whether the way to the memory lasts is the file's matter, see
 * MAP_SYNC in mmap(2), and fsync(2). Does no harm to other memory.
 */
void morsel_persist(const void *addr, size_t length);

/* Its two halves, for several ranges with one fence. */
void morsel_flush(const void *addr, size_t length);
void morsel_drain(void);

/**
 * morsel_deep_flush() - make stores last even where the power fails for more than the CPU
 *
 * morsel_persist() relies on the platform to empty the queues of its memory controllers when
 * the power goes (ADR). This one has the device empty them first, by what the driver knows of
 * it, and makes the times and the size of the object last as well. It is for rare occasions:
 * a system call that writes back all lines of the pages of the range, by msync(2).
 *
 * Needs no right but the mapping. Does no harm to other memory, where there is nothing to do.
 * Return: 0; -ENOMEM (something in the range is not mapped), -EIO, and what msync(2) returns.
 */
int morsel_deep_flush(const void *addr, size_t length);

#ifdef __cplusplus
}
#endif

#endif
