# SPDX-License-Identifier: GPL-2.0-or-later
test:
	@tests/qemu/run test $(T)
shell:
	@tests/qemu/run shell
test-harness:
	@tests/qemu/run test --dir tests/qemu/selftest
.PHONY: test shell test-harness
