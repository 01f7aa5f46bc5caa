// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel show: what a host's CPUs have and what its guests may see. */
#include "host.h"

static void show_cpu(struct out *out, const struct cl_host *host)
{
	char text[16];

	out_string(out, "name", host->name);
	/* Not every source tells them; no CPU has either empty or 0. */
	if (*host->vendor)
		out_string(out, "vendor", host->vendor);
	else
		out_absent(out, "vendor", "not known");
	snprintf(text, sizeof(text), "%08x", host->signature);
	if (host->signature)
		out_string(out, "signature", text);
	else
		out_absent(out, "signature", "not known");
	if (host->microcode) {
		snprintf(text, sizeof(text), "0x%x", host->microcode);
		out_string(out, "microcode", text);
	}
	if (host->uniform != CL_UNIFORM_UNKNOWN)
		out_answer(out, "uniform", host->uniform == CL_UNIFORM_YES);
	if (host->backend != CL_BACKEND_UNKNOWN)
		out_string(out, "backend", cl_backend_name(host->backend));
	else
		out_absent(out, "backend", "not known");
	if (host->sysctl_version) {
		snprintf(text, sizeof(text), "0x%02x", host->sysctl_version);
		out_string(out, "sysctl_version", text);
	}
	if (host->one_policy)
		out_true(out, "one_policy");
}

static void show_featuresets(struct out *out, const struct cl_host *host)
{
	unsigned int set;

	out_group(out, "featuresets");
	for (set = 0; set < CL_NR_SETS; set++) {
		if (!(host->valid >> set & 1)) {
			out_absent(out, cl_set_name(set), "not offered");
			continue;
		}
		out_group(out, cl_set_name(set));
		out_featureset(out, &host->sets[set]);
		out_end_group(out);
	}
	out_end_group(out);
}

/* Of what PV guests get here, what can be hidden from them and what cannot. */
static void show_hideable(struct out *out, const struct cl_host *host)
{
	const struct cl_featureset *pv = &host->sets[CL_SET_PV_DEFAULT];
	struct cl_featureset mask, part;

	if (!(host->valid >> CL_SET_PV_DEFAULT & 1))
		return;
	cl_hideable(&mask, host->caps, host->vendor);
	cl_and(&part, pv, &mask);
	if (!out->json && cl_equal(&part, pv)) {
		out_string(out, "hideable", "everything");
		return;
	}
	out_features(out, "hideable", &part);
	cl_minus(&part, pv, &mask);
	out_features(out, "not_hideable", &part);
}

static void show_levelling(struct out *out, const struct cl_host *host)
{
	char text[16];
	unsigned int n;

	if (host->caps_source == CL_CAPS_ABSENT) {
		out_absent(out, "levelling", "not known");
		return;
	}
	out_group(out, "levelling");
	out_string(out, "method", cl_method(host));
	snprintf(text, sizeof(text), "0x%x", host->caps);
	out_string(out, "caps", text);
	/* An empty list says in JSON that there is none; in text "none" did. */
	out_list(out, "controls");
	for (n = 0; n < 32; n++) {
		if (!(host->caps >> n & 1))
			continue;
		snprintf(text, sizeof(text), "bit%u", n);
		out_item(out, cl_cap_name(n) ? cl_cap_name(n) : text);
	}
	out_end_list(out);
	show_hideable(out, host);
	out_string(out, "source", cl_caps_source_name(host->caps_source));
	out_end_group(out);
}

int verb_show(const struct arguments *args)
{
	struct cl_host host;
	struct out out;
	int ret = read_host(&host, args, args->count ? args->values[0] : NULL);

	if (ret)
		return ret;
	out_begin(&out, args, "cpulevel/show/1");
	show_cpu(&out, &host);
	show_featuresets(&out, &host);
	show_levelling(&out, &host);
	return out_finish(&out);
}
