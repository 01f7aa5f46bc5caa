/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packinfo: read a driver disk's XML and print it as plain lines for shell.
 * It reads files that nobody has vouched for yet, so: no DTD, no entities,
 * bounded size, and no value that could be taken for two lines or that names
 * a file outside the disk.
 */
#include <ctype.h>
#include <errno.h>
#include <expat.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_INPUT	(16 << 20)	/* bytes of one XML file */
#define MAX_TEXT	4096		/* bytes of one element's text */
#define MAX_DEPTH	32
#define MAX_NAME	256

struct package {
	char name[MAX_NAME], evr[MAX_NAME], sha256[MAX_NAME], href[MAX_TEXT];
};

struct reader {
	XML_Parser xml;
	const char *file;
	char path[MAX_TEXT];		/* "/metadata/package/name" */
	int depth;
	char text[MAX_TEXT];
	size_t len;
	struct package pkg;		/* or comps' group, by its name */
	int seen;			/* the description was there */
};

struct command {
	const char *name, *root;
	void (*start)(struct reader *r, const char **atts);
	void (*end)(struct reader *r);
};

static const struct command *command;

__attribute__((noreturn, format(printf, 2, 3)))
static void die(const struct reader *r, const char *fmt, ...)
{
	unsigned long line = r->xml ? XML_GetCurrentLineNumber(r->xml) : 0;
	va_list ap;

	fprintf(stderr, "packinfo: %s:%lu: ", r->file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("; the disk is damaged or hostile, do not use it\n", stderr);
	exit(1);
}

static const char *attribute(const char **atts, const char *name)
{
	for (; *atts; atts += 2)
		if (!strcmp(atts[0], name))
			return atts[1];
	return NULL;
}

static const char *plain(const struct reader *r, const char *what, const char *value)
{
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			die(r, "%s holds a control character", what);
	return value;
}

static const char *mandatory(const struct reader *r, const char **atts,
			     const char *name)
{
	const char *value = attribute(atts, name);

	if (!value || !*value)
		die(r, "no %s in %s", name, r->path);
	return plain(r, name, value);
}

/* A word of only these bytes can be used in shell, rpm and paths alike. */
static const char *word(const struct reader *r, const char *what,
			const char *value, const char *also)
{
	if (!*value)
		die(r, "%s is empty", what);
	for (const char *p = value; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr(also, *p))
			die(r, "%s has an illegal character", what);
	return value;
}

static const char *hex(const struct reader *r, const char *what,
		       const char *value, size_t len)
{
	if (strlen(value) != len || strspn(value, "0123456789abcdef") != len)
		die(r, "%s is not %zu lower-case hex digits", what, len);
	return value;
}

static const char *uuid(const struct reader *r, const char *value)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i;

	for (i = 0; form[i] && value[i]; i++)
		if (form[i] == '-' ? value[i] != '-' :
		    !strchr("0123456789abcdef", value[i]))
			break;
	if (form[i] || value[i])
		die(r, "uuid is not of the form %s in lower-case hex", form);
	return value;
}

/* A path below the disk's root, without any way out of it. */
static const char *inside(const struct reader *r, const char *href)
{
	plain(r, "href", href);
	for (const char *p = href; ; p = strchr(p, '/') + 1) {
		size_t n = strcspn(p, "/");

		if (!n || (n == 1 && *p == '.') || (n == 2 && !memcmp(p, "..", 2)))
			die(r, "href '%s' is not a plain path inside the disk",
			    href);
		if (!p[n])
			return href;
	}
}

static void keep(const struct reader *r, char *to, size_t size, const char *value)
{
	if (snprintf(to, size, "%s", value) >= (int)size)
		die(r, "value too long in %s", r->path);
}
#define KEEP(r, to, value) keep(r, to, sizeof(to), value)

/* ---- update.xml ---- */

static void optional(struct reader *r, const char **atts, const char *name,
		     const char *also)
{
	const char *value = attribute(atts, name);

	if (value)
		printf("%s=%s\n", name, word(r, name, value, also));
}

static void update_start(struct reader *r, const char **atts)
{
	if (!strcmp(r->path, "/update")) {
		printf("uuid=%s\n", uuid(r, mandatory(r, atts, "uuid")));
		printf("name-label=%s\n", word(r, "name-label",
			mandatory(r, atts, "name-label"), "_-"));
		printf("version=%s\n", word(r, "version",
			mandatory(r, atts, "version"), "._+~"));
		optional(r, atts, "key", "._+-");
		optional(r, atts, "control", "._+-");
		optional(r, atts, "after-apply-guidance", ",");
		optional(r, atts, "installation-size", "");
		optional(r, atts, "kernel", "._+~-");
		optional(r, atts, "vendor-code", "._-");
		if (attribute(atts, "vendor-name"))
			printf("vendor-name=%s\n", mandatory(r, atts, "vendor-name"));
	} else if (!strcmp(r->path, "/update/rollsup")) {
		printf("rollsup=%s %s\n", uuid(r, mandatory(r, atts, "uuid")),
		       word(r, "name-label",
			    mandatory(r, atts, "name-label"), "_-"));
	}
}

static void update_end(struct reader *r)
{
	if (!strcmp(r->path, "/update/name-description")) {
		if (r->seen++)
			die(r, "two name-description elements");
		printf("description=%s\n", plain(r, "description", r->text));
	} else if (!strcmp(r->path, "/update") && !r->seen) {
		die(r, "no name-description");
	}
}

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
			die(r, "checksum type '%s', expected sha256", type);
	} else if (!strcmp(r->path, "/repomd/data/location")) {
		if (attribute(atts, "xml:base"))
			die(r, "location has an xml:base");
		KEEP(r, r->pkg.href, inside(r, mandatory(r, atts, "href")));
	}
}

static void repomd_end(struct reader *r)
{
	if (!strcmp(r->path, "/repomd/data/checksum")) {
		KEEP(r, r->pkg.sha256, hex(r, "checksum", r->text, 64));
	} else if (!strcmp(r->path, "/repomd/data")) {
		if (!*r->pkg.sha256 || !*r->pkg.href)
			die(r, "data '%s' lacks a checksum or a location",
			    r->pkg.name);
		printf("%s %s %s\n", r->pkg.name, r->pkg.sha256, r->pkg.href);
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
			die(r, "a package's checksum is not sha256");
	} else if (!strcmp(r->path, "/metadata/package/location")) {
		if (attribute(atts, "xml:base"))
			die(r, "location has an xml:base");
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
			die(r, "package '%s' lacks a name, version, checksum or location",
			    p->name);
		printf("%s\t%s\t%s\t%s\n", p->name, p->evr, p->sha256, p->href);
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
		printf("group %s\n", r->pkg.name);
	} else if (!strcmp(r->path, "/comps/group/packagelist/packagereq")) {
		if (!*r->pkg.name)
			die(r, "a package list comes before its group's id");
		printf("package %s %s\n", r->pkg.name,
		       word(r, "packagereq", r->text, "._+-"));
	}
}

/* ---- expat ---- */

static void on_start(void *data, const char *name, const char **atts)
{
	struct reader *r = data;
	size_t used = strlen(r->path);

	if (++r->depth > MAX_DEPTH ||
	    used + strlen(name) + 2 > sizeof(r->path))
		die(r, "elements nested too deep");
	if (r->depth == 1 && strcmp(name, command->root))
		die(r, "root element is not <%s>", command->root);
	snprintf(r->path + used, sizeof(r->path) - used, "/%s", name);
	r->len = 0;
	r->text[0] = '\0';
	command->start(r, atts);
}

static void on_end(void *data, const char *name)
{
	struct reader *r = data;

	(void)name;
	command->end(r);
	*strrchr(r->path, '/') = '\0';
	r->depth--;
	r->len = 0;
	r->text[0] = '\0';
}

static void on_text(void *data, const char *s, int len)
{
	struct reader *r = data;

	/* Only leaves are read; long text elsewhere (changelogs) is skipped. */
	if (r->len + len >= sizeof(r->text)) {
		if (command->end != primary_end)
			die(r, "text too long in %s", r->path);
		len = sizeof(r->text) - 1 - r->len;
	}
	memcpy(r->text + r->len, s, len);
	r->len += len;
	r->text[r->len] = '\0';
}

static void on_doctype(void *data, const char *name, const char *sysid,
		       const char *pubid, int internal)
{
	(void)name, (void)sysid, (void)pubid, (void)internal;
	die(data, "a document type is declared");
}

static void parse(struct reader *r, FILE *in)
{
	size_t total = 0, n;
	char buf[65536];

	do {
		n = fread(buf, 1, sizeof(buf), in);
		if (ferror(in))
			die(r, "%s", strerror(errno));
		total += n;
		if (total > MAX_INPUT)
			die(r, "larger than %d bytes", MAX_INPUT);
		if (!XML_Parse(r->xml, buf, n, n == 0))
			die(r, "%s", XML_ErrorString(XML_GetErrorCode(r->xml)));
	} while (n);
}

static const struct command commands[] = {
	{ "update",  "update",   update_start,  update_end },
	{ "repomd",  "repomd",   repomd_start,  repomd_end },
	{ "primary", "metadata", primary_start, primary_end },
	{ "comps",   "comps",    comps_start,   comps_end },
};

int main(int argc, char **argv)
{
	static struct reader r;
	FILE *in = stdin;

	for (size_t i = 0; argc == 3 && i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			command = &commands[i];
	if (!command) {
		fputs("usage: packinfo update|repomd|primary|comps FILE (- is standard input)\n",
		      stderr);
		return 2;
	}
	r.file = argv[2];
	if (strcmp(argv[2], "-"))
		in = fopen(argv[2], "r");
	if (!in) {
		fprintf(stderr, "packinfo: %s: %s; give a readable XML file\n",
			argv[2], strerror(errno));
		return 1;
	}
	r.xml = XML_ParserCreate(NULL);
	if (!r.xml)
		die(&r, "out of memory");
	XML_SetUserData(r.xml, &r);
	XML_SetElementHandler(r.xml, on_start, on_end);
	XML_SetCharacterDataHandler(r.xml, on_text);
	XML_SetStartDoctypeDeclHandler(r.xml, on_doctype);
	parse(&r, in);
	XML_ParserFree(r.xml);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "packinfo: standard output: %s; make room\n",
			strerror(errno));
		return 1;
	}
	return 0;
}
