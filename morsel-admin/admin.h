/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of morsel-admin share. */
#ifndef ADMIN_H
#define ADMIN_H

#include <morsel.h>
#include <stdbool.h>
#include <stdio.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PROGRAM	      "morsel-admin"

/* Exit statuses; scripts rely on them. */
enum {
	STATUS_OK = 0,
	STATUS_FAILED = 1, /* refused, or output could not be written */
	STATUS_USAGE = 2,
	STATUS_NO_DRIVER = 3,
	STATUS_DAMAGED = 4, /* check has found something */
	STATUS_PARTIAL = 5, /* some of several names; a right is taken, and is there still */
};

struct app;
struct json_object;
struct sheet;

/* An option; the lists end with a @name of NULL. */
struct option_desc {
	int key;	  /* its letter, or above 255 */
	const char *name; /* without the dashes */
	const char *arg;  /* what its argument is called; NULL: it has none */
	const char *help;
};

struct command {
	const char *noun; /* the first word */
	const char *verb; /* the second, or NULL */
	int (*run)(struct app *app);
	const char *args;		   /* as the usage line shows them */
	int args_min, args_max;		   /* how many; -1: no limit */
	const char *help;		   /* one line */
	const char *details;		   /* more lines, or NULL */
	const struct option_desc *options; /* besides the global ones, or NULL */
	const struct sheet *sheet;	   /* what --output chooses from, or NULL */
	/* NULL, or what it chooses from with these options; set @sheet, too. */
	const struct sheet *(*sheet_of)(const struct app *app);
};

enum {
	MAX_OPTIONS = 32,
};

struct app {
	struct morsel_ctx *ctx;
	const struct command *command;
	bool json, pretty, bytes, no_header, quiet, dry_run, yes;
	int verbose; /* how often it was given */
	bool help, version;
	const char *batch;  /* the file with the commands, or NULL */
	bool keep_going;    /* ... though some fail */
	unsigned long line; /* of the batch that this command is from; 0: of none */
	bool color, color_errors; /* on stdout, on stderr */
	const char *columns; /* of --output */
	struct {
		int key;
		const char *value;
	} options[MAX_OPTIONS]; /* those of the command, in their order */
	int nr_options;
	char **args; /* the words that are no options */
	int nr_args;
	struct json_object *results; /* what --json is going to print */
	bool raw;		     /* the output is no JSON, or is out already */
	int done, failed;	     /* objects of the command */
	int status;		     /* beyond what these two say */
	int output_error;	     /* errno of what did not get out */
};

/* ---- commands.c ---- */
extern const struct command commands[];
extern const size_t nr_commands;

/* ---- main.c ---- */
int admin_main(int argc, char **argv);
/* The version of the loaded module, or "not loaded". */
void module_version(char *buf, size_t size);
/* Run the command of these words; argv[0] is not one of them. Return: its status. */
int run_command(struct app *app, int argc, char **argv);

/* ---- batch.c ---- */
/* Run the commands in the file app->batch. Return: the status of all. */
int run_batch(struct app *app);

/* ---- options.c ---- */
extern const struct option_desc global_options[];
/* Those that stand in the place of a command. */
extern const struct option_desc batch_options[];
/*
 * Read these and global options from argv[1] up to the first word.
 * Return: its index, or -1 after a message about what is wrong.
 */
int parse_global(struct app *app, int argc, char **argv);
/* Read options and words of app->command. Return: 0, or STATUS_USAGE after a message. */
int parse_command(struct app *app, int argc, char **argv);
/* Is it among them? A command that prints no table may have the letter of --output itself. */
bool is_listed(const struct option_desc *desc, int key);
/* Was this option of the command given, and with what? */
bool has_option(const struct app *app, int key);
const char *option_value(const struct app *app, int key);

/* ---- help.c ---- */
/* @words: how many name it; if it has a verb and that is left out, of all with its noun */
int print_command_help(struct app *app, const struct command *command, int words);
int print_overview(struct app *app);
int run_help(struct app *app);
int run_completion(struct app *app);
/* The hidden command __complete: what the last of the words may become, one a line. */
#define COMPLETE_WORD "__complete"
int run_complete(struct app *app, int argc, char **argv);
/* The first command of @noun and, where it has verbs, @verb; NULL if there is none. */
const struct command *known_command(const char *noun, const char *verb);
/* "pool create" */
const char *command_name(const struct command *command);
/* The name of its manual page: "morsel-admin-pool-create". */
const char *command_page(const struct command *command);
/*
 * The command that the words of @argv begin with; words may be abbreviated, and help in
 * the place of the verb sets app->help.
 * @words receives how many words belong to it.
 * Return: NULL after a message.
 */
const struct command *find_command(struct app *app, int argc, char **argv, int *words);

/* What was to be charged to whom, when a quota may have refused it. */
struct charge {
	uint32_t uid;	  /* the owner of the object */
	uint64_t bytes;	  /* at least */
	uint64_t objects;
};

/* ---- report.c ---- */
/*
 * Report that something did not work out with @name (NULL: the command as a
 * whole), with the library's words for it. @err: as the library returned it
 */
void report(struct app *app, const char *name, int err);
/* The same, with the words for a quota that is used up. @charge: NULL: not known */
void report_charge(struct app *app, const char *name, int err, const struct charge *charge);
/*
 * If @text tells of a right that is missing on POOL:PATH, append who can grant it.
 * The context's error is another one then. Lives in grant.c.
 */
void add_grantor(struct app *app, const char *name, int err, char *text, size_t size);
/* As report(), in our own words. @app: NULL: nobody is told. */
void report_text(struct app *app, const char *name, int err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* A remark on stderr, unless --quiet. */
void note(const struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));
/*
 * A remark that @asked for became @got, with @unit behind; none if they are the same, or
 * with --json, which has what it is.
 */
void note_rounded(const struct app *app, const char *name, uint64_t asked, uint64_t got,
		  const char *unit);
/* The same for the addresses that are reserved for a morsel of at most @max bytes. */
void note_reserved(const struct app *app, const char *name, uint64_t max);
/* A copy of @text, from malloc(), or NULL, reported for @name. */
char *copy_text(struct app *app, const char *name, const char *text);
/* With --dry-run: what would be done with @name. */
void would(struct app *app, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* What has been done, on stdout if --verbose and not --json. */
void tell(const struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Two lines on stderr, or an error object. Return: STATUS_USAGE. */
int usage_error(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* May @what be done? Asks on a terminal. Sets app->status if not. */
bool confirm(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* ", mapped by 2 processes", of what is in @directory; empty: by none. Overwritten each time. */
const char *mapped_by(struct app *app, const char *directory);
/* The same of the morsel that is called @name. */
const char *morsel_mapped_by(struct app *app, const char *name, const struct morsel_info *info);
/* The status of the command from what has been reported. */
int final_status(const struct app *app);
/* Print what --json has gathered. Return: 0 or app->output_error. */
int print_results(struct app *app);
/* The same, and see that all output got out. Return: @status or worse. */
int finish(struct app *app, int status);
/* @name fit for a terminal; two results live at a time. */
const char *shown(const char *name);

/* ---- color.c ---- */
/* Is the terminal one that knows no escape sequences? */
bool is_dumb(void);
/* Take the argument of --color. Return: 0 or STATUS_USAGE. */
int set_color(struct app *app, const char *when);
/* Colours where there is a terminal that shows them, unless the user wants none. */
void default_color(struct app *app);
/* The escape sequences of "red" and so on; "" if @on is not set or @color is NULL. */
const char *color_on(bool on, const char *color);
const char *color_off(bool on, const char *color);

/* ---- progress.c ---- */
/*
 * Long work that shows how far it has come: on stderr, if that is a terminal,
 * once it has taken half a second.
 */
struct progress {
	const char *what; /* fit for a terminal */
	uint64_t total;	  /* bytes; 0: not known */
	int64_t started, drawn; /* in ms of the monotonic clock; drawn 0: not yet */
	bool silent;
};

void progress_start(const struct app *app, struct progress *progress, const char *what,
		    uint64_t total);
void progress_show(struct progress *progress, uint64_t done);
/* Wipe it away. */
void progress_end(struct progress *progress);

/* ---- advice.c ---- */

/* Add to a text about @name (or NULL) what to do about an error, where that is known. */
void add_advice(struct app *app, const char *name, int err, const struct charge *charge,
		char *text, size_t size);
/* Report that the system call named @call has failed on the morsel @name. */
void report_call(struct app *app, const char *name, const char *call, int err,
		 const struct charge *charge);
/*
 * As report(), for a pool or an object that was to be found through a mount: where there is
 * none, tell whether the module or the pool is missing, and what to do.
 */
void report_open(struct app *app, const char *name, int err);
/* As report(), for the name of a pool that might have been that of a device. */
void report_no_pool(struct app *app, const char *name, int err);

/* ---- parse.c ---- */
/* Read an argument or complain about it. Return: 0 or STATUS_USAGE. */
int parse_size(struct app *app, const char *what, const char *text, uint64_t *size);
int parse_number(struct app *app, const char *what, const char *text, uint64_t *number);
int parse_mode(struct app *app, const char *text, uint32_t *mode);
int parse_user(struct app *app, const char *text, uint32_t *uid);
int parse_group(struct app *app, const char *text, uint32_t *gid);

/* ---- addr.c ---- */
/* "auto", which is 0, 0x..., slot:N or POOL:PATH+OFFSET. Return: 0, or a status after a message. */
int parse_address(struct app *app, const char *text, uint64_t *addr);

/* ---- filter.c ---- */
/* May every --filter of the command be used? Return: 0 or STATUS_USAGE. */
int check_filters(struct app *app);
/* Does the event pass them? */
bool passes_filters(struct app *app, const struct morsel_event *event);

/* The kinds of events there are, one after the other; NULL behind the last. */
const char *event_kind(size_t index);

/* ---- commands by noun ---- */
extern const struct option_desc pool_create_options[], pool_format_options[],
	pool_attach_options[], create_options[],
	ls_options[], mv_options[], address_options[], rm_options[], rights_show_options[],
	rights_revoke_options[], rights_check_options[], events_options[], import_options[],
	export_options[], check_options[], quota_set_options[], vas_options[],
	usage_options[], ps_options[];
int run_pool_attach(struct app *app);
int run_pool_create(struct app *app);
int run_pool_detach(struct app *app);
int run_pool_format(struct app *app);
int run_pool_list(struct app *app);
int run_pool_remove(struct app *app);
int run_pool_show(struct app *app);
int run_create(struct app *app);
int run_ls(struct app *app);
int run_stat(struct app *app);
int run_mv(struct app *app);
int run_rm(struct app *app);
int run_resize(struct app *app);
int run_address(struct app *app);
int run_events(struct app *app);
int run_rights_check(struct app *app);
int run_rights_copy(struct app *app);
int run_rights_restore(struct app *app);
int run_rights_grant(struct app *app);
int run_rights_revoke(struct app *app);
int run_rights_show(struct app *app);
int run_seal(struct app *app);
int run_import(struct app *app);
int run_export(struct app *app);
int run_check(struct app *app);
int run_status(struct app *app);
int run_quota_show(struct app *app);
int run_quota_set(struct app *app);
int run_vas(struct app *app);
int run_usage(struct app *app);
int run_ps(struct app *app);

#endif
