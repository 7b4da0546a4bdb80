// SPDX-License-Identifier: LGPL-2.1-or-later
/* Attributes of a message as members of a struct; nothing in it is believed. */
#include <errno.h>
#include <string.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include "facts.h"

static struct nlattr *find(const struct nlmsghdr *nlh, int attr)
{
	if (nlmsg_datalen(nlh) < (int)GENL_HDRLEN)
		return NULL;
	return nlmsg_find_attr((struct nlmsghdr *)nlh, GENL_HDRLEN, attr);
}

int morsel_take_facts(const struct nlmsghdr *nlh, const struct morsel_fact *facts, void *to)
{
	struct nlattr *nla;

	for (; facts->size; facts++) {
		nla = find(nlh, facts->attr);
		if (!nla)
			continue;
		if ((size_t)nla_len(nla) != facts->size)
			return -EPROTO;
		memcpy((char *)to + facts->offset, nla_data(nla), facts->size);
	}
	return 0;
}

const char *morsel_string_at(const struct nlmsghdr *nlh, int attr)
{
	struct nlattr *nla = find(nlh, attr);

	if (!nla || strnlen(nla_data(nla), nla_len(nla)) == (size_t)nla_len(nla))
		return NULL;
	return nla_data(nla);
}

bool morsel_has_attr(const struct nlmsghdr *nlh, int attr)
{
	return find(nlh, attr);
}

int morsel_take_string(const struct nlmsghdr *nlh, int attr, char *buf, size_t size)
{
	const char *text = morsel_string_at(nlh, attr);

	if (!text)
		return 0;
	if (strlen(text) >= size)
		return -EPROTO;
	strcpy(buf, text);
	return 0;
}

int morsel_take_name(const struct nlmsghdr *nlh, int attr, const char *pool, char **name)
{
	const char *path = morsel_string_at(nlh, attr);

	if (!path)
		return 0;
	*name = morsel_name_join(pool, path);
	return *name ? 0 : -ENOMEM;
}
