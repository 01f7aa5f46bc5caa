/* SPDX-License-Identifier: GPL-2.0-only */
/* A disk's yum repository: repomd.xml, primary.xml (uncompressed) and comps. */
#include <string.h>

#include "packinfo.h"

/* ---- repodata/repomd.xml ---- */

static void repomd_start(struct reader *r, const char **atts)
{
	const char *type;

	if (!strcmp(r->path, "/repomd/data")) {
		memset(&r->pkg, 0, sizeof(r->pkg));
		KEEP(r, r->pkg.name,
		     word(r, "type", mandatory(r, atts, "type"), "_-"));
	} else if (!strcmp(r->path, "/repomd/data/checksum")) {
		type = mandatory(r, atts, "type");
		if (strcmp(type, "sha256"))
			refuse(r, "checksum type '%s', expected sha256", type);
	} else if (!strcmp(r->path, "/repomd/data/location")) {
		if (attribute(atts, "xml:base"))
			refuse(r, "location has an xml:base");
		KEEP(r, r->pkg.href, inside(r, mandatory(r, atts, "href")));
	}
}

static void repomd_end(struct reader *r)
{
	if (!strcmp(r->path, "/repomd/data/checksum")) {
		KEEP(r, r->pkg.sha256, hex(r, "checksum", r->text, 64));
	} else if (!strcmp(r->path, "/repomd/data")) {
		if (!*r->pkg.sha256 || !*r->pkg.href)
			refuse(r, "data '%s' lacks a checksum or a location",
			    r->pkg.name);
		fprintf(r->out, "%s %s %s\n", r->pkg.name, r->pkg.sha256, r->pkg.href);
	}
}

/* ---- repodata/...primary.xml, uncompressed ---- */

static void keep_evr(struct reader *r, const char **atts)
{
	const char *epoch = attribute(atts, "epoch");
	const char *ver = mandatory(r, atts, "ver");
	const char *rel = mandatory(r, atts, "rel");
	char evr[3 * MAX_NAME];

	if (!epoch || !strcmp(epoch, "0"))
		snprintf(evr, sizeof(evr), "%s-%s", ver, rel);
	else
		snprintf(evr, sizeof(evr), "%s:%s-%s", epoch, ver, rel);
	KEEP(r, r->pkg.evr, word(r, "version", evr, "._+~^:-"));
}

static void primary_start(struct reader *r, const char **atts)
{
	if (!strcmp(r->path, "/metadata/package")) {
		memset(&r->pkg, 0, sizeof(r->pkg));
	} else if (!strcmp(r->path, "/metadata/package/version")) {
		keep_evr(r, atts);
	} else if (!strcmp(r->path, "/metadata/package/checksum")) {
		if (strcmp(mandatory(r, atts, "type"), "sha256"))
			refuse(r, "a package's checksum is not sha256");
	} else if (!strcmp(r->path, "/metadata/package/location")) {
		if (attribute(atts, "xml:base"))
			refuse(r, "location has an xml:base");
		KEEP(r, r->pkg.href, inside(r, mandatory(r, atts, "href")));
	}
}

static void primary_end(struct reader *r)
{
	struct package *p = &r->pkg;

	if (!strcmp(r->path, "/metadata/package/name")) {
		KEEP(r, p->name, word(r, "name", r->text, "._+-"));
	} else if (!strcmp(r->path, "/metadata/package/checksum")) {
		KEEP(r, p->sha256, hex(r, "checksum", r->text, 64));
	} else if (!strcmp(r->path, "/metadata/package")) {
		if (!*p->name || !*p->evr || !*p->sha256 || !*p->href)
			refuse(r, "package '%s' lacks a name, version, checksum or location",
			    p->name);
		fprintf(r->out, "%s\t%s\t%s\t%s\n", p->name, p->evr, p->sha256, p->href);
	}
}

/* ---- comps ---- */

static void comps_start(struct reader *r, const char **atts)
{
	(void)atts;
	if (!strcmp(r->path, "/comps/group"))
		memset(&r->pkg, 0, sizeof(r->pkg));
}

static void comps_end(struct reader *r)
{
	if (!strcmp(r->path, "/comps/group/id")) {
		KEEP(r, r->pkg.name, word(r, "id", r->text, "._+-"));
		fprintf(r->out, "group %s\n", r->pkg.name);
	} else if (!strcmp(r->path, "/comps/group/packagelist/packagereq")) {
		if (!*r->pkg.name)
			refuse(r, "a package list comes before its group's id");
		fprintf(r->out, "package %s %s\n", r->pkg.name,
		       word(r, "packagereq", r->text, "._+-"));
	}
}

const struct command repomd_command = {
	.name = "repomd", .root = "repomd",
	.start = repomd_start, .end = repomd_end,
};

const struct command primary_command = {
	.name = "primary", .root = "metadata",
	.start = primary_start, .end = primary_end, .cut_text = 1,
};

const struct command comps_command = {
	.name = "comps", .root = "comps",
	.start = comps_start, .end = comps_end,
};
