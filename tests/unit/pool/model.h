/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plain model of pools, to be compared with the library: it keeps all hosts
 * and VMs in arrays and computes everything from scratch, from the rules of
 * issue 8 and the facts of tests/data.  Of the library it uses nothing.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS	20
#define NR_POOLS	2
#define NR_HOSTS	10
#define NR_VMS		24
#define NR_SAVED	2

enum { PV, HVM };
enum { HALTED, RUNNING, SUSPENDED };
enum { SETTLED, STARTING, MOVING };
enum answer { YES, VENDOR, TYPE, FEATURES, STRANDED, ERROR };

struct set { uint32_t w[WORDS]; };

struct host {
	int pool;		/* -1: of none */
	int vendor;
	bool offers[CL_NR_GUESTS];
	unsigned int words;
	struct set def[CL_NR_GUESTS], max[CL_NR_GUESTS];
	unsigned int boots;
};

struct image {			/* of a VM, or saved of one */
	bool there;
	int state, vendor;
	struct set set;
	bool excused;		/* --force, or the pool's word was overruled */
};

struct vm {
	struct image now, saved[NR_SAVED];
	int type;		/* as enum cl_vm_type: 0 pv, 1 hvm, 2 pvh */
	int pool, host;		/* -1: none */
	int pending, to;	/* where it starts or moves to */
	bool fresh;		/* STARTING: it was not known before */
};

struct model {
	struct host hosts[NR_HOSTS];
	struct vm vms[NR_VMS];
};

/* The facts: from features.tsv and deps.tsv. */
static struct set accumulate;
static struct { int prerequisite, nr, dependants[160]; } needs[80];
static int nr_needs;

#define BIT(n)	(1u << (n) % 32)
static const int ignored[] = { 28, 97, 59, 6 * 32 + 4, 5 * 32 + 6, 5 * 32 + 13 };
enum { ARCH_CAPS = 9 * 32 + 29, RSBA = 16 * 32 + 2, RRSBA = 16 * 32 + 19, EIBRS = 16 * 32 + 1 };

static bool has(const struct set *s, int bit) { return s->w[bit / 32] & BIT(bit); }
static void drop(struct set *s, int bit) { s->w[bit / 32] &= ~BIT(bit); }
static void add(struct set *s, int bit) { s->w[bit / 32] |= BIT(bit); }

static void load_facts(const char *directory)
{
	char path[4096], line[4096], *at, *field[9];
	FILE *from;
	int n;

	snprintf(path, sizeof(path), "%s/features.tsv", directory);
	from = fopen(path, "r");
	while (from && fgets(line, sizeof(line), from)) {
		for (at = line, n = 0; n < 9; n++)
			field[n] = at ? strsep(&at, "\t") : NULL;
		if (*line != '#' && field[8] && strchr(field[8], '|'))
			add(&accumulate, atoi(field[0]));
	}
	fclose(from);
	snprintf(path, sizeof(path), "%s/deps.tsv", directory);
	from = fopen(path, "r");
	while (from && fgets(line, sizeof(line), from)) {
		for (at = line, n = 0; n < 4; n++)
			field[n] = at ? strsep(&at, "\t") : NULL;
		if (*line == '#' || !field[3] || !atoi(field[3]))
			continue;
		needs[nr_needs].prerequisite = atoi(field[1]);
		while ((at = strsep(&field[3], ",")))
			needs[nr_needs].dependants[needs[nr_needs].nr++] = atoi(at);
		nr_needs++;
	}
	fclose(from);
}

static void prune(struct set *s)
{
	struct set whole = *s;
	int i, k;

	for (i = 0; i < nr_needs; i++)
		for (k = 0; !has(&whole, needs[i].prerequisite) && k < needs[i].nr; k++)
			drop(s, needs[i].dependants[k]);
}

/* The level of a pool, from its hosts, all over again. */
static struct set level_of(const struct model *m, int pool, int guest, int *nr)
{
	struct set all, any = { { 0 } }, max;
	bool danger;
	int h, i;

	memset(&all, 0xff, sizeof(all));
	memset(&max, 0xff, sizeof(max));
	*nr = 0;
	for (h = 0; h < NR_HOSTS; h++) {
		const struct host *host = &m->hosts[h];

		if (host->pool != pool || !host->offers[guest])
			continue;
		++*nr;
		for (i = 0; i < WORDS; i++) {
			all.w[i] &= host->def[guest].w[i];
			any.w[i] |= host->def[guest].w[i];
			max.w[i] &= host->max[guest].w[i];
		}
	}
	if (!*nr)
		memset(&all, 0, sizeof(all));
	if (*nr > 1) {
		for (i = 0; i < WORDS; i++)
			all.w[i] |= any.w[i] & accumulate.w[i];
		prune(&all);
		danger = has(&any, RSBA) || has(&any, RRSBA);
		if (has(&all, ARCH_CAPS) && danger) {
			drop(&all, RSBA);
			drop(&all, RRSBA);
			add(&all, has(&all, EIBRS) ? RRSBA : RSBA);
		}
	}
	any = all;
	for (i = 0; i < WORDS; i++)
		all.w[i] &= max.w[i];
	if (memcmp(&any, &all, sizeof(all)))
		prune(&all);
	return all;
}

/* What the VM has and these hosts' max set lacks, but for what never decides. */
static bool covers(const struct set *max, const struct set *vm)
{
	struct set missing = *vm;
	size_t i;

	for (i = 0; i < WORDS; i++)
		missing.w[i] &= ~max->w[i];
	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		drop(&missing, ignored[i]);
	for (i = 0; i < WORDS; i++)
		if (missing.w[i])
			return false;
	return true;
}

static int guest_of(const struct vm *vm) { return vm->type ? HVM : PV; }

static enum answer fits(const struct model *m, const struct image *image,
			int guest, int to)
{
	const struct host *host = &m->hosts[to];

	if (image->state == HALTED)
		return YES;
	if (image->vendor != host->vendor)
		return VENDOR;
	if (!host->offers[guest])
		return TYPE;
	return covers(&host->max[guest], &image->set) ? YES : FEATURES;
}

/* All hosts of the pool that take such guests at all. */
static enum answer fits_all(const struct model *m, const struct image *image,
			    int guest, int pool)
{
	enum answer answer = TYPE;
	int h;

	if (image->state == HALTED)
		return YES;
	for (h = 0; h < NR_HOSTS; h++)
		if (m->hosts[h].pool == pool && m->hosts[h].vendor != image->vendor)
			return VENDOR;
	for (h = 0; h < NR_HOSTS; h++) {
		if (m->hosts[h].pool != pool || !m->hosts[h].offers[guest])
			continue;
		if (answer == TYPE)
			answer = YES;
		if (!covers(&m->hosts[h].max[guest], &image->set))
			answer = STRANDED;
	}
	return answer;
}

#endif /* MODEL_H */
