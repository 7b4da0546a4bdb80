// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode.h"
#include <string.h>

struct cursor {
	const uint8_t *at, *end;
	bool short_address, segment, operand_size;
	uint8_t rex;
};

static uint8_t next(struct cursor *c)
{
	return c->at < c->end ? *c->at++ : 0;
}

static void skip_prefixes(struct cursor *c)
{
	for (; c->at < c->end; c->at++)
		switch (*c->at) {
		case 0x64: /* fs */
		case 0x65: /* gs */
			c->segment = true;
			break;
		case 0x67:
			c->short_address = true;
			break;
		case 0x66:
			c->operand_size = true;
			break;
		case 0x26: /* segments that count no more, rep, lock */
		case 0x2e:
		case 0x36:
		case 0x3e:
		case 0xf0:
		case 0xf2:
		case 0xf3:
			break;
		default:
			if (*c->at >> 4 != 4)
				return;
			c->rex = *c->at;
		}
}

static int32_t displacement(struct cursor *c, size_t size)
{
	int32_t wide = 0;
	int8_t narrow = 0;

	if ((size_t)(c->end - c->at) < size)
		return 0;
	if (size == 1)
		memcpy(&narrow, c->at, 1);
	else if (size)
		memcpy(&wide, c->at, 4);
	c->at += size;
	return size == 1 ? narrow : wide;
}

/* Where the memory operand of a flush is. */
static void find_operand(struct cursor *c, uint8_t modrm, uint64_t next_pc, struct insn *insn)
{
	unsigned int mod = modrm >> 6, rm = modrm & 7;
	uint8_t sib = rm == 4 ? next(c) : 0;

	insn->base = rm | (c->rex & 1) << 3;
	if (rm == 4) {
		insn->base = (sib & 7) | (c->rex & 1) << 3;
		insn->index = (sib >> 3 & 7) | (c->rex & 2) << 2;
		insn->scale = 1U << (sib >> 6);
		if (insn->index == 4)
			insn->index = NO_REGISTER;
	}
	if (!mod && (rm == 5 || (rm == 4 && (sib & 7) == 5))) {
		insn->base = NO_REGISTER;
		insn->displacement = displacement(c, 4) + (rm == 5 ? (int64_t)next_pc : 0);
	} else {
		insn->displacement = displacement(c, mod == 1 ? 1 : mod == 2 ? 4 : 0);
	}
	insn->segment = c->segment || c->short_address;
}

/* movnti; movntps and movntpd; movntq and movntdq. */
static bool is_stream(uint8_t opcode)
{
	return opcode == 0xc3 || opcode == 0x2b || opcode == 0xe7;
}

static enum insn_kind group15(const struct cursor *c, uint8_t modrm)
{
	unsigned int what = modrm >> 3 & 7;

	if (modrm >> 6 == 3)
		return what >= 6 && !c->operand_size ? INSN_FENCE : INSN_OTHER;
	/* Without 66 the sixth is xsaveopt. */
	return what == 7 || (what == 6 && c->operand_size) ? INSN_FLUSH : INSN_OTHER;
}

/* Behind a VEX prefix: only what streams is of interest. */
static enum insn_kind vex(struct cursor *c, uint8_t first)
{
	bool map_0f = true;

	if (first == 0xc4)
		map_0f = (next(c) & 31) == 1;
	next(c);
	return map_0f && next(c) != 0xc3 && is_stream(c->at[-1]) ? INSN_STREAM : INSN_OTHER;
}

struct insn insn_decode(const uint8_t *bytes, size_t length, uint64_t pc)
{
	struct insn insn = { .base = NO_REGISTER, .index = NO_REGISTER, .scale = 1 };
	struct cursor c = { .at = bytes, .end = bytes + length };
	uint8_t opcode, modrm;

	skip_prefixes(&c);
	opcode = next(&c);
	if (opcode == 0x88 || opcode == 0x89 || opcode == 0xc6 || opcode == 0xc7)
		insn.kind = c.at < c.end && *c.at >> 6 != 3 ? INSN_STORE : INSN_OTHER;
	else if (opcode == 0xc4 || opcode == 0xc5)
		insn.kind = vex(&c, opcode);
	else if (opcode == 0xe8 || (opcode == 0xff && c.at < c.end && (*c.at >> 3 & 7) == 2))
		insn.kind = INSN_CALL;
	if (opcode != 0x0f)
		return insn;
	opcode = next(&c);
	if (is_stream(opcode))
		insn.kind = INSN_STREAM;
	if (opcode != 0xae)
		return insn;
	modrm = next(&c);
	insn.kind = group15(&c, modrm);
	if (insn.kind == INSN_FLUSH)
		find_operand(&c, modrm, pc + length, &insn);
	return insn;
}
