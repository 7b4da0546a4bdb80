// SPDX-License-Identifier: GPL-2.0-only
/* Devices that are no fsdax namespace: what ndctl calls what they are made of. */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/file.h>
#include <linux/fs_context.h>
#include <linux/nd.h>
#include <linux/platform_device.h>
#include "store.h"

#define MAKE_FSDAX "ndctl create-namespace -f -m fsdax -e"

static bool is_nd(const struct device *dev)
{
	return dev->bus && !strcmp(dev->bus->name, "nd");
}

static bool is_namespace(const struct device *dev)
{
	return is_nd(dev) && strstarts(dev_name(dev), "namespace");
}

static int is_claimed_by(struct device *dev, void *claimant)
{
	return is_namespace(dev) && to_ndns(dev)->claim == claimant;
}

/*
 * In raw mode a namespace is the parent of its disk; in the other modes a device beside
 * it is, which has claimed it.  Return: a reference, or NULL: there is none.
 */
static struct device *find_namespace(struct device *dev)
{
	struct device *namespace;

	for (; dev; dev = dev->parent) {
		if (is_namespace(dev))
			return get_device(dev);
		if (!is_nd(dev) || !dev->parent)
			continue;
		namespace = device_find_child(dev->parent, dev, is_claimed_by);
		if (namespace)
			return namespace;
	}
	return NULL;
}

int morsel_store_refuse_mode(struct fs_context *fc, struct device *dev)
{
	struct device *namespace = find_namespace(dev);

	if (namespace)
		errorfc(fc, "%s: no fsdax namespace: " MAKE_FSDAX " %s makes it one", fc->source,
			dev_name(namespace));
	else
		errorfc(fc, "%s: no persistent memory", fc->source);
	put_device(namespace);
	return -EOPNOTSUPP;
}

/* The device behind a character device, if it is one of the driver core's, as all of DAX are. */
static struct device *device_of(const struct file *file)
{
	const struct inode *inode = file_inode(file);
	struct kobject *kobj = S_ISCHR(inode->i_mode) && inode->i_cdev ?
			       inode->i_cdev->kobj.parent : NULL;

	if (!kobj || get_ktype(kobj) != get_ktype(&platform_bus.kobj))
		return NULL;
	return kobj_to_dev(kobj);
}

int morsel_store_refuse_dax(struct fs_context *fc)
{
	struct file *file = filp_open(fc->source, O_RDONLY, 0);
	int error;

	error = morsel_store_refuse_mode(fc, IS_ERR(file) ? NULL : device_of(file));
	if (!IS_ERR(file))
		fput(file);
	return error;
}
