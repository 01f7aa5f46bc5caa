// SPDX-License-Identifier: GPL-2.0-only
/* Answers: each as the header promises, and the same as everybody else's. */
#include <stdio.h>
#include <string.h>

#include "abuse.h"

static bool zeros(const void *data, size_t size)
{
	const char *p = data;

	while (size && !*p) {
		p++;
		size--;
	}
	return !size;
}

/* Generations only rise, and one generation has one time. */
static void check_generation(struct worker *w, uint64_t generation, uint64_t time_ns)
{
	if (!generation || generation < w->generation)
		violation(w, "generation %llu after %llu", (unsigned long long)generation,
			  (unsigned long long)w->generation);
	else if (generation == w->generation && time_ns && w->time_ns && time_ns != w->time_ns)
		violation(w, "generation %llu has two times", (unsigned long long)generation);
	if (generation != w->generation || time_ns)
		w->time_ns = time_ns;
	w->generation = generation;
}

void check_info(struct worker *w, const struct cpulevel_info *info)
{
	struct cpulevel_info facts = *info;
	size_t vendor = strnlen(info->vendor, sizeof(info->vendor));

	check_generation(w, info->generation, info->time_ns);
	if (info->abi != CPULEVEL_ABI || !info->time_ns || info->reserved)
		violation(w, "INFO: abi %u, time %llu, reserved %llu", info->abi,
			  (unsigned long long)info->time_ns, (unsigned long long)info->reserved);
	if (info->backend != CPULEVEL_BACKEND_XEN && info->backend != CPULEVEL_BACKEND_NATIVE)
		violation(w, "INFO: backend %u", info->backend);
	if ((info->backend == CPULEVEL_BACKEND_XEN) != !!info->sysctl_version)
		violation(w, "INFO: backend %u, sysctl_version %#x", info->backend, info->sysctl_version);
	if (!info->nr_words || info->nr_words > CPULEVEL_MAX_WORDS)
		violation(w, "INFO: nr_words %u", info->nr_words);
	if (info->valid >> CPULEVEL_NR_SETS || info->valid_policies >> CPULEVEL_NR_SETS)
		violation(w, "INFO: valid %#x, valid_policies %#x", info->valid, info->valid_policies);
	if (info->flags & ~CPULEVEL_INFO_ONE_POLICY || info->uniform > CPULEVEL_UNIFORM_YES)
		violation(w, "INFO: flags %#x, uniform %u", info->flags, info->uniform);
	if (info->caps_source > CPULEVEL_CAPS_PROBED || (!info->caps_source && info->caps))
		violation(w, "INFO: caps_source %u, caps %#x", info->caps_source, info->caps);
	if (vendor == sizeof(info->vendor) || !zeros(info->vendor + vendor, sizeof(info->vendor) - vendor))
		violation(w, "INFO: the vendor is not padded with zeros");

	facts.generation = 0;
	facts.time_ns = 0;
	if (!same_as_first(&w->board->info, &facts, sizeof(facts)))
		violation(w, "INFO: not what it said before");
}

void check_featureset(struct worker *w, uint32_t index, const struct cpulevel_featureset *fs)
{
	const struct cpulevel_info *info = (const void *)w->board->info.data;

	if (fs->index != index || fs->reserved || fs->nr_words != info->nr_words) {
		violation(w, "FEATURESET %u: index %u, reserved %llu, nr_words %u (INFO says %u)", index, fs->index,
			  (unsigned long long)fs->reserved, fs->nr_words, info->nr_words);
		return;
	}
	if (!zeros(fs->words + fs->nr_words, sizeof(fs->words) - fs->nr_words * sizeof(fs->words[0])))
		violation(w, "FEATURESET %u: words beyond nr_words are not 0", index);
	if (!same_as_first(&w->board->featuresets[index], fs, sizeof(*fs)))
		violation(w, "FEATURESET %u: not what it said before", index);
}

static bool leaves_ascend(const struct cpulevel_policy *p)
{
	const struct cpulevel_leaf *l = p->leaves;
	uint32_t i;

	for (i = 1; i < p->nr_leaves; i++)
		if (l[i].leaf < l[i - 1].leaf || (l[i].leaf == l[i - 1].leaf && l[i].subleaf <= l[i - 1].subleaf))
			return false;
	return true;
}

static bool msrs_ascend(const struct cpulevel_policy *p)
{
	uint32_t i;

	for (i = 1; i < p->nr_msrs; i++)
		if (p->msrs[i].index <= p->msrs[i - 1].index)
			return false;
	return true;
}

void check_policy(struct worker *w, uint32_t index, const struct cpulevel_policy *p)
{
	if (p->index != index || p->reserved || !p->nr_leaves || p->nr_leaves > CPULEVEL_MAX_LEAVES ||
	    p->nr_msrs > CPULEVEL_MAX_MSRS) {
		violation(w, "POLICY %u: index %u, reserved %u, %u leaves, %u MSRs", index, p->index, p->reserved,
			  p->nr_leaves, p->nr_msrs);
		return;
	}
	if (!zeros(p->leaves + p->nr_leaves, sizeof(p->leaves) - p->nr_leaves * sizeof(p->leaves[0])) ||
	    !zeros(p->msrs + p->nr_msrs, sizeof(p->msrs) - p->nr_msrs * sizeof(p->msrs[0])))
		violation(w, "POLICY %u: entries beyond nr_leaves or nr_msrs are not 0", index);
	if (!leaves_ascend(p) || !msrs_ascend(p))
		violation(w, "POLICY %u: leaves or MSRs are not in ascending order", index);
	if (!same_as_first(&w->board->policies[index], p, sizeof(*p)))
		violation(w, "POLICY %u: not what it said before", index);
}

void check_refresh(struct worker *w, const struct cpulevel_refresh *refresh)
{
	if (refresh->generation <= w->generation)
		violation(w, "REFRESH: took generation %llu after %llu", (unsigned long long)refresh->generation,
			  (unsigned long long)w->generation);
	if (refresh->reserved)
		violation(w, "REFRESH: reserved %llu", (unsigned long long)refresh->reserved);
	check_generation(w, refresh->generation, 0);
}
