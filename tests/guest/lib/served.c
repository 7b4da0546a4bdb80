// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../tap.h"
#include "served.h"

enum { PAGE = SERVED_PAGE };

void served_make(struct served *b)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	b->at = mmap(NULL, 2UL * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(b->at != MAP_FAILED);
	memset(b->at, 'a', PAGE);
	b->uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	need(b->uffd >= 0 && !ioctl(b->uffd, UFFDIO_API, &api));
	reg.range.start = (uintptr_t)b->at + PAGE;
	reg.range.len = PAGE;
	need(!ioctl(b->uffd, UFFDIO_REGISTER, &reg));
}

void served_wait(const struct served *b)
{
	struct uffd_msg msg;

	need(read(b->uffd, &msg, sizeof(msg)) == sizeof(msg));
	need(msg.event == UFFD_EVENT_PAGEFAULT);
}

void served_fill(struct served *b, char fill)
{
	static char page[PAGE] __attribute__((aligned(PAGE)));
	struct uffdio_copy copy = { .dst = (uintptr_t)b->at + PAGE, .len = PAGE };

	memset(page, fill, PAGE);
	copy.src = (uintptr_t)page;
	need(!ioctl(b->uffd, UFFDIO_COPY, &copy));
}

void served_drop(struct served *b)
{
	close(b->uffd);
	munmap(b->at, 2UL * PAGE);
}
