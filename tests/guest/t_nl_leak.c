// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * No address of the kernel and no frame's address in what the module tells: replies,
 * dumps, events, refusals, fdinfo (hazard T10).  KASLR would be worth nothing, and
 * frames are what some attacks on DRAM look for.
 * pool: size=64M,name=p
 * groups: nl hazard
 * timeout: 60
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/mm.h"
#include "nltest.h"

#define PAGES 16

static uint64_t frames[PAGES]; /* addresses of the object's frames */
static size_t scanned;

/*
 * Direct mapping, vmalloc, vmemmap with tables of five levels and of four; text and
 * modules.  In between are errnos behind another number.
 */
static bool is_kernel_address(uint64_t word)
{
	return (word >= 0xff11000000000000 && word < 0xfffff00000000000) ||
	       (word >= 0xffffffff80000000 && word < 0xffffffffff000000);
}

static bool is_frame(uint64_t word)
{
	for (int i = 0; i < PAGES; i++)
		if (word == frames[i])
			return true;
	return false;
}

/* What an attribute has: numbers in it are aligned to four bytes. */
static bool leaks(const void *data, size_t len)
{
	const unsigned char *bytes = data;
	uint64_t word;

	for (size_t at = 0; at + 8 <= len; at += 4) {
		memcpy(&word, bytes + at, 8);
		if (!is_kernel_address(word) && !is_frame(word))
			continue;
		diag("%#lx at byte %zu", word, at);
		return true;
	}
	scanned += len;
	return false;
}

static bool attributes_leak(const char *at, size_t left)
{
	bool found = false;

	while (left >= NLA_HDRLEN) {
		const struct nlattr *attr = (const struct nlattr *)at;
		size_t whole = NLA_ALIGN(attr->nla_len);

		need(attr->nla_len >= NLA_HDRLEN && attr->nla_len <= left);
		found |= leaks(at + NLA_HDRLEN, attr->nla_len - NLA_HDRLEN);
		at += whole;
		left -= whole < left ? whole : left;
	}
	return found;
}

/* All messages of a datagram: headers are of netlink's own making. */
static bool messages_leak(const void *data, size_t len)
{
	const struct nlmsghdr *header = data;
	bool found = false;

	for (; NLMSG_OK(header, len); header = NLMSG_NEXT(header, len)) {
		size_t head = NLMSG_HDRLEN + GENL_HDRLEN;

		if (header->nlmsg_type == NLMSG_ERROR)
			head = NLMSG_LENGTH(sizeof(struct nlmsgerr));
		else if (header->nlmsg_type == NLMSG_DONE)
			head = NLMSG_LENGTH(sizeof(int));
		found |= attributes_leak((const char *)header + head, header->nlmsg_len - head);
	}
	return found;
}

static void find_frames(void)
{
	int fd = make_morsel("a", PAGES * PAGE);
	volatile char *map = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	need(map != MAP_FAILED);
	for (int i = 0; i < PAGES; i++) {
		map[i * PAGE] = 1;
		frames[i] = frame_of(map + i * PAGE) * PAGE;
		need(frames[i]);
	}
	/* The mapping stays: there are to be attachments. */
}

/* Is it the last datagram of an answer? */
static bool ends(const void *data, size_t len)
{
	const struct nlmsghdr *header = data;

	for (; NLMSG_OK(header, len); header = NLMSG_NEXT(header, len))
		if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR)
			return true;
	return false;
}

/* The request in @nl, as one of a dump or not: all that comes back. */
static bool answer_leaks(struct nl *nl, int flags)
{
	static unsigned char buf[65536];
	bool found = false;
	ssize_t len;

	nl_send(nl, flags);
	do {
		len = recv(nl->fd, buf, sizeof(buf), 0);
		need(len >= NLMSG_HDRLEN);
		found |= messages_leak(buf, len);
	} while (!ends(buf, len));
	return found;
}

static void begin_pool(struct nl *nl, int command)
{
	nl_begin(nl, command);
	nl_str(nl, command == MORSEL_CMD_POOL_GET ? MORSEL_A_POOL_NAME : MORSEL_A_OBJECT_POOL_NAME,
	       "p");
}

/* Or is there nothing at all? */
static bool replies_leak(struct nl *nl)
{
	static const int of_object[] = { MORSEL_CMD_MORSEL_GET, MORSEL_CMD_RIGHTS_GET,
					 MORSEL_CMD_USAGE_GET, MORSEL_CMD_MORSEL_SET };
	size_t i, before = scanned;
	bool found = false;

	for (i = 0; i < sizeof(of_object) / sizeof(of_object[0]); i++) {
		nl_object(nl, of_object[i], "p", "a");
		if (of_object[i] == MORSEL_CMD_MORSEL_SET)
			nl_u32(nl, MORSEL_A_OBJECT_MODE, 0644);
		found |= answer_leaks(nl, NLM_F_ACK);
	}
	begin_pool(nl, MORSEL_CMD_POOL_GET);
	found |= answer_leaks(nl, NLM_F_ACK);
	nl_begin(nl, MORSEL_CMD_WINDOW_GET);
	found |= answer_leaks(nl, NLM_F_ACK);
	nl_object(nl, MORSEL_CMD_MORSEL_GET, "p", "no such");
	found |= answer_leaks(nl, NLM_F_ACK);
	return found || scanned == before;
}

static bool dumps_leak(struct nl *nl)
{
	static const int commands[] = { MORSEL_CMD_MORSEL_GET, MORSEL_CMD_RIGHTS_GET,
					MORSEL_CMD_QUOTA_GET, MORSEL_CMD_USAGE_GET };
	size_t i, before = scanned;
	bool found = false;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		nl_begin(nl, commands[i]);
		found |= answer_leaks(nl, NLM_F_DUMP);
	}
	nl_begin(nl, MORSEL_CMD_POOL_GET);
	found |= answer_leaks(nl, NLM_F_DUMP);
	nl_begin(nl, MORSEL_CMD_ATTACHMENT_GET);
	found |= answer_leaks(nl, NLM_F_DUMP);
	nl_begin(nl, MORSEL_CMD_VAS_GET);
	found |= answer_leaks(nl, NLM_F_DUMP);
	return found || scanned == before;
}

static void events(void)
{
	size_t before = scanned;
	bool found = false;
	struct nl group;
	void *map;
	int fd, nr = 0;

	nl_open(&group);
	need(!nl_join(&group));
	fd = make_morsel("b", PAGE);
	map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(map != MAP_FAILED && !munmap(map, PAGE));
	need(!fchmod(fd, 0600) && !fchown(fd, 1000, 1000) && !ftruncate(fd, 2 * PAGE));
	close(fd);
	need(!rename(pool_path("b"), pool_path("b")));
	need(!unlink(pool_path("b")));
	while (!nl_event(&group, 1000)) {
		found |= messages_leak(group.in, ((struct nlmsghdr *)group.in)->nlmsg_len);
		nr++;
	}
	nl_close(&group);
	ok(!found && scanned > before && nr >= 6, "events: %d", nr);
}

/* Numbers in fdinfo are text. */
static void fdinfo(void)
{
	char path[64], line[256];
	int fd = open(pool_path("a"), O_RDONLY), lines = 0;
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	need(f);
	while (fgets(line, sizeof(line), f)) {
		const char *at = strpbrk(line, "\t ");
		uint64_t dec, hex;

		if (!at)
			continue;
		dec = strtoull(at, NULL, 10);
		hex = strtoull(at, NULL, 16);
		found |= is_kernel_address(dec) || is_kernel_address(hex) || is_frame(dec) ||
			 is_frame(hex);
		lines++;
	}
	fclose(f);
	close(fd);
	ok(!found && lines > 8, "fdinfo: %d lines", lines);
}

static int as_alice(void *arg)
{
	struct nl nl;

	(void)arg;
	become_user(1000);
	nl_open(&nl);
	return replies_leak(&nl) || dumps_leak(&nl);
}

int main(void)
{
	const uint64_t planted[2] = { 1, 0xffffffff81000000 };
	uint64_t frame[2] = { 1 };
	struct nl nl;

	find_frames();
	frame[1] = frames[3];
	ok(leaks(planted, 16), "an address would be found");
	ok(leaks(frame, 16), "a frame would be found");
	nl_open(&nl);
	ok(!replies_leak(&nl), "replies and refusals");
	ok(!dumps_leak(&nl), "dumps");
	nl_close(&nl);
	events();
	fdinfo();
	fflush(stdout);
	is_int(in_child(as_alice, NULL, 20), 0, "nor for alice");
	return done_testing();
}
