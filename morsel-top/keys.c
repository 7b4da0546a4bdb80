// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys, and what they do. */
#include <stdio.h>
#include <string.h>
#include "ui.h"

/* ---- moving ---- */

static void move(struct ui *ui, long by)
{
	struct list *list = ui_list(ui);
	size_t length = ui->overlay == OVERLAY_SORT ? nr_fields : ui_list_length(ui);
	long to = (long)list->selected + by;

	if (ui->overlay == OVERLAY_HELP || ui->overlay == OVERLAY_DETAIL) {
		to = (long)list->top + by;
		list->top = to < 0 ? 0 : to > (long)nr_bindings && ui->overlay == OVERLAY_HELP
					   ? nr_bindings
					   : (size_t)to;
		return;
	}
	if (to >= (long)length)
		to = (long)length - 1;
	list->selected = to < 0 ? 0 : (size_t)to;
}

static void move_cell(struct ui *ui, int by)
{
	int to = ui->space.cursor + by;

	if (to >= 0 && to < space_cells(ui->space.level))
		ui->space.cursor = to;
}

/* Moves, in lists and on the map. */
static bool move_key(struct ui *ui, int key)
{
	bool map = ui->screen == SCREEN_SPACE && !ui->overlay;

	switch (key) {
	case K_UP:
		map ? move_cell(ui, -ui->map_width) : move(ui, -1);
		return true;
	case K_DOWN:
		map ? move_cell(ui, ui->map_width) : move(ui, 1);
		return true;
	case K_LEFT:
	case K_RIGHT:
		if (map)
			move_cell(ui, key == K_LEFT ? -1 : 1);
		return true;
	case K_PGUP:
		move(ui, -(long)ui->page);
		return true;
	case K_PGDN:
		move(ui, ui->page);
		return true;
	case K_FIRST:
		map ? move_cell(ui, -ui->space.cursor) : move(ui, INT32_MIN);
		return true;
	case K_LAST:
		map ? move_cell(ui, space_cells(ui->space.level) - 1 - ui->space.cursor)
		    : move(ui, INT32_MAX);
		return true;
	default:
		return false;
	}
}

/* ---- what keys do ---- */

static void show(struct ui *ui, enum overlay overlay)
{
	ui->overlay = ui->overlay == overlay ? OVERLAY_NONE : overlay;
	ui->menu = (struct list){ 0 };
	if (overlay == OVERLAY_SORT)
		ui->menu.selected = (size_t)ui->model.sort;
}

static void act_help(struct ui *ui)
{
	show(ui, OVERLAY_HELP);
}

static void act_search(struct ui *ui)
{
	ui->screen = SCREEN_MORSELS;
	ui->overlay = OVERLAY_NONE;
	ui_ask(ui, PROMPT_SEARCH, "");
}

static void act_filter(struct ui *ui)
{
	if (ui->screen != SCREEN_EVENTS)
		ui->screen = SCREEN_MORSELS;
	ui->overlay = OVERLAY_NONE;
	ui_ask(ui, PROMPT_FILTER, ui->model.filter);
}

static void act_tree(struct ui *ui)
{
	ui->model.tree = !ui->model.tree;
	model_arrange(&ui->model);
}

static void act_sort(struct ui *ui)
{
	show(ui, OVERLAY_SORT);
}

static void sort_by(struct ui *ui, int field)
{
	ui->model.sort = (field + (int)nr_fields) % (int)nr_fields;
	ui->model.tree = false;
	model_arrange(&ui->model);
}

static void act_left(struct ui *ui)
{
	sort_by(ui, ui->model.sort - 1);
}

static void act_right(struct ui *ui)
{
	sort_by(ui, ui->model.sort + 1);
}

static void act_invert(struct ui *ui)
{
	ui->model.inverted = !ui->model.inverted;
	model_arrange(&ui->model);
}

static void act_user(struct ui *ui)
{
	ui_ask(ui, PROMPT_USER, "");
}

static void act_delay(struct ui *ui)
{
	ui_ask(ui, PROMPT_DELAY, "");
}

static void act_pause(struct ui *ui)
{
	ui->paused = !ui->paused;
}

static void act_refresh(struct ui *ui)
{
	ui->names = true;
	ui->refresh = true;
}

static void act_redraw(struct ui *ui)
{
	ui->redraw = true;
}

static void act_quit(struct ui *ui)
{
	ui->quit = true;
}

static void act_map(struct ui *ui)
{
	const struct track *track = ui_track(ui);

	if (track && track->now->address && track->now->address != UNKNOWN)
		space_go(&ui->space, track->now->address);
	ui->overlay = OVERLAY_NONE;
	ui->screen = SCREEN_SPACE;
}

/* The morsels, or the address space, of the process that is selected. */
static void act_pid(struct ui *ui)
{
	size_t at = ui->lists[SCREEN_PROCESSES].selected;

	if (ui->screen != SCREEN_PROCESSES || at >= ui->model.nr_processes) {
		ui->model.only_pid = UNKNOWN;
	} else {
		ui->model.only_pid = ui->model.processes[at].key;
		ui->screen = SCREEN_MORSELS;
	}
	model_arrange(&ui->model);
}

static void act_next(struct ui *ui)
{
	uint64_t here = space_address(&ui->space, ui->space.cursor), to;

	if (ui->screen != SCREEN_SPACE) {
		ui_find_next(ui);
		return;
	}
	to = space_next(ui->model.now, here + space_span(ui->space.level) - 1, true);
	if (to != UNKNOWN)
		space_go(&ui->space, to);
}

static void act_previous(struct ui *ui)
{
	uint64_t to;

	if (ui->screen != SCREEN_SPACE)
		return;
	to = space_next(ui->model.now, space_address(&ui->space, ui->space.cursor), false);
	if (to != UNKNOWN)
		space_go(&ui->space, to);
}

static void act_enter(struct ui *ui)
{
	size_t at = ui->lists[SCREEN_PROCESSES].selected;

	if (ui->overlay == OVERLAY_SORT) {
		ui->overlay = OVERLAY_NONE;
		sort_by(ui, (int)ui->menu.selected);
	} else if (ui->overlay) {
		ui->overlay = OVERLAY_NONE;
	} else if (ui->screen == SCREEN_MORSELS && ui_track(ui)) {
		show(ui, OVERLAY_DETAIL);
	} else if (ui->screen == SCREEN_PROCESSES && at < ui->model.nr_processes) {
		ui->pid = ui->model.processes[at].key;
		ui->screen = SCREEN_SPACE;
		ui->refresh = true;
	} else if (ui->screen == SCREEN_SPACE) {
		space_in(&ui->space);
	} else if (ui->screen == SCREEN_USERS &&
		   ui->lists[SCREEN_USERS].selected < ui->model.nr_users) {
		ui->model.only_uid = ui->model.users[ui->lists[SCREEN_USERS].selected].key;
		ui->screen = SCREEN_MORSELS;
		model_arrange(&ui->model);
	}
}

/* Out of whatever is in front; last, out of filters. */
static void act_back(struct ui *ui)
{
	if (ui->overlay) {
		ui->overlay = OVERLAY_NONE;
	} else if (ui->screen == SCREEN_SPACE) {
		space_out(&ui->space);
	} else {
		ui->model.filter[0] = '\0';
		ui->model.only_pid = UNKNOWN;
		ui->model.only_uid = UNKNOWN;
		model_arrange(&ui->model);
	}
}

static void act_collision(struct ui *ui)
{
	uint64_t to;

	if (ui->screen != SCREEN_SPACE || !ui->model.now)
		return;
	to = space_next_collision(ui->model.now, space_address(&ui->space, ui->space.cursor) +
							 space_span(ui->space.level) - 1);
	if (to == UNKNOWN)
		snprintf(ui->message, sizeof(ui->message), "there is no collision%s",
			 ui->pid ? "" : "; of a process: Enter in 2:Processes");
	else
		space_go(&ui->space, to);
}

static void act_window(struct ui *ui)
{
	if (ui->screen == SCREEN_SPACE && ui->model.now && ui->model.now->window_end)
		space_go(&ui->space, ui->model.now->window_start);
}

static void act_in(struct ui *ui)
{
	if (ui->screen == SCREEN_SPACE)
		space_in(&ui->space);
}

static void act_out(struct ui *ui)
{
	if (ui->screen == SCREEN_SPACE)
		space_out(&ui->space);
}

static void act_kill(struct ui *ui)
{
	size_t at = ui->lists[SCREEN_PROCESSES].selected;
	char pid[24];

	if (ui->screen != SCREEN_PROCESSES || at >= ui->model.nr_processes)
		return;
	snprintf(pid, sizeof(pid), "%llu", (unsigned long long)ui->model.processes[at].key);
	ui_ask(ui, PROMPT_KILL, pid);
}

/* Ask before something is done to the morsel that is selected. */
static void ask_about(struct ui *ui, enum prompt prompt)
{
	const struct track *track = ui_track(ui);

	if (!track || !track->now->name || track->gone)
		return;
	ui->focus_pool = track->pool_id;
	ui->focus_id = track->id;
	ui_ask(ui, prompt, "");
}

static void act_remove(struct ui *ui)
{
	ask_about(ui, PROMPT_REMOVE);
}

static void act_seal(struct ui *ui)
{
	ask_about(ui, PROMPT_SEAL);
}

static void act_chmod(struct ui *ui)
{
	ask_about(ui, PROMPT_CHMOD);
}

static void act_revoke(struct ui *ui)
{
	ask_about(ui, PROMPT_REVOKE);
}

/* Which user stays the same while it is typed, whoever comes and goes. */
static void act_limit(struct ui *ui)
{
	size_t at = ui->lists[SCREEN_USERS].selected;

	if (ui->screen != SCREEN_USERS || at >= ui->model.nr_users)
		return;
	ui->whose = ui->model.users[at].key;
	ui_ask(ui, PROMPT_LIMIT, "");
}

const struct binding bindings[] = {
	{ K_F1, '?', "Help  ", "F1 ? h", "this list", act_help, false },
	{ 'h', 0, NULL, NULL, NULL, act_help, false },
	{ 0, 0, NULL, "1 to 6", "morsels, processes, map, pools, users, events", NULL, false },
	{ 0, 0, NULL, "arrows, pages", "select; on the map: move", NULL, false },
	{ K_F1 + 2, '/', "Find  ", "F3 /", "search a name", act_search, false },
	{ 'n', 0, NULL, "n", "search again; on the map: next reservation", act_next, false },
	{ 'N', 0, NULL, "N", "on the map: reservation before", act_previous, false },
	{ 'c', 0, NULL, "c", "on the map: next collision", act_collision, false },
	{ 'w', 0, NULL, "w", "on the map: the window", act_window, false },
	{ '+', '=', NULL, "+ -", "on the map: into a cell, out of it", act_in, false },
	{ '-', 0, NULL, NULL, NULL, act_out, false },
	{ K_F1 + 3, '\\', "Filter", "F4 \\", "show only names, of events also kinds, with it",
	  act_filter, false },
	{ 'u', 0, NULL, "u", "show only the morsels of a user", act_user, false },
	{ 'p', 0, NULL, "p", "show only the morsels of the selected process", act_pid, false },
	{ K_F1 + 4, 't', "Tree  ", "F5 t", "by directory, with the directories", act_tree, false },
	{ K_F1 + 5, 0, "Sort  ", "F6", "choose the column to sort by", act_sort, false },
	{ '<', ',', NULL, "<", "sort by the column before", act_left, false },
	{ '>', '.', NULL, ">", "sort by the column behind", act_right, false },
	{ 'I', 'R', NULL, "I R", "sort the other way round", act_invert, false },
	{ K_ENTER, 0, "Detail ", "Enter", "all about a morsel; map of a process; into a cell",
	  act_enter, false },
	{ K_BACKSPACE, KEY_ESC, NULL, "Backspace Esc", "back; out of a cell; without filters",
	  act_back, false },
	{ 'm', 0, "Map ", "m", "where the morsel is on the map", act_map, false },
	{ 'd', 's', NULL, "d s", "change the time between looks", act_delay, false },
	{ 'Z', 0, "Pause ", "Z", "pause", act_pause, false },
	{ ' ', 0, NULL, "Space", "look again now", act_refresh, false },
	{ K_REDRAW, 0, NULL, "Ctrl-L", "draw the screen again", act_redraw, false },
	{ K_F1 + 8, 'k', "Kill  ", "F9 k", "send SIGTERM to the process", act_kill, true },
	{ K_DELETE, 'D', NULL, "Delete D", "remove the morsel", act_remove, true },
	{ 'M', 0, NULL, "M", "change the permission bits of the morsel", act_chmod, true },
	{ 'S', 0, NULL, "S", "make the contents of the morsel final", act_seal, true },
	{ 'X', 0, NULL, "X", "take the morsel from a user, also if it is mapped", act_revoke,
	  true },
	{ 'L', 0, NULL, "L", "limit what a user may have in a pool", act_limit, true },
	{ 0, 0, NULL, "mouse", "select, sort by a column, press a key below", NULL, false },
	{ K_F10, 'q', "Quit", "F10 q", "quit", act_quit, false },
};

const size_t nr_bindings = ARRAY_SIZE(bindings);

static void press(struct ui *ui, int key)
{
	size_t i;

	if (ui->prompt) {
		ui_answer(ui, key);
		return;
	}
	if (move_key(ui, key))
		return;
	if (key >= '1' && key < '1' + NR_SCREENS) {
		ui->screen = (enum screen)(key - '1');
		ui->overlay = OVERLAY_NONE;
		return;
	}
	for (i = 0; i < nr_bindings; i++)
		if (bindings[i].act && (bindings[i].key == key || bindings[i].other == key) &&
		    (ui->rw || !bindings[i].only_rw))
			break;
	if (i < nr_bindings)
		bindings[i].act(ui);
}

void ui_key(struct ui *ui, int key)
{
	const enum screen screen = ui->screen;
	const enum overlay overlay = ui->overlay;
	const uint64_t pid = ui->pid, only_pid = ui->model.only_pid;

	ui->message[0] = '\0';
	press(ui, key);
	/* What has come into sight has not been asked for. */
	if (ui->source->lazy &&
	    (ui->screen != screen || ui->pid != pid || ui->model.only_pid != only_pid ||
	     (ui->overlay == OVERLAY_DETAIL && overlay != OVERLAY_DETAIL)))
		ui->refresh = true;
}
