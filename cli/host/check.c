// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel check: can a guest with these features run on a host? */
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define NAMES_SIZE	256

/* What a guest of that type may have on the host, or NULL after a message. */
static const struct cl_featureset *max_of(const struct subject *host,
					  enum cl_guest guest,
					  struct cl_featureset *max)
{
	if (!host->is_host)
		return &host->fs;
	if (!cl_host_max(max, &host->host, guest))
		return max;
	complain(host->name, "offers no %s guests; choose another host or --guest",
		 guest == CL_GUEST_PV ? "PV" : "HVM");
	return NULL;
}

/* A host stands for a guest that was started there. */
static const struct cl_featureset *vm_of(const struct subject *vm,
					 enum cl_guest guest)
{
	const struct cl_featureset *set;

	set = subject_set(vm, guest == CL_GUEST_PV ? CL_SET_PV_DEFAULT
						   : CL_SET_HVM_DEFAULT);
	if (!set)
		complain(vm->name, "starts no %s guests; choose another host or --guest",
			 guest == CL_GUEST_PV ? "PV" : "HVM");
	return set;
}

/* The further hosts: only what they can have and are called is kept. */
struct further {
	char name[65];
	struct cl_featureset max;
};

static struct further *read_further(const struct arguments *args, int *nr)
{
	struct further *further;
	struct subject host;
	int i;

	*nr = args->count > 2 ? args->count - 2 : 0;
	further = calloc(*nr + 1, sizeof(*further));
	if (!further)
		complain("further hosts", "out of memory; give fewer");
	for (i = 0; further && i < *nr; i++) {
		if (read_guest_subject(&host, args, i + 2)) {
			free(further);
			return NULL;
		}
		/* Who cannot run such guests has nothing for them: all 0. */
		if (!host.is_host)
			further[i].max = host.fs;
		else
			cl_host_max(&further[i].max, &host.host, args->guest);
		snprintf(further[i].name, sizeof(further[i].name), "%s",
			 host.name);
	}
	return further;
}

/* "EPYC-2, EPYC-3 and EPYC-4 have it", or "" if nobody has. */
static void who_has(char text[NAMES_SIZE], const struct further *further,
		    int nr, unsigned int bit)
{
	int left = 0, having, i;
	size_t len = 0;

	text[0] = '\0';
	for (i = 0; i < nr; i++)
		left += cl_has(&further[i].max, bit);
	having = left;
	for (i = 0; i < nr && len < NAMES_SIZE - 80; i++) {
		if (!cl_has(&further[i].max, bit))
			continue;
		len += snprintf(text + len, NAMES_SIZE - len, "%s%s",
				left == having ? "" : left == 1 ? " and " : ", ",
				further[i].name);
		left--;
	}
	if (left)
		len += snprintf(text + len, NAMES_SIZE - len, " and %d more", left);
	if (having)
		snprintf(text + len, NAMES_SIZE - len, having == 1 ? " has it"
								   : " have it");
}

static void out_missing(struct out *out, const struct cl_featureset *missing,
			const struct further *further, int nr)
{
	char name[CL_BIT_NAME_SIZE], place[FEATURE_TEXT_SIZE];
	char who[NAMES_SIZE];
	unsigned int bit;
	int i;

	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		if (!cl_has(missing, bit))
			continue;
		who_has(who, further, nr, bit);
		if (!out->json) {
			out_line(out, "%s: host lacks it%s%s",
				 feature_text(bit, place), *who ? "; " : "", who);
			continue;
		}
		out_entry(out, cl_bit_name(bit, name));
		out_string(out, "place", feature_place(bit, place));
		out_list(out, "elsewhere");
		for (i = 0; i < nr; i++)
			if (cl_has(&further[i].max, bit))
				out_item(out, further[i].name);
		out_end_list(out);
		out_end_group(out);
	}
}

static void out_verdict(struct out *out, const struct cl_verdict *verdict,
			const struct further *further, int nr)
{
	if (out->json)
		out_array(out, "missing");
	out_missing(out, &verdict->missing, further, nr);
	if (out->json)
		out_end_group(out);
	/* What does not decide is told only where there is something to tell. */
	if (out->json || !cl_empty(&verdict->ignored))
		out_features(out, "ignored", &verdict->ignored);
	if (out->json || !cl_empty(&verdict->changes))
		out_features(out, "changes", &verdict->changes);
}

static const struct cl_featureset *raw_of(const struct subject *subject)
{
	return subject->is_host ? subject_set(subject, CL_SET_RAW) : NULL;
}

/* No toolstack moves a guest between CPUs of different makers. */
static bool same_vendor(const struct subject *vm, const struct subject *host)
{
	/* Neither featuresets nor every source of hosts tell it. */
	return !vm->is_host || !*vm->host.vendor || !host->is_host ||
	       !*host->host.vendor || !strcmp(vm->host.vendor, host->host.vendor);
}

static void out_vendors(struct out *out, const struct subject *vm,
			const struct subject *host)
{
	out_list(out, "vendors_differ");
	out_item(out, vm->host.vendor);
	out_item(out, host->host.vendor);
	out_end_list(out);
}

/* A dump of CPUID says nothing of guests: whose sets are made from it? */
static void out_estimated(struct out *out, const struct subject *vm,
			  const struct subject *host)
{
	if (!out->json && !is_estimated(vm) && !is_estimated(host))
		return;
	out_list(out, "estimated");
	if (is_estimated(vm))
		out_item(out, vm->name);
	if (is_estimated(host))
		out_item(out, host->name);
	out_end_list(out);
}

int verb_check(const struct arguments *args)
{
	struct cl_featureset host_max;
	const struct cl_featureset *set, *max;
	struct subject vm, host;
	struct cl_verdict verdict;
	struct further *further;
	struct out out;
	int nr, ret;
	bool runs;

	if (read_guest_subject(&vm, args, 0) ||
	    read_guest_subject(&host, args, 1))
		return EXIT_ERROR;
	set = vm_of(&vm, args->guest);
	max = set ? max_of(&host, args->guest, &host_max) : NULL;
	further = max ? read_further(args, &nr) : NULL;
	if (!further)
		return EXIT_ERROR;
	cl_verdict(&verdict, set, max, raw_of(&vm), raw_of(&host));
	runs = verdict.runs && same_vendor(&vm, &host);
	out_begin(&out, args, "cpulevel/check/1");
	out_answer(&out, "runs", runs);
	if (!same_vendor(&vm, &host))
		out_vendors(&out, &vm, &host);
	out_verdict(&out, &verdict, further, nr);
	out_estimated(&out, &vm, &host);
	free(further);
	ret = out_finish(&out);
	return ret || runs ? ret : EXIT_NO;
}
