// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * virtio_kick DIR: tell the virtio device with this PCI directory in sysfs that there is
 * something in its first queue, where nothing is.  QEMU's virtio-pmem takes that for an
 * error of the driver's, and does nothing any more until it is reset.  iomem=relaxed.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <linux/virtio_pci.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	CONFIG_SIZE = 256,
	PAGE = 4096,
};

/* Where the device is told of its queues. */
static struct virtio_pci_cap find_notify(const char *dir)
{
	uint8_t config[CONFIG_SIZE];
	struct virtio_pci_cap cap;
	char path[256];
	int fd, at;

	snprintf(path, sizeof(path), "%s/config", dir);
	fd = open(path, O_RDONLY);
	if (fd < 0 || pread(fd, config, sizeof(config), 0) != sizeof(config))
		err(1, "%s", path);
	close(fd);
	for (at = config[PCI_CAPABILITY_LIST]; at; at = cap.cap_next) {
		if (at + sizeof(cap) > sizeof(config))
			break;
		memcpy(&cap, config + at, sizeof(cap));
		if (cap.cap_vndr == PCI_CAP_ID_VNDR && cap.cfg_type == VIRTIO_PCI_CAP_NOTIFY_CFG)
			return cap;
	}
	errx(1, "%s: no virtio device", dir);
}

int main(int argc, char **argv)
{
	struct virtio_pci_cap cap;
	char path[256], *base;
	int fd;

	if (argc != 2)
		errx(2, "usage: virtio_kick DIR");
	cap = find_notify(argv[1]);
	snprintf(path, sizeof(path), "%s/resource%u", argv[1], cap.bar);
	fd = open(path, O_RDWR);
	if (fd < 0)
		err(1, "%s", path);
	base = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, cap.offset);
	if (base == MAP_FAILED)
		err(1, "%s", path);
	*(volatile uint16_t *)base = 0; /* the number of the queue */
	return 0;
}
