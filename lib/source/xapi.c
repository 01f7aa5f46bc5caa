// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * cpu_info of a XenServer host or pool: xapi's JSON, by itself or in a record,
 * or the line "key: value; key: value" that xe prints.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "../internal.h"

#define LIMIT	(1u << 20)

enum key {
	VENDOR, FAMILY, MODEL, STEPPING,
	PV_DEFAULT, HVM_DEFAULT,	/* what a guest that boots gets */
	PV, HVM,			/* what may migrate in */
	NR_KEYS
};

static const char *const keys[NR_KEYS] = {
	"vendor", "family", "model", "stepping",
	"features_pv_host", "features_hvm_host", "features_pv", "features_hvm",
};

/* NULL: not there. */
struct cpu_info {
	const char *values[NR_KEYS];
	const char *where;
};

static bool decimal(const char *text, uint32_t max, uint32_t *value)
{
	char *end;
	unsigned long n;

	if (!text || *text < '0' || *text > '9')
		return false;
	n = strtoul(text, &end, 10);
	*value = n;
	return !*end && n <= max;
}

/* CPUID 1.eax again; 0 if xapi did not say. */
static uint32_t signature(const struct cpu_info *info)
{
	uint32_t family, model, stepping, base;

	if (!decimal(info->values[FAMILY], 0xf + 0xff, &family) ||
	    !decimal(info->values[MODEL], 0xff, &model) ||
	    !decimal(info->values[STEPPING], 0xf, &stepping))
		return 0;
	base = family < 0xf ? family : 0xf;
	return (family - base) << 20 | (model >> 4) << 16 | base << 8 |
	       (model & 0xf) << 4 | stepping;
}

static int set_vendor(struct cl_host *host, const struct cpu_info *info,
		      struct cl_error *error)
{
	if (!info->values[VENDOR] || !*info->values[VENDOR])
		return 0;
	return cl_field_set(host, CL_FIELD_VENDOR, info->values[VENDOR],
			    info->where, error);
}

/* Without words, or all 0, as xapi has it where hosts have no HVM: no set. */
static int set_features(struct cl_host *host, enum cl_set set, enum key key,
			const struct cpu_info *info, struct cl_error *error)
{
	const char *text = info->values[key];
	struct cl_error why;
	int ret;

	if (!text || !*text)
		return 0;
	ret = cl_field_set(host, CL_FIELD_SETS + set, text, info->where, &why);
	if (ret)
		return cl_fail(error, ret, info->where, "%s: %s", keys[key],
			       why.reason);
	if (cl_empty(&host->sets[set]))
		host->valid &= ~(1u << set);
	return 0;
}

/*
 * Until Xen had separate max sets there were but features_pv and _hvm.  A
 * pool, which is no CPU model, has its level in them and no max set.
 */
static int set_sets(struct cl_host *host, const struct cpu_info *info,
		    struct cl_error *error)
{
	const char *const *v = info->values;
	bool old = !v[PV_DEFAULT] && !v[HVM_DEFAULT];
	bool max = v[FAMILY] || v[MODEL] || !old;
	int ret;

	ret = set_features(host, CL_SET_PV_DEFAULT, old ? PV : PV_DEFAULT,
			   info, error);
	if (!ret)
		ret = set_features(host, CL_SET_HVM_DEFAULT,
				   old ? HVM : HVM_DEFAULT, info, error);
	if (!ret && max)
		ret = set_features(host, CL_SET_PV_MAX, PV, info, error);
	if (!ret && max)
		ret = set_features(host, CL_SET_HVM_MAX, HVM, info, error);
	host->one_policy = old && max;
	return ret;
}

static int set_host(struct cl_host *host, const struct cpu_info *info,
		    struct cl_error *error)
{
	int ret = set_vendor(host, info, error);

	if (!ret)
		ret = set_sets(host, info, error);
	if (ret)
		return ret;
	if (!host->valid)
		return cl_fail(error, -ENODATA, info->where,
			       "no features_pv or features_hvm; give xapi's cpu_info");
	host->signature = signature(info);
	host->backend = CL_BACKEND_XEN;
	return 0;
}

static int read_json(struct cl_host *host, const json_t *root,
		     const char *name, struct cl_error *error)
{
	const json_t *inner = json_object_get(root, "cpu_info");
	const char *label = json_string_value(json_object_get(root, "name_label"));
	struct cpu_info info = { .where = name };
	enum key key;

	if (!json_is_object(root))
		return cl_fail(error, -EINVAL, name,
			       "the JSON is no object; give xapi's cpu_info");
	if (!inner)
		inner = root;
	for (key = 0; key < NR_KEYS; key++) {
		const json_t *value = json_object_get(inner, keys[key]);

		if (value && !json_is_string(value))
			return cl_fail(error, -EINVAL, name,
				       "%s is no text; give xapi's cpu_info",
				       keys[key]);
		info.values[key] = json_string_value(value);
	}
	if (label && *label)
		cl_host_name(host, label);
	return set_host(host, &info, error);
}

int cl_read_xapi(struct cl_host *host, const char *text, size_t len,
		 const char *name, struct cl_error *error)
{
	char where[300];
	json_error_t why;
	json_t *root;
	int ret;

	/* Parsed it would be twenty times as large. */
	if (len > LIMIT)
		return cl_fail(error, -EFBIG, name,
			       "JSON larger than 1 MiB; give xapi's cpu_info alone");
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (!root) {
		snprintf(where, sizeof(where), "%s:%d", name, why.line);
		return cl_fail(error, -EINVAL, where,
			       "%s; give xapi's cpu_info as JSON", why.text);
	}
	ret = read_json(host, root, name, error);
	json_decref(root);
	return ret;
}

bool cl_is_xe(const char *line)
{
	return strstr(line, "features_pv: ") || strstr(line, "features_hvm: ") ||
	       strstr(line, "features_pv_host: ") ||
	       strstr(line, "features_hvm_host: ");
}

/* "cpu_info (MRO): a: b; c: d" and "a: b; c: d"; no value has a "; " in it. */
static void split(char *line, struct cpu_info *info)
{
	char *at, *value, *save = NULL;
	enum key key;

	value = strstr(line, "): ");
	if (value && value < strchr(line, ';'))
		line = value + 3;
	for (at = strtok_r(line, ";", &save); at;
	     at = strtok_r(NULL, ";", &save)) {
		at += strspn(at, " ");
		value = strstr(at, ": ");
		if (!value)
			continue;
		*value = '\0';
		for (key = 0; key < NR_KEYS; key++)
			if (!strcmp(at, keys[key]))
				info->values[key] = value + 2;
	}
}

int cl_read_xe(struct cl_host *host, struct cl_lines *lines,
	       struct cl_error *error)
{
	struct cpu_info info = { .where = lines->where };
	int ret;

	/* The rest of a record may be around it. */
	while ((ret = cl_lines_next(lines, error)) > 0 &&
	       !cl_is_xe(lines->text))
		;
	if (ret <= 0)
		return ret ? ret : -ENODATA;
	split(lines->text, &info);
	return set_host(host, &info, error);
}
