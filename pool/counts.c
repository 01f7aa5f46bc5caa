// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A pool's counts as bytes: 32-bit words, the lowest byte first, of which only
 * those that counting has reached yet are there.
 */
#include <errno.h>
#include <string.h>

#include "../lib/private.h"
#include "pool.h"

#define MAGIC	0x31746e63u	/* "cnt1" */

static void write_word(FILE *to, uint32_t value)
{
	unsigned char bytes[4] = {
		value, value >> 8, value >> 16, value >> 24
	};

	fwrite(bytes, sizeof(bytes), 1, to);
}

static unsigned int planes_of(uint32_t n)
{
	return n ? 32 - __builtin_clz(n) : 0;
}

static void write_planes(FILE *to, const uint32_t (*planes)[CL_MAX_WORDS],
			 uint32_t nr, unsigned int nr_words)
{
	unsigned int k, i;

	for (k = 0; k < planes_of(nr); k++)
		for (i = 0; i < nr_words; i++)
			write_word(to, planes[k][i]);
}

void cl_counts_write(const struct cl_counts *counts, FILE *to)
{
	unsigned int i;

	write_word(to, MAGIC);
	write_word(to, counts->nr_hosts);
	write_word(to, counts->nr_limited);
	write_word(to, counts->nr_words);
	for (i = 0; i <= counts->nr_words; i++)
		write_word(to, counts->lengths[i]);
	write_planes(to, (const uint32_t (*)[CL_MAX_WORDS])counts->defaults,
		     counts->nr_hosts, counts->nr_words);
	write_planes(to, (const uint32_t (*)[CL_MAX_WORDS])counts->maxima,
		     counts->nr_limited, counts->nr_words);
}

struct bytes {
	const unsigned char *at;
	size_t left;
	bool short_of;		/* there were not enough */
};

static uint32_t parse_word(struct bytes *from)
{
	uint32_t value;

	if (from->left < 4) {
		from->short_of = true;
		return 0;
	}
	value = from->at[0] | from->at[1] << 8 | from->at[2] << 16 |
		(uint32_t)from->at[3] << 24;
	from->at += 4;
	from->left -= 4;
	return value;
}

static void parse_planes(struct bytes *from, uint32_t (*planes)[CL_MAX_WORDS],
			 uint32_t nr, unsigned int nr_words)
{
	unsigned int k, i;

	for (k = 0; k < planes_of(nr); k++)
		for (i = 0; i < nr_words; i++)
			planes[k][i] = parse_word(from);
}

int cl_counts_parse(struct cl_counts *counts, const char *bytes, size_t len,
		    struct cl_error *error)
{
	struct bytes from = { (const unsigned char *)bytes, len, false };
	struct cl_counts read;
	unsigned int i;
	uint32_t magic;

	cl_counts_init(&read);
	magic = parse_word(&from);
	if (magic << 8 == MAGIC << 8 && magic >> 24 > '1' && magic >> 24 <= '9')
		return cl_record_later("counts", error);
	if (magic != MAGIC)
		return cl_fail(error, -EBADMSG, "counts",
			       "are damaged: they do not begin as such");
	read.nr_hosts = parse_word(&from);
	read.nr_limited = parse_word(&from);
	read.nr_words = parse_word(&from);
	if (read.nr_words > CL_MAX_WORDS || read.nr_limited > read.nr_hosts)
		return cl_fail(error, -EBADMSG, "counts",
			       "are damaged: %u words of %u hosts",
			       read.nr_words, read.nr_hosts);
	for (i = 0; i <= read.nr_words; i++)
		read.lengths[i] = parse_word(&from);
	parse_planes(&from, read.defaults, read.nr_hosts, read.nr_words);
	parse_planes(&from, read.maxima, read.nr_limited, read.nr_words);
	if (from.short_of || from.left)
		return cl_fail(error, -EBADMSG, "counts",
			       "are damaged: %zu bytes are not as many as they need",
			       len);
	*counts = read;
	return 0;
}
