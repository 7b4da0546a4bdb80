// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A secondary MMU (hazards 2d): a virtual machine whose memory is a mapping of an
 * object.  What it stores is seen by all, and it loses what the process loses: by
 * MADV_DONTNEED, punch, truncation, mprotect, munmap.
 *
 * On one processor: each machine that comes or goes makes KVM patch a static key in the
 * scheduler's finish_task_switch(), and with several threads QEMU's translator at times
 * keeps a translation of the breakpoint that stands there in between, so that all
 * processors meet it for ever.
 * groups: hazard
 * cpus: 1
 * timeout: 90
 * modules: kvm kvm_amd
 * may-skip: no virtual machines here
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lib/mm_race.h"

#define PUNCH (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)
/* Guest-physical: code at 0, the object's memory from 64 KiB. */
#define DATA 0x10000UL
#define DATA_LEN (64 * KiB)

struct machine {
	int kvm, vm, cpu;
	struct kvm_run *run;
	char *code;
	size_t run_len;
};

/* mov ds,bx; test dl,dl; jz +2; mov [si],al; mov ah,[si]; hlt */
static const unsigned char program[] = { 0x8e, 0xdb, 0x84, 0xd2, 0x74, 0x02, 0x88, 0x04, 0x8a,
					 0x24, 0xf4 };

static void set_memory(struct machine *m, int slot, unsigned long gpa, void *at, size_t len)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot, .guest_phys_addr = gpa, .memory_size = len,
		.userspace_addr = (uintptr_t)at,
	};

	need(ioctl(m->vm, KVM_SET_USER_MEMORY_REGION, &region) == 0);
}

static void machine_begin(struct machine *m, void *data)
{
	struct kvm_sregs sregs;

	m->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	need(m->kvm >= 0);
	m->vm = ioctl(m->kvm, KVM_CREATE_VM, 0);
	need(m->vm >= 0);
	m->code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memcpy(m->code, program, sizeof(program));
	set_memory(m, 0, 0, m->code, PAGE);
	set_memory(m, 1, DATA, data, DATA_LEN);
	m->cpu = ioctl(m->vm, KVM_CREATE_VCPU, 0);
	need(m->cpu >= 0);
	m->run_len = ioctl(m->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	m->run = mmap(NULL, m->run_len, PROT_READ | PROT_WRITE, MAP_SHARED, m->cpu, 0);
	need(m->run != MAP_FAILED);
	need(ioctl(m->cpu, KVM_GET_SREGS, &sregs) == 0);
	sregs.cs.base = sregs.cs.selector = 0;
	need(ioctl(m->cpu, KVM_SET_SREGS, &sregs) == 0);
}

static void machine_end(struct machine *m)
{
	munmap(m->run, m->run_len);
	munmap(m->code, PAGE);
	close(m->cpu);
	close(m->vm);
	close(m->kvm);
}

/* Runs the program: stores @value at @off if @store; returns what is there, or -1. */
static int machine_do(struct machine *m, unsigned int off, int value, bool store)
{
	struct kvm_regs regs = { .rax = value & 0xff, .rbx = DATA >> 4, .rsi = off, .rdx = store,
				 .rflags = 2 };

	need(ioctl(m->cpu, KVM_SET_REGS, &regs) == 0);
	if (ioctl(m->cpu, KVM_RUN, 0) || m->run->exit_reason != KVM_EXIT_HLT)
		return -1;
	need(ioctl(m->cpu, KVM_GET_REGS, &regs) == 0);
	return regs.rax >> 8 & 0xff;
}

static void machine_of(const char *name)
{
	const struct geometry *geo = mm_geometry(name);
	struct object obj;
	struct machine m;
	char *map, *ro;
	off_t place;

	mm_object(&obj, geo);
	map = mm_map(&obj, MM_RW);
	ro = mm_map(&obj, MM_RO);
	map = mm_first(&obj, map);
	ro = mm_first(&obj, ro);
	place = geo->data[0].off > geo->offset ? geo->data[0].off : geo->offset;
	machine_begin(&m, map);

	is_int(machine_do(&m, 8, 0, false), (unsigned char)map[8], "%s: the machine reads", name);
	is_int(machine_do(&m, 8, 0x5a, true), 0x5a, "%s: it stores", name);
	ok(ro[8] == 0x5a, "%s: and others see it", name);
	madvise(map, DATA_LEN, MADV_DONTNEED);
	is_int(machine_do(&m, 8, 0x5b, true), 0x5b, "%s: after MADV_DONTNEED", name);
	ok(ro[8] == 0x5b, "%s: others see that, too", name);
	need(fallocate(obj.fd, PUNCH, place, DATA_LEN) == 0);
	is_int(machine_do(&m, 8, 0, false), 0, "%s: punched: it reads zeros", name);
	is_int(machine_do(&m, 16, 0x5c, true), 0x5c, "%s: it stores in the new page", name);
	ok(ro[16] == 0x5c && map[16] == 0x5c, "%s: which is the one that others see", name);
	need(mprotect(map - (place - geo->offset), geo->len, PROT_READ) == 0);
	is_int(machine_do(&m, 16, 0, false), 0x5c, "%s: closed to stores: it reads", name);
	is_int(machine_do(&m, 16, 0x11, true), -1, "%s: and does not store", name);
	ok(ro[16] == 0x5c, "%s: really not", name);
	machine_end(&m);
	machine_begin(&m, ro);
	is_int(machine_do(&m, 16, 0, false), 0x5c, "%s: a machine on a read-only mapping", name);
	is_int(machine_do(&m, 16, 0x11, true), -1, "%s: cannot store", name);
	ok(ro[16] == 0x5c, "%s: and has not", name);
	machine_end(&m);
	machine_begin(&m, ro);
	is_int(machine_do(&m, 16, 0, false), 0x5c, "%s: and another", name);
	need(ftruncate(obj.fd, 0) == 0);
	is_int(machine_do(&m, 16, 0, false), -1, "%s: truncated: nothing to read", name);
	machine_end(&m);
	munmap(map - (place - geo->offset), geo->len);
	munmap(ro - (place - geo->offset), geo->len);
	is_int(mm_fdinfo(obj.fd, "morsel-links"), 0, "%s: no link is left", name);
	mm_object_drop(&obj);
}

/* The process lets go of the memory while the machine has it. */
static void unmapped(const char *name)
{
	const struct geometry *geo = mm_geometry(name);
	struct survivor s;
	struct object obj;
	struct machine m;
	const char *why;
	char *map;

	mm_object(&obj, geo);
	mm_survivor(&s, &obj);
	map = mm_map(&obj, MM_RW);
	machine_begin(&m, mm_first(&obj, map));
	is_int(machine_do(&m, 8, 0, false), (unsigned char)mm_first(&obj, s.rw)[8],
	       "%s: the machine reads", name);
	munmap(map, geo->len);
	is_int(machine_do(&m, 8, 1, true), -1, "%s: unmapped: it cannot store", name);
	machine_end(&m);
	why = mm_survivor_check(&s);
	ok(!why, "%s: the survivor: %s", name, why ? why : "all is well");
	mm_survivor_end(&s);
	mm_object_drop(&obj);
}

int main(void)
{
	static const char *const where[] = { "1 GiB, 2 MiB frames", "1 GiB, 4 KiB frames",
					     "8 MiB, 2 MiB frames", "64 KiB" };
	unsigned int i;

	if (access("/dev/kvm", R_OK | W_OK)) {
		skip("virtual machines", "no virtual machines here");
		return done_testing();
	}
	mm_baseline();
	for (i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		machine_of(where[i]);
		unmapped(where[i]);
	}
	mm_baseline_check();
	return done_testing();
}
