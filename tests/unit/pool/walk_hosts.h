/* SPDX-License-Identifier: GPL-2.0-only */
/* Steps of the random walk, of hosts: in the library and in the model. */
#ifndef WALK_HOSTS_H
#define WALK_HOSTS_H

#include <errno.h>

#include "../../../pool/registry/registry.h"
#include "../lib/random.h"
#include "../lib/tap.h"
#include "model.h"

static struct model m;
static struct cl_store *store;
static struct cl_error error;
static const char *const vendors[] = { "GenuineIntel", "AuthenticAMD" };
static const char *const pools[] = { "left", "right" };
static unsigned long step, tally[CL_NR_VM_VERBS + 3][6];

static unsigned int pick(unsigned int n) { return random_word() % n; }

static struct cl_featureset give(const struct set *s, unsigned int words)
{
	struct cl_featureset fs = { .nr_words = words };

	memcpy(fs.words, s->w, words * 4);
	return fs;
}

static bool same(const struct cl_featureset *fs, const struct set *s)
{
	return !memcmp(fs->words, s->w, sizeof(s->w));
}

static void stop(const char *what, int got, int wanted)
{
	printf("# step %lu: %s: %d, the model says %d; %s: %s\n", step, what,
	       got, wanted, error.object, error.reason);
	ok(false, "the library and the model agree");
	exit(done());
}

static void expect(const char *what, int got, int wanted)
{
	if (got != wanted)
		stop(what, got, wanted);
}

/* Alike but for a few bits: a pool's level is never nothing. */
static void random_sets(struct host *host)
{
	static const uint32_t base[WORDS] = {
		0x1fcbfbff, 0xf7fa3203, 0x2c100800, 0x00000121, 0xf, 0xd19f47ab,
		0x00000004, 0x100, 0x0100d000, 0xbc000400, 0, 0, 0, 0, 0, 0,
		0x0022006b, 0, 0, 0
	};
	int guest, n;
	unsigned int i;

	host->words = 17 + pick(3);
	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		struct set *def = &host->def[guest], *max = &host->max[guest];

		memcpy(def->w, base, sizeof(base));
		for (n = pick(5); n > 0; n--)
			drop(def, pick(17 * 32));
		for (n = pick(3); n > 0; n--)
			add(def, pick(17 * 32));
		*max = *def;
		for (n = pick(4); n > 0; n--)
			add(max, pick(17 * 32));
		if (pick(2))
			for (i = 0; i < WORDS; i++)
				max->w[i] |= accumulate.w[i];
		for (i = host->words; i < WORDS; i++)
			def->w[i] = max->w[i] = 0;
	}
	host->offers[HVM] = pick(8);
	host->offers[PV] = !host->offers[HVM] || pick(8);
}

static void host_name(char name[CL_NAME_SIZE], int h)
{
	snprintf(name, CL_NAME_SIZE, "host%d", h);
}

static struct cl_member member_of(int h)
{
	const struct host *host = &m.hosts[h];
	struct cl_host made = { .backend = CL_BACKEND_XEN };
	struct cl_member member;
	char boot[20];
	int guest;

	host_name(made.name, h);
	strcpy(made.vendor, vendors[host->vendor]);
	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		int def = guest == PV ? CL_SET_PV_DEFAULT : CL_SET_HVM_DEFAULT;
		int max = guest == PV ? CL_SET_PV_MAX : CL_SET_HVM_MAX;

		if (!host->offers[guest])
			continue;
		made.valid |= 1u << def | 1u << max;
		made.sets[def] = give(&host->def[guest], host->words);
		made.sets[max] = give(&host->max[guest], host->words);
	}
	snprintf(boot, sizeof(boot), "boot%u", host->boots);
	expect("a member is made", cl_member_make(&member, &made, boot, &error), 0);
	return member;
}

/* @lost: what was leaving it ends too, and nothing moves to it any more. */
static void halt_there(int h, bool lost)
{
	int v;

	for (v = 0; v < NR_VMS; v++) {
		struct vm *vm = &m.vms[v];

		if (vm->now.state != RUNNING)
			continue;
		if (vm->host == h && (lost || vm->pending != MOVING || vm->to == h)) {
			vm->now = (struct image){ .there = true };
			vm->host = -1;
			vm->pending = SETTLED;
		} else if (lost && vm->pending && vm->to == h) {
			vm->pending = SETTLED;
		} else if (vm->host == h) {
			/* If it has not moved it is lost; nobody has said so. */
			vm->now.excused = true;
		}
	}
}

static bool busy(int h)
{
	int v;

	for (v = 0; v < NR_VMS; v++)
		if (m.vms[v].now.state == RUNNING &&
		    (m.vms[v].host == h || (m.vms[v].pending && m.vms[v].to == h)))
			return true;
	return false;
}

static void join(void)
{
	int h = pick(NR_HOSTS), p = pick(NR_POOLS), i, wanted = 0;
	struct host *host = &m.hosts[h];
	struct host before = *host;
	struct cl_change change;
	struct cl_member member;

	if (host->pool < 0) {
		host->vendor = pick(8) ? p : !p;
		random_sets(host);
		host->boots++;
	}
	member = member_of(h);
	if (before.pool >= 0)
		wanted = -EEXIST;
	for (i = 0; i < NR_HOSTS && !wanted; i++)
		if (m.hosts[i].pool == p && m.hosts[i].vendor != host->vendor)
			wanted = -EXDEV;
	expect("join", cl_registry_join(store, pools[p], &member, &change, &error),
	       wanted);
	if (!wanted)
		host->pool = p;
	else
		*host = before;
	tally[CL_NR_VM_VERBS][!!wanted]++;
}

static void leave(void)
{
	int h = pick(NR_HOSTS), wanted = 0;
	char name[CL_NAME_SIZE];
	struct cl_change change;
	bool force = !pick(8);

	host_name(name, h);
	if (m.hosts[h].pool < 0)
		wanted = -ENOENT;
	else if (busy(h) && !force)
		wanted = -EBUSY;
	expect("leave", cl_registry_leave(store, name, force, &change, &error), wanted);
	if (!wanted) {
		halt_there(h, true);
		m.hosts[h].pool = -1;
	}
	tally[CL_NR_VM_VERBS + 1][!!wanted]++;
}

/* Another boot, with other sets; or the same boot, and nothing new. */
static void report(void)
{
	int h = pick(NR_HOSTS), wanted = 0;
	struct host before = m.hosts[h];
	struct cl_change change;
	struct cl_member member;

	if (before.pool < 0 || pick(2)) {
		random_sets(&m.hosts[h]);
		m.hosts[h].boots++;
	}
	member = member_of(h);
	if (before.pool < 0)
		wanted = -ENOENT;
	expect("report", cl_registry_report(store, &member, true, &change, &error),
	       wanted);
	if (!wanted && m.hosts[h].boots != before.boots)
		halt_there(h, false);
	tally[CL_NR_VM_VERBS + 2][!!wanted]++;
}

#endif /* WALK_HOSTS_H */
