// SPDX-License-Identifier: GPL-2.0-only
/* Module parameters of the address space. */
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "common.h"
#include "reserve.h"
#include "rights.h"

static int parse_window(const char *text, u64 *start, u64 *end)
{
	char copy[48], *rest = copy, *first;

	if (strscpy(copy, text, sizeof(copy)) < 0)
		return -EINVAL;
	rest = strim(copy);
	first = strsep(&rest, "-");
	if (!rest)
		return -EINVAL;
	return kstrtoull(first, 0, start) ?: kstrtoull(rest, 0, end);
}

static int set_window(const char *text, const struct kernel_param *param)
{
	const char *why = "not two addresses with a dash between them";
	int error = -EINVAL;
	char shown[41];
	u64 start, end;

	if (!parse_window(text, &start, &end))
		why = morsel_window_set(start, end, &error);
	if (!why)
		return 0;
	strscpy(shown, text, sizeof(shown));	/* "echo" ends it with a newline */
	pr_warn("window=%s: %s\n", strim(shown), why);
	return error;
}

static int show_window(char *buf, const struct kernel_param *param)
{
	struct morsel_window window;

	morsel_window_get(&window);
	return sysfs_emit(buf, "0x%llx-0x%llx\n", window.start, window.end);
}

static const struct kernel_param_ops window_ops = {
	.set = set_window,
	.get = show_window,
};

module_param_cb(window, &window_ops, NULL, 0644);
MODULE_PARM_DESC(window, "Addresses that objects can reserve, START-END; changed only while none is reserved");

static bool fixed_addr_admin_only;
module_param(fixed_addr_admin_only, bool, 0644);
MODULE_PARM_DESC(fixed_addr_admin_only, "Let only CAP_SYS_ADMIN choose the address of an object");

static unsigned long long user_addresses = 4ULL << 40;
module_param(user_addresses, ullong, 0644);
MODULE_PARM_DESC(user_addresses, "Bytes of the window that a user other than root may have in a pool; 0: no limit");

u64 morsel_user_addresses(void)
{
	return READ_ONCE(user_addresses);
}

bool morsel_may_choose_address(void)
{
	return !READ_ONCE(fixed_addr_admin_only) || morsel_is_admin();
}
