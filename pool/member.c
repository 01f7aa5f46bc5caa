// SPDX-License-Identifier: LGPL-2.1-or-later
/* A host as a member of a pool: its sets as they are counted, and what is wrong with them. */
#include <errno.h>
#include <string.h>

#include "../lib/private.h"
#include "pool.h"

static const struct {
	enum cl_set def, max;
} sets_of[] = {
	[CL_GUEST_PV] = { CL_SET_PV_DEFAULT, CL_SET_PV_MAX },
	[CL_GUEST_HVM] = { CL_SET_HVM_DEFAULT, CL_SET_HVM_MAX },
};

#define GUEST_SETS \
	(1u << CL_SET_PV_DEFAULT | 1u << CL_SET_HVM_DEFAULT | \
	 1u << CL_SET_PV_MAX | 1u << CL_SET_HVM_MAX)

const struct cl_featureset *cl_member_default(const struct cl_member *member,
					      enum cl_guest guest)
{
	enum cl_set set = sets_of[guest].def;

	return member->host.valid >> set & 1 ? &member->host.sets[set] : NULL;
}

const struct cl_featureset *cl_member_max(const struct cl_member *member,
					  enum cl_guest guest)
{
	enum cl_set set = sets_of[guest].max;

	return member->host.valid >> set & 1 ? &member->host.sets[set] : NULL;
}

const struct cl_max_leaves *
cl_member_max_leaves_given(const struct cl_member *member, enum cl_guest guest)
{
	return &member->host.max_leaves[sets_of[guest].def];
}

/* Xen 4.14 was the first to carry a VM's policy along, and to check it. */
#define CHECKS_POLICY	0x13

const struct cl_max_leaves *
cl_member_max_leaves_accepted(const struct cl_member *member,
			      enum cl_guest guest)
{
	static const struct cl_max_leaves unknown;
	uint32_t version = member->host.sysctl_version;

	return version && version < CHECKS_POLICY ? &unknown :
	       &member->host.max_leaves[sets_of[guest].max];
}

/*
 * Both sets for these guests, or none.  Of a host whose max is not known the
 * default is taken: it may refuse a VM that could run, never the reverse.
 */
static int settle_guest(struct cl_host *host, enum cl_guest guest,
			struct cl_error *error)
{
	enum cl_set def = sets_of[guest].def, max = sets_of[guest].max;
	struct cl_featureset full;

	if (!(host->valid >> def & 1)) {
		host->valid &= ~(1u << max);
		memset(&host->sets[max], 0, sizeof(host->sets[max]));
		memset(&host->max_leaves[max], 0, sizeof(host->max_leaves[max]));
		return 0;
	}
	if (cl_empty(&host->sets[def]))
		return cl_fail(error, -EINVAL, host->name,
			       "%s is all zero, and there are no such CPUs; take the host's sets again",
			       cl_set_name(def));
	full = host->sets[def];
	if (host->valid >> max & 1)
		cl_host_max(&full, host, guest);
	if (host->valid >> max & 1 &&
	    host->sets[max].nr_words < host->sets[def].nr_words)
		return cl_fail(error, -EINVAL, host->name,
			       "%s has %u words and %s only %u; is the file whole?",
			       cl_set_name(def), host->sets[def].nr_words,
			       cl_set_name(max), host->sets[max].nr_words);
	host->sets[max] = full;
	host->valid |= 1u << max;
	return 0;
}

/* What the CPUs have is at least as long as what guests may see of it. */
static int check_lengths(const struct cl_host *host, struct cl_error *error)
{
	const struct cl_featureset *raw = &host->sets[CL_SET_RAW];
	unsigned int guest;

	if (!(host->valid >> CL_SET_RAW & 1))
		return 0;
	if (cl_empty(raw))
		return cl_fail(error, -EINVAL, host->name,
			       "raw is all zero, and there are no such CPUs; take the host's sets again");
	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		enum cl_set def = sets_of[guest].def;

		if (host->valid >> def & 1 &&
		    host->sets[def].nr_words < raw->nr_words)
			return cl_fail(error, -EINVAL, host->name,
				       "raw has %u words and %s only %u; is the file whole?",
				       raw->nr_words, cl_set_name(def),
				       host->sets[def].nr_words);
	}
	return 0;
}

int cl_member_make(struct cl_member *member, const struct cl_host *host,
		   const char *boot, struct cl_error *error)
{
	struct cl_member made = { .host = *host };
	struct cl_host *to = &made.host;
	int ret;

	if (!*host->vendor)
		return cl_fail(error, -ENODATA, host->name,
			       "does not tell its CPUs' vendor; join it as `cpulevel save` writes it");
	if (!strcmp(host->name, "?"))
		return cl_fail(error, -ENODATA, "host",
			       "its name is not known, or not 1 to 64 bytes of UTF-8 text; give --name");
	ret = cl_name_check(host->name, "host", error);
	if (!ret)
		ret = cl_vendor_check(host->vendor, host->name, error);
	if (ret)
		return ret;
	snprintf(made.boot, sizeof(made.boot), "%s", boot ? boot : "");
	/* Before anything is made from them. */
	ret = check_lengths(to, error);
	if (ret)
		return ret;
	if (!(to->valid & GUEST_SETS) && cl_guest_sets_from_raw(to))
		return cl_fail(error, -ENODATA, host->name,
			       "has no set of any guest; join it as `cpulevel save` writes it");
	ret = settle_guest(to, CL_GUEST_PV, error);
	if (!ret)
		ret = settle_guest(to, CL_GUEST_HVM, error);
	if (!ret && !(to->valid & GUEST_SETS))
		ret = cl_fail(error, -ENODATA, host->name,
			      "has no default set of any guest; join it as `cpulevel save` writes it");
	if (ret)
		return ret;
	made.estimated = to->derived;
	made.one_policy = to->one_policy;
	to->derived = 0;
	to->one_policy = false;
	*member = made;
	return 0;
}

void cl_member_exposes(struct cl_featureset *exposed,
		       const struct cl_member *member,
		       const struct cl_featureset *set)
{
	const struct cl_featureset *def = cl_member_default(member, CL_GUEST_PV);
	struct cl_featureset hidden;

	memset(exposed, 0, sizeof(*exposed));
	/* Where nobody knows the means, none is taken for granted. */
	cl_hideable(&hidden, member->host.caps_source == CL_CAPS_ABSENT ? 0 :
		    member->host.caps, member->host.vendor);
	if (!def)
		return;
	cl_minus(exposed, def, set);
	cl_minus(exposed, exposed, &hidden);
	/* The four that every host makes up afresh are nobody's loss. */
	cl_clear(exposed, CL_F_HTT);
	cl_clear(exposed, CL_F_CMP_LEGACY);
	cl_clear(exposed, CL_F_OSXSAVE);
	cl_clear(exposed, CL_F_OSPKE);
}
