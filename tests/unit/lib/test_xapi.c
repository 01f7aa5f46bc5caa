// SPDX-License-Identifier: GPL-2.0-only
/* What xapi's own tests expect of featuresets, computed by the library. */
#include <errno.h>

#include "../../../lib/cpulevel.h"
#include "tap.h"

enum { ID, FUNCTION, IN1, IN2, EXPECTED, NR_COLUMNS };

#define TEXT_SIZE	2048

static struct cl_featureset parse(const char *text)
{
	struct cl_featureset fs = { 0 };

	if (strcmp(text, "(empty)") && cl_featureset_parse(&fs, text, NULL))
		memset(&fs, 0xff, sizeof(fs));	/* equal to nothing expected */
	return fs;
}

static void put(const struct cl_featureset *fs, char *text)
{
	if (fs->nr_words)
		cl_featureset_text(fs, text);
	else
		strcpy(text, "(empty)");
}

/* To xapi the empty featureset is the pool without hosts: it has no say. */
static struct cl_featureset intersect(struct cl_featureset a,
				      struct cl_featureset b)
{
	struct cl_featureset out;

	if (!a.nr_words)
		return b;
	if (!b.nr_words)
		return a;
	cl_and(&out, &a, &b);
	return out;
}

static bool is_subset(struct cl_featureset a, struct cl_featureset b)
{
	struct cl_featureset both = intersect(a, b);

	return cl_equal(&both, &a);
}

static bool is_strict_subset(struct cl_featureset a, struct cl_featureset b)
{
	return is_subset(a, b) && !cl_equal(&a, &b);
}

/* As long as @b, whose words follow where @a has no more. */
static struct cl_featureset extend(struct cl_featureset a,
				   struct cl_featureset b)
{
	struct cl_featureset head = b, out;

	cl_resize(&head, a.nr_words);
	cl_minus(&out, &b, &head);
	cl_resize(&a, b.nr_words);
	cl_or(&out, &out, &a);
	cl_resize(&out, b.nr_words);
	return out;
}

static void do_text(char **row, char *got)
{
	struct cl_featureset fs = parse(row[IN1]);

	put(&fs, got);
}

static void do_failure(char **row, char *got)
{
	struct cl_featureset fs;

	strcpy(got, "accepted");
	if (cl_featureset_parse(&fs, row[IN1], NULL) == -EINVAL)
		snprintf(got, TEXT_SIZE, "InvalidFeatureString(%s)", row[IN1]);
}

static void do_extend(char **row, char *got)
{
	struct cl_featureset out = extend(parse(row[IN1]), parse(row[IN2]));

	put(&out, got);
}

static void do_zero_extend(char **row, char *got)
{
	struct cl_featureset fs = parse(row[IN1]);

	cl_resize(&fs, atoi(row[IN2]));
	put(&fs, got);
}

/* Sets of the four words that XenServer had before Xen 4.7 said nothing of more. */
static void do_upgrade(char **row, char *got)
{
	struct cl_featureset vm = parse(row[IN1]), host = parse(row[IN2]);

	if (vm.nr_words <= 4)
		vm = extend(vm, host);
	cl_resize(&vm, host.nr_words);
	put(&vm, got);
}

static void do_intersect(char **row, char *got)
{
	struct cl_featureset out = intersect(parse(row[IN1]), parse(row[IN2]));

	put(&out, got);
}

static void put_answer(bool yes, char *got)
{
	strcpy(got, yes ? "true" : "false");
}

static void do_equal(char **row, char *got)
{
	struct cl_featureset a = parse(row[IN1]), b = parse(row[IN2]);

	put_answer(cl_equal(&a, &b), got);
}

static void do_subset(char **row, char *got)
{
	put_answer(is_subset(parse(row[IN1]), parse(row[IN2])), got);
}

static void do_strict(char **row, char *got)
{
	put_answer(is_strict_subset(parse(row[IN1]), parse(row[IN2])), got);
}

/* XenServer 7.0 compared arrays: another length was another set. */
static void do_dundee(char **row, char *got)
{
	struct cl_featureset a = parse(row[IN1]), b = parse(row[IN2]);

	put_answer(a.nr_words == b.nr_words && is_subset(a, b), got);
}

/* The value of a key in "key=value;key=value", or "". */
static char *value(const char *record, const char *key, char *text)
{
	size_t len = strlen(key);
	const char *at = record;

	*text = '\0';
	while (at && (strncmp(at, key, len) || at[len] != '=')) {
		at = strchr(at, ';');
		at += !!at;
	}
	if (at)
		snprintf(text, TEXT_SIZE, "%.*s",
			 (int)strcspn(at + len + 1, ";}"), at + len + 1);
	return text;
}

static void do_compatible(char **row, char *got)
{
	char a[TEXT_SIZE], b[TEXT_SIZE], key[32];
	struct cl_verdict verdict;
	struct cl_featureset vm, max;

	snprintf(key, sizeof(key), "features_%.8s", value(row[IN1], "type", a));
	vm = parse(value(row[IN1], "features", a));
	max = parse(value(row[IN2], key, a));
	cl_verdict(&verdict, &vm, &max, NULL, NULL);
	strcpy(got, "OK");
	if (!verdict.runs)
		strcpy(got, "VM_INCOMPATIBLE_WITH_THIS_HOST:VM last booted on a CPU with features this host's CPU does not have.");
	if (strcmp(value(row[IN1], "vendor", a), value(row[IN2], "vendor", b)))
		strcpy(got, "VM_INCOMPATIBLE_WITH_THIS_HOST:VM last booted on a host which had a CPU from a different vendor.");
}

/* The pool's set of one guest type: hosts that cannot have such guests are skipped. */
static void fold(const char *hosts, const char *type, char *got)
{
	char list[TEXT_SIZE], host_key[32], key[32], text[TEXT_SIZE];
	char *at = list, *host;
	struct cl_featureset pool = { 0 };

	snprintf(list, sizeof(list), "%s", hosts);
	snprintf(key, sizeof(key), "features_%s", type);
	snprintf(host_key, sizeof(host_key), "features_%s_host", type);
	while ((host = strsep(&at, "/"))) {
		host++;	/* its '{' */
		value(host, "hvm_capable", text);
		if (!strcmp(type, "hvm") && strcmp(text, "true"))
			continue;
		if (!*value(host, host_key, text))
			value(host, key, text);
		pool = intersect(pool, parse(text));
	}
	put(&pool, got);
}

static void do_pool(char **row, char *got)
{
	char pv[TEXT_SIZE], hvm[TEXT_SIZE], text[TEXT_SIZE];

	fold(row[IN1], "pv", pv);
	fold(row[IN1], "hvm", hvm);
	strcpy(got, "other sets");
	if (!strcmp(value(row[EXPECTED], "features_pv_host", text), pv) &&
	    !strcmp(value(row[EXPECTED], "features_hvm_host", text), hvm))
		strcpy(got, row[EXPECTED]);
}

static const struct {
	const char *name;
	void (*run)(char **row, char *got);
} functions[] = {
	{ "string_of_features", do_text },
	{ "features_of_string", do_text },
	{ "roundtrip_features", do_text },
	{ "roundtrip_string", do_text },
	{ "parse_failure", do_failure },
	{ "extend", do_extend },
	{ "zero_extend", do_zero_extend },
	{ "upgrade_features", do_upgrade },
	{ "intersect", do_intersect },
	{ "is_equal", do_equal },
	{ "is_subset", do_subset },
	{ "is_strict_subset", do_strict },
	{ "is_subset@dundee", do_dundee },
	{ "is_strict_subset@dundee", do_dundee },
	{ "assert_vm_is_compatible", do_compatible },
	{ "pool_cpuinfo", do_pool },
};

#define NR_FUNCTIONS	(sizeof(functions) / sizeof(functions[0]))

int main(void)
{
	char line[8192], *row[NR_COLUMNS], got[TEXT_SIZE];
	FILE *table = open_table("xapi_vectors.tsv");
	bool good[NR_FUNCTIONS];
	int rows[NR_FUNCTIONS] = { 0 }, strange = 0;
	size_t i;

	memset(good, true, sizeof(good));
	next_row(table, line, sizeof(line), row, NR_COLUMNS);	/* titles */
	while (next_row(table, line, sizeof(line), row, NR_COLUMNS)) {
		for (i = 0; i < NR_FUNCTIONS; i++)
			if (!strcmp(functions[i].name, row[FUNCTION]))
				break;
		if (i == NR_FUNCTIONS) {
			strange++;
			continue;
		}
		functions[i].run(row, got);
		CHECK(&good[i], !strcmp(got, row[EXPECTED]), "row %s: %s",
		      row[ID], got);
		rows[i]++;
	}
	fclose(table);
	for (i = 0; i < NR_FUNCTIONS; i++)
		ok(good[i] && rows[i], "%s: %d vectors", functions[i].name,
		   rows[i]);
	ok(!strange, "no function of xapi is left out: %d", strange);
	return done();
}
