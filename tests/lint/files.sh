# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Which files the checks look at: what git knows or would know; with $SINCE, what has changed since that commit.

all_files() {
	if [[ -n ${SINCE:-} ]]; then
		git diff --name-only "$SINCE"
		git ls-files -o --exclude-standard
	else
		git ls-files -co --exclude-standard
	fi | sort -u | while IFS= read -r file; do
		if [[ -f $file && ! -L $file ]]; then echo "$file"; fi
	done
}

kernel_c() { all_files | grep -E '^(kmod|netlink/include|tests/coverage)/.*\.[ch]$' || true; }

# Code of the module that also builds in user space stays in kernel style.
user_c() { all_files | grep -E '\.[ch]$' | grep -vE '^(kmod|netlink|tests/coverage)/' || true; }

shell_scripts() {
	all_files | while IFS= read -r file; do
		if [[ $file == *.sh ]] || head -n 1 "$file" | grep -qaE '^#!.*\b(ba)?sh\b'; then
			echo "$file"
		fi
	done
}

python_files() {
	all_files | while IFS= read -r file; do
		if [[ $file == *.py ]] || head -n 1 "$file" | grep -qaE '^#!.*python'; then echo "$file"; fi
	done
}
