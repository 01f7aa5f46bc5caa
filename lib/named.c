// SPDX-License-Identifier: LGPL-2.1-or-later
/* Levels and models that have a name, and which of them is nearest. */
#include <string.h>

#include "flags.h"
#include "internal.h"

#define INTEL	"GenuineIntel"
#define AMD	"AuthenticAMD"
#define HYGON	"HygonGenuine"

static const struct cl_named_level levels[] = {
#define LEVEL(name, ...) \
	{ name, NULL, { CL_NR_KNOWN_WORDS, { __VA_ARGS__ } } },
#define MODEL(name, vendor, ...) \
	{ name, vendor, { CL_NR_KNOWN_WORDS, { __VA_ARGS__ } } },
#include "levels.def"
};

const struct cl_named_level *cl_named_level(unsigned int n)
{
	return n < ARRAY_SIZE(levels) ? &levels[n] : NULL;
}

void cl_nearest_level(struct cl_nearest *nearest,
		      const struct cl_featureset *fs)
{
	const struct cl_named_level *level;
	unsigned int n;

	memset(nearest, 0, sizeof(*nearest));
	nearest->plus = *fs;
	for (n = 0; (level = cl_named_level(n)) && !level->vendor; n++) {
		if (!cl_subset(&level->fs, fs)) {
			nearest->next = level;
			cl_minus(&nearest->lacks, &level->fs, fs);
			return;
		}
		nearest->level = level;
		cl_minus(&nearest->plus, fs, &level->fs);
	}
}

static bool has_models(const char *vendor)
{
	size_t n;

	for (n = 0; vendor && n < ARRAY_SIZE(levels); n++)
		if (levels[n].vendor && !strcmp(levels[n].vendor, vendor))
			return true;
	return false;
}

void cl_nearest_model(struct cl_model *nearest,
		      const struct cl_featureset *fs, const char *vendor)
{
	struct cl_featureset wanted = *fs, add, remove, known;
	unsigned int distance, best = CL_MAX_BITS + 1;
	size_t n;

	memset(nearest, 0, sizeof(*nearest));
	wanted.words[CL_WORD_2] &= ~CL_E1D_COMMON;
	cl_drop_unspoken(&wanted);
	cl_qemu_knows(&known);
	cl_drop_unspoken(&known);
	cl_minus(&nearest->unnamed, &wanted, &known);
	cl_and(&wanted, &wanted, &known);
	if (!has_models(vendor))
		vendor = NULL;
	for (n = 0; n < ARRAY_SIZE(levels); n++) {
		if (!levels[n].vendor ||
		    (vendor && strcmp(levels[n].vendor, vendor)))
			continue;
		cl_minus(&add, &wanted, &levels[n].fs);
		cl_minus(&remove, &levels[n].fs, &wanted);
		cl_and(&remove, &remove, &known);
		distance = cl_nr_bits(&add) + cl_nr_bits(&remove);
		if (distance >= best)
			continue;
		best = distance;
		nearest->model = &levels[n];
		nearest->add = add;
		nearest->remove = remove;
	}
}
