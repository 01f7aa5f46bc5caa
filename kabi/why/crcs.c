// SPDX-License-Identifier: GPL-2.0-only
/* Let genksyms compute CRCs from the headers and compare them with the kernels' own. */

#include <errno.h>
#include <string.h>

#include "crcs.h"

/* genksyms needs 12 ms for a CRC; of more symbols as many are tried, spread evenly. */
#define PROOFS_MAX	200

static size_t step(const struct blame *blame)
{
	return (blame->nr_symbols + PROOFS_MAX - 1) / PROOFS_MAX;
}

static bool same_crc(const struct symvers *computed, const struct symvers *own,
		     const char *symbol)
{
	uint32_t a, b;

	return computed->count && symvers_find(computed, symbol, &a) &&
	       symvers_find(own, symbol, &b) && a == b;
}

/* That genksyms computed nothing is no error. */
static void compare_side(struct blame *blame, struct work *work, int side,
			 const struct symvers *own)
{
	char *text = work_read(work, side, "crcs"), why[64];
	struct symvers computed = { .count = 0 };
	size_t i;

	if (text)
		symvers_parse(&computed, text, strlen(text), why, sizeof(why));
	for (i = 0; i < blame->nr_symbols; i += step(blame))
		if (!same_crc(&computed, own, blame->symbols[i].symbol))
			blame->symbols[i].proof = UNPROVED;
	symvers_free(&computed);
}

int crcs_prove(struct blame *blame, struct work *work, const struct kernel kernels[SIDES])
{
	FILE *tried;
	size_t i;
	int side, ret;

	for (side = 0; side < SIDES; side++) {
		tried = work_create(work, side, "tried");
		for (i = 0; tried && i < blame->nr_symbols; i += step(blame))
			fprintf(tried, "%s\n", blame->symbols[i].symbol);
		if (!tried || fclose(tried))
			return -EIO;
	}
	ret = work_run(work, "crcs", NULL);
	for (i = 0; i < blame->nr_symbols && !ret; i += step(blame))
		blame->symbols[i].proof = PROVED;
	for (side = 0; side < SIDES && !ret; side++)
		compare_side(blame, work, side, &kernels[side].symvers);
	return ret;
}
