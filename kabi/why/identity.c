// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prove that a driver is the same for two kernels: its source as the compiler
 * reads it, the compiler's command and the object must all be equal.
 */

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "identity.h"
#include "output.h"

/* The lines of a fingerprint, by work.sh. */
static const char *const parts[] = {
	"the preprocessed source", "the object code", "the compiler's command",
};

static void compare_types(struct identity *identity, const struct symtypes types[SIDES])
{
	const struct symtypes *from = &types[FROM], *to = &types[TO];
	size_t i;

	identity->nr_types = from->nr;
	identity->same_types = from->nr && from->nr == to->nr;
	for (i = 0; i < from->nr && identity->same_types; i++)
		identity->same_types = !strcmp(from->at[i].key, to->at[i].key) &&
				       !strcmp(from->at[i].body, to->at[i].body);
}

static int note_difference(struct identity *identity, const char *source,
			   const char *what)
{
	char *text;
	int ret;

	if (asprintf(&text, "%s: %s", source, what) < 0)
		return -ENOMEM;
	ret = names_add(&identity->differ, text, strlen(text));
	free(text);
	return ret;
}

static int compare_fingerprints(struct identity *identity, const struct work *work,
				const char *source)
{
	char *from = work_read(work, FROM, "fingerprint");
	char *to = work_read(work, TO, "fingerprint"), *a = from, *b = to;
	size_t part, n;
	int ret = from && to ? 0 : -ENOMEM;

	for (part = 0; part < sizeof(parts) / sizeof(parts[0]) && !ret; part++) {
		n = strcspn(a, "\n") + 1;
		if (strncmp(a, b, n)) {
			ret = note_difference(identity, source, parts[part]);
			break;
		}
		a += n;
		b += n;
	}
	free(from);
	free(to);
	return ret;
}

static int prove_source(struct identity *identity, struct work *work, const char *source)
{
	identity->nr_sources++;
	if (work_run(work, "fingerprint", source))
		return note_difference(identity, source, work->why);
	return compare_fingerprints(identity, work, source);
}

static bool is_source(const FTSENT *entry)
{
	size_t n = entry->fts_namelen;

	return entry->fts_info == FTS_F && n > 2 &&
	       !strcmp(entry->fts_name + n - 2, ".c") &&
	       (n < 6 || strcmp(entry->fts_name + n - 6, ".mod.c"));
}

int identity_prove(struct identity *identity, struct work *work,
		   const struct symtypes types[SIDES], const char *source)
{
	char *dir = source ? realpath(source, NULL) : NULL;
	char *const dirs[] = { dir, NULL };
	FTS *fts = dir ? fts_open(dirs, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;
	FTSENT *entry;
	int ret = 0;

	compare_types(identity, types);
	if (source && !fts) {
		snprintf(work->why, sizeof(work->why),
			 "%.150s: cannot be read; give the driver's source folder", source);
		ret = -1;
	}
	while (fts && !ret && (entry = fts_read(fts)))
		if (is_source(entry))
			ret = prove_source(identity, work, entry->fts_path);
	if (ret == -ENOMEM)
		snprintf(work->why, sizeof(work->why), "out of memory; free some and try again");
	if (fts)
		fts_close(fts);
	free(dir);
	return ret ? -1 : 0;
}

static bool is_identical(const struct identity *identity)
{
	return identity->same_types && identity->nr_sources && !identity->differ.nr;
}

void identity_print(const struct identity *identity)
{
	size_t i;

	if (!identity->asked)
		return;
	if (!identity->same_types)
		puts("not identical: the CRCs are equal, types behind the symbols are not");
	else if (is_identical(identity))
		printf("identical: the preprocessed source, the compiler's command and the object code of %zu file%s are equal\n",
		       identity->nr_sources, identity->nr_sources == 1 ? "" : "s");
	else if (!identity->nr_sources)
		printf("alike: all %zu types behind the symbols are equal; give --source DIR to prove more\n",
		       identity->nr_types);
	for (i = 0; i < identity->differ.nr; i++)
		printf("not identical: %s\n", identity->differ.at[i]);
}

json_t *identity_json(const struct identity *identity)
{
	json_t *differ;
	size_t i;

	if (!identity->asked)
		return json_null();
	differ = json_array();
	for (i = 0; i < identity->differ.nr; i++)
		json_array_append_new(differ, text_json(identity->differ.at[i]));
	return json_pack("{s:b, s:b, s:I, s:o}", "identical", is_identical(identity),
			 "same_types", identity->same_types,
			 "sources", (json_int_t)identity->nr_sources,
			 "differ", differ);
}

void identity_free(struct identity *identity)
{
	names_free(&identity->differ);
}
