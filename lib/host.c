// SPDX-License-Identifier: LGPL-2.1-or-later
/* The facts about a host as text: one table for saved files and for sysfs. */
#include <errno.h>
#include <string.h>

#include "internal.h"

/* The last sysctl version in which Xen has no separate max sets. */
#define NEWEST_ONE_POLICY	0x12

/* Index 0 is what has no name: not known. */
static const char *const backend_names[] = { NULL, "xen", "native", "dump" };
static const char *const uniform_names[] = { NULL, "0", "1" };
static const char *const source_names[] = { NULL, "xen", "derived", "probed" };

/* Required: what the module knows of every host. */
const struct cl_field_info cl_fields[CL_NR_FIELDS] = {
	[CL_FIELD_NAME]		  = { "name", NULL, true },
	[CL_FIELD_VENDOR]	  = { "vendor", "cpu/vendor", false },
	[CL_FIELD_SIGNATURE]	  = { "signature", "cpu/signature", false },
	[CL_FIELD_MICROCODE]	  = { "microcode", "cpu/microcode", false },
	[CL_FIELD_UNIFORM]	  = { "uniform", "cpu/uniform", false },
	[CL_FIELD_BACKEND]	  = { "backend", "backend", true },
	[CL_FIELD_SYSCTL_VERSION] = { "sysctl_version", "xen/sysctl_version",
				      false },
	[CL_FIELD_ONE_POLICY]	  = { "one_policy", NULL, false },
#define SET(set, name, required) \
	[CL_FIELD_SETS + (set)] = { name, "featuresets/" name, required }
	SET(CL_SET_RAW, "raw", true),
	SET(CL_SET_HOST, "host", false),
	SET(CL_SET_PV_DEFAULT, "pv_default", false),
	SET(CL_SET_HVM_DEFAULT, "hvm_default", false),
	SET(CL_SET_PV_MAX, "pv_max", false),
	SET(CL_SET_HVM_MAX, "hvm_max", false),
#undef SET
	[CL_FIELD_CAPS]		  = { "caps", "levelling/caps", false },
	[CL_FIELD_CAPS_SOURCE]	  = { "caps_source", "levelling/source", false },
#define MAX_LEAVES(set, name) \
	[CL_FIELD_MAX_LEAVES + (set) - CL_SET_PV_DEFAULT] = { name, NULL, false }
	MAX_LEAVES(CL_SET_PV_DEFAULT, "pv_default_leaves"),
	MAX_LEAVES(CL_SET_HVM_DEFAULT, "hvm_default_leaves"),
	MAX_LEAVES(CL_SET_PV_MAX, "pv_max_leaves"),
	MAX_LEAVES(CL_SET_HVM_MAX, "hvm_max_leaves"),
#undef MAX_LEAVES
};

static const char *const cap_names[] = {
	"faulting", "1.ecx", "1.edx", "0x80000001.ecx", "0x80000001.edx",
	"0xd:1.eax", "6.ecx", "7:0.eax", "7:0.ebx",
};

#define NAME_IN(names, n) ((n) < ARRAY_SIZE(names) ? (names)[n] : NULL)

const char *cl_set_name(unsigned int set)
{
	return set < CL_NR_SETS ? cl_fields[CL_FIELD_SETS + set].key : NULL;
}

const char *cl_backend_name(unsigned int backend)
{
	return NAME_IN(backend_names, backend);
}

const char *cl_caps_source_name(unsigned int source)
{
	return NAME_IN(source_names, source);
}

const char *cl_cap_name(unsigned int n)
{
	return NAME_IN(cap_names, n);
}

const char *cl_method(const struct cl_host *host)
{
	if (host->caps_source == CL_CAPS_ABSENT)
		return NULL;
	if (host->caps & CL_CAP_FAULTING)
		return "faulting";
	return host->caps ? "masking" : "none";
}

static bool printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

void cl_host_name(struct cl_host *host, const char *name)
{
	size_t len = strlen(name);

	/* A part of it could be the name of another host. */
	if (!len || len >= sizeof(host->name) || !cl_is_text(name))
		name = "?";
	snprintf(host->name, sizeof(host->name), "%s", name);
}

/* Strict where strtoul() is not: no sign, no space, nothing after. */
static bool parse_u32(uint32_t *value, const char *text)
{
	size_t digits;

	if (text[0] == '0' && text[1] == 'x')
		text += 2;
	digits = cl_hex(text, value);
	return digits && digits <= 8 && !text[digits];
}

/* The setters return what is expected instead, or NULL if @text is good. */
static const char *set_text(char *to, size_t size, const char *text,
			    const char *expected)
{
	size_t len = strlen(text);

	if (!len || len >= size || !printable(text))
		return expected;
	memcpy(to, text, len + 1);
	return NULL;
}

static const char *set_name(struct cl_host *host, const char *text)
{
	size_t len = strlen(text);

	if (!len || len >= sizeof(host->name) || !cl_is_text(text))
		return "1 to 64 bytes of UTF-8 text";
	memcpy(host->name, text, len + 1);
	return NULL;
}

static const char *set_u32(uint32_t *value, const char *text)
{
	return parse_u32(value, text) ? NULL : "1 to 8 hex digits";
}

/* The position in @names, of which the first is NULL; 0 if it is none. */
static unsigned int lookup(const char *const names[], unsigned int nr,
			   const char *text)
{
	while (--nr && strcmp(names[nr], text))
		;
	return nr;
}

/* Its max leaves, if the field is those of a set. */
static struct cl_max_leaves *max_leaves_of(struct cl_host *host, enum cl_field field)
{
	if (field < CL_FIELD_MAX_LEAVES || field >= CL_NR_FIELDS)
		return NULL;
	return &host->max_leaves[field - CL_FIELD_MAX_LEAVES + CL_SET_PV_DEFAULT];
}

static const char *set_max_leaves(struct cl_max_leaves *max, const char *text)
{
	return max && cl_max_leaves_parse(max, text) ? NULL :
	       "three numbers in hex, as 0000000d-00000000-8000001e";
}

static const char *set_fact(struct cl_host *host, enum cl_field field,
			    const char *text)
{
	switch (field) {
	case CL_FIELD_NAME:
		return set_name(host, text);
	case CL_FIELD_VENDOR:
		return set_text(host->vendor, sizeof(host->vendor), text,
				"CPUID's vendor of 12 characters");
	case CL_FIELD_SIGNATURE:
		return set_u32(&host->signature, text);
	case CL_FIELD_MICROCODE:
		return set_u32(&host->microcode, text);
	case CL_FIELD_UNIFORM:
		host->uniform = lookup(uniform_names,
				       ARRAY_SIZE(uniform_names), text);
		return host->uniform ? NULL : "1 or 0";
	case CL_FIELD_BACKEND:
		host->backend = lookup(backend_names,
				       ARRAY_SIZE(backend_names), text);
		return host->backend ? NULL : "xen, native or dump";
	case CL_FIELD_SYSCTL_VERSION:
		return set_u32(&host->sysctl_version, text);
	case CL_FIELD_ONE_POLICY:
		host->one_policy = true;
		return strcmp(text, "yes") ? "yes" : NULL;
	case CL_FIELD_CAPS:
		return set_u32(&host->caps, text);
	case CL_FIELD_CAPS_SOURCE:
		host->caps_source = lookup(source_names,
					   ARRAY_SIZE(source_names), text);
		return host->caps_source ? NULL : "xen, derived or probed";
	default:
		return set_max_leaves(max_leaves_of(host, field), text);
	}
}

static int set_featureset(struct cl_host *host, unsigned int set,
			  const char *text, const char *object,
			  struct cl_error *error)
{
	int ret;

	if (!*text)
		return cl_fail(error, -EINVAL, object,
			       "%s is empty; leave out what is not offered",
			       cl_set_name(set));
	ret = cl_featureset_parse(&host->sets[set], text, error);
	if (ret && error)
		snprintf(error->object, sizeof(error->object), "%s", object);
	if (!ret)
		host->valid |= 1u << set;
	return ret;
}

int cl_field_set(struct cl_host *host, enum cl_field field, const char *text,
		 const char *object, struct cl_error *error)
{
	const char *expected;

	if (field >= CL_FIELD_SETS && field < CL_FIELD_SETS + CL_NR_SETS)
		return set_featureset(host, field - CL_FIELD_SETS, text, object,
				      error);
	expected = set_fact(host, field, text);
	if (!expected)
		return 0;
	return cl_fail(error, -EINVAL, object, "%s is '%.40s'; expected %s",
		       cl_fields[field].key, text, expected);
}

bool cl_field_text(const struct cl_host *host, enum cl_field field,
		   char text[CL_LINE_SIZE])
{
	const char *known = NULL;
	unsigned int set = field - CL_FIELD_SETS;

	switch (field) {
	case CL_FIELD_NAME:
		known = host->name;
		break;
	case CL_FIELD_VENDOR:
		known = *host->vendor ? host->vendor : NULL;
		break;
	case CL_FIELD_SIGNATURE:
		sprintf(text, "%08x", host->signature);
		return host->signature;
	case CL_FIELD_MICROCODE:
		sprintf(text, "0x%x", host->microcode);
		return host->microcode;
	case CL_FIELD_UNIFORM:
		known = NAME_IN(uniform_names, host->uniform);
		break;
	case CL_FIELD_BACKEND:
		known = cl_backend_name(host->backend);
		break;
	case CL_FIELD_SYSCTL_VERSION:
		sprintf(text, "0x%02x", host->sysctl_version);
		return host->sysctl_version;
	case CL_FIELD_ONE_POLICY:
		known = host->one_policy ? "yes" : NULL;
		break;
	case CL_FIELD_CAPS:
		sprintf(text, "%08x", host->caps);
		return host->caps_source != CL_CAPS_ABSENT;
	case CL_FIELD_CAPS_SOURCE:
		known = cl_caps_source_name(host->caps_source);
		break;
	default:
		if (field >= CL_FIELD_MAX_LEAVES)
			return cl_max_leaves_text(&host->max_leaves[field - CL_FIELD_MAX_LEAVES + CL_SET_PV_DEFAULT],
					    text);
		if (set >= CL_NR_SETS ||
		    !((host->valid & ~host->derived) >> set & 1))
			return false;
		cl_featureset_text(&host->sets[set], text);
		return true;
	}
	if (known)
		strcpy(text, known);
	return known;
}

int cl_fields_end(struct cl_host *host, uint32_t have, const char *object,
		  struct cl_error *error)
{
	bool caps = have >> CL_FIELD_CAPS & 1;
	bool source = have >> CL_FIELD_CAPS_SOURCE & 1;
	uint32_t sets = ((1u << CL_NR_SETS) - 1) << CL_FIELD_SETS;

	if (!(have >> CL_FIELD_NAME & 1))
		return cl_fail(error, -EINVAL, object,
			       "name is missing; save the host again");
	if (!(have & sets))
		return cl_fail(error, -EINVAL, object,
			       "there is no featureset; save the host again");
	if (caps != source)
		return cl_fail(error, -EINVAL, object,
			       "one of caps and caps_source is missing; save or copy the host again");
	/* No file of sysfs says it: the module's device does, by the same rule. */
	if (host->sysctl_version && host->sysctl_version <= NEWEST_ONE_POLICY)
		host->one_policy = true;
	return 0;
}
