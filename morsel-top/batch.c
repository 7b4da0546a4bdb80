// SPDX-License-Identifier: GPL-2.0-or-later
/* Without a terminal. */
#include <errno.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "options.h"

/* Is only a part asked for, or an order? */
static bool is_part(const struct model *model, const struct options *options)
{
	return options->sorted || model->filter[0] || model->only_uid != UNKNOWN ||
	       model->only_pid != UNKNOWN;
}

/* All that there is, or of the morsels those that are chosen, in their order. */
static void print_json(const struct ui *ui, const struct options *options)
{
	const struct model *model = &ui->model;
	struct snapshot part = *model->now;
	struct json_object *object;
	size_t i;

	if (is_part(model, options)) {
		part.morsels = calloc(model->nr_rows + 1, sizeof(*part.morsels));
		part.nr_morsels = part.morsels ? model->nr_rows : 0;
		for (i = 0; i < part.nr_morsels; i++)
			part.morsels[i] = *model->rows[i]->now;
	}
	object = snapshot_to_json(&part);
	if (part.morsels != model->now->morsels)
		free(part.morsels);
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_NOSLASHESCAPE |
							    JSON_C_TO_STRING_PLAIN));
	json_object_put(object);
}

/* As wide as the table can be, as long as it has to be. */
static int print_text(struct ui *ui, struct grid *grid)
{
	const char *columns = getenv("COLUMNS");
	int width = columns ? atoi(columns) : 0, row;
	char *line;

	if (width < 40 || width > 1000)
		width = 132;
	if (grid_resize(grid, (int)(ui->model.nr_rows < 100000 ? ui->model.nr_rows : 100000) + 12,
			width))
		return -ENOMEM;
	ui_draw(ui, grid);
	for (row = 0; row < grid->rows - 1; row++) {
		line = grid_line(grid, row);
		if (!line)
			return -ENOMEM;
		/* The tabs are for keys. */
		if ((line[0] || row < 2) && !strstr(line, "1:Morsels 2:Processes"))
			puts(line);
		free(line);
	}
	putchar('\n');
	return 0;
}

/* Where few are shown, only those are asked for. */
static int look_at(struct ui *ui, const struct options *options)
{
	ui->all = options->json || ui->model.nr_rows > MAX_KEYS;
	ui->page = MAX_KEYS;
	ui->refresh = false;
	if (ui_refresh(ui))
		return -1;
	if (!ui->refresh)
		return 0;
	ui->all = ui->model.nr_rows > MAX_KEYS;
	return ui_refresh(ui);
}

static void wait_for(double seconds)
{
	struct timespec time = { .tv_sec = (time_t)seconds };

	time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
	nanosleep(&time, NULL);
}

/* What a terminal has on its last line. */
static void tell(struct ui *ui, bool *told)
{
	if (ui->message[0] && !*told)
		fprintf(stderr, "morsel-top: %s\n", ui->message);
	*told = ui->message[0];
	ui->message[0] = '\0';
}

int run_batch(struct ui *ui, const struct options *options)
{
	struct grid grid = { .ascii = options->ascii };
	bool told = false;
	uint64_t look;
	int status = 0;

	/* A reader that has seen enough is no error. */
	signal(SIGPIPE, SIG_IGN);
	for (look = 0; !options->looks || look < options->looks; look++) {
		if (look && !options->replay)
			wait_for(ui->delay);
		if (look_at(ui, options)) {
			if (!ui->source->ended)
				fprintf(stderr, "morsel-top: %s\n", ui->message);
			status = ui->source->ended ? 0 : 1;
			break;
		}
		if (options->json)
			print_json(ui, options);
		else
			print_text(ui, &grid);
		tell(ui, &told);
		if (fflush(stdout) || ferror(stdout)) {
			status = errno == EPIPE ? 0 : 1;
			if (status)
				fprintf(stderr, "morsel-top: standard output: %s\n",
					strerror(errno));
			break;
		}
	}
	grid_free(&grid);
	return status;
}
