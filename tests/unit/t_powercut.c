// SPDX-License-Identifier: GPL-2.0-or-later
/* The plugin that cuts the power: which instructions matter, what of a line is durable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "tests/qemu/plugin/decode.h"
#include "tests/qemu/plugin/lines.h"

/* ---- instructions ---- */

static struct insn decode(const char *bytes, size_t length)
{
	return insn_decode((const uint8_t *)bytes, length, 0x1000);
}

#define DECODE(bytes) decode(bytes, sizeof(bytes) - 1)
#define IS(kind_, bytes) assert_int_equal(DECODE(bytes).kind, kind_)

static void test_kinds(void **state)
{
	(void)state;
	IS(INSN_FENCE, "\x0f\xae\xf8");		/* sfence */
	IS(INSN_FENCE, "\x0f\xae\xf0");		/* mfence */
	IS(INSN_OTHER, "\x0f\xae\xe8");		/* lfence */
	IS(INSN_OTHER, "\x66\x0f\xae\xf0");	/* tpause */
	IS(INSN_OTHER, "\x0f\xae\x37");		/* xsaveopt */
	IS(INSN_FLUSH, "\x0f\xae\x38");		/* clflush */
	IS(INSN_FLUSH, "\x66\x0f\xae\x38");	/* clflushopt */
	IS(INSN_FLUSH, "\x66\x0f\xae\x30");	/* clwb */
	IS(INSN_FLUSH, "\x3e\x0f\xae\x38");	/* as the kernel pads it */
	IS(INSN_STREAM, "\x4c\x0f\xc3\x02");	/* movnti */
	IS(INSN_STREAM, "\x0f\x2b\x07");	/* movntps */
	IS(INSN_STREAM, "\x66\x0f\xe7\x07");	/* movntdq */
	IS(INSN_STREAM, "\xc5\xfd\xe7\x07");	/* vmovntdq */
	IS(INSN_STREAM, "\xc4\xc1\x7d\xe7\x00"); /* the same, with three bytes before it */
	IS(INSN_OTHER, "\xc5\xfd\x7f\x07");	/* vmovdqa */
	IS(INSN_STORE, "\x48\x89\x07");		/* mov %rax, (%rdi) */
	IS(INSN_OTHER, "\x48\x89\xc7");		/* mov %rax, %rdi */
	IS(INSN_OTHER, "\x48\x8b\x07");		/* mov (%rdi), %rax */
	IS(INSN_OTHER, "\xf3\xa4");		/* rep movsb */
}

static void operand_is(struct insn insn, int base, int index, unsigned int scale,
		       int64_t displacement)
{
	assert_int_equal(insn.kind, INSN_FLUSH);
	assert_int_equal(insn.base, base);
	assert_int_equal(insn.index, index);
	assert_int_equal(insn.scale, scale);
	assert_true(insn.displacement == displacement);
}

static void test_operands(void **state)
{
	(void)state;
	operand_is(DECODE("\x66\x0f\xae\x30"), 0, -1, 1, 0);		/* (%rax) */
	operand_is(DECODE("\x66\x41\x0f\xae\x34\x24"), 12, -1, 1, 0);	/* (%r12) */
	operand_is(DECODE("\x66\x41\x0f\xae\x75\xc0"), 13, -1, 1, -64);	/* -64(%r13) */
	operand_is(DECODE("\x66\x0f\xae\xb3\x00\x10\x00\x00"), 3, -1, 1, 0x1000);
	operand_is(DECODE("\x66\x43\x0f\xae\x74\xc8\x40"), 8, 9, 8, 64); /* 64(%r8,%r9,8) */
	operand_is(DECODE("\x66\x0f\xae\x34\xcd\x00\x00\x01\x00"), -1, 1, 8, 0x10000);
	operand_is(DECODE("\x66\x0f\xae\x35\x00\x01\x00\x00"), -1, -1, 1, 0x1000 + 8 + 0x100);
	assert_true(DECODE("\x65\x66\x0f\xae\x30").segment);
	assert_false(DECODE("\x66\x0f\xae\x30").segment);
}

/* ---- lines ---- */

enum {
	SIZE = 4096,
};

static uint8_t *memory;

static void begin(void)
{
	free(memory);
	memory = calloc(1, SIZE);
	assert_non_null(memory);
	lines_init(memory, SIZE);
}

static uint64_t word(uint64_t offset)
{
	uint64_t value;

	memcpy(&value, memory + offset, 8);
	return value;
}

static void test_flush_and_fence(void **state)
{
	(void)state;
	begin();
	lines_store(0, 64, 1, false);
	lines_fence(0);
	assert_int_equal(word(64), 0); /* not flushed */
	lines_flush(0, 64);
	assert_int_equal(word(64), 0); /* not fenced */
	lines_fence(1);
	assert_int_equal(word(64), 0); /* by another CPU */
	lines_store(0, 64, 2, false);
	lines_fence(0);
	assert_int_equal(word(64), 1); /* what was stored before the flush */
	lines_store(0, 128, 3, true);
	lines_fence(0);
	assert_int_equal(word(128), 3); /* past the caches */
	assert_int_equal(lines_cut(0, 1).in_flight, 1);
}

static void test_two_flush(void **state)
{
	(void)state;
	begin();
	lines_store(0, 0, 1, false);
	lines_flush(0, 0);
	lines_store(1, 0, 2, false);
	lines_flush(1, 0);
	lines_fence(1);
	assert_int_equal(word(0), 2);
	lines_fence(0); /* nothing older comes back */
	assert_int_equal(word(0), 2);
	assert_int_equal(lines_cut(0, 1).in_flight, 0);
}

/* A line comes with the first of its stores, whatever the seed. */
static void test_prefixes(void **state)
{
	unsigned long part = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct lines_cut cut;

		begin();
		lines_store(0, 0, 1, false);
		lines_store(0, 8, 1, false);
		lines_store(0, 0, 2, false);
		cut = lines_cut(100, seed);
		part += cut.part;
		assert_int_equal(cut.in_flight, 1);
		assert_true(word(8) ? word(0) >= 1 : word(0) <= 1);
	}
	assert_true(part > 0);
}

/* What is stored again and again takes no more room, and stays in order. */
static void test_many_stores(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		begin();
		for (uint64_t i = 1; i <= 10000; i++) {
			lines_store(0, 0, i, false);
			lines_store(0, 8, i, false);
		}
		lines_cut(100, seed);
		assert_true(word(0) == word(8) || word(0) == word(8) + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),	    cmocka_unit_test(test_operands),
		cmocka_unit_test(test_flush_and_fence), cmocka_unit_test(test_two_flush),
		cmocka_unit_test(test_prefixes),    cmocka_unit_test(test_many_stores),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(memory);
	return failed;
}
