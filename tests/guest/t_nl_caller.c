// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The opener of a socket and the sender must have the same rights; a dump is
 * judged with those of who asked; namespaces give no rights.
 * pool: size=64M,name=p
 * groups: nl
 * timeout: 40
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "nltest.h"

enum {
	ALICE = 1000,
	TEAM = 2000,
	FILES = 1000,
};

/* What a child found out. */
struct result {
	int error, other;
	char text[120];
	unsigned int count, secrets;
	int uid;
};

static struct result *result;
static struct nl nl;

static void new_pool(void)
{
	nl_pool(&nl, MORSEL_CMD_POOL_NEW, "stolen");
	nl_u64(&nl, MORSEL_A_POOL_SIZE, 1 << 20);
}

static void get_file(void)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "open/f0");
}

/* Let everybody in, and take it from who has it mapped. */
static void set_rights(void)
{
	nl_object(&nl, MORSEL_CMD_RIGHTS_SET, "p", "open/f0");
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 0666);
	nl_flag(&nl, MORSEL_A_OBJECT_REVOKE);
}

static void seal_file(void)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_SEAL, "p", "open/f0");
}

static void get_rights(void)
{
	nl_object(&nl, MORSEL_CMD_RIGHTS_GET, "p", "open/f0");
}

static void ask(void (*request)(void))
{
	request();
	result->error = nl_talk(&nl);
	snprintf(result->text, sizeof(result->text), "%.119s", nl.text);
}

static void check(int error, const char *text, const char *what)
{
	is_int(result->error, error, "%s", what);
	ok(strstr(result->text, text), "and the text: %s", result->text);
	memset(result, 0, sizeof(*result));
}

static int set_caps(uint64_t caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = caps, .permitted = caps },
		{ .effective = caps >> 32, .permitted = caps >> 32 },
	};

	return syscall(SYS_capset, &header, data);
}

static int become_alice(void)
{
	return setgroups(0, NULL) || setresgid(ALICE, ALICE, ALICE) ||
	       setresuid(ALICE, ALICE, ALICE);
}

/* Sockets that were opened with other rights. */
static int opened_as_root(void *arg)
{
	nl_open(&nl);
	need(!become_alice());
	ask(arg);
	return 0;
}

static int other_group(void *arg)
{
	nl_open(&nl);
	need(!setresgid(0, TEAM, 0));
	ask(arg);
	return 0;
}

static int other_groups(void *arg)
{
	gid_t team = TEAM;

	nl_open(&nl);
	need(!setgroups(1, &team));
	ask(arg);
	return 0;
}

static int fewer_caps(void *arg)
{
	nl_open(&nl);
	need(!set_caps(1 << CAP_SYS_ADMIN));
	ask(arg);
	return 0;
}

static int other_fsuid(void *arg)
{
	nl_open(&nl);
	need(!seteuid(ALICE));
	ask(arg);
	return 0;
}

static int other_userns(void *arg)
{
	need(!become_alice());
	nl_open(&nl);
	need(!unshare(CLONE_NEWUSER));
	ask(arg);
	return 0;
}

static int back_again(void *arg)
{
	nl_open(&nl);
	need(!seteuid(ALICE) && !seteuid(0));
	ask(arg);
	return 0;
}

static void test_opener(void)
{
	static const char refusal[] = "opened with other rights";

	in_child(opened_as_root, new_pool, 5);
	check(EPERM, refusal, "root opens, alice makes a pool");
	in_child(opened_as_root, get_file, 5);
	check(EPERM, refusal, "root opens, alice reads");
	in_child(opened_as_root, set_rights, 5);
	check(EPERM, refusal, "root opens, alice sets rights");
	in_child(opened_as_root, seal_file, 5);
	check(EPERM, refusal, "root opens, alice seals");
	in_child(opened_as_root, get_rights, 5);
	check(EPERM, refusal, "root opens, alice asks for rights");
	in_child(other_group, get_file, 5);
	check(EPERM, refusal, "another group");
	in_child(other_groups, get_file, 5);
	check(EPERM, refusal, "other supplementary groups");
	in_child(fewer_caps, get_file, 5);
	check(EPERM, refusal, "fewer capabilities");
	in_child(other_fsuid, get_file, 5);
	check(EPERM, refusal, "another effective user");
	in_child(other_userns, get_file, 5);
	check(EPERM, refusal, "another user namespace");
	in_child(back_again, get_file, 5);
	check(0, "", "other rights meanwhile, but the same now");
}

static int open_as_alice(void *arg)
{
	int *fds = arg;

	need(!become_alice());
	nl_open(&nl);
	/* Hand it over by pidfd_getfd() of the parent: wait until it has been fetched. */
	fds[0] = nl.fd;
	fds[1] = nl.family;
	while (!*(volatile int *)&fds[2])
		usleep(1000);
	return 0;
}

/* A socket that alice has opened, in this process. */
static void take_socket_of_alice(void)
{
	volatile int *fds = shared_page();
	pid_t pid = start_child(open_as_alice, (void *)fds);
	int pidfd;

	while (!fds[1])
		usleep(1000);
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	nl.fd = syscall(SYS_pidfd_getfd, pidfd, fds[0], 0);
	need(nl.fd >= 0);
	nl.family = fds[1];
	fds[2] = 1;
	need(wait_child(pid, 5) == 0);
	close(pidfd);
}

static int sent_by_root(void *arg)
{
	take_socket_of_alice();
	ask(arg);
	return 0;
}

static int sent_by_alice(void *arg)
{
	take_socket_of_alice();
	need(!become_alice());
	ask(arg);
	return 0;
}

static void test_handed_over(void)
{
	in_child(sent_by_root, new_pool, 10);
	check(EPERM, "opened with other rights", "alice opens, root makes a pool");
	in_child(sent_by_root, set_rights, 10);
	check(EPERM, "opened with other rights", "alice opens, root sets rights");
	in_child(sent_by_root, seal_file, 10);
	check(EPERM, "opened with other rights", "alice opens, root seals");
	in_child(sent_by_alice, set_rights, 10);
	check(EPERM, "only the owner of the object", "alice opens, alice sets what is not hers");
	in_child(sent_by_root, get_file, 10);
	check(EPERM, "opened with other rights", "alice opens, root reads");
	in_child(sent_by_alice, get_file, 10);
	check(0, "", "alice opens, alice reads in another process");
}

/* The classic: a set-user-id program that writes what it is told to its descriptor 3. */
static int through_deputy(void *arg)
{
	int pipes[2], status;
	pid_t pid;

	need(!become_alice());
	nl_open(&nl);
	((void (*)(void))arg)();
	((struct nlmsghdr *)nl.out)->nlmsg_len = nl.len;
	((struct nlmsghdr *)nl.out)->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	need(!pipe(pipes) && write(pipes[1], nl.out, nl.len) == (ssize_t)nl.len);
	close(pipes[1]);
	pid = fork();
	if (!pid) {
		dup2(pipes[0], 0);
		dup2(nl.fd, 3);
		fcntl(3, F_SETFD, 0); /* it may have been 3 already */
		execl("/mnt/deputy", "deputy", NULL);
		_exit(99);
	}
	need(waitpid(pid, &status, 0) == pid);
	result->other = status;
	result->error = nl_answer(&nl);
	snprintf(result->text, sizeof(result->text), "%.119s", nl.text);
	return 0;
}

static void test_deputy(void)
{
	need(!system("cp $(command -v nl_relay) /mnt/deputy && chmod 4755 /mnt/deputy"));
	is_int(in_child(through_deputy, set_rights, 10), 0, "alice sets rights by such a program");
	check(EPERM, "opened with other rights", "she does not get root's");
	is_int(in_child(through_deputy, seal_file, 10), 0, "alice seals by it");
	check(EPERM, "opened with other rights", "she does not");
	nl_open(&nl);
	get_rights();
	granted(&nl, "what has become of it");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MODE), 0644, "nothing");
	ok(!nl_has(&nl, MORSEL_A_OBJECT_SEALED) && !nl_number(&nl, MORSEL_A_OBJECT_REVOKES),
	   "nothing at all");
	nl_close(&nl);
	is_int(in_child(through_deputy, new_pool, 10), 0, "alice uses a set-user-id program");
	is_int(result->other, 0, "it ran as root and wrote the message");
	check(EPERM, "opened with other rights", "no pool for alice");
	nl_open(&nl);
	nl_pool(&nl, MORSEL_CMD_POOL_GET, "stolen");
	refused(&nl, ENOENT, "no such pool", 0, "there is none");
	nl_close(&nl);
}

static void count(struct nl *n, void *arg)
{
	result->count++;
	if (strstr(nl_string(n, MORSEL_A_OBJECT_PATH), "secret"))
		result->secrets++;
	if (!strcmp(nl_string(n, MORSEL_A_OBJECT_PATH), "open/f0"))
		result->uid = nl_number(n, MORSEL_A_OBJECT_UID);
}

static int start_dump(void *arg)
{
	volatile int *fds = arg;

	need(!become_alice());
	nl_open(&nl);
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_send(&nl, NLM_F_DUMP);
	fds[0] = nl.fd;
	fds[1] = nl.family;
	while (!fds[2])
		usleep(1000);
	return 0;
}

/* alice asks, root receives; root asks, alice receives. */
static void test_dump_goes_on(void)
{
	volatile int *fds = shared_page();
	pid_t pid = start_child(start_dump, (void *)fds);
	int pidfd;

	while (!fds[1])
		usleep(1000);
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	nl.fd = syscall(SYS_pidfd_getfd, pidfd, fds[0], 0);
	nl.family = fds[1];
	fds[2] = 1;
	need(wait_child(pid, 5) == 0);
	need(!nl_dump_answer(&nl, count, NULL, false));
	ok(result->count >= FILES, "root receives what alice has asked for");
	is_int(result->secrets, 0, "and only that");
	close(pidfd);
	nl_close(&nl);
	memset(result, 0, sizeof(*result));
}

static int receive_as_alice(void *arg)
{
	nl_open(&nl);
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_send(&nl, NLM_F_DUMP);
	need(!become_alice());
	result->error = nl_dump_answer(&nl, count, NULL, false);
	result->other = access(pool_path("hidden/secret0"), F_OK) ? errno : 0;
	return 0;
}

static int dump_as_alice_on_roots_socket(void *arg)
{
	nl_open(&nl);
	need(!become_alice());
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	result->error = nl_dump(&nl, count, NULL);
	snprintf(result->text, sizeof(result->text), "%.119s", nl.text);
	return 0;
}

static void test_dump_verdict(void)
{
	is_int(in_child(receive_as_alice, NULL, 10), 0, "alice receives what root has asked for");
	ok(!result->error && result->secrets == FILES, "all of it");
	is_int(result->other, EACCES, "though she is alice again: her files are judged anew");
	memset(result, 0, sizeof(*result));
	in_child(dump_as_alice_on_roots_socket, NULL, 10);
	is_int(result->count, 0, "but she cannot ask on root's socket");
	check(EPERM, "opened with other rights", "she is refused");
}

static int in_userns(void *arg)
{
	need(!become_alice());
	need(!unshare(CLONE_NEWUSER));
	nl_open(&nl);
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	result->other = nl_dump(&nl, count, NULL);
	ask(arg);
	return 0;
}

static int in_userns_and_netns(void *arg)
{
	need(!become_alice());
	need(!unshare(CLONE_NEWUSER | CLONE_NEWNET));
	nl_open(&nl);
	result->other = nl_join(&nl) ? errno : 0;
	ask(arg);
	return 0;
}

static int root_in_netns(void *arg)
{
	need(!unshare(CLONE_NEWNET));
	nl_open(&nl);
	ask(arg);
	return 0;
}

static int weak_root_in_netns(void *arg)
{
	need(!unshare(CLONE_NEWNET));
	need(!set_caps((1ULL << CAP_DAC_OVERRIDE) | (1ULL << CAP_NET_ADMIN)));
	nl_open(&nl);
	ask(arg);
	return 0;
}

static int weak_root(void *arg)
{
	need(!set_caps((1ULL << CAP_DAC_OVERRIDE) | (1ULL << CAP_NET_ADMIN)));
	nl_open(&nl);
	ask(arg);
	return 0;
}

static void get_secret(void)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "hidden/secret0");
}

static void test_namespaces(void)
{
	in_child(in_userns, new_pool, 10);
	is_int(result->other, 0, "a dump in a user namespace");
	ok(result->count >= FILES && !result->secrets, "shows what alice may see");
	is_int(result->uid, 65534, "with ids of the namespace");
	check(EPERM, "needs CAP_SYS_ADMIN in the initial", "its root cannot make a pool");
	in_child(in_userns, get_secret, 10);
	check(EACCES, "search permission", "its root overrides nothing");
	in_child(in_userns_and_netns, get_file, 10);
	is_int(result->other, 0, "in his own network namespace anybody can join the group");
	check(EPERM, "only CAP_SYS_ADMIN may ask from this network namespace", "but not ask");
	in_child(root_in_netns, get_secret, 10);
	check(0, "", "root asks from another network namespace");
	in_child(root_in_netns, new_pool, 10);
	check(0, "", "and makes a pool there");
	nl_open(&nl);
	nl_pool(&nl, MORSEL_CMD_POOL_DEL, "stolen");
	granted(&nl, "drop it");
	nl_close(&nl);
	in_child(weak_root_in_netns, get_file, 10);
	check(EPERM, "only CAP_SYS_ADMIN may ask", "root of a container does not");
	in_child(weak_root, new_pool, 10);
	check(EPERM, "needs CAP_SYS_ADMIN", "CAP_NET_ADMIN is not enough for a pool");
	in_child(weak_root, get_secret, 10);
	check(0, "", "CAP_DAC_OVERRIDE overrides, as with files");
}

static void populate(void)
{
	char name[32];
	int i;

	need(!mkdir(pool_path("open"), 0755) && !mkdir(pool_path("hidden"), 0700));
	for (i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "open/f%d", i);
		need(!mknod(pool_path(name), S_IFREG | 0644, 0));
		snprintf(name, sizeof(name), "hidden/secret%d", i);
		need(!mknod(pool_path(name), S_IFREG | 0644, 0));
	}
}

int main(void)
{
	umask(0);
	result = shared_page();
	populate();
	test_opener();
	test_handed_over();
	test_deputy();
	test_dump_goes_on();
	test_dump_verdict();
	test_namespaces();
	return done_testing();
}
