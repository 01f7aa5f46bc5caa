// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plans of random fleets: the same pools as by the plain algorithm, which looks at the
 * counts of every pair before each union.  CPULEVEL_SEED=N repeats them.
 */
#include <time.h>

#include "../../../pool/pool.h"
#include "../lib/tap.h"

/* ---- The plain algorithm ---- */

/* Hosts that are to be one pool. */
struct group {
	struct cl_pool_counts counts;
	char vendor[13];
	unsigned long hosts;
	unsigned long has;	/* features, over all of its hosts */
	char (*names)[CL_NAME_SIZE];
};

#define MAX_HOSTS	40

struct plain {
	struct group *groups[MAX_HOSTS];
	size_t nr;
};

static unsigned int bits(const struct cl_featureset *fs)
{
	unsigned int i, n = 0;

	for (i = 0; i < fs->nr_words; i++)
		n += __builtin_popcount(fs->words[i]);
	return n;
}

/* What the hosts of a group have by default and its level has not. */
static unsigned long loss(const struct cl_pool_counts *counts, unsigned long has)
{
	struct cl_featureset level;
	unsigned long kept = 0;
	unsigned int guest;

	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		cl_counts_level(&counts->of[guest], &level);
		kept += (unsigned long)bits(&level) * counts->of[guest].nr_hosts;
	}
	/* Remedies that one host adds to all are no gain to count. */
	return has > kept ? has - kept : 0;
}

static void count_host(struct cl_pool_counts *counts,
		       const struct cl_member *host, unsigned long *has)
{
	const struct cl_featureset *def;
	unsigned int guest;

	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		def = cl_member_default(host, guest);
		if (def)
			cl_counts_add(&counts->of[guest], def,
				      cl_member_max(host, guest));
		*has += def ? bits(def) : 0;
	}
}

/* Is every host of the group just like this one? */
static bool alike(const struct group *group, const struct cl_member *host)
{
	struct cl_pool_counts one = group->counts;
	struct cl_featureset level;
	unsigned int guest;

	if (strcmp(group->vendor, host->host.vendor))
		return false;
	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		const struct cl_featureset *def = cl_member_default(host, guest);

		if (!def != !one.of[guest].nr_hosts)
			return false;
		if (!def)
			continue;
		cl_counts_level(&one.of[guest], &level);
		if (cl_counts_remove(&one.of[guest], def,
				     cl_member_max(host, guest)))
			return false;
		if (!cl_equal(&level, def))
			return false;
	}
	return true;
}

static void add_name(struct group *group, const char *name)
{
	group->names = realloc(group->names,
			       (group->hosts + 1) * sizeof(*group->names));
	snprintf(group->names[group->hosts++], CL_NAME_SIZE, "%s", name);
}

static void add_host(struct plain *plan, const struct cl_member *host)
{
	struct group *group = NULL;
	size_t i;

	for (i = 0; i < plan->nr && !group; i++)
		if (alike(plan->groups[i], host))
			group = plan->groups[i];
	if (!group) {
		group = calloc(1, sizeof(*group));
		strcpy(group->vendor, host->host.vendor);
		plan->groups[plan->nr++] = group;
	}
	count_host(&group->counts, host, &group->has);
	add_name(group, host->host.name);
}

/* What is lost by making one of two, or -1 if nobody can. */
static long price(const struct group *a, const struct group *b)
{
	struct cl_pool_counts both = a->counts;
	unsigned long apart, together;
	unsigned int guest;

	if (strcmp(a->vendor, b->vendor))
		return -1;
	for (guest = 0; guest < CL_NR_GUESTS; guest++)
		if (cl_counts_merge(&both.of[guest], &b->counts.of[guest]))
			return -1;
	apart = loss(&a->counts, a->has) + loss(&b->counts, b->has);
	together = loss(&both, a->has + b->has);
	return together > apart ? together - apart : 0;
}

static void merge(struct plain *plan, size_t to, size_t from)
{
	struct group *a = plan->groups[to], *b = plan->groups[from];
	unsigned long i;

	cl_counts_merge(&a->counts.of[0], &b->counts.of[0]);
	cl_counts_merge(&a->counts.of[1], &b->counts.of[1]);
	a->has += b->has;
	for (i = 0; i < b->hosts; i++)
		add_name(a, b->names[i]);
	free(b->names);
	free(b);
	plan->groups[from] = plan->groups[--plan->nr];
}

/* The two whose union loses least; false: all that are left are of two vendors. */
static bool cheapest(const struct plain *plan, size_t *to, size_t *from)
{
	size_t i, j;
	long best = -1, cost;

	for (i = 0; i < plan->nr; i++)
		for (j = i + 1; j < plan->nr; j++) {
			cost = price(plan->groups[i], plan->groups[j]);
			if (cost < 0 || (best >= 0 && cost >= best))
				continue;
			best = cost;
			*to = i;
			*from = j;
		}
	return best >= 0;
}

/* ---- Random fleets ---- */

/* In half of the fleets hosts differ by few bits, so that many costs are equal. */
static unsigned int spread;

static void random_set(struct cl_featureset *fs, const struct cl_featureset *within,
		       unsigned int nr_words)
{
	static const unsigned int words[] = {
		0, 1, CL_WORD_5, CL_F_MD_CLEAR / 32, CL_F_RSBA / 32
	};
	unsigned int i;

	*fs = *within;
	for (i = nr_words; i < fs->nr_words; i++)
		fs->words[i] = 0;
	fs->nr_words = nr_words;
	for (i = rand() % 4; i; i--) {
		unsigned int word = words[rand() % 5];

		if (word < nr_words)
			fs->words[word] &= ~(1u << rand() % spread);
	}
}

static void random_host(struct cl_member *member, unsigned int n)
{
	static const char *const vendors[] = { "GenuineIntel", "AuthenticAMD" };
	struct cl_featureset all = { .nr_words = 20 };
	unsigned int i, nr_words = 17 + rand() % 4;
	struct cl_host *host = &member->host;

	for (i = 0; i < all.nr_words; i++)
		all.words[i] = 0xffffffff;
	memset(member, 0, sizeof(*member));
	snprintf(host->name, sizeof(host->name), "h%u", n);
	strcpy(host->vendor, vendors[rand() % 5 == 0]);
	for (i = 0; i < CL_NR_GUESTS; i++) {
		enum cl_set def = i == CL_GUEST_PV ? CL_SET_PV_DEFAULT : CL_SET_HVM_DEFAULT;
		enum cl_set max = i == CL_GUEST_PV ? CL_SET_PV_MAX : CL_SET_HVM_MAX;

		if (rand() % 8 == 0)
			continue;
		random_set(&host->sets[max], &all, nr_words + rand() % (21 - nr_words));
		random_set(&host->sets[def], rand() % 4 ? &host->sets[max] : &all, nr_words);
		/* Not every host has what it needs for what it has. */
		if (rand() % 4)
			cl_prune(&host->sets[def]);
		host->valid |= 1u << def | 1u << max;
	}
}

static bool same_group(const struct cl_plan *plan, const struct cl_plan_group *a,
		       const struct group *b)
{
	struct cl_featureset level, other;
	bool same = a->nr_hosts == b->hosts && !strcmp(a->vendor, b->vendor) &&
		    a->lost == loss(&b->counts, b->has);
	size_t host = a->first, n;
	unsigned int guest;

	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		cl_plan_level(a, guest, &level);
		cl_counts_level(&b->counts.of[guest], &other);
		same &= cl_equal(&level, &other) && level.nr_words == other.nr_words;
	}
	for (n = 0; n < b->hosts && same; n++, host = plan->hosts[host].next)
		same = host != CL_PLAN_END && !strcmp(plan->hosts[host].name, b->names[n]);
	return same && host == CL_PLAN_END;
}

static bool same_plans(const struct cl_plan *plan, const struct plain *plain)
{
	bool same = plan->nr_groups == plain->nr;
	size_t n;

	for (n = 0; n < plain->nr && same; n++)
		same = same_group(plan, &plan->groups[n], plain->groups[n]);
	return same;
}

/* One fleet: as it is grouped, and in ever fewer pools. */
static bool check_fleet(unsigned int hosts)
{
	struct plain plain = { .nr = 0 };
	struct cl_plan plan = { .nr_hosts = 0 };
	struct cl_member member, before[MAX_HOSTS];
	size_t pools, to, from;
	unsigned int n;
	bool good = true;

	spread = rand() % 2 ? 32 : 3;
	for (n = 0; n < hosts; n++) {
		random_host(&member, n);
		if (n && rand() % 4 == 0) {
			member = before[rand() % n];
			snprintf(member.host.name, sizeof(member.host.name), "h%u", n);
		}
		before[n] = member;
		add_host(&plain, &member);
		cl_plan_add(&plan, &member);
	}
	good = same_plans(&plan, &plain);
	for (pools = plain.nr; pools && good; pools -= 1 + (pools > 3 ? rand() % 3 : 0)) {
		while (plain.nr > pools && cheapest(&plain, &to, &from))
			merge(&plain, to, from);
		good = !cl_plan_make(&plan, pools) == (plain.nr <= pools) &&
		       same_plans(&plan, &plain);
	}
	while (plain.nr) {
		free(plain.groups[--plain.nr]->names);
		free(plain.groups[plain.nr]);
	}
	cl_plan_free(&plan);
	return good;
}

int main(void)
{
	const char *seed = getenv("CPULEVEL_SEED");
	unsigned int first = seed ? strtoul(seed, NULL, 10) : (unsigned long)time(NULL), i;
	bool good = true;

	for (i = 0; i < 30; i++) {
		srand(first + i);
		CHECK(&good, check_fleet(1 + rand() % MAX_HOSTS),
		      "fleet of CPULEVEL_SEED=%u", first + i);
	}
	ok(good, "plans of 30 random fleets are those of the plain algorithm");
	return done();
}
