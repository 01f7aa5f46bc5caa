/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Read XML that nobody has vouched for yet: no DTD, no entities, bounded size,
 * and no value that could be taken for two lines or that names a file outside
 * the disk.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "packinfo.h"

#define MAX_INPUT	(16 << 20)	/* bytes of one XML file */
#define MAX_DEPTH	32

static void complain(const struct reader *r, const char *fmt, va_list ap)
{
	fprintf(stderr, "packinfo: %s:%lu: ", r->file,
		(unsigned long)XML_GetCurrentLineNumber(r->xml));
	vfprintf(stderr, fmt, ap);
	fputs("; the disk is damaged or hostile, do not use it\n", stderr);
}

/* The jump ends in the handler that expat called: expat itself must return. */
void refuse(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(r, fmt, ap);
	va_end(ap);
	r->is_refused = 1;
	XML_StopParser(r->xml, XML_FALSE);
	longjmp(r->handler, 1);
}

__attribute__((format(printf, 2, 3)))
static int unreadable(const struct reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(r, fmt, ap);
	va_end(ap);
	return 1;
}

const char *attribute(const char **atts, const char *name)
{
	for (; *atts; atts += 2)
		if (!strcmp(atts[0], name))
			return atts[1];
	return NULL;
}

const char *plain(struct reader *r, const char *what, const char *value)
{
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			refuse(r, "%s holds a control character", what);
	return value;
}

const char *mandatory(struct reader *r, const char **atts, const char *name)
{
	const char *value = attribute(atts, name);

	if (!value || !*value)
		refuse(r, "no %s in %s", name, r->path);
	return plain(r, name, value);
}

/* A word of only these bytes can be used in shell, rpm and paths alike. */
const char *word(struct reader *r, const char *what, const char *value,
		 const char *also)
{
	if (!*value)
		refuse(r, "%s is empty", what);
	for (const char *p = value; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr(also, *p))
			refuse(r, "%s has an illegal character", what);
	return value;
}

const char *hex(struct reader *r, const char *what, const char *value, size_t len)
{
	if (strlen(value) != len || strspn(value, "0123456789abcdef") != len)
		refuse(r, "%s is not %zu lower-case hex digits", what, len);
	return value;
}

/* A path below the disk's root, without any way out of it. */
const char *inside(struct reader *r, const char *href)
{
	plain(r, "href", href);
	for (const char *p = href; ; p = strchr(p, '/') + 1) {
		size_t n = strcspn(p, "/");

		if (!n || (n == 1 && *p == '.') || (n == 2 && !memcmp(p, "..", 2)))
			refuse(r, "href '%s' is not a plain path inside the disk",
			       href);
		if (!p[n])
			return href;
	}
}

void keep(struct reader *r, char *to, size_t size, const char *value)
{
	if (snprintf(to, size, "%s", value) >= (int)size)
		refuse(r, "value too long in %s", r->path);
}

static void on_start(void *data, const char *name, const char **atts)
{
	struct reader *r = data;
	size_t used = strlen(r->path);

	if (r->is_refused || setjmp(r->handler))
		return;
	if (++r->depth > MAX_DEPTH ||
	    used + strlen(name) + 2 > sizeof(r->path))
		refuse(r, "elements nested too deep");
	if (r->depth == 1 && r->command->root && strcmp(name, r->command->root))
		refuse(r, "root element is not <%s>", r->command->root);
	snprintf(r->path + used, sizeof(r->path) - used, "/%s", name);
	r->len = 0;
	r->text[0] = '\0';
	r->command->start(r, atts);
}

static void on_end(void *data, const char *name)
{
	struct reader *r = data;

	(void)name;
	if (r->is_refused || setjmp(r->handler))
		return;
	r->command->end(r);
	*strrchr(r->path, '/') = '\0';
	r->depth--;
	r->len = 0;
	r->text[0] = '\0';
}

static void on_text(void *data, const char *s, int len)
{
	struct reader *r = data;

	if (r->is_refused || setjmp(r->handler))
		return;
	/* Only leaves are read; long text elsewhere (changelogs) is skipped. */
	if (r->len + len >= sizeof(r->text)) {
		if (!r->command->cut_text)
			refuse(r, "text too long in %s", r->path);
		len = sizeof(r->text) - 1 - r->len;
	}
	memcpy(r->text + r->len, s, len);
	r->len += len;
	r->text[r->len] = '\0';
}

static void on_doctype(void *data, const char *name, const char *sysid,
		       const char *pubid, int internal)
{
	struct reader *r = data;

	(void)name, (void)sysid, (void)pubid, (void)internal;
	if (!setjmp(r->handler))
		refuse(r, "a document type is declared");
}

static int parse(struct reader *r, FILE *in)
{
	size_t total = 0, n;
	char buf[65536];

	do {
		n = fread(buf, 1, sizeof(buf), in);
		if (ferror(in))
			return unreadable(r, "%s", strerror(errno));
		total += n;
		if (total > MAX_INPUT)
			return unreadable(r, "larger than %d bytes", MAX_INPUT);
		if (!XML_Parse(r->xml, buf, n, n == 0))
			return r->is_refused || unreadable(r, "%s",
				XML_ErrorString(XML_GetErrorCode(r->xml)));
	} while (n);
	return 0;
}

int read_xml(const struct command *command, FILE *in, const char *file, FILE *out)
{
	static struct reader r;
	int ret;

	memset(&r, 0, sizeof(r));
	r.command = command;
	r.file = file;
	r.out = out;
	r.xml = XML_ParserCreate(NULL);
	if (!r.xml) {
		fprintf(stderr, "packinfo: %s: out of memory; free some\n", file);
		return 1;
	}
	XML_SetUserData(r.xml, &r);
	XML_SetElementHandler(r.xml, on_start, on_end);
	XML_SetCharacterDataHandler(r.xml, on_text);
	XML_SetStartDoctypeDeclHandler(r.xml, on_doctype);
	ret = parse(&r, in);
	XML_ParserFree(r.xml);
	return ret;
}
