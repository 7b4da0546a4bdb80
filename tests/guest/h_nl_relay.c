// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The deputy that is to be confused: copies its input to descriptor 3, whatever
 * that is.  A test makes it set-user-id.
 */
#include <unistd.h>

int main(void)
{
	char buf[4096];
	ssize_t len = read(STDIN_FILENO, buf, sizeof(buf));

	return geteuid() != 0 || len <= 0 || write(3, buf, len) != len;
}
