/* SPDX-License-Identifier: GPL-2.0-only */
/* update.xml: a disk's identity in the update family. */
#include <string.h>

#include "packinfo.h"

static const char *uuid(struct reader *r, const char *value)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i;

	for (i = 0; form[i] && value[i]; i++)
		if (form[i] == '-' ? value[i] != '-' :
		    !strchr("0123456789abcdef", value[i]))
			break;
	if (form[i] || value[i])
		refuse(r, "uuid is not of the form %s in lower-case hex", form);
	return value;
}

static void optional(struct reader *r, const char **atts, const char *name,
		     const char *also)
{
	const char *value = attribute(atts, name);

	if (value)
		fprintf(r->out, "%s=%s\n", name, word(r, name, value, also));
}

static void update_start(struct reader *r, const char **atts)
{
	if (!strcmp(r->path, "/update")) {
		fprintf(r->out, "uuid=%s\n", uuid(r, mandatory(r, atts, "uuid")));
		fprintf(r->out, "name-label=%s\n", word(r, "name-label",
			mandatory(r, atts, "name-label"), "_-"));
		fprintf(r->out, "version=%s\n", word(r, "version",
			mandatory(r, atts, "version"), "._+~"));
		optional(r, atts, "key", "._+-");
		optional(r, atts, "control", "._+-");
		optional(r, atts, "after-apply-guidance", ",");
		optional(r, atts, "enforce-homogeneity", "");
		optional(r, atts, "installation-size", "");
		optional(r, atts, "kernel", "._+~-");
		optional(r, atts, "vendor-code", "._-");
		if (attribute(atts, "vendor-name"))
			fprintf(r->out, "vendor-name=%s\n",
				mandatory(r, atts, "vendor-name"));
	} else if (!strcmp(r->path, "/update/rollsup")) {
		fprintf(r->out, "rollsup=%s %s\n",
			uuid(r, mandatory(r, atts, "uuid")),
			word(r, "name-label",
			     mandatory(r, atts, "name-label"), "_-"));
	}
}

static void update_end(struct reader *r)
{
	if (!strcmp(r->path, "/update/name-description")) {
		if (r->seen++)
			refuse(r, "two name-description elements");
		fprintf(r->out, "description=%s\n",
			plain(r, "description", r->text));
	} else if (!strcmp(r->path, "/update") && !r->seen) {
		refuse(r, "no name-description");
	}
}

const struct command update_command = {
	.name = "update", .root = "update",
	.start = update_start, .end = update_end,
};
