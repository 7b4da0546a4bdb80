/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors that are sent over a local socket (SCM_RIGHTS). */
#ifndef TEST_DESCRIPTORS_H
#define TEST_DESCRIPTORS_H

#include <stddef.h>

/* Send @fd, and @len bytes that tell about it. */
void descriptor_send(int sock, int fd, const void *data, size_t len);
/* Return: the descriptor; -1: none came in the time that the socket has. */
int descriptor_receive(int sock, void *data, size_t len);

#endif
