/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic netlink family "morsel": the control plane. */
#ifndef MORSEL_NETLINK_H
#define MORSEL_NETLINK_H

int morsel_netlink_init(void);
/* Context: no request is answered any more when it returns. */
void morsel_netlink_exit(void);

#endif
