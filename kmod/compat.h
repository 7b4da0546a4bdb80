/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between Linux 6.1 (Debian 12) and 6.12 (Debian 13).  The code
 * reads as for the newer one; this is the only place that looks at versions.
 */
#ifndef MORSEL_COMPAT_H
#define MORSEL_COMPAT_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define morsel_idmap_t struct user_namespace
#define morsel_nop_idmap (&init_user_ns)
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}
#else
#define morsel_idmap_t struct mnt_idmap
#define morsel_nop_idmap (&nop_mnt_idmap)
#endif

#endif
