// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel diff: what one host or featureset has and the other has not. */
#include <string.h>

#include "host.h"

/* Lists of what only one has; true if there is nothing to list. */
static bool diff_sets(struct out *out, const struct cl_featureset *a,
		      const struct cl_featureset *b)
{
	bool same = cl_equal(a, b);
	struct cl_featureset only;

	if (same || out->json)
		out_answer(out, "same", same);
	if (same)
		return true;
	cl_minus(&only, a, b);
	out_features(out, "only_a", &only);
	cl_minus(&only, b, a);
	out_features(out, "only_b", &only);
	return false;
}

/* One set of two hosts; what neither offers is no difference. */
static bool diff_set(struct out *out, const struct cl_host *a,
		     const struct cl_host *b, unsigned int set)
{
	bool in_a = a->valid >> set & 1, in_b = b->valid >> set & 1, same;

	if (!in_a && !in_b) {
		out_absent(out, cl_set_name(set), "not offered");
		return true;
	}
	out_group(out, cl_set_name(set));
	if (in_a && in_b) {
		same = diff_sets(out, &a->sets[set], &b->sets[set]);
	} else {
		same = false;
		out_string(out, "offered_by", in_a ? "a" : "b");
	}
	out_end_group(out);
	return same;
}

/* Both values if they differ; true if they do not, or if one is not known. */
static bool diff_text(struct out *out, const char *key, const char *a,
		      const char *b)
{
	if (!*a || !*b || !strcmp(a, b))
		return true;
	out_list(out, key);
	out_item(out, a);
	out_item(out, b);
	out_end_list(out);
	return false;
}

#define SIGNATURE_SIZE	16

static char *signature_text(const struct cl_host *host,
			    char text[SIGNATURE_SIZE])
{
	text[0] = '\0';
	if (host->signature)
		snprintf(text, SIGNATURE_SIZE, "%08x", host->signature);
	return text;
}

/*
 * The two features that no hypervisor can hide: each host's value shines
 * through to its guests, which see it change when they move.
 */
static void diff_unlevellable(struct out *out, const struct cl_host *a,
			      const struct cl_host *b)
{
	const struct cl_featureset *raw_a = &a->sets[CL_SET_RAW];
	const struct cl_featureset *raw_b = &b->sets[CL_SET_RAW];
	struct cl_featureset differ = { 0 };

	if (!(a->valid & b->valid & 1u << CL_SET_RAW)) {
		out_absent(out, "unlevellable", "not known");
		return;
	}
	if (cl_has(raw_a, CL_F_FDP_EXCP_ONLY) !=
	    cl_has(raw_b, CL_F_FDP_EXCP_ONLY))
		cl_set(&differ, CL_F_FDP_EXCP_ONLY);
	if (cl_has(raw_a, CL_F_NO_FPU_SEL) != cl_has(raw_b, CL_F_NO_FPU_SEL))
		cl_set(&differ, CL_F_NO_FPU_SEL);
	if (differ.nr_words)
		out_features(out, "unlevellable", &differ);
}

static bool diff_hosts(struct out *out, const struct cl_host *a,
		       const struct cl_host *b)
{
	char text_a[SIGNATURE_SIZE], text_b[SIGNATURE_SIZE];
	unsigned int set;
	bool same;

	same = diff_text(out, "vendor", a->vendor, b->vendor);
	/* Another stepping with the same features makes no difference. */
	diff_text(out, "signature", signature_text(a, text_a),
		  signature_text(b, text_b));
	out_group(out, "featuresets");
	for (set = 0; set < CL_NR_SETS; set++)
		same &= diff_set(out, a, b, set);
	out_end_group(out);
	diff_unlevellable(out, a, b);
	out_answer(out, "same", same);
	return same;
}

/* The one featureset that @subject stands for, or NULL after a message. */
static const struct cl_featureset *one_set(const struct arguments *args,
					   const struct subject *subject)
{
	if (!subject->is_host)
		return &subject->fs;
	if (!(args->given & OPT_SET))
		complain(subject->name, "a host has six featuresets; choose one with --set");
	else if (!(subject->host.valid >> args->set & 1))
		complain(subject->name, "%s is not offered; choose another --set",
			 cl_set_name(args->set));
	else
		return &subject->host.sets[args->set];
	return NULL;
}

int verb_diff(const struct arguments *args)
{
	const struct cl_featureset *set_a = NULL, *set_b = NULL;
	struct subject a, b;
	struct out out;
	bool same;
	int ret;

	if (read_subject(&a, args, 0) || read_subject(&b, args, 1))
		return EXIT_ERROR;
	if (!a.is_host || !b.is_host || args->given & OPT_SET) {
		set_a = one_set(args, &a);
		set_b = set_a ? one_set(args, &b) : NULL;
		if (!set_b)
			return EXIT_ERROR;
	}
	out_begin(&out, args, "cpulevel/diff/1");
	out_string(&out, "a", a.name);
	out_string(&out, "b", b.name);
	same = set_b ? diff_sets(&out, set_a, set_b)
		     : diff_hosts(&out, &a.host, &b.host);
	ret = out_finish(&out);
	return ret || same ? ret : EXIT_NO;
}
