// SPDX-License-Identifier: GPL-2.0-only
/* Hosts and featuresets that the command line names. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "input.h"

#define GUEST_SETS \
	(1u << CL_SET_PV_DEFAULT | 1u << CL_SET_HVM_DEFAULT | \
	 1u << CL_SET_PV_MAX | 1u << CL_SET_HVM_MAX)

int read_host(struct cl_host *host, const struct arguments *args,
	      const char *file)
{
	struct cl_error error;
	int ret;

	if (file && args->sysroot)
		return complain(file, "a host already, and --sysroot names another; leave out one");
	if (file)
		ret = cl_host_read(host, file, &error);
	else if (args->sysroot)
		ret = cl_host_from_sysfs(host, args->sysroot, &error);
	else
		ret = cl_host_from_device(host, CL_DEVICE, &error);
	return ret ? complain_error(&error) : EXIT_YES;
}

/* The argument's number tells more than 700 digits of hex would. */
static int refuse_featureset(int n, const char *reason)
{
	char object[32];

	snprintf(object, sizeof(object), "featureset %d", n + 1);
	return complain(object, "%s", reason);
}

int read_featureset(struct cl_featureset *fs, const struct arguments *args,
		    int n)
{
	struct cl_error error;

	/* Valid, but here it is a shell variable that was never set. */
	if (!*args->values[n])
		return refuse_featureset(n, "is empty; give its words in hex");
	if (cl_featureset_parse(fs, args->values[n], &error))
		return refuse_featureset(n, error.reason);
	return EXIT_YES;
}

/* Nothing but words in hex, be there a file of that name or not. */
static bool all_hex(const char *text)
{
	return *text && strspn(text, "0123456789abcdefABCDEF-:") == strlen(text) &&
	       strcmp(text, "-");
}

/* Begins like a featureset, and there is no file to mean instead. */
static bool meant_as_hex(const char *text)
{
	size_t digits = strspn(text, "0123456789abcdefABCDEF");

	return digits && strchr("-:", text[digits]) && access(text, F_OK);
}

static int read_as_featureset(struct subject *subject,
			      const struct arguments *args, int n)
{
	snprintf(subject->name, sizeof(subject->name), "featureset %d", n + 1);
	return read_featureset(&subject->fs, args, n);
}

int read_subject(struct subject *subject, const struct arguments *args, int n)
{
	const char *text = n < args->count ? args->values[n] : NULL;
	int ret;

	subject->is_host = false;
	if (text && !*text)
		return read_as_featureset(subject, args, n);
	if (text && (all_hex(text) || meant_as_hex(text)))
		return read_as_featureset(subject, args, n);
	subject->is_host = true;
	ret = read_host(&subject->host, args, text);
	snprintf(subject->name, sizeof(subject->name), "%s", subject->host.name);
	return ret;
}

const struct cl_featureset *subject_set(const struct subject *subject,
					enum cl_set set)
{
	if (!subject->is_host)
		return &subject->fs;
	return subject->host.valid >> set & 1 ? &subject->host.sets[set] : NULL;
}

int read_guest_subject(struct subject *subject, const struct arguments *args,
		       int n)
{
	int ret = read_subject(subject, args, n);

	if (ret || !subject->is_host || subject->host.valid & GUEST_SETS)
		return ret;
	/* Counted as a host without guests, it would not be seen to be missing. */
	if (cl_guest_sets_from_raw(&subject->host))
		return complain(subject->name, "has no set of any guest, and without its vendor none can be estimated; give one that has");
	return EXIT_YES;
}

bool is_estimated(const struct subject *subject)
{
	return subject->is_host && subject->host.derived;
}
