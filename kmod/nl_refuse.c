// SPDX-License-Identifier: GPL-2.0-only
/* Every refusal says why. */
#include "nl.h"

int morsel_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, int error,
		     const char *why)
{
	do_trace_netlink_extack(why);
	if (extack) {
		extack->_msg = why;
		extack->bad_attr = attr;
	}
	return error;
}

static const struct {
	int error;
	const char *why;
} errno_texts[] = {
	{ E2BIG, "a list has at most 256 entries" },
	{ EACCES, "permission denied" },
	{ EBUSY, "a mount point, or another request has been at work on it for five seconds" },
	{ EDQUOT, "the quota is used up" },
	{ EEXIST, "there is an object of that name" },
	{ EFBIG, "too large for a morsel, for its place, or for the sender's limit of file sizes" },
	{ EINTR, "broken off by a signal" },
	{ EINVAL, "not possible with this object" },
	{ EIO, "memory of the pool cannot be read" },
	{ EISDIR, "it is a directory" },
	{ ELOOP, "symbolic links are not followed" },
	{ EMLINK, "too many names" },
	{ ENAMETOOLONG, "a component of the path is longer than 255 bytes" },
	{ ENOENT, "no such object" },
	{ ENOMEM, "out of memory" },
	{ ENOSPC, "the pool is full" },
	{ ENOTDIR, "not a directory" },
	{ ENOTEMPTY, "the directory is not empty" },
	{ EOVERFLOW, "an owner or group that the pool cannot store" },
	{ EPERM, "only the owner may do this, or who has the capability for it" },
	{ EROFS, "the pool is read-only" },
	{ ESTALE, "the object at the path has another id" },
	{ ETXTBSY, "it is being executed" },
	{ EUCLEAN, "it is damaged; 'morsel-admin check' tells how" },
	{ EWOULDBLOCK, "somebody holds a lease on it" },
	{ EXDEV, "the directories are no longer in one tree" },
};

int morsel_nl_refuse_errno(struct netlink_ext_ack *extack, const struct nlattr *attr, int error)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errno_texts); i++)
		if (errno_texts[i].error == -error)
			return morsel_nl_refuse(extack, attr, error, errno_texts[i].why);
	return morsel_nl_refuse(extack, attr, error, "the file system refused it");
}
