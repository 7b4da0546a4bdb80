/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TAP for guest tests in C.  Checks count points and print where they failed;
 * `return done_testing();` announces the plan, so that a test which ends early fails.
 *
 * Points made in a child process do not count in its parent: use in_child(), which
 * hands back what the child found, or check in the parent.
 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TAP_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Each returns whether it held. */
#define ok(cond, ...)	       tap_ok(!!(cond), __FILE__, __LINE__, #cond, __VA_ARGS__)
#define is_int(got, want, ...) tap_is(got, want, __FILE__, __LINE__, __VA_ARGS__)
/* @call returned -1 with this errno */
#define is_errno(call, want, ...) tap_errno((intptr_t)(call), want, __FILE__, __LINE__, __VA_ARGS__)

bool tap_ok(bool good, const char *file, int line, const char *expr, const char *fmt, ...)
	TAP_PRINTF(5, 6);
bool tap_is(long long got, long long want, const char *file, int line, const char *fmt, ...)
	TAP_PRINTF(5, 6);
bool tap_errno(intptr_t result, int want, const char *file, int line, const char *fmt, ...)
	TAP_PRINTF(5, 6);

void diag(const char *fmt, ...) TAP_PRINTF(1, 2);
/* Counts only if the test's header says `may-skip:` for this reason. */
void skip(const char *name, const char *reason);
/* For what a test cannot go on without: names the failure and ends the test. */
void bail_out(const char *fmt, ...) __attribute__((noreturn)) TAP_PRINTF(1, 2);
#define need(cond) ((cond) ? (void)0 : bail_out("%s:%d: %s: %m", __FILE__, __LINE__, #cond))
int done_testing(void);

/* Longer on slow kernels: multiply what waits, never what must not happen. */
double time_scale(void);
int64_t now_ms(void);
bool on_debug_kernel(void);

/*
 * Runs @fn in a child and waits at most @seconds (scaled).  Returns its exit status,
 * 128 + signal if it was killed, -1 if it had to be killed because of the limit.
 */
int in_child(int (*fn)(void *arg), void *arg, int seconds);
/* The same without waiting; wait_child() as above. */
pid_t start_child(int (*fn)(void *arg), void *arg);
int wait_child(pid_t pid, int seconds);
/* In a child: become a user of the guest (1000 alice, 1001 bob, 1002 carol). */
void become_user(uid_t uid);
/* The same, and keep CAP_SYS_ADMIN and CAP_FOWNER. */
void become_operator(uid_t uid);

/* Meeting points between processes: shared memory made before fork(). */
struct barrier;
struct barrier *barrier_new(int parties);
void barrier_wait(struct barrier *barrier);
void *shared_page(void);

/* The test's pool: a path in it (static buffer per call site: not reentrant). */
const char *pool_path(const char *name);
/* Write to a file of procfs or sysfs, in one call.  Return: 0 or -1 with errno. */
int write_text(const char *path, const char *text);
/* A new morsel of @size in the pool, open for reading and writing; ends the test on failure. */
int make_morsel(const char *name, off_t size);

/* Files of procfs. */
long read_long(const char *path);
/* "VmPTE" of a process in KiB; 0 for oneself. */
long status_kb(pid_t pid, const char *key);
long meminfo_kb(const char *key);
/* A line of /proc/self/smaps for the mapping at @addr in KiB, -1 if there is none. */
long smaps_kb(const void *addr, const char *key);
/* The number of the frame that this process has at @addr, as pagemap tells root; 0: none. */
uint64_t frame_of(const volatile void *addr);

/* Does a line of the kernel log since kmsg_mark() contain @text? */
void kmsg_mark(void);
bool kmsg_has(const char *text);

#endif
