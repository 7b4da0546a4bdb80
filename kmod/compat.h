/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between Linux 6.1 (Debian 12) and 6.12 (Debian 13).  The code
 * reads as for the newer one; this is the only place that looks at versions.
 */
#ifndef MORSEL_COMPAT_H
#define MORSEL_COMPAT_H

#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/pkeys.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/xattr.h>
#include <linux/vmstat.h>
#include <linux/version.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#include <linux/filelock.h>
#endif

/* The bits of a VMA's flags that hold its protection key. */
#define MORSEL_VM_PKEY_BITS ARCH_VM_PKEY_FLAGS

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define morsel_idmap_t struct user_namespace
#define morsel_nop_idmap (&init_user_ns)
#define morsel_file_idmap(file) file_mnt_user_ns(file)
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

#define MORSEL_FAULT_PMD PE_SIZE_PMD
#define MORSEL_FAULT_PUD PE_SIZE_PUD
#define morsel_fault_size_t enum page_entry_size

/* Faults hold mmap_lock here: there are no locks of single VMAs. */
static inline void morsel_vma_start_write(struct vm_area_struct *vma)
{
}

/* Let go of the lock that a fault runs under.  Return: true when it was mmap_lock. */
static inline bool morsel_release_fault_lock(struct vm_fault *vmf)
{
	mmap_read_unlock(vmf->vma->vm_mm);
	return true;
}

static inline void morsel_zap_range(struct vm_area_struct *vma, unsigned long start,
				    unsigned long size)
{
	zap_page_range(vma, start, size);
}

static inline unsigned long morsel_mm_unmapped_area(struct file *file, unsigned long addr,
						    unsigned long len, unsigned long pgoff,
						    unsigned long flags)
{
	return current->mm->get_unmapped_area(file, addr, len, pgoff, flags);
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}
#else
#define morsel_idmap_t struct mnt_idmap
#define morsel_nop_idmap (&nop_mnt_idmap)
#define morsel_file_idmap(file) file_mnt_idmap(file)
#define MORSEL_FAULT_PMD PMD_ORDER
#define MORSEL_FAULT_PUD PUD_ORDER
#define morsel_fault_size_t unsigned int

static inline void morsel_vma_start_write(struct vm_area_struct *vma)
{
	vma_start_write(vma);
}

static inline bool morsel_release_fault_lock(struct vm_fault *vmf)
{
	bool mmap_lock = !(vmf->flags & FAULT_FLAG_VMA_LOCK);

	release_fault_lock(vmf);
	return mmap_lock;
}

static inline void morsel_zap_range(struct vm_area_struct *vma, unsigned long start,
				    unsigned long size)
{
	zap_page_range_single(vma, start, size, NULL);
}

static inline unsigned long morsel_mm_unmapped_area(struct file *file, unsigned long addr,
						    unsigned long len, unsigned long pgoff,
						    unsigned long flags)
{
	return mm_get_unmapped_area(current->mm, file, addr, len, pgoff, flags);
}
#endif

/*
 * Since 6.7 userfaultfd accepts any VMA that may be written, to write-protect
 * it (UFFD_FEATURE_WP_ASYNC), and nothing asks us: see stub.c.
 */
#define MORSEL_STUBS_PER_MM (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0))

/*
 * Advice for a part of a 2 MiB frame (MADV_COLD) has it split since 6.12, unless its file wants
 * no smaller ones: a split fails in the end, but first it unmaps the frame from everybody.
 */
static inline void morsel_never_split(struct address_space *mapping)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	mapping_set_folio_order_range(mapping, HPAGE_PMD_ORDER, HPAGE_PMD_ORDER);
#endif
}

/* Generic netlink: what pre_doit gets, and the attributes of a dump. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define morsel_genl_op_t struct genl_ops
#else
#define morsel_genl_op_t struct genl_split_ops
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define morsel_genl_dump_attrs(cb) (genl_dumpit_info(cb)->attrs)
#else
#define morsel_genl_dump_attrs(cb) (genl_info_dump(cb)->attrs)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline struct timespec64 inode_get_atime(const struct inode *inode)
{
	return inode->i_atime;
}

static inline struct timespec64 inode_get_mtime(const struct inode *inode)
{
	return inode->i_mtime;
}
#endif

/* Context: lock_rename() held. */
static inline int morsel_vfs_rename(struct dentry *old_dir, struct dentry *old,
				    struct dentry *new_dir, struct dentry *new, unsigned int flags)
{
	struct renamedata rename = {
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
		.old_mnt_userns = morsel_nop_idmap,
		.new_mnt_userns = morsel_nop_idmap,
#else
		.old_mnt_idmap = morsel_nop_idmap,
		.new_mnt_idmap = morsel_nop_idmap,
#endif
		.old_dir = d_inode(old_dir),
		.old_dentry = old,
		.new_dir = d_inode(new_dir),
		.new_dentry = new,
		.flags = flags,
	};

	return vfs_rename(&rename);
}

/*
 * Construction of a page-table page.  The kernel's own constructors need a
 * function that is not exported where spinlocks are large (lockdep).
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define MORSEL_SPLIT_PTLOCKS (USE_SPLIT_PTE_PTLOCKS && USE_SPLIT_PMD_PTLOCKS)

static inline spinlock_t *morsel_ptlock(struct page *table)
{
	return ptlock_ptr(table);
}

#if ALLOC_SPLIT_PTLOCKS
#define morsel_ptlock_field(table) ((table)->ptl)
#endif

static inline void morsel_table_account(struct page *table, bool add)
{
	if (add)
		inc_lruvec_page_state(table, NR_PAGETABLE);
	else
		dec_lruvec_page_state(table, NR_PAGETABLE);
}

static inline void morsel_table_set_type(struct page *table, bool set)
{
	if (set)
		__SetPageTable(table);
	else
		__ClearPageTable(table);
}
#else
#define MORSEL_SPLIT_PTLOCKS \
	(IS_ENABLED(CONFIG_SPLIT_PTE_PTLOCKS) && IS_ENABLED(CONFIG_SPLIT_PMD_PTLOCKS))

static inline spinlock_t *morsel_ptlock(struct page *table)
{
	return ptlock_ptr(page_ptdesc(table));
}

#if ALLOC_SPLIT_PTLOCKS
#define morsel_ptlock_field(table) (page_ptdesc(table)->ptl)
#endif

static inline void morsel_table_account(struct page *table, bool add)
{
	if (add)
		lruvec_stat_add_folio(page_folio(table), NR_PAGETABLE);
	else
		lruvec_stat_sub_folio(page_folio(table), NR_PAGETABLE);
}

static inline void morsel_table_set_type(struct page *table, bool set)
{
	if (set)
		__folio_set_pgtable(page_folio(table));
	else
		__folio_clear_pgtable(page_folio(table));
}
#endif

/* set_acl and posix_acl_chmod() take the inode before 6.2, the dentry since. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define morsel_acl_target_t struct inode
#define morsel_acl_access_handler posix_acl_access_xattr_handler
#define morsel_acl_default_handler posix_acl_default_xattr_handler
static inline struct inode *morsel_acl_inode(morsel_acl_target_t *target)
{
	return target;
}

static inline morsel_acl_target_t *morsel_acl_target(struct dentry *dentry)
{
	return d_inode(dentry);
}

static inline const char *morsel_acl_name(int type)
{
	return type == ACL_TYPE_ACCESS ? XATTR_NAME_POSIX_ACL_ACCESS :
					 XATTR_NAME_POSIX_ACL_DEFAULT;
}

/* As setxattr(2) and removexattr(2) of the caller.  Context: i_rwsem not held. */
static inline int morsel_vfs_set_acl(struct dentry *dentry, int type, struct posix_acl *acl)
{
	int size = acl ? posix_acl_xattr_size(acl->a_count) : 0, error;
	void *value;

	if (!acl) {
		error = vfs_removexattr(morsel_nop_idmap, dentry, morsel_acl_name(type));
		return error == -ENODATA ? 0 : error;
	}
	value = kmalloc(size, GFP_KERNEL);
	if (!value)
		return -ENOMEM;
	error = posix_acl_to_xattr(&init_user_ns, acl, value, size);
	if (error >= 0)
		error = vfs_setxattr(morsel_nop_idmap, dentry, morsel_acl_name(type), value, size,
				     0);
	kfree(value);
	return error;
}

static inline int morsel_acl_chmod(morsel_idmap_t *idmap, struct dentry *dentry)
{
	return posix_acl_chmod(idmap, d_inode(dentry), d_inode(dentry)->i_mode);
}
#else
#define morsel_acl_target_t struct dentry
#define morsel_acl_access_handler nop_posix_acl_access
#define morsel_acl_default_handler nop_posix_acl_default
static inline struct inode *morsel_acl_inode(morsel_acl_target_t *target)
{
	return d_inode(target);
}

static inline morsel_acl_target_t *morsel_acl_target(struct dentry *dentry)
{
	return dentry;
}

static inline int morsel_vfs_set_acl(struct dentry *dentry, int type, struct posix_acl *acl)
{
	const char *name = type == ACL_TYPE_ACCESS ? XATTR_NAME_POSIX_ACL_ACCESS :
						     XATTR_NAME_POSIX_ACL_DEFAULT;

	return acl ? vfs_set_acl(morsel_nop_idmap, dentry, name, acl) :
		     vfs_remove_acl(morsel_nop_idmap, dentry, name);
}

static inline int morsel_acl_chmod(morsel_idmap_t *idmap, struct dentry *dentry)
{
	return posix_acl_chmod(idmap, dentry, d_inode(dentry)->i_mode);
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
static inline void morsel_fillattr(morsel_idmap_t *idmap, u32 mask, struct inode *inode,
				   struct kstat *stat)
{
	generic_fillattr(idmap, inode, stat);
}
#else
static inline void morsel_fillattr(morsel_idmap_t *idmap, u32 mask, struct inode *inode,
				   struct kstat *stat)
{
	generic_fillattr(idmap, mask, inode, stat);
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline void inode_set_mtime_to_ts(struct inode *inode, struct timespec64 ts)
{
	inode->i_mtime = ts;
}

static inline struct timespec64 simple_inode_init_ts(struct inode *inode)
{
	inode->i_mtime = inode_set_ctime_current(inode);
	inode->i_atime = inode->i_mtime;
	return inode->i_mtime;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline void inode_set_atime_to_ts(struct inode *inode, struct timespec64 ts)
{
	inode->i_atime = ts;
}
#endif

/*
 * Advice for a range with a 2 MiB leaf of a device (MADV_COLD) takes it for a bad entry, and
 * clears it, before 6.5.
 */
#define MORSEL_DEVICE_PMDS (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0))

/* Say in file_operations that MAP_SYNC is understood. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define MORSEL_FOPS_MMAP_SYNC .mmap_supported_flags = MAP_SYNC
#else
#define MORSEL_FOPS_MMAP_SYNC .fop_flags = FOP_MMAP_SYNC
#endif

/* A block device for us alone.  Before 6.9 others may still write to it. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
struct morsel_bdev {
	struct block_device *bdev;
	fmode_t mode;
};

static inline int morsel_bdev_open(struct morsel_bdev *dev, const char *path, bool write,
				   void *holder)
{
	dev->mode = FMODE_READ | FMODE_EXCL | (write ? FMODE_WRITE : 0);
	dev->bdev = blkdev_get_by_path(path, dev->mode, holder);
	return PTR_ERR_OR_ZERO(dev->bdev);
}

static inline void morsel_bdev_close(struct morsel_bdev *dev)
{
	blkdev_put(dev->bdev, dev->mode);
}
#else
struct morsel_bdev {
	struct block_device *bdev;
	struct file *file;
};

static inline int morsel_bdev_open(struct morsel_bdev *dev, const char *path, bool write,
				   void *holder)
{
	blk_mode_t mode = BLK_OPEN_READ | BLK_OPEN_RESTRICT_WRITES | (write ? BLK_OPEN_WRITE : 0);

	dev->file = bdev_file_open_by_path(path, mode, holder, NULL);
	if (IS_ERR(dev->file))
		return PTR_ERR(dev->file);
	dev->bdev = file_bdev(dev->file);
	return 0;
}

static inline void morsel_bdev_close(struct morsel_bdev *dev)
{
	bdev_fput(dev->file);
}
#endif

#endif
