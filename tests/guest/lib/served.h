/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that somebody in user space serves, by userfaultfd: who touches it waits until it
 * is served.
 */
#ifndef TEST_SERVED_H
#define TEST_SERVED_H

/* Two pages: the first one is there and full of 'a', the second one comes when it is served. */
struct served {
	char *at;
	int uffd;
};

enum { SERVED_PAGE = 4096 };

void served_make(struct served *served);
/* Returns when somebody waits for the page. */
void served_wait(const struct served *served);
void served_fill(struct served *served, char fill);
void served_drop(struct served *served);

#endif
