// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What xen-cpuid prints, with any option.  By itself, featuresets:
 *
 *	Dynamic sets:
 *	HVM Default                     178bfbff:f6f83203:...
 *
 * and with -p, policies, from which featuresets are made:
 *
 *	HVM Default policy: 39 leaves, 2 MSRs
 *	 CPUID:
 *	  leaf     subleaf  -> eax      ebx      ecx      edx
 *	  00000007:00000000 -> 00000000:009c47ab:00000000:00000000
 *	 MSRs:
 *	  index    -> value
 *	  0000010a -> 0000000000000000
 *
 * Leaves that are 0 are left out.  Until Xen had separate max sets, there were
 * but "PV" and "HVM".
 */
#include <errno.h>
#include <string.h>

#include "source.h"
#include "../internal.h"

#define DYNAMIC	"Dynamic sets:"
#define POLICY	" policy: "

static const struct set_name {
	const char *name;
	enum cl_set set;
} set_names[] = {
	{ "Raw", CL_SET_RAW },
	{ "Host", CL_SET_HOST },
	{ "PV Default", CL_SET_PV_DEFAULT },
	{ "HVM Default", CL_SET_HVM_DEFAULT },
	{ "PV Max", CL_SET_PV_MAX },
	{ "HVM Max", CL_SET_HVM_MAX },
	/* One policy: default, and max after all is read. */
	{ "PV", CL_SET_PV_DEFAULT },
	{ "HVM", CL_SET_HVM_DEFAULT },
};

struct xen_cpuid {
	struct cl_host *host;
	struct cl_lines *lines;
	bool dynamic;		/* below that heading */
	bool one_policy;	/* "PV" or "HVM" was there */
	int set;		/* of the policy that is being read, or -1 */
	struct cl_cpu cpu;		/* of it */
	struct cl_max_leaves max_leaves;	/* of it, if guests get it */
};

bool cl_is_xencpuid(const char *line)
{
	return !strcmp(line, DYNAMIC) ||
	       !strncmp(line, "nr_features: ", strlen("nr_features: ")) ||
	       (strstr(line, POLICY) && strstr(line, " leaves, "));
}

static const struct set_name *find_set(const char *name, size_t len)
{
	size_t i;

	while (len && name[len - 1] == ' ')
		len--;
	for (i = 0; i < ARRAY_SIZE(set_names); i++)
		if (strlen(set_names[i].name) == len &&
		    !memcmp(set_names[i].name, name, len))
			return &set_names[i];
	return NULL;
}

/* Of sets that Xen does not offer it prints zeros. */
static void set_set(struct xen_cpuid *xen, int set,
		    const struct cl_featureset *fs)
{
	if (cl_empty(fs))
		return;
	xen->host->sets[set] = *fs;
	xen->host->valid |= 1u << set;
}

/* "Raw                             178bfbff:..." */
static int read_set(struct xen_cpuid *xen, struct cl_error *error)
{
	const char *line = xen->lines->text;
	const char *words = strrchr(line, ' ');
	const struct set_name *found;
	struct cl_featureset fs;
	int ret;

	found = words ? find_set(line, words - line) : NULL;
	if (!found)
		return 0;
	ret = cl_featureset_parse(&fs, words + 1, error);
	if (ret) {
		if (error)
			strcpy(error->object, xen->lines->where);
		return ret;
	}
	if (found->set == CL_SET_PV_DEFAULT || found->set == CL_SET_HVM_DEFAULT)
		xen->one_policy |= !strchr(found->name, ' ');
	set_set(xen, found->set, &fs);
	return 0;
}

/* The policy that ends here, if one was being read. */
static void end_policy(struct xen_cpuid *xen)
{
	struct cl_featureset fs;

	if (xen->set >= 0 &&
	    !cl_cpu_end(&xen->cpu, &fs, NULL))
		set_set(xen, xen->set, &fs);
	if (xen->set >= 0 && xen->host->valid >> xen->set & 1)
		xen->host->max_leaves[xen->set] = xen->max_leaves;
	xen->set = -1;
	memset(&xen->max_leaves, 0, sizeof(xen->max_leaves));
	memset(&xen->cpu, 0, sizeof(xen->cpu));
}

static void begin_policy(struct xen_cpuid *xen, size_t len)
{
	const struct set_name *found = find_set(xen->lines->text, len);

	end_policy(xen);
	xen->set = found ? (int)found->set : -1;
	if (found)
		xen->one_policy |= !strcmp(found->name, "PV") ||
				   !strcmp(found->name, "HVM");
}

static bool scan_leaf(const char *at, struct cl_leaf *leaf)
{
	unsigned int i;

	cl_scan(&at, " ");
	if (!cl_scan_hex(&at, 8, &leaf->leaf) || !cl_scan(&at, ":") ||
	    !cl_scan_hex(&at, 8, &leaf->subleaf) || !cl_scan(&at, " -> "))
		return false;
	for (i = 0; i < 4; i++)
		if ((i && !cl_scan(&at, ":")) ||
		    !cl_scan_hex(&at, 8, &leaf->regs[i]))
			return false;
	return !*at;
}

static bool scan_msr(const char *at, struct cl_msr *msr)
{
	char high[9] = "";
	const char *c = high;
	uint32_t values[2];

	cl_scan(&at, " ");
	if (!cl_scan_hex(&at, 8, &msr->index) || !cl_scan(&at, " -> "))
		return false;
	if (strlen(at) != 16)
		return false;
	memcpy(high, at, 8);
	at += 8;
	if (!cl_scan_hex(&c, 8, &values[1]) || !cl_scan_hex(&at, 8, &values[0]))
		return false;
	msr->value = (uint64_t)values[1] << 32 | values[0];
	return true;
}

static void add_leaf(struct xen_cpuid *xen, struct cl_leaf *leaf)
{
	if (leaf->leaf == 0 && xen->set == CL_SET_RAW)
		cl_leaf_vendor(xen->host->vendor, leaf);
	if (leaf->leaf == 1 && xen->set == CL_SET_RAW)
		xen->host->signature = leaf->regs[CL_EAX];
	if (xen->set >= CL_SET_PV_DEFAULT)
		cl_max_leaves_update(&xen->max_leaves, leaf->leaf, leaf->subleaf,
			     leaf->regs[CL_EAX]);
	/* Leaves 0 and 0x80000000 would ask for those that are 0. */
	if (leaf->leaf != 0 && leaf->leaf != 0x80000000)
		cl_cpu_add(&xen->cpu, leaf);
}

static void read_policy_line(struct xen_cpuid *xen)
{
	struct cl_leaf leaf;
	struct cl_msr msr;

	if (scan_leaf(xen->lines->text, &leaf))
		add_leaf(xen, &leaf);
	else if (scan_msr(xen->lines->text, &msr))
		cl_cpu_add_msr(&xen->cpu, &msr);
}

static int read_line(struct xen_cpuid *xen, struct cl_error *error)
{
	const char *line = xen->lines->text;
	const char *policy = strstr(line, POLICY);

	if (policy) {
		begin_policy(xen, policy - line);
		return 0;
	}
	if (!strcmp(line, DYNAMIC))
		xen->dynamic = true;
	else if (xen->set >= 0)
		read_policy_line(xen);
	else if (xen->dynamic)
		return read_set(xen, error);
	return 0;
}

static void copy_default(struct cl_host *host, enum cl_set from, enum cl_set to)
{
	if (host->valid >> from & 1) {
		host->sets[to] = host->sets[from];
		host->max_leaves[to] = host->max_leaves[from];
		host->valid |= 1u << to;
	}
}

int cl_read_xencpuid(struct cl_host *host, struct cl_lines *lines,
		     struct cl_error *error)
{
	struct xen_cpuid xen = { .host = host, .lines = lines, .set = -1 };
	int ret;

	while ((ret = cl_lines_next(lines, error)) > 0) {
		ret = read_line(&xen, error);
		if (ret)
			return ret;
	}
	if (ret)
		return ret;
	end_policy(&xen);
	if (!host->valid)
		return cl_fail(error, -ENODATA, lines->name,
			       "no set of the host, a domain's policy perhaps; give what xen-cpuid or xen-cpuid -p prints");
	if (xen.one_policy) {
		host->one_policy = true;
		copy_default(host, CL_SET_PV_DEFAULT, CL_SET_PV_MAX);
		copy_default(host, CL_SET_HVM_DEFAULT, CL_SET_HVM_MAX);
	}
	host->backend = CL_BACKEND_XEN;
	return 0;
}
