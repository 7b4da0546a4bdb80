/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attributes of a message as members of a struct. */
#ifndef MORSEL_FACTS_H
#define MORSEL_FACTS_H

#include <stddef.h>
#include "netlink.h"

struct morsel_fact {
	int attr;
	size_t offset;
	size_t size; /* 0 ends a table */
};

#define MORSEL_FACT(attr, type, member)                                                \
	{                                                                              \
		attr, offsetof(struct type, member), sizeof(((struct type *)0)->member) \
	}

/* Copy the numbers that are there. Return: 0, or -EPROTO if one has another size. */
int morsel_take_facts(const struct nlmsghdr *nlh, const struct morsel_fact *facts, void *to);
/* The string in an attribute, or NULL if there is none that is terminated. */
const char *morsel_string_at(const struct nlmsghdr *nlh, int attr);
bool morsel_has_attr(const struct nlmsghdr *nlh, int attr);
/* Copy the string, if there is one. Return: 0, or -EPROTO if it is too long. */
int morsel_take_string(const struct nlmsghdr *nlh, int attr, char *buf, size_t size);
/* Make POOL:PATH of the path in @attr, if it is there. Return: 0 or -ENOMEM. */
int morsel_take_name(const struct nlmsghdr *nlh, int attr, const char *pool, char **name);

#endif
