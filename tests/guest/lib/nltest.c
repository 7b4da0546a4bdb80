// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "nltest.h"

int nl_socket(void)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int one = 1, fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	/* Connected, so that requests go out by plain send(), without an address. */
	if (connect(fd, (struct sockaddr *)&kernel, sizeof(kernel))) {
		close(fd);
		return -1;
	}
	return fd;
}

void nl_begin(struct nl *nl, int command)
{
	struct nlmsghdr *header = (struct nlmsghdr *)nl->out;
	struct genlmsghdr *genl = (struct genlmsghdr *)(nl->out + NLMSG_HDRLEN);

	memset(nl->out, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	header->nlmsg_type = nl->family;
	header->nlmsg_seq = ++nl->seq;
	genl->cmd = command;
	genl->version = MORSEL_FAMILY_VERSION;
	nl->len = NLMSG_HDRLEN + GENL_HDRLEN;
}

void nl_raw(struct nl *nl, int attr, const void *data, size_t len)
{
	struct nlattr *to = (struct nlattr *)(nl->out + nl->len);

	if (nl->len + NLA_HDRLEN + NLA_ALIGN(len) > sizeof(nl->out))
		bail_out("a request is too long for the test");
	memset(to, 0, NLA_HDRLEN + NLA_ALIGN(len));
	to->nla_type = attr;
	to->nla_len = NLA_HDRLEN + len;
	memcpy((char *)to + NLA_HDRLEN, data, len);
	nl->len += NLA_HDRLEN + NLA_ALIGN(len);
}

void nl_u32(struct nl *nl, int attr, uint32_t value)
{
	nl_raw(nl, attr, &value, sizeof(value));
}

void nl_u64(struct nl *nl, int attr, uint64_t value)
{
	nl_raw(nl, attr, &value, sizeof(value));
}

void nl_str(struct nl *nl, int attr, const char *value)
{
	nl_raw(nl, attr, value, strlen(value) + 1);
}

void nl_flag(struct nl *nl, int attr)
{
	nl_raw(nl, attr, "", 0);
}

void nl_pool(struct nl *nl, int command, const char *name)
{
	nl_begin(nl, command);
	nl_str(nl, MORSEL_A_POOL_NAME, name);
}

void nl_object(struct nl *nl, int command, const char *pool, const char *path)
{
	nl_begin(nl, command);
	nl_str(nl, MORSEL_A_OBJECT_POOL_NAME, pool);
	nl_str(nl, MORSEL_A_OBJECT_PATH, path);
}

void nl_send(struct nl *nl, int flags)
{
	struct nlmsghdr *header = (struct nlmsghdr *)nl->out;

	header->nlmsg_len = nl->len;
	header->nlmsg_flags = NLM_F_REQUEST | flags;
	if (send(nl->fd, nl->out, nl->len, 0) != (ssize_t)nl->len)
		bail_out("send: %m");
}

static void parse_attrs(const struct nlattr **attrs, size_t count, const void *data, size_t len)
{
	const unsigned char *at = data, *end = at + len;

	for (size_t i = 0; i < count; i++)
		attrs[i] = NULL;
	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *attr = (const struct nlattr *)at;
		unsigned int type = attr->nla_type & NLA_TYPE_MASK;

		if (attr->nla_len < NLA_HDRLEN || at + attr->nla_len > end)
			bail_out("the kernel sent a malformed attribute");
		if (type < count)
			attrs[type] = attr;
		at += NLA_ALIGN(attr->nla_len);
	}
}

static const void *payload(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

/* The attributes behind an error code: @tail is where they begin in the message. */
static void parse_refusal(struct nl *nl, const struct nlmsghdr *header, size_t tail)
{
	const struct nlattr *attrs[NLMSGERR_ATTR_MAX + 1];
	const struct nlattr *bad, *msg, *miss;
	uint32_t offset;

	nl->text[0] = '\0';
	nl->bad_attr = nl->miss_attr = 0;
	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS) || header->nlmsg_len < tail)
		return;
	parse_attrs(attrs, NLMSGERR_ATTR_MAX + 1, (const char *)header + tail,
		    header->nlmsg_len - tail);
	msg = attrs[NLMSGERR_ATTR_MSG];
	bad = attrs[NLMSGERR_ATTR_OFFS];
	miss = attrs[NLMSGERR_ATTR_MISS_TYPE];
	if (msg)
		snprintf(nl->text, sizeof(nl->text), "%s", (const char *)payload(msg));
	if (bad) {
		memcpy(&offset, payload(bad), sizeof(offset));
		if (offset + NLA_HDRLEN <= nl->len)
			nl->bad_attr = ((struct nlattr *)(nl->out + offset))->nla_type;
	}
	if (miss)
		memcpy(&nl->miss_attr, payload(miss), sizeof(nl->miss_attr));
}

static void parse_object(struct nl *nl, const struct nlmsghdr *header)
{
	const struct genlmsghdr *genl = NLMSG_DATA(header);
	size_t head = NLMSG_HDRLEN + GENL_HDRLEN;

	nl->command = genl->cmd;
	nl->in_seq = header->nlmsg_seq;
	parse_attrs(nl->attrs, 128, (const char *)header + head, header->nlmsg_len - head);
}

static ssize_t receive(struct nl *nl)
{
	ssize_t len = recv(nl->fd, nl->in, sizeof(nl->in), MSG_TRUNC);

	if (len > (ssize_t)sizeof(nl->in))
		bail_out("the kernel sent %zd bytes in one datagram", len);
	return len;
}

int nl_answer(struct nl *nl)
{
	/* The reply stays readable: the acknowledgment goes elsewhere. */
	unsigned char ack[4096];
	struct nlmsghdr *header = (struct nlmsghdr *)nl->in;
	ssize_t len;

	memset(nl->attrs, 0, sizeof(nl->attrs));
	nl->command = 0;
	len = receive(nl);
	if (len < 0)
		return errno;
	if (header->nlmsg_type != NLMSG_ERROR) {
		if (header->nlmsg_type != nl->family || header->nlmsg_len > len)
			bail_out("the kernel sent something else");
		parse_object(nl, header);
		len = recv(nl->fd, ack, sizeof(ack), 0);
		if (len < 0)
			return errno;
		header = (struct nlmsghdr *)ack;
	}
	if (header->nlmsg_type != NLMSG_ERROR)
		bail_out("no acknowledgment");
	parse_refusal(nl, header, NLMSG_LENGTH(sizeof(struct nlmsgerr)));
	return -((struct nlmsgerr *)NLMSG_DATA(header))->error;
}

int nl_talk(struct nl *nl)
{
	nl_send(nl, NLM_F_ACK);
	return nl_answer(nl);
}

/* One datagram of a dump.  Return: -1 if there is more to come, else 0 or errno. */
static int dump_datagram(struct nl *nl, ssize_t len, void (*each)(struct nl *nl, void *arg),
			 void *arg)
{
	struct nlmsghdr *header = (struct nlmsghdr *)nl->in;

	for (; NLMSG_OK(header, len); header = NLMSG_NEXT(header, len)) {
		nl->interrupted |= header->nlmsg_flags & NLM_F_DUMP_INTR;
		if (header->nlmsg_type == NLMSG_DONE) {
			parse_refusal(nl, header, NLMSG_LENGTH(sizeof(int)));
			return -*(int *)NLMSG_DATA(header);
		}
		if (header->nlmsg_type == NLMSG_ERROR) {
			parse_refusal(nl, header, NLMSG_LENGTH(sizeof(struct nlmsgerr)));
			return -((struct nlmsgerr *)NLMSG_DATA(header))->error;
		}
		parse_object(nl, header);
		if (each)
			each(nl, arg);
	}
	return -1;
}

int nl_dump_answer(struct nl *nl, void (*each)(struct nl *nl, void *arg), void *arg, bool pause)
{
	int error = -1;

	while (error < 0) {
		ssize_t len = receive(nl);

		if (len < 0)
			return errno;
		error = dump_datagram(nl, len, each, arg);
		if (pause && error < 0)
			return EAGAIN;
	}
	return error;
}

int nl_dump(struct nl *nl, void (*each)(struct nl *nl, void *arg), void *arg)
{
	nl->interrupted = false;
	nl_send(nl, NLM_F_DUMP);
	return nl_dump_answer(nl, each, arg, false);
}

int nl_event(struct nl *nl, int ms)
{
	struct pollfd pollfd = { .fd = nl->fd, .events = POLLIN };
	struct nlmsghdr *header = (struct nlmsghdr *)nl->in;

	if (poll(&pollfd, 1, ms) <= 0)
		return EAGAIN;
	if (receive(nl) < 0)
		return errno;
	if (header->nlmsg_type != nl->family)
		bail_out("an event of another family");
	parse_object(nl, header);
	return 0;
}

/* The group "events" in the list of groups of the family. */
static uint32_t find_group(const struct nlattr *groups)
{
	const char *at = payload(groups), *end = (const char *)groups + groups->nla_len;

	while (at < end) {
		const struct nlattr *group = (const struct nlattr *)at;
		const struct nlattr *attrs[CTRL_ATTR_MCAST_GRP_MAX + 1];
		uint32_t id;

		parse_attrs(attrs, CTRL_ATTR_MCAST_GRP_MAX + 1, payload(group),
			    group->nla_len - NLA_HDRLEN);
		memcpy(&id, payload(attrs[CTRL_ATTR_MCAST_GRP_ID]), sizeof(id));
		if (!strcmp(payload(attrs[CTRL_ATTR_MCAST_GRP_NAME]), MORSEL_MCGRP_EVENTS))
			return id;
		at += NLA_ALIGN(group->nla_len);
	}
	return 0;
}

void nl_open(struct nl *nl)
{
	int error;

	memset(nl, 0, sizeof(*nl));
	nl->fd = nl_socket();
	need(nl->fd >= 0);
	nl->family = GENL_ID_CTRL;
	nl_begin(nl, CTRL_CMD_GETFAMILY);
	nl_str(nl, CTRL_ATTR_FAMILY_NAME, MORSEL_FAMILY_NAME);
	error = nl_talk(nl);
	if (error)
		bail_out("no family \"morsel\": %s", strerror(error));
	nl->family = nl_number(nl, CTRL_ATTR_FAMILY_ID);
	if (nl_has(nl, CTRL_ATTR_MCAST_GROUPS))
		nl->group = find_group(nl->attrs[CTRL_ATTR_MCAST_GROUPS]);
}

void nl_close(struct nl *nl)
{
	close(nl->fd);
}

int nl_join(struct nl *nl)
{
	int size = 1 << 22;

	setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return setsockopt(nl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &nl->group,
			  sizeof(nl->group));
}

bool nl_has(const struct nl *nl, int attr)
{
	return nl->attrs[attr];
}

uint64_t nl_number(const struct nl *nl, int attr)
{
	uint64_t value = 0;

	if (nl->attrs[attr] && nl->attrs[attr]->nla_len <= NLA_HDRLEN + sizeof(value))
		memcpy(&value, payload(nl->attrs[attr]), nl->attrs[attr]->nla_len - NLA_HDRLEN);
	return value;
}

const char *nl_string(const struct nl *nl, int attr)
{
	return nl->attrs[attr] ? payload(nl->attrs[attr]) : "";
}

bool nl_refused(struct nl *nl, int got, int want, const char *text, int attr, const char *file,
		int line, const char *fmt, ...)
{
	bool good = got == want && strstr(nl->text, text) &&
		    (!attr || attr == nl->bad_attr || attr == nl->miss_attr);
	char name[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	tap_ok(good, file, line, "refused", "%s", name);
	if (!good)
		diag("got errno %d, \"%s\", attribute %d, missing %d; want errno %d, \"%s\", "
		     "attribute %d",
		     got, nl->text, nl->bad_attr, nl->miss_attr, want, text, attr);
	return good;
}
