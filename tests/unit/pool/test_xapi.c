// SPDX-License-Identifier: GPL-2.0-only
/*
 * What xapi's own tests expect of VMs and pools, done with a pool: its hosts
 * join, its VM is adopted and asked about.  Two things are mapped.  xapi's
 * vectors are numbers, not CPUs: what the pool's level drops or adds by the
 * rules that go beyond xapi's intersection is left out of the comparison.  And
 * words of a VM beyond the host's are cut off by xapi, but not by a pool.
 */
#include <errno.h>

#include "../../../pool/pool.h"
#include "../lib/tap.h"

enum { ID, FUNCTION, IN1, IN2, EXPECTED, NR_COLUMNS };

#define TEXT_SIZE	2048

static struct cl_featureset parse(const char *text)
{
	struct cl_featureset fs = { 0 };

	if (*text && strcmp(text, "(empty)"))
		cl_featureset_parse(&fs, text, NULL);
	return fs;
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

static void offer(struct cl_host *host, const char *record, const char *type,
		  enum cl_set def, enum cl_set max)
{
	char key[40], text[TEXT_SIZE];

	snprintf(key, sizeof(key), "features_%s", type);
	host->sets[max] = parse(value(record, key, text));
	snprintf(key, sizeof(key), "features_%s_host", type);
	if (!*value(record, key, text)) {
		snprintf(key, sizeof(key), "features_%s", type);
		value(record, key, text);
	}
	host->sets[def] = parse(text);
	if (*text)
		host->valid |= 1u << def | 1u << max;
}

/* A host as its cpu_info has it.  xapi's may be all 0 where ours are refused. */
static struct cl_member member_of(const char *record)
{
	struct cl_member member = { .boot = "" };
	struct cl_host *host = &member.host;
	char text[TEXT_SIZE];

	strcpy(host->name, "host");
	snprintf(host->vendor, sizeof(host->vendor), "%.12s",
		 value(record, "vendor", text));
	offer(host, record, "pv", CL_SET_PV_DEFAULT, CL_SET_PV_MAX);
	if (strcmp(value(record, "hvm_capable", text), "false"))
		offer(host, record, "hvm", CL_SET_HVM_DEFAULT, CL_SET_HVM_MAX);
	return member;
}

/* What the pool's rules change beyond the intersection. */
static struct cl_featureset plain(struct cl_featureset fs)
{
	unsigned int bit;

	cl_prune(&fs);
	for (bit = 0; bit < CL_NR_KNOWN_WORDS * 32; bit++)
		if (cl_feature(bit) &&
		    cl_feature(bit)->attributes & CL_ATTR_ACCUMULATE)
			cl_clear(&fs, bit);
	return fs;
}

static bool level_is(const struct cl_pool *pool, enum cl_guest guest,
		     const char *expected)
{
	struct cl_featureset got = plain(pool->level[guest]);
	struct cl_featureset wanted = plain(parse(expected));

	return cl_equal(&got, &wanted);
}

static bool do_pool(char **row)
{
	char list[TEXT_SIZE], text[TEXT_SIZE], *at = list, *host;
	struct cl_pool_counts counts;
	struct cl_pool pool;
	bool good = true;

	snprintf(list, sizeof(list), "%s", row[IN1]);
	cl_pool_init(&pool, &counts, "xapi");
	while ((host = strsep(&at, "/"))) {
		struct cl_member member = member_of(host + 1);

		good &= !cl_pool_join(&pool, &counts, &member, NULL);
	}
	return good && level_is(&pool, CL_GUEST_PV,
				value(row[EXPECTED], "features_pv_host", text)) &&
	       level_is(&pool, CL_GUEST_HVM,
			value(row[EXPECTED], "features_hvm_host", text));
}

static const char *answer_text(enum cl_move_answer answer)
{
	switch (answer) {
	case CL_MOVE_YES:
		return "OK";
	case CL_MOVE_VENDOR:
		return "VM_INCOMPATIBLE_WITH_THIS_HOST:VM last booted on a host which had a CPU from a different vendor.";
	default:
		return "VM_INCOMPATIBLE_WITH_THIS_HOST:VM last booted on a CPU with features this host's CPU does not have.";
	}
}

static bool do_compatible(char **row)
{
	struct cl_member host = member_of(row[IN2]);
	struct cl_vm vm = { .name = "vm", .state = CL_VM_SUSPENDED };
	char text[TEXT_SIZE];
	struct cl_move move;

	vm.type = strcmp(value(row[IN1], "type", text), "pv") ? CL_VM_HVM : CL_VM_PV;
	vm.set = parse(value(row[IN1], "features", text));
	snprintf(vm.vendor, sizeof(vm.vendor), "%.12s",
		 value(row[IN1], "vendor", text));
	cl_vm_fits(&move, &vm, NULL, &host);
	if (!strcmp(answer_text(move.answer), row[EXPECTED]))
		return true;
	printf("# row %s: %s\n", row[ID], answer_text(move.answer));
	return false;
}

/* Dundee's upgrade: a record as it is taken over by a host. */
static bool do_upgrade(char **row)
{
	struct cl_featureset vm = parse(row[IN1]), host = parse(row[IN2]);
	struct cl_featureset wanted = parse(row[EXPECTED]);

	cl_record_extend(&vm, &host);
	return cl_equal(&vm, &wanted) && vm.nr_words == host.nr_words;
}

/* The same through a VM that comes in. */
static bool do_adopt(char **row)
{
	struct cl_given recorded = { .set = parse(row[IN1]) };
	struct cl_featureset wanted = parse(row[EXPECTED]);
	struct cl_member host = { .pool = "xapi" };
	struct cl_vm vm = { .name = "vm", .type = CL_VM_HVM };

	host.host.sets[CL_SET_HVM_MAX] = parse(row[IN2]);
	host.host.valid = 1u << CL_SET_HVM_MAX;
	cl_vm_adopt(&vm, &host, &recorded, "Abacus");
	return cl_equal(&vm.set, &wanted) && !vm.flags;
}

static const struct {
	const char *name, *what;
	bool (*run)(char **row);
} functions[] = {
	{ "pool_cpuinfo", "the pool's levels", do_pool },
	{ "assert_vm_is_compatible", "where a VM can be", do_compatible },
	{ "upgrade_features", "old records", do_upgrade },
	{ "upgrade_features", "VMs with old records", do_adopt },
};

int main(void)
{
	char line[8192], *row[NR_COLUMNS];
	size_t i;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		FILE *table = open_table("xapi_vectors.tsv");
		bool good = true;
		int rows = 0;

		while (next_row(table, line, sizeof(line), row, NR_COLUMNS)) {
			if (strcmp(row[FUNCTION], functions[i].name))
				continue;
			CHECK(&good, functions[i].run(row), "row %s", row[ID]);
			rows++;
		}
		fclose(table);
		ok(good && rows, "%s: %d vectors of %s", functions[i].what,
		   rows, functions[i].name);
	}
	return done();
}
