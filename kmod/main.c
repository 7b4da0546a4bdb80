// SPDX-License-Identifier: GPL-2.0-only
/*
 * morsel: memory objects that are page-table subtrees.
 */
#include <linux/module.h>
#include "attach.h"
#include "confine.h"
#include "fs.h"
#include "netlink.h"
#include "reserve.h"

static int __init morsel_init(void)
{
	int err;

	morsel_reserve_init();
	err = morsel_attach_init();
	if (err)
		return err;
	err = morsel_fs_init();
	if (err)
		goto out_attach;
	err = morsel_confine_init();
	if (err)
		goto out_fs;
	err = morsel_netlink_init();
	if (err)
		goto out_confine;
	return 0;

out_confine:
	morsel_confine_exit();
out_fs:
	morsel_fs_exit();
out_attach:
	morsel_attach_exit();
	return err;
}

static void __exit morsel_exit(void)
{
	morsel_netlink_exit();
	morsel_confine_exit();
	morsel_fs_exit();
	morsel_attach_exit();
}

module_init(morsel_init);
module_exit(morsel_exit);

MODULE_DESCRIPTION("Memory objects that are page-table subtrees");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1");
MODULE_ALIAS_FS("morsel");
