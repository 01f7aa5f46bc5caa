/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XS-REPOSITORY and XS-PACKAGES, a disk's identity and packages before
 * XenServer 7.1.  What the parsers of those days choke on is refused, so that
 * a disk accepted here is one that they accept.
 */
#include <string.h>

#include "packinfo.h"

/* White space at either end is the writer's layout. */
static const char *trimmed(char *text)
{
	size_t len;

	text += strspn(text, " \t\r\n");
	for (len = strlen(text); len && strchr(" \t\r\n", text[len - 1]); )
		text[--len] = '\0';
	return text;
}

static const char *number(struct reader *r, const char *what, const char *value)
{
	if (!*value || value[strspn(value, "0123456789")])
		refuse(r, "%s is not a number", what);
	return value;
}

/* Digits and dots: their comparison never ends on anything else. */
static const char *version(struct reader *r, const char *value)
{
	for (const char *p = value; ; p++) {
		size_t n = strspn(p, "0123456789");

		p += n;
		if (!n || (*p && *p != '.'))
			refuse(r, "version is not digits and dots");
		if (!*p)
			return value;
	}
}

/* Part of the name of the folder in which hosts record the disk. */
static const char *id(struct reader *r, const char **atts, const char *name)
{
	return word(r, name, mandatory(r, atts, name), "._-");
}

/* ---- XS-REPOSITORY ---- */

static void flag(struct reader *r, const char **atts, const char *name)
{
	const char *value = attribute(atts, name);

	if (value && !strcmp(value, "true"))
		fprintf(r->out, "%s=true\n", name);
}

static void identity(struct reader *r, const char **atts)
{
	const char *memory = attribute(atts, "memory-requirement-mb");

	fprintf(r->out, "originator=%s\n", id(r, atts, "originator"));
	fprintf(r->out, "name=%s\n", id(r, atts, "name"));
	fprintf(r->out, "product=%s\n", mandatory(r, atts, "product"));
	fprintf(r->out, "version=%s\n", word(r, "version",
		mandatory(r, atts, "version"), "._+~-"));
	if (attribute(atts, "build"))
		fprintf(r->out, "build=%s\n", word(r, "build",
			attribute(atts, "build"), "._+~-"));
	if (memory)
		fprintf(r->out, "memory-requirement-mb=%s\n",
			number(r, "memory-requirement-mb", memory));
	flag(r, atts, "enforce-homogeneity");
	flag(r, atts, "hidden");
}

static void requirement(struct reader *r, const char **atts)
{
	static const char *const tests[] = { "eq", "ne", "lt", "gt", "le", "ge" };
	const char *test = mandatory(r, atts, "test");
	size_t i;

	for (i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		if (!strcmp(test, tests[i]))
			break;
	if (i == sizeof(tests) / sizeof(*tests))
		refuse(r, "test is none of eq ne lt gt le ge");
	fprintf(r->out, "requires=%s %s %s %s\n", id(r, atts, "originator"),
		id(r, atts, "name"), test,
		version(r, mandatory(r, atts, "version")));
}

static void repository_start(struct reader *r, const char **atts)
{
	if (!strcmp(r->path, "/repository"))
		identity(r, atts);
	else if (r->depth == 2 && !r->seen &&
		 strcmp(r->path, "/repository/description"))
		refuse(r, "the first element is not <description>, so xapi would not list the disk");
	else if (!strcmp(r->path, "/repository/requires"))
		requirement(r, atts);
	else if (!strncmp(r->path, "/repository/description/", 24))
		refuse(r, "the description is not plain text");
}

static void repository_end(struct reader *r)
{
	const char *text;

	if (!strcmp(r->path, "/repository/description")) {
		if (r->seen++)
			refuse(r, "two description elements");
		text = trimmed(r->text);
		if (!*text)
			refuse(r, "the description is empty, so xapi would not list the disk");
		fprintf(r->out, "description=%s\n", plain(r, "description", text));
	} else if (!strcmp(r->path, "/repository") && !r->seen) {
		refuse(r, "no description");
	}
}

const struct command xs_repository_command = {
	.name = "xs-repository", .root = "repository",
	.start = repository_start, .end = repository_end,
};

/* ---- XS-PACKAGES ---- */

/* The root element's name was never checked, nor where a package stands. */
static int at_package(const struct reader *r)
{
	return !strcmp(strrchr(r->path, '/'), "/package");
}

static void check_type(struct reader *r, const char *type)
{
	static const char *const types[] = {
		"rpm", "driver-rpm", "tbz2", "driver", "firmware",
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(type, types[i]))
			return;
	refuse(r, "type is none of rpm driver-rpm tbz2 driver firmware");
}

static void keep_optional(struct reader *r, const char **atts, const char *name,
			  const char *also, char (*to)[MAX_NAME])
{
	const char *value = attribute(atts, name);

	KEEP(r, *to, value && *value ? word(r, name, value, also) : "-");
}

/* Where an archive is unpacked; a driver's has ${LINUX_KABI_VERSION} in it. */
static void keep_root(struct reader *r, const char **atts)
{
	struct legacy_package *p = &r->old;

	keep_optional(r, atts, "root", "/._+-${}", &p->root);
	if (!strcmp(p->root, "-"))
		return;
	if (*p->root != '/' || strstr(p->root, ".."))
		refuse(r, "root is not a plain absolute path");
}

static void package_start(struct reader *r, const char **atts)
{
	struct legacy_package *p = &r->old;

	if (strstr(r->path, "/package/"))
		refuse(r, "an element inside a package");
	if (!at_package(r))
		return;
	KEEP(r, p->type, mandatory(r, atts, "type"));
	check_type(r, p->type);
	KEEP(r, p->label, word(r, "label", mandatory(r, atts, "label"), "._+-"));
	KEEP(r, p->size, number(r, "size", mandatory(r, atts, "size")));
	KEEP(r, p->md5, hex(r, "md5", mandatory(r, atts, "md5"), 32));
	keep_optional(r, atts, "kernel", "._+~-", &p->kernel);
	keep_optional(r, atts, "options", " -=_./", &p->options);
	keep_root(r, atts);
	if (!strcmp(p->type, "driver-rpm") && !strcmp(p->kernel, "-"))
		refuse(r, "no kernel in a driver-rpm package");
	if (!strcmp(p->type, "tbz2") && !strcmp(p->root, "-"))
		refuse(r, "no root in a tbz2 package");
}

static void package_end(struct reader *r)
{
	struct legacy_package *p = &r->old;
	const char *file;

	if (at_package(r)) {
		file = inside(r, trimmed(r->text));
		fprintf(r->out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p->type,
			p->label, p->kernel, p->size, p->md5, p->options,
			p->root, word(r, "file name", file, "._+~^-"));
		r->seen++;
	} else if (r->depth == 1 && !r->seen) {
		refuse(r, "no package");
	}
}

const struct command xs_packages_command = {
	.name = "xs-packages",
	.start = package_start, .end = package_end,
};
