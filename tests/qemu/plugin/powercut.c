// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A plugin for QEMU: persistent memory that loses what was not flushed and
 * fenced.  It watches all stores to a range of the nvdimm, flushes and fences
 * of all CPUs.  When the harness says so the power goes at one of these: the
 * process ends at once, and a file has what was durable, and of the lines in
 * flight some.
 *
 *   -plugin powercut.so,dir=DIR,first=BYTES,percent=N,seed=N
 *
 * DIR/shadow   the contents of the range, which begins @first bytes from the
 *              nvdimm's start and is as large as the file
 * DIR/control  8 bytes: 0, or after how many events the power is to go
 * DIR/report   what has happened, when the process ends
 *
 * A LOCK prefix orders stores, but is no fence here: who relies on one has not
 * said that his stores must last.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "decode.h"
#include "lines.h"
#include "sites.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
			       char **argv);

enum {
	PAGE = 4096,
	WORD = 8,
};

static const uint64_t kernel_half = 1ULL << 63;
static const uint64_t unknown = ~0ULL;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct {
	const char *dir;
	uint64_t first;
	unsigned int percent;
	uint64_t seed;
} options = { .percent = 50 };

static uint64_t size;		   /* of the range */
static volatile uint64_t *control;
static const uint8_t *range;	   /* as the guest sees it */
static uint64_t ram_offset;	   /* of the range, as QEMU counts */
static uint64_t guest_address = -1; /* of the range; learnt from the first store */
static unsigned long stores, flushes, fences, events;

static void die(const char *what)
{
	fprintf(stderr, "powercut: %s\n", what);
	_exit(1);
}

/* ---- the end ---- */

static FILE *report_open(void)
{
	char path[PAGE];
	FILE *to;

	snprintf(path, sizeof(path), "%s/report", options.dir);
	to = fopen(path, "w");
	if (!to)
		die("cannot write the report");
	fprintf(to, "events %lu stores %lu flushes %lu fences %lu\n", events, stores, flushes,
		fences);
	sites_print(to);
	return to;
}

static void cut(void)
{
	struct lines_cut found = lines_cut(options.percent, options.seed);
	FILE *to = report_open();

	fprintf(to, "cut in-flight %lu whole %lu part %lu percent %u seed %" PRIu64 "\n",
		found.in_flight, found.whole, found.part, options.percent, options.seed);
	fclose(to);
	/* The others wait for the lock, or run on without being heard. */
	kill(getpid(), SIGKILL);
}

/* Between any two of these the power may go. */
static void event(void)
{
	events++;
	if (*control && !--*control)
		cut();
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void *data)
{
	(void)id;
	(void)data;
	pthread_mutex_lock(&lock);
	fclose(report_open());
	pthread_mutex_unlock(&lock);
}

/* ---- stores ---- */

static bool find_range(void)
{
	struct RAMBlock *block = qemu_ram_block_by_name("nv");

	if (!block)
		block = qemu_ram_block_by_name("/objects/nv");
	if (!block)
		return false;
	if (options.first + size > qemu_ram_get_used_length(block))
		die("the range is not within the nvdimm");
	ram_offset = qemu_ram_get_offset(block) + options.first;
	range = (uint8_t *)qemu_ram_get_host_addr(block) + options.first;
	return true;
}

/* Return: where in the range the store was, or unknown. */
static uint64_t place_of(qemu_plugin_meminfo_t info, uint64_t vaddr)
{
	struct qemu_plugin_hwaddr *hwaddr = qemu_plugin_get_hwaddr(info, vaddr);
	uint64_t offset;

	if (!hwaddr || qemu_plugin_hwaddr_is_io(hwaddr) || (!range && !find_range()))
		return unknown;
	offset = qemu_plugin_hwaddr_phys_addr(hwaddr) - ram_offset;
	return offset < size ? offset : unknown;
}

static void learn_address(struct CPUState *cpu, uint64_t vaddr, uint64_t offset)
{
	uint64_t page = cpu_get_phys_page_debug(cpu, vaddr & -PAGE);

	if (page != unknown)
		guest_address = (page | vaddr % PAGE) - offset;
}

static void store(unsigned int number, uint64_t vaddr, uint64_t offset, uint64_t length,
		  uint64_t pc, bool stream)
{
	struct CPUState *cpu = qemu_get_cpu(number);
	uint64_t at, value;

	pthread_mutex_lock(&lock);
	if (guest_address == unknown)
		learn_address(cpu, vaddr, offset);
	for (at = offset & -WORD; at < offset + length; at += WORD) {
		memcpy(&value, range + at, WORD);
		lines_store(number, at, value, stream);
	}
	stores++;
	/* What a process has mapped is its own affair, whoever stores there for it. */
	if (vaddr >= kernel_half)
		sites_add(number, pc, offset);
	event();
	pthread_mutex_unlock(&lock);
}

static void on_store(unsigned int number, qemu_plugin_meminfo_t info, uint64_t vaddr,
		     uint64_t pc, bool stream)
{
	uint64_t length = 1ULL << qemu_plugin_mem_size_shift(info), part, offset;

	/* An instruction that loads as well (rep movs) is heard twice. */
	if (!qemu_plugin_mem_is_store(info))
		return;
	/* Over the end of a page: what follows may be anywhere. */
	for (; length; vaddr += part, length -= part) {
		part = PAGE - vaddr % PAGE < length ? PAGE - vaddr % PAGE : length;
		offset = place_of(info, vaddr);
		if (offset != unknown)
			store(number, vaddr, offset, part, pc, stream);
	}
}

static void on_plain_store(unsigned int number, qemu_plugin_meminfo_t info, uint64_t vaddr,
			   void *pc)
{
	on_store(number, info, vaddr, (uint64_t)pc, false);
}

static void on_stream_store(unsigned int number, qemu_plugin_meminfo_t info, uint64_t vaddr,
			    void *pc)
{
	on_store(number, info, vaddr, (uint64_t)pc, true);
}

/* ---- flushes and fences ---- */

static uint64_t register_of(struct CPUState *cpu, int number)
{
	/* In gdb's order, by the encoding of instructions. */
	static const int order[] = { 0, 2, 3, 1, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15 };
	static struct byte_array *bytes;
	uint64_t value;

	if (number == NO_REGISTER)
		return 0;
	if (!bytes)
		bytes = g_byte_array_new();
	g_byte_array_set_size(bytes, 0);
	if (x86_cpu_gdb_read_register(cpu, bytes, order[number]) != sizeof(value))
		die("no register");
	memcpy(&value, bytes->data, sizeof(value));
	return value;
}

static void on_flush(unsigned int number, void *data)
{
	const struct insn *insn = data;
	struct CPUState *cpu = qemu_get_cpu(number);
	uint64_t vaddr, page;

	pthread_mutex_lock(&lock);
	if (guest_address != unknown) {
		vaddr = register_of(cpu, insn->base) + insn->displacement +
			register_of(cpu, insn->index) * insn->scale;
		page = cpu_get_phys_page_debug(cpu, vaddr & -PAGE);
		if (page != unknown && (page | vaddr % PAGE) - guest_address < size) {
			lines_flush(number, (page | vaddr % PAGE) - guest_address);
			flushes++;
			event();
		}
	}
	pthread_mutex_unlock(&lock);
}

static void on_call(unsigned int number, void *back)
{
	sites_call(number, (uint64_t)back);
}

static void on_fence(unsigned int number, void *data)
{
	(void)data;
	pthread_mutex_lock(&lock);
	if (guest_address != unknown) {
		fences++;
		event(); /* the power may go before it */
		lines_fence(number);
	}
	pthread_mutex_unlock(&lock);
}

/* ---- translation ---- */

/*
 * A register is as the CPU's state has it at the start of a block, and after a
 * store to memory, for which QEMU writes all of them back.  In between only what
 * changes no register may stand.
 */
static bool registers_are_known(const struct insn *insns, size_t at)
{
	while (at--) {
		if (insns[at].kind == INSN_STORE)
			return true;
		if (insns[at].kind != INSN_FLUSH && insns[at].kind != INSN_FENCE)
			return false;
	}
	return true;
}

static void watch_flush(struct qemu_plugin_insn *q, const struct insn *insns, size_t at)
{
	struct insn *copy;

	if (insns[at].segment || !registers_are_known(insns, at)) {
		fprintf(stderr, "powercut: at %" PRIx64 ": cannot tell what is flushed\n",
			qemu_plugin_insn_vaddr(q));
		_exit(1);
	}
	copy = malloc(sizeof(*copy));
	if (!copy)
		die("no memory");
	*copy = insns[at];
	qemu_plugin_register_vcpu_insn_exec_cb(q, on_flush, QEMU_PLUGIN_CB_NO_REGS, copy);
}

static void watch_stores(struct qemu_plugin_insn *q, bool stream, uint64_t pc)
{
	mem_cb *cb = stream ? on_stream_store : on_plain_store;

	qemu_plugin_register_vcpu_mem_cb(q, cb, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_W,
					 (void *)pc);
}

static void watch_call(struct qemu_plugin_insn *q, uint64_t back)
{
	qemu_plugin_register_vcpu_insn_exec_cb(q, on_call, QEMU_PLUGIN_CB_NO_REGS, (void *)back);
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t nr = qemu_plugin_tb_n_insns(tb);
	struct insn insns[nr];

	(void)id;
	for (size_t i = 0; i < nr; i++) {
		struct qemu_plugin_insn *q = qemu_plugin_tb_get_insn(tb, i);
		uint64_t pc = qemu_plugin_insn_vaddr(q);

		insns[i] = insn_decode(qemu_plugin_insn_data(q), qemu_plugin_insn_size(q), pc);
		if (insns[i].kind == INSN_FLUSH)
			watch_flush(q, insns, i);
		else if (insns[i].kind == INSN_FENCE)
			qemu_plugin_register_vcpu_insn_exec_cb(q, on_fence,
							       QEMU_PLUGIN_CB_NO_REGS, NULL);
		else
			watch_stores(q, insns[i].kind == INSN_STREAM, pc);
		if (insns[i].kind == INSN_CALL && in_module(pc))
			watch_call(q, pc + qemu_plugin_insn_size(q));
	}
}

/* ---- the start ---- */

static void *map_file(const char *name, uint64_t *length)
{
	char path[PAGE];
	struct stat st;
	void *at;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", options.dir, name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		die(path);
	at = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		die(path);
	close(fd);
	*length = st.st_size;
	return at;
}

static bool take(const char *text)
{
	if (!strncmp(text, "dir=", 4))
		options.dir = strdup(text + 4);
	else if (!strncmp(text, "first=", 6))
		options.first = strtoull(text + 6, NULL, 0);
	else if (!strncmp(text, "percent=", 8))
		options.percent = strtoul(text + 8, NULL, 0);
	else if (!strncmp(text, "seed=", 5))
		options.seed = strtoull(text + 5, NULL, 0);
	else
		return false;
	return true;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	uint64_t length;
	void *shadow;

	for (int i = 0; i < argc; i++)
		if (!take(argv[i]))
			die(argv[i]);
	if (!options.dir || strcmp(info->target_name, "x86_64") ||
	    info->system.max_vcpus > MAX_CPUS)
		die("needs dir=, x86-64 and not too many CPUs");
	control = map_file("control", &length);
	if (length < sizeof(*control))
		die("control is too short");
	shadow = map_file("shadow", &size);
	lines_init(shadow, size);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
	return 0;
}
