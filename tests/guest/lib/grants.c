// SPDX-License-Identifier: GPL-2.0-or-later
/* Rights over netlink, and what comes of touching memory without them. */
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include "grants.h"

enum {
	U32_LEN = NLA_HDRLEN + 4,
};

static size_t put_u32(unsigned char *at, int attr, uint32_t value)
{
	struct nlattr *nla = (struct nlattr *)at;

	nla->nla_len = U32_LEN;
	nla->nla_type = attr;
	memcpy(at + NLA_HDRLEN, &value, 4);
	return U32_LEN;
}

void rights_entry(struct nl *nl, int attr, uint32_t tag, uint32_t id, uint32_t perm)
{
	unsigned char nest[3 * U32_LEN];
	size_t len = put_u32(nest, MORSEL_A_ACL_ENTRY_TAG, tag);

	if (tag == MORSEL_ACL_TAG_USER || tag == MORSEL_ACL_TAG_GROUP)
		len += put_u32(nest + len, MORSEL_A_ACL_ENTRY_ID, id);
	len += put_u32(nest + len, MORSEL_A_ACL_ENTRY_PERM, perm);
	nl_raw(nl, attr | NLA_F_NESTED, nest, len);
}

void rights_list(struct nl *nl, const char *path, uint32_t uid, uint32_t perm)
{
	const int acl = MORSEL_A_OBJECT_ACL;

	nl_object(nl, MORSEL_CMD_RIGHTS_SET, "p", path);
	rights_entry(nl, acl, MORSEL_ACL_TAG_USER_OBJ, 0, 6);
	rights_entry(nl, acl, MORSEL_ACL_TAG_USER, uid, perm);
	rights_entry(nl, acl, MORSEL_ACL_TAG_GROUP_OBJ, 0, 0);
	rights_entry(nl, acl, MORSEL_ACL_TAG_MASK, 0, 6);
	rights_entry(nl, acl, MORSEL_ACL_TAG_OTHER, 0, 0);
}

void rights_give(struct nl *nl, const char *path, uint32_t uid, const char *perm, bool revoke)
{
	int err;

	rights_list(nl, path, uid, (strchr(perm, 'r') ? 4 : 0) | (strchr(perm, 'w') ? 2 : 0));
	if (revoke)
		nl_flag(nl, MORSEL_A_OBJECT_REVOKE);
	err = nl_talk(nl);
	if (err)
		bail_out("rights-set %s: errno %d: %s", path, err, nl->text);
}

static sigjmp_buf escape;

static void caught(int sig)
{
	siglongjmp(escape, sig);
}

static void catch_faults(void)
{
	struct sigaction action = { .sa_handler = caught, .sa_flags = SA_NODEFER };

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

int touch_read(volatile uint64_t *at)
{
	int sig;

	catch_faults();
	sig = sigsetjmp(escape, 0);
	if (!sig)
		(void)*at;
	return sig;
}

int touch_write(volatile uint64_t *at, uint64_t value)
{
	int sig;

	catch_faults();
	sig = sigsetjmp(escape, 0);
	if (!sig)
		*at = value;
	return sig;
}
