/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user looks at, what keys do to it, and how it is drawn. No terminal in here. */
#ifndef UI_H
#define UI_H

#include "grid.h"
#include "model.h"
#include "space.h"

/* What a terminal can send besides characters. */
enum key {
	KEY_NONE = 0,
	KEY_ESC = 27,
	KEY_SPECIAL = 0x200000, /* beyond Unicode */
	K_UP,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_PGUP,
	K_PGDN,
	K_FIRST,
	K_LAST,
	K_ENTER,
	K_BACKSPACE,
	K_DELETE,
	K_REDRAW,
	K_F1, /* and so on up to F10 */
	K_F10 = K_F1 + 9,
};

enum screen {
	SCREEN_MORSELS,
	SCREEN_PROCESSES,
	SCREEN_SPACE,
	SCREEN_POOLS,
	SCREEN_USERS,
	SCREEN_EVENTS,
	NR_SCREENS
};

enum overlay {
	OVERLAY_NONE,
	OVERLAY_HELP,
	OVERLAY_DETAIL,
	OVERLAY_SORT,
};

enum prompt {
	PROMPT_NONE,
	PROMPT_SEARCH,
	PROMPT_FILTER,
	PROMPT_USER,
	PROMPT_DELAY,
	PROMPT_KILL,
	PROMPT_REMOVE,
	PROMPT_SEAL,
	PROMPT_CHMOD,
	PROMPT_REVOKE,
	PROMPT_LIMIT,
};

struct list {
	size_t selected, top; /* rows */
};

struct ui {
	struct model model;
	struct source *source;
	enum screen screen;
	enum overlay overlay;
	enum prompt prompt;
	struct list lists[NR_SCREENS];
	struct list menu;    /* of the overlay */
	uint64_t focus_pool, focus_id; /* the morsel that is selected: it may move */
	char input[MAX_TEXT];
	char search[MAX_TEXT];
	char message[160]; /* on the last line, until the next key */
	struct space space;
	uint64_t whose; /* limit is being typed */
	uint64_t pid; /* whose address space is shown; 0: nobody's */
	double delay; /* seconds */
	double cpu;   /* percent that this program takes; -1: not known */
	double used, counted; /* ms: processor time of it so far, and when that was; 0: never */
	bool rw, paused, quit, redraw;
	bool lacking; /* the process of -p has gone, and that has been said */
	bool refresh; /* look again now */
	bool names;   /* and at which morsels there are */
	bool all;     /* always at everything: it is printed */
	int page;      /* lines of the list as last drawn */
	int map_width; /* cells of a line of the map as last drawn */
	int map_row, map_line; /* where that is on the screen, and which line is the first */
};

/* The most lines of a table whose morsels are asked for one by one. */
enum { MAX_KEYS = 512 };

void ui_init(struct ui *ui, struct source *source);
/* Are morsels of one process asked for that is not there? */
bool ui_lacks_process(const struct ui *ui);
/* Look again. Return: 0, also with a message that the process has gone; or -1 with one. */
int ui_refresh(struct ui *ui);
/* This program has taken @used ms of processor time, at @now ms: of that is ui->cpu. */
void ui_count(struct ui *ui, double used, double now);
void ui_key(struct ui *ui, int key);
/* The left button at a place of the grid that was drawn last; wheel: -1 up, 1 down. */
void ui_click(struct ui *ui, const struct grid *grid, int row, int col);
void ui_wheel(struct ui *ui, int direction);
void ui_draw(struct ui *ui, struct grid *grid);
/* The morsel, attachment and so on that is selected, or NULL. */
struct track *ui_track(const struct ui *ui);
/* How many lines a list has, and where it stands. */
size_t ui_list_length(const struct ui *ui);
struct list *ui_list(struct ui *ui);

/* ---- prompt.c ---- */
void ui_ask(struct ui *ui, enum prompt what, const char *start);
/* A key, while something is asked. */
void ui_answer(struct ui *ui, int key);
/* Select the next morsel that is searched for. */
void ui_find_next(struct ui *ui);

/* ---- keys.c ---- */
struct binding {
	int key, other; /* two keys may do the same; 0: none */
	const char *label; /* on the last line behind the key, or NULL */
	const char *names, *help; /* of the list of keys, or NULL */
	void (*act)(struct ui *ui); /* NULL: it is found elsewhere */
	bool only_rw;
};

extern const struct binding bindings[];
extern const size_t nr_bindings;

/* ---- views: draw into rows [top, bottom) ---- */
int draw_header(const struct ui *ui, struct grid *grid); /* Return: the first free row. */
void draw_footer(const struct ui *ui, struct grid *grid);
/* The key of the label at this column of the footer, or 0. */
int footer_key(const struct ui *ui, const struct grid *grid, int col);
typedef void draw_fn(struct ui *ui, struct grid *grid, int top, int bottom);
void draw_morsels(struct ui *ui, struct grid *grid, int top, int bottom);
/* The column of the table at @col, or -1. */
int morsels_field(const struct grid *grid, int col);
/* The screen whose name is at @col of the line with the names, or -1. */
int tab_at(int col);
void draw_processes(struct ui *ui, struct grid *grid, int top, int bottom);
void draw_space(struct ui *ui, struct grid *grid, int top, int bottom);
/* The cell of the map at this place, or -1. */
int space_at(const struct ui *ui, int row, int col);
void draw_pools(struct ui *ui, struct grid *grid, int top, int bottom);
void draw_users(struct ui *ui, struct grid *grid, int top, int bottom);
void draw_events(struct ui *ui, struct grid *grid, int top, int bottom);
void draw_detail(struct ui *ui, struct grid *grid, int top, int bottom);
void draw_help(struct ui *ui, struct grid *grid, int top, int bottom);
void draw_sort(struct ui *ui, struct grid *grid, int top, int bottom);
/* Keep the selected line of a list in sight. Return: how many lines fit. */
int fit_list(struct ui *ui, struct list *list, size_t length, int lines);

/* ---- text.c ---- */
enum { NUMBER_TEXT = 32 };
/* 1.5G, 12B; "-" if not known. */
const char *size_text(uint64_t size, char text[NUMBER_TEXT]);
/* 950, 12.1k */
const char *rate_text(double rate, char text[NUMBER_TEXT]);
/* 2000_0000_0000 */
const char *address_text(uint64_t address, char text[NUMBER_TEXT]);
/* 14:03:22 */
const char *clock_text(uint64_t ns, char text[NUMBER_TEXT]);
/* 2025-11-26 14:03 */
const char *date_text(uint64_t ns, char text[NUMBER_TEXT]);
/* 3d02h, 00:12 */
const char *age_text(uint64_t ns, char text[NUMBER_TEXT]);
/* A sparkline of the last @width of @count samples. */
void draw_sparkline(struct grid *grid, int row, int col, const float *history, int count,
		    int width);

#endif
