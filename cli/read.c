// SPDX-License-Identifier: GPL-2.0-only
/* Hosts and featuresets that the command line names. */
#include <stdio.h>

#include "cli.h"

int read_host(struct cl_host *host, const struct arguments *args,
	      const char *file)
{
	struct cl_error error;
	int ret;

	if (file && args->sysroot)
		return complain(file, "a host already, and --sysroot names another; leave out one");
	if (file)
		ret = cl_host_from_file(host, file, &error);
	else if (args->sysroot)
		ret = cl_host_from_sysfs(host, args->sysroot, &error);
	else
		ret = cl_host_from_device(host, CL_DEVICE, &error);
	return ret ? complain_error(&error) : EXIT_YES;
}

int read_featureset(struct cl_featureset *fs, const struct arguments *args,
		    int n)
{
	struct cl_error error;

	/* Valid, but here it is a shell variable that was never set. */
	if (!*args->values[n]) {
		snprintf(error.object, sizeof(error.object), "featureset %d", n + 1);
		return complain(error.object, "is empty; give its words in hex");
	}
	if (!cl_featureset_parse(fs, args->values[n], &error))
		return EXIT_YES;
	snprintf(error.object, sizeof(error.object), "featureset %d", n + 1);
	return complain_error(&error);
}
