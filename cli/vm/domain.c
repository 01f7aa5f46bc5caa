// SPDX-License-Identifier: GPL-2.0-only
/* A VM's domain under xl: created, and Xen asked what it was given. */
#include <stdlib.h>
#include <string.h>

#include "vm.h"

/* As a setting that overrules the file's: the record is of that name. */
static char *setting_of(const char *name)
{
	char *setting = NULL;
	FILE *to = open_memstream(&setting, &(size_t){ 0 });

	if (!to)
		return NULL;
	fputs("name=", to);
	put_xl_string(to, name);
	return fclose(to) ? NULL : setting;
}

int create_domain(const char *path, const char *name)
{
	const char *words[] = { "xl", "create", path, NULL, NULL };
	char *setting;
	int ret;

	/* Nobody could ask xl for it afterwards. */
	if (strspn(name, "0123456789") == strlen(name))
		return complain(name, "xl takes for the number of a domain; give the VM another name");
	words[3] = setting = setting_of(name);
	if (!setting)
		return complain(name, "out of memory; the VM does not run");
	ret = run_program(words, NULL, "the VM does not run");
	free(setting);
	return ret;
}

int read_given(const char *name, struct cl_given *given)
{
	static const char unknown[] = "what Xen gave the VM is not known, and it is recorded with what was asked for";
	const char *ask_id[] = { "xl", "domid", name, NULL };
	const char *ask_policy[] = { "xen-cpuid", "-p", NULL, NULL };
	struct cl_error error;
	char *id, *policy;
	int ret;

	if (run_program(ask_id, &id, unknown))
		return EXIT_ERROR;
	id[strcspn(id, "\n")] = '\0';
	ask_policy[2] = id;
	ret = run_program(ask_policy, &policy, unknown);
	free(id);
	if (ret)
		return ret;
	ret = cl_given_parse(given, policy, strlen(policy), "xen-cpuid", &error);
	free(policy);
	if (!ret)
		return EXIT_YES;
	complain_error(&error);
	return complain(name, "%s", unknown);
}
