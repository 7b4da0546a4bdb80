/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What we use of QEMU 7.2: the plugin interface, version 1, and a few functions
 * that the program exports though they are its own.  No package has the header.
 */
#ifndef PLUGIN_QEMU_H
#define PLUGIN_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- the interface ---- */

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;
typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;

typedef struct {
	const char *target_name;
	struct {
		int min, cur;
	} version;
	bool system_emulation;
	struct {
		int smp_vcpus, max_vcpus;
	} system;
} qemu_info_t;

enum qemu_plugin_cb_flags {
	QEMU_PLUGIN_CB_NO_REGS,
};

enum qemu_plugin_mem_rw {
	QEMU_PLUGIN_MEM_W = 2,
};

typedef void tb_trans_cb(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void insn_exec_cb(unsigned int cpu, void *data);
typedef void mem_cb(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *data);
typedef void exit_cb(qemu_plugin_id_t id, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_trans_cb *cb);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, insn_exec_cb *cb,
					    enum qemu_plugin_cb_flags flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, mem_cb *cb,
				      enum qemu_plugin_cb_flags flags,
				      enum qemu_plugin_mem_rw rw, void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, exit_cb *cb, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t at);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
unsigned int qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(qemu_plugin_meminfo_t info, uint64_t vaddr);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *hwaddr);
/* In 7.2: the offset among all RAM that the machine has, not the guest's address. */
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *hwaddr);

/* ---- not of the interface ---- */

struct CPUState;
struct RAMBlock;

/* As GLib has it. */
struct byte_array {
	uint8_t *data;
	unsigned int len;
};

struct byte_array *g_byte_array_new(void);
struct byte_array *g_byte_array_set_size(struct byte_array *array, unsigned int length);

struct CPUState *qemu_get_cpu(int index);
/* Append register @number, in the order of x86's encoding but for what gdb has otherwise. */
int x86_cpu_gdb_read_register(struct CPUState *cpu, struct byte_array *to, int number);
uint64_t cpu_get_phys_page_debug(struct CPUState *cpu, uint64_t vaddr);
int cpu_memory_rw_debug(struct CPUState *cpu, uint64_t vaddr, void *buffer, size_t length,
			bool is_write);
struct RAMBlock *qemu_ram_block_by_name(const char *name);
void *qemu_ram_get_host_addr(struct RAMBlock *block);
uint64_t qemu_ram_get_offset(struct RAMBlock *block);
uint64_t qemu_ram_get_used_length(struct RAMBlock *block);

#endif
