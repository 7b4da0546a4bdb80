/* SPDX-License-Identifier: GPL-2.0-only */
/* Attachments: VMAs that map morsels, and the links they have. */
#ifndef MORSEL_ATTACH_H
#define MORSEL_ATTACH_H

#include <linux/fs.h>
#include <linux/mm_types.h>

struct seq_file;

/* file_operations.mmap and .get_unmapped_area of a morsel */
int morsel_mmap(struct file *file, struct vm_area_struct *vma);
unsigned long morsel_get_unmapped_area(struct file *file, unsigned long addr, unsigned long len,
				       unsigned long pgoff, unsigned long flags);

/* What fdinfo and usage show of an object's attachments. */
struct morsel_attach_stat {
	unsigned long attachments;	/* VMAs */
	unsigned long links;		/* entries in own tables that name view tables or frames */
};

/* Takes no lock.  Context: any. */
void morsel_attach_stat(struct inode *inode, struct morsel_attach_stat *stat);

int morsel_attach_init(void);
/* Context: no mount, no VMA is left. */
void morsel_attach_exit(void);

#endif
