// SPDX-License-Identifier: GPL-2.0-only
/* Why a level lacks a feature: each reason is true, and none is wanting. */
#include "pool.h"
#include "tap.h"

#define MOST	8
#define ROOM	512

static struct host hosts[MOST];
static struct cl_counts counts;
static struct cl_featureset level;
static int nr_hosts;

static void enter(void)
{
	int i;

	cl_counts_init(&counts);
	for (i = 0; i < nr_hosts; i++)
		cl_counts_add(&counts, &hosts[i].def, max_of(&hosts[i]));
	fold_within(&level, hosts, nr_hosts);
}

/* Is the host one of those that the reason speaks of? */
static bool is_of(const struct cl_reason *reason, const struct host *host)
{
	const struct cl_featureset *fs;

	fs = reason->kind == CL_REASON_MAX ? max_of(host) : &host->def;
	return fs && !cl_has(fs, reason->bit);
}

static bool names_two(const struct cl_reason *reason)
{
	return reason->kind == CL_REASON_NEEDS ||
	       reason->kind == CL_REASON_INSTEAD;
}

/* " AVX2<AVX", " AVX@1 AVX@2" */
static char *put_reason(char *at, const struct cl_reason *reason)
{
	static const char signs[] = {
		[CL_REASON_HOSTS] = '@', [CL_REASON_NEEDS] = '<',
		[CL_REASON_MAX] = '#', [CL_REASON_INSTEAD] = '=',
	};
	char name[CL_BIT_NAME_SIZE], other[CL_BIT_NAME_SIZE];
	int i;

	cl_bit_name(reason->bit, name);
	if (names_two(reason))
		return at + sprintf(at, " %s%c%s", name, signs[reason->kind],
				    cl_bit_name(reason->other, other));
	for (i = 0; i < nr_hosts; i++)
		if (is_of(reason, &hosts[i]))
			at += sprintf(at, " %s%c%d", name,
				      signs[reason->kind], i);
	return at;
}

/* The reasons as text: "AVX2<AVX AVX@1" */
static const char *why(unsigned int bit)
{
	static char text[4096];
	struct cl_reason reasons[ROOM];
	char *at = text;
	size_t nr, i;

	nr = cl_reasons(reasons, ROOM, &counts, bit);
	memset(text, 0, 2);
	for (i = 0; i < nr && i < ROOM; i++)
		at = put_reason(at, &reasons[i]);
	return text + 1;
}

static void host(int i, const int *bits, bool limited, const int *not_in_max)
{
	hosts[i] = (struct host){ .limited = limited };
	for (; *bits >= 0; bits++)
		cl_set(&hosts[i].def, *bits);
	hosts[i].max = hosts[i].def;
	cl_set(&hosts[i].max, CL_F_FB_CLEAR);
	cl_set(&hosts[i].max, CL_F_RSBA);
	cl_set(&hosts[i].max, CL_F_RRSBA);
	for (; *not_in_max >= 0; not_in_max++)
		cl_clear(&hosts[i].max, *not_in_max);
	nr_hosts = i + 1;
	enter();
}

#define BITS(...)	(const int[]){ __VA_ARGS__, -1 }
#define ALL_MAX		(const int[]){ -1 }

static void is(unsigned int bit, const char *expected, const char *what)
{
	const char *got = why(bit);

	if (!ok(!strcmp(got, expected), "%s", what))
		printf("# %s, expected %s\n", got, expected);
}

static void test_hosts(void)
{
	host(0, BITS(CL_F_FPU, CL_F_XSAVE, CL_F_AVX, CL_F_AVX2), true, ALL_MAX);
	host(1, BITS(CL_F_FPU), true, ALL_MAX);
	host(2, BITS(CL_F_FPU, CL_F_XSAVE, CL_F_AVX), false, ALL_MAX);
	is(CL_F_FPU, "", "a feature of the level needs no reason");
	is(CL_F_AVX2, "AVX2@1 AVX2@2", "each host that lacks it is named");
	is(CL_F_3DNOW, "3DNOW@0 3DNOW@1 3DNOW@2", "also where none has it");
	is(40 * 32 + 3, "40.3@0 40.3@1 40.3@2", "also of a bit without a name");
}

static void test_chains(void)
{
	host(0, BITS(CL_F_XSAVE, CL_F_AVX, CL_F_AVX2), false, ALL_MAX);
	host(1, BITS(CL_F_AVX, CL_F_AVX2), false, ALL_MAX);
	is(CL_F_AVX2, "AVX2<AVX AVX<XSAVE XSAVE@1",
	   "a chain of prerequisites is followed to the host");
	host(0, BITS(CL_F_ARCH_CAPS, CL_F_FB_CLEAR), false, ALL_MAX);
	host(1, BITS(CL_F_FPU), true, BITS(CL_F_FB_CLEAR));
	is(CL_F_FB_CLEAR, "FB_CLEAR<ARCH_CAPS ARCH_CAPS@1",
	   "so it is for a bit that one host gives to all");
}

static void test_limits(void)
{
	host(0, BITS(CL_F_ARCH_CAPS, CL_F_FB_CLEAR), true, ALL_MAX);
	host(1, BITS(CL_F_ARCH_CAPS), true, BITS(CL_F_FB_CLEAR));
	is(CL_F_FB_CLEAR, "FB_CLEAR#1", "what is left out names the host whose max lacks it");
	host(1, BITS(CL_F_ARCH_CAPS), false, BITS(CL_F_FB_CLEAR));
	is(CL_F_FB_CLEAR, "", "a max set not known limits nothing");
}

#define EIBRS	CL_F_IBRSB, CL_F_ARCH_CAPS, CL_F_EIBRS

static void test_rsba(void)
{
	host(0, BITS(EIBRS, CL_F_RSBA), true, ALL_MAX);
	host(1, BITS(EIBRS), true, ALL_MAX);
	is(CL_F_RSBA, "RSBA=RRSBA", "with EIBRS, RRSBA says it instead of RSBA");
	host(1, BITS(EIBRS), true, BITS(CL_F_RRSBA));
	is(CL_F_RRSBA, "RRSBA#1", "RRSBA may be left out");
	is(CL_F_RSBA, "RSBA=RRSBA RRSBA#1", "and RSBA with it");
	host(1, BITS(EIBRS), true, BITS(CL_F_RRSBA, CL_F_RSBA));
	is(CL_F_RSBA, "RSBA=RRSBA RRSBA#1", "whether or not RSBA would be let in");
	host(1, BITS(CL_F_IBRSB, CL_F_ARCH_CAPS), true, ALL_MAX);
	is(CL_F_RRSBA, "RRSBA=RSBA", "without EIBRS it is RSBA instead");
	host(1, BITS(CL_F_IBRSB, CL_F_ARCH_CAPS), true, BITS(CL_F_RSBA));
	is(CL_F_RRSBA, "RRSBA<EIBRS EIBRS@1",
	   "where that is left out, RRSBA still needs EIBRS");
	host(1, BITS(CL_F_IBRSB), true, ALL_MAX);
	is(CL_F_RSBA, "RSBA<ARCH_CAPS ARCH_CAPS@1", "and both need ARCH_CAPS");
	host(0, BITS(EIBRS), true, ALL_MAX);
	host(1, BITS(EIBRS), true, ALL_MAX);
	is(CL_F_RRSBA, "RRSBA@0 RRSBA@1", "without the danger no host says it");
	host(0, BITS(CL_F_ARCH_CAPS, CL_F_RSBA), true, ALL_MAX);
	is(CL_F_RRSBA, "RRSBA@0", "a host by itself is as it is");
	host(0, BITS(EIBRS, CL_F_RSBA, CL_F_RRSBA), true, BITS(CL_F_RRSBA));
	is(CL_F_RRSBA, "RRSBA#0", "even with both");
}

static bool needs(unsigned int bit, unsigned int other)
{
	int n, p;

	for (n = 0; (p = cl_prerequisite(bit, n)) >= 0; n++)
		if ((unsigned int)p == other)
			return true;
	return false;
}

static bool is_true(const struct cl_reason *reason)
{
	uint32_t nr = 0;
	int i;

	if (reason->kind == CL_REASON_NEEDS)
		return needs(reason->bit, reason->other) &&
		       !cl_has(&level, reason->other);
	if (reason->kind == CL_REASON_INSTEAD)
		return reason->bit + reason->other == CL_F_RSBA + CL_F_RRSBA;
	for (i = 0; i < nr_hosts; i++)
		nr += is_of(reason, &hosts[i]);
	return nr && nr == reason->nr_hosts;
}

/* It speaks of the feature, or of what an earlier one led to. */
static bool follows(const struct cl_reason *reasons, size_t n, unsigned int bit)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (names_two(&reasons[i]) &&
		    reasons[i].other == reasons[n].bit)
			return true;
	return reasons[n].bit == bit;
}

static bool check_bit(unsigned int bit)
{
	struct cl_reason reasons[ROOM], few[3];
	size_t nr, i;

	nr = cl_reasons(reasons, ROOM, &counts, bit);
	if (!nr != cl_has(&level, bit) || nr > ROOM)
		return false;
	memset(few, 0xff, sizeof(few));
	few[nr < 2 ? nr : 2].bit = CL_MAX_BITS;
	if (cl_reasons(few, 2, &counts, bit) != nr ||
	    few[nr < 2 ? nr : 2].bit != CL_MAX_BITS)
		return false;
	for (i = 0; i < nr && i < 2; i++)
		if (few[i].kind != reasons[i].kind ||
		    few[i].bit != reasons[i].bit ||
		    few[i].nr_hosts != reasons[i].nr_hosts)
			return false;
	for (i = 0; i < nr; i++)
		if (!is_true(&reasons[i]) || !follows(reasons, i, bit) ||
		    (reasons[i].kind == CL_REASON_NEEDS && i + 1 == nr))
			return false;
	return true;
}

static void test_properties(void)
{
	struct cl_featureset make;
	bool good = true;
	unsigned int bit;
	int round, i;

	for (round = 0; round < 400; round++) {
		random_featureset(&make);
		nr_hosts = 1 + random_word() % MOST;
		for (i = 0; i < nr_hosts; i++)
			random_host(&hosts[i], &make);
		enter();
		for (bit = 0; bit < 25 * 32; bit++)
			CHECK(&good, check_bit(bit), "round %d: %u: %s", round,
			      bit, why(bit));
	}
	ok(good, "every missing feature has reasons, all are true, chains are whole");
}

int main(void)
{
	test_hosts();
	test_chains();
	test_limits();
	test_rsba();
	test_properties();
	return done();
}
