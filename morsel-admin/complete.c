// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Completion. The script for bash knows nothing but how to ask: what the words
 * may become is told by the table of commands, and by the kernel for names.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "image.h"

/* Where in a command line the cursor is. */
struct place {
	const char *word;	       /* as far as it is typed */
	const char *before;	       /* what of it stands before that */
	const struct command *command; /* NULL: still to be named */
	const char *noun;	       /* without a command: of a verb to be named */
	const struct option_desc *argument_of;
	int arg; /* how many words that are no options come before */
};

static void offer(const struct place *place, const char *text)
{
	if (!strncmp(text, place->word, strlen(place->word)))
		printf("%s%s\n", place->before ? place->before : "", text);
}

/* ---- options ---- */

/* @own: those whose letters are something else here. */
static void offer_options(const struct place *place, const struct option_desc *desc,
			  const struct option_desc *own)
{
	char text[64];

	for (; desc && desc->name; desc++) {
		if (is_listed(own, desc->key))
			continue;
		snprintf(text, sizeof(text), "--%s", desc->name);
		offer(place, text);
		if (desc->key < 256 && strlen(place->word) < 2) {
			snprintf(text, sizeof(text), "-%c", desc->key);
			offer(place, text);
		}
	}
}

/* The option that @word is, if it stands alone and wants an argument. */
static const struct option_desc *wants_argument(const struct option_desc *desc, const char *word)
{
	size_t len = strlen(word);

	for (; desc && desc->name; desc++) {
		if (!desc->arg)
			continue;
		if (!strncmp(word, "--", 2) && !strcmp(word + 2, desc->name))
			return desc;
		if (word[0] == '-' && word[1] != '-' && len > 1 && word[len - 1] == desc->key)
			return desc;
	}
	return NULL;
}

/* ---- commands ---- */

static void offer_nouns(const struct place *place)
{
	const struct command *c;

	for (c = commands; c < commands + nr_commands; c++)
		if (known_command(c->noun, NULL) == c)
			offer(place, c->noun);
}

static void offer_verbs(const struct place *place)
{
	const struct command *c;

	for (c = commands; c < commands + nr_commands; c++)
		if (!strcmp(c->noun, place->noun) && c->verb)
			offer(place, c->verb);
}

/* ---- names of what there is ---- */

static void offer_pools(struct app *app, const struct place *place, const char *suffix)
{
	struct morsel_pool_list *pools;
	char text[MORSEL_MAX_POOL_NAME + 2];
	size_t i;

	if (morsel_pool_list(app->ctx, &pools))
		return;
	for (i = 0; i < morsel_pool_list_count(pools); i++) {
		snprintf(text, sizeof(text), "%s%s",
			 morsel_pool_name(morsel_pool_list_at(pools, i)), suffix);
		offer(place, text);
	}
	morsel_pool_list_free(pools);
}

/* Of persistent pools, attached or not, on devices that may be read. */
static void offer_labels(const struct place *place)
{
	struct media_scan scan;
	size_t i;

	scan_media(&scan);
	for (i = 0; i < scan.nr_items; i++)
		if (scan.items[i].label[0])
			offer(place, scan.items[i].label);
	scan_free(&scan);
}

static void offer_users(const struct place *place)
{
	const struct passwd *pw;

	setpwent();
	while ((pw = getpwent()))
		offer(place, pw->pw_name);
	endpwent();
}

/* The objects in the directory that the word names so far. */
static void offer_objects(struct app *app, const struct place *place)
{
	const char *colon = strchr(place->word, ':'), *slash = strrchr(place->word, '/');
	struct morsel_list *list;
	char *dir, *text;
	size_t i;

	if (!colon) {
		offer_pools(app, place, ":");
		return;
	}
	if (!slash || slash < colon)
		slash = colon;
	dir = strndup(place->word, (size_t)(slash + 1 - place->word));
	if (dir && !morsel_list(app->ctx, dir, 0, &list)) {
		for (i = 0; i < morsel_list_count(list); i++) {
			const struct morsel_info *info = morsel_list_at(list, i);
			bool is_dir = morsel_info_type(info) == MORSEL_OBJECT_TYPE_DIRECTORY;

			if (!morsel_info_name(info) ||
			    asprintf(&text, "%s%s", morsel_info_name(info), is_dir ? "/" : "") < 0)
				continue;
			offer(place, text);
			free(text);
		}
		morsel_list_free(list);
	}
	free(dir);
}

/* ---- arguments ---- */

/* "always|never" */
static void offer_choices(const struct place *place, const char *choices)
{
	char text[32];
	size_t len;

	for (;; choices += len + 1) {
		len = strcspn(choices, "|");
		snprintf(text, sizeof(text), "%.*s", (int)len, choices);
		offer(place, text);
		if (!choices[len])
			return;
	}
}

/* What may stand in the place of this word of the table? */
static void offer_kind(struct app *app, const struct place *place, const char *kind, size_t len)
{
	const struct command *command = place->command;

	if (memmem(kind, len, "POOL:", 5))
		offer_objects(app, place);
	else if (memmem(kind, len, "POOL", 4) ||
		 (memmem(kind, len, "NAME", 4) && !strcmp(command->noun, "pool") &&
		  strcmp(command->verb, "create") != 0))
		offer_pools(app, place, "");
	else if (memmem(kind, len, "LABEL", 5))
		offer_labels(place);
	else if (memmem(kind, len, "COMMAND", 7))
		offer_nouns(place);
	else if (memmem(kind, len, "USER", 4))
		offer_users(place);
	else if (memmem(kind, len, "ADDRESS", 7))
		offer_choices(place, memmem(kind, len, "none", 4) ? "auto|none|slot:" : "auto|slot:");
}

/* KEY=VALUE: the keys, then what there is for the key. */
static void offer_filters(struct app *app, const struct place *place)
{
	struct place value = *place;
	const char *equals = strchr(place->word, '=');
	char *key;
	size_t i;

	if (!equals) {
		offer_choices(place, "kind=|pool=|path=|uid=");
		return;
	}
	key = strndup(place->word, (size_t)(equals + 1 - place->word));
	if (!key)
		return;
	value.before = key;
	value.word = equals + 1;
	for (i = 0; !strcmp(key, "kind=") && event_kind(i); i++)
		offer(&value, event_kind(i));
	if (!strcmp(key, "pool="))
		offer_pools(app, &value, "");
	else if (!strcmp(key, "path="))
		offer_objects(app, &value);
	else if (!strcmp(key, "uid="))
		offer_users(&value);
	free(key);
}

static void offer_option_argument(struct app *app, const struct place *place)
{
	const char *arg = place->argument_of->arg;

	if (!strcmp(place->argument_of->name, "color"))
		offer_choices(place, "auto|always|never");
	else if (!strcmp(place->argument_of->name, "huge"))
		offer_choices(place, "always|never");
	else if (!strcmp(place->argument_of->name, "by"))
		offer_choices(place, "pid|uid|pool|object");
	else if (!strcmp(place->argument_of->name, "filter"))
		offer_filters(app, place);
	else if (place->command)
		offer_kind(app, place, arg, strlen(arg));
}

/* The words of the usage line in their order; the last one may be repeated. */
static void offer_argument(struct app *app, const struct place *place)
{
	const char *kind = place->command->args;
	int i;

	if (place->command->args_max >= 0 && place->arg >= place->command->args_max)
		return;
	for (i = 0; i < place->arg && strchr(kind, ' '); i++)
		kind = strchr(kind, ' ') + 1;
	offer_kind(app, place, kind, strcspn(kind, " "));
}

/* ---- the line ---- */

/* Take in a word before the cursor. */
static void pass(struct place *place, const char *word)
{
	if (place->argument_of) {
		place->argument_of = NULL;
	} else if (word[0] == '-' && word[1]) {
		place->argument_of =
			wants_argument(place->command ? place->command->options : NULL, word);
		if (!place->argument_of)
			place->argument_of = wants_argument(global_options, word);
		if (!place->argument_of && !place->command)
			place->argument_of = wants_argument(batch_options, word);
	} else if (place->command) {
		place->arg++;
	} else if (place->noun) {
		place->command = known_command(place->noun, word);
		place->noun = NULL;
	} else {
		place->command = known_command(word, NULL);
		if (place->command && place->command->verb) {
			place->noun = place->command->noun;
			place->command = NULL;
		}
	}
}

int run_complete(struct app *app, int argc, char **argv)
{
	struct place place = { 0 };
	bool named = false;
	int i;

	app->raw = true;
	if (argc < 1)
		return STATUS_OK;
	for (i = 0; i < argc - 1; i++) {
		named |= argv[i][0] != '-' && !place.argument_of;
		pass(&place, argv[i]);
	}
	place.word = argv[argc - 1];
	if (place.argument_of)
		offer_option_argument(app, &place);
	else if (place.word[0] == '-')
		offer_options(&place, place.command ? place.command->options : batch_options, NULL);
	if (!place.argument_of && place.word[0] == '-')
		offer_options(&place, global_options,
			      place.command ? place.command->options : NULL);
	else if (place.command && !place.argument_of)
		offer_argument(app, &place);
	else if (place.noun && !place.argument_of)
		offer_verbs(&place);
	else if (!named && !place.argument_of)
		offer_nouns(&place);
	return STATUS_OK;
}

int run_completion(struct app *app)
{
	app->raw = true;
	/* A name has a colon in it, a filter an equals sign, where bash begins a new word. */
	fputs("# bash completion for morsel-admin; printed by 'morsel-admin completion'\n"
	      "_morsel_admin()\n{\n"
	      "\tlocal line=${COMP_LINE:0:COMP_POINT} cut='' sign IFS=$' \\t\\n' words cur\n"
	      "\t{ read -a words <<< \"$line\"; }\n"
	      "\t[[ $line == *[[:space:]] ]] && words+=('')\n"
	      "\tcur=${words[-1]}\n"
	      "\tmapfile -t COMPREPLY < <(\"${words[0]}\" " COMPLETE_WORD
	      " \"${words[@]:1}\" 2> /dev/null)\n"
	      "\t[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[:/=] ]] && compopt -o nospace\n"
	      "\tfor sign in = :; do\n"
	      "\t\t[[ $COMP_WORDBREAKS == *$sign* && $cur == \"$cut\"*$sign* ]] &&\n"
	      "\t\t\tcut=${cur%\"${cur##*$sign}\"}\n"
	      "\tdone\n"
	      "\tCOMPREPLY=(\"${COMPREPLY[@]#\"$cut\"}\")\n"
	      "\tfor cut in \"${!COMPREPLY[@]}\"; do\n"
	      "\t\tprintf -v \"COMPREPLY[cut]\" %q \"${COMPREPLY[cut]}\"\n"
	      "\tdone\n"
	      "}\n"
	      "complete -o bashdefault -o default -F _morsel_admin " PROGRAM "\n",
	      stdout);
	return STATUS_OK;
}
