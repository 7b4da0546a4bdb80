/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions of x86-64 that matter to what is durable, and to who has stored it. */
#ifndef PLUGIN_DECODE_H
#define PLUGIN_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum insn_kind {
	INSN_OTHER,
	INSN_STORE,  /* a plain mov to memory: changes no register */
	INSN_STREAM, /* a store past the caches */
	INSN_FLUSH,  /* clwb, clflushopt, clflush */
	INSN_FENCE,  /* sfence, mfence */
	INSN_CALL,
};

enum {
	REGISTERS = 16,
	NO_REGISTER = -1,
};

struct insn {
	enum insn_kind kind;
	/* Of a flush: base + index * scale + displacement. */
	int base, index;
	unsigned int scale;
	int64_t displacement; /* with the next instruction's address, if relative to it */
	bool segment;	      /* of fs or gs, or with short addresses: not worked out */
};

/* @pc: where the instruction is. */
struct insn insn_decode(const uint8_t *bytes, size_t length, uint64_t pc);

#endif
