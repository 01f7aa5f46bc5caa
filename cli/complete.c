// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpulevel complete WORD...: what the last word can become, one per line, for
 * shells.  Nothing means that it is a file, or anything.
 */
#include <string.h>

#include "cli.h"
#include "host/host.h"

static void offer(const char *prefix, const char *candidate, const char *word)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%s", prefix, candidate);
	if (!strncmp(text, word, strlen(word)))
		puts(text);
}

static const struct option_info *find_option(const char *word)
{
	const struct option_info *option;

	if (strncmp(word, "--", 2))
		return NULL;
	for (option = option_table; option->name; option++)
		if (!strcmp(option->name, word + 2))
			return option;
	return NULL;
}

static void offer_choices(const struct option_info *option, const char *word)
{
	unsigned int n;

	for (n = 0; option->choice && option->choice(n); n++)
		offer("", option->choice(n), word);
}

static void offer_verbs(const struct verb *table, const char *word)
{
	const struct verb *verb;

	for (verb = table; verb->name; verb++)
		if (verb->help)
			offer("", verb->name, word);
}

/* Before the verb, all options; behind it, its own. */
static void offer_options(const struct verb *verb, const char *word)
{
	unsigned int which = verb ? verb->options | OPT_JSON | OPT_HELP : ~0u;
	const struct option_info *option;

	for (option = option_table; option->name; option++)
		if (which & option->bit)
			offer("--", option->name, word);
}

static void offer_features(const char *word)
{
	unsigned int bit;

	for (bit = 0; bit < CL_NR_KNOWN_WORDS * 32; bit++)
		if (cl_feature(bit))
			offer("", cl_feature(bit)->name, word);
}

int verb_complete(const struct arguments *args)
{
	const char *word = args->count ? args->values[args->count - 1] : "";
	const struct option_info *option = NULL;
	const struct verb *verb = NULL, *table = verbs;
	int i;

	/* What stands before the last word: a verb, an option that waits? */
	for (i = 0; i < args->count - 1; i++) {
		bool value = option && option->value;

		option = value ? NULL : find_option(args->values[i]);
		if (!value && !option && !verb)
			verb = find_verb(table, args->values[i]);
		/* A verb of verbs: theirs are what can follow. */
		if (verb && verb->sub) {
			table = verb->sub;
			verb = NULL;
		}
	}
	if (option && option->value)
		offer_choices(option, word);
	else if (*word == '-')
		offer_options(verb, word);
	else if (!verb)
		offer_verbs(table, word);
	else if (verb->run == verb_features)
		offer_features(word);
	return finish_stdout();
}
