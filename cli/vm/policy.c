// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a VM really has: in hex, or as `xen-cpuid -p DOMID` prints
 * the policy that Xen applies to a domain.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vm.h"

#define TITLE	"Domain "
#define POLICY	" policy: "
#define LIMIT	(1u << 20)

static char *read_text(const char *path)
{
	FILE *from = strcmp(path, "-") ? fopen(path, "r") : stdin;
	char *text = from ? malloc(LIMIT + 1) : NULL;
	size_t len;

	if (!text) {
		complain(path, "%s; give hex, or what xen-cpuid -p DOMID prints",
			 from ? "out of memory" : strerror(errno));
		if (from && from != stdin)
			fclose(from);
		return NULL;
	}
	len = fread(text, 1, LIMIT, from);
	text[len] = '\0';
	if (from != stdin)
		fclose(from);
	return text;
}

/* A domain's policy is that of a host but for its title: give it one. */
static char *entitle(const char *text)
{
	const char *title = strstr(text, TITLE), *policy;
	char *titled;

	policy = title ? strstr(title, POLICY) : NULL;
	if (!policy || memchr(title, '\n', policy - title) ||
	    asprintf(&titled, "HVM Default%s", policy) < 0)
		return NULL;
	return titled;
}

int parse_vm_policy(struct cl_given *given, const char *text, const char *who)
{
	char *titled = entitle(text);
	struct cl_error error;
	struct cl_host host;
	int ret;

	ret = titled ? cl_host_parse(&host, titled, strlen(titled), who, &error) : -EINVAL;
	free(titled);
	if (ret || !(host.valid >> CL_SET_HVM_DEFAULT & 1))
		return complain(who, "is no policy of a domain; give hex, or what xen-cpuid -p DOMID prints");
	given->set = host.sets[CL_SET_HVM_DEFAULT];
	given->max_leaves = host.max_leaves[CL_SET_HVM_DEFAULT];
	/* The policy of a domain has them on AMD's CPUs, the default sets have not. */
	given->set.words[CL_WORD_2] &= ~CL_E1D_COMMON;
	return EXIT_YES;
}

int read_vm_features(struct cl_given *had, const char *given)
{
	const char *hex = "0123456789abcdefABCDEF-:";
	struct cl_error error;
	char *text;
	int ret;

	if (strcmp(given, "-") && strspn(given, hex) == strlen(given)) {
		memset(had, 0, sizeof(*had));
		if (cl_featureset_parse(&had->set, given, &error))
			return complain("--features", "%s", error.reason);
		return EXIT_YES;
	}
	text = read_text(given);
	if (!text)
		return EXIT_ERROR;
	ret = parse_vm_policy(had, text, given);
	free(text);
	return ret;
}
