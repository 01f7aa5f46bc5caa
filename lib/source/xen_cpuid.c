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
 * but "PV" and "HVM".  With -p DOMID it prints one policy, "Domain 5 policy:".
 */
#include <errno.h>
#include <stdlib.h>
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
	struct cl_cpu cpu;	/* of it */
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

	if (xen->set >= 0 && !cl_cpu_end(&xen->cpu, &fs, NULL))
		set_set(xen, xen->set, &fs);
	if (xen->set >= CL_SET_PV_DEFAULT && xen->host->valid >> xen->set & 1)
		xen->host->max_leaves[xen->set] = xen->cpu.max;
	if (xen->set == CL_SET_RAW) {
		strcpy(xen->host->vendor, xen->cpu.vendor);
		xen->host->signature = xen->cpu.signature;
	}
	xen->set = -1;
	xen->cpu = (struct cl_cpu){ .sparse = true };
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

/* 1: an MSR; 0: a leaf, or neither. */
static int read_policy_line(struct cl_cpu *cpu, const char *line)
{
	struct cl_leaf leaf;
	struct cl_msr msr;

	if (scan_leaf(line, &leaf)) {
		cl_cpu_add(cpu, &leaf);
		return 0;
	}
	if (!scan_msr(line, &msr))
		return 0;
	cl_cpu_add_msr(cpu, &msr);
	return 1;
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
		read_policy_line(&xen->cpu, line);
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
	struct xen_cpuid xen = { .host = host, .lines = lines, .set = -1,
				 .cpu.sparse = true };
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

/* The policy of one domain, on its way to what a VM was given. */
struct domain {
	struct cl_lines lines;
	struct cl_cpu cpu;
	bool begun;
	unsigned int nr_msrs;	/* that its title announces */
	unsigned int msrs;	/* that were there */
};

static int no_domain(const struct domain *domain, struct cl_error *error)
{
	return cl_fail(error, -EINVAL, domain->lines.name,
		       "is no policy of a domain; give what xen-cpuid -p DOMID prints");
}

/* "Domain 5 policy: 39 leaves, 2 MSRs"; @policy: from the second blank. */
static int begin_domain(struct domain *domain, const char *policy,
			struct cl_error *error)
{
	if (strncmp(domain->lines.text, "Domain ", strlen("Domain ")) ||
	    sscanf(policy, POLICY "%*u leaves, %u MSRs", &domain->nr_msrs) != 1)
		return no_domain(domain, error);
	if (domain->begun)
		return cl_fail(error, -EINVAL, domain->lines.where,
			       "a second policy; give that of one domain");
	domain->begun = true;
	return 0;
}

static int end_domain(const struct domain *domain, struct cl_given *given,
		      struct cl_error *error)
{
	const struct cl_lines *lines = &domain->lines;
	struct cl_featureset set;
	int ret;

	if (!domain->begun)
		return no_domain(domain, error);
	if (lines->cut)
		return cl_fail(error, -EINVAL, lines->name,
			       "the last line does not end, it was cut short; give all that xen-cpuid -p DOMID prints");
	if (domain->msrs != domain->nr_msrs)
		return cl_fail(error, -EINVAL, lines->name,
			       "%u of %u MSRs, it was cut short; give all that xen-cpuid -p DOMID prints",
			       domain->msrs, domain->nr_msrs);
	ret = cl_cpu_end(&domain->cpu, &set, error);
	if (ret)
		return ret;
	/* The policy of a domain has them on AMD's CPUs, the default sets have not. */
	set.words[CL_WORD_2] &= ~CL_E1D_COMMON;
	given->set = set;
	given->max_leaves = domain->cpu.max;
	return 0;
}

int cl_given_parse(struct cl_given *given, const char *text, size_t len,
		   const char *name, struct cl_error *error)
{
	struct domain domain = { .cpu.sparse = true };
	struct cl_lines *lines = &domain.lines;
	int ret = cl_check_size(text, len, name, error);

	if (ret)
		return ret;
	cl_lines_begin(lines, text, len, name);
	while ((ret = cl_lines_next(lines, error)) > 0) {
		const char *policy = strstr(lines->text, POLICY);

		if (policy && (ret = begin_domain(&domain, policy, error)))
			return ret;
		if (domain.begun)
			domain.msrs += read_policy_line(&domain.cpu, lines->text);
	}
	return ret ? ret : end_domain(&domain, given, error);
}

int cl_given_read(struct cl_given *given, const char *path,
		  struct cl_error *error)
{
	const char *name = strcmp(path, "-") ? path : "stdin";
	char *text;
	size_t len;
	int ret = cl_read_all(&text, &len, cl_open(path), name, error);

	if (ret)
		return cl_fail(error, ret, name,
			       "%s; give what xen-cpuid -p DOMID prints",
			       strerror(-ret));
	ret = cl_given_parse(given, text, len, name, error);
	free(text);
	return ret;
}
