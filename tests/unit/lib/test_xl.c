// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid= for xl.cfg, read back by Xen's own libxl: what a guest then sees on a
 * host is the level.
 */
#include <errno.h>
#include <libxl.h>
#include <libxlutil.h>

#include "../../../lib/cpulevel.h"
#include "tap.h"

enum { HOST_NAME = 1, HOST_VENDOR = 2, HOST_SIGNATURE = 4, HOST_RAW = 12,
       HOST_FIELDS };

/* libxl 4.17's own, behind its opaque type. */
struct policy {
	struct {
		uint32_t input[2];
		char *regs[4];
	} *cpuid;
	struct {
		uint32_t index;
		char bits[65];
	} *msr;
};

/* The guest sees what the host's default has, but for what @c says. */
static void apply_bit(struct cl_featureset *guest, unsigned int bit, char c)
{
	if (c == '0')
		cl_clear(guest, bit);
	if (c == '1')
		cl_set(guest, bit);
}

static int find_word(uint32_t leaf, uint32_t subleaf, enum cl_register reg)
{
	unsigned int i;

	for (i = 0; i < CL_NR_KNOWN_WORDS; i++)
		if (cl_word(i)->leaf == leaf && cl_word(i)->subleaf == subleaf &&
		    cl_word(i)->reg == reg)
			return i;
	return -1;
}

static bool apply_policy(struct cl_featureset *guest,
			 const struct policy *policy)
{
	unsigned int i, reg, bit;
	int word;

	for (i = 0; policy->cpuid && policy->cpuid[i].input[0] != ~0u; i++)
		for (reg = 0; reg < 4; reg++) {
			if (!policy->cpuid[i].regs[reg])
				continue;
			word = find_word(policy->cpuid[i].input[0],
					 policy->cpuid[i].input[1], reg);
			if (word < 0)
				return false;
			for (bit = 0; bit < 32; bit++)
				apply_bit(guest, word * 32 + bit,
					  policy->cpuid[i].regs[reg][31 - bit]);
		}
	for (i = 0; policy->msr && policy->msr[i].index != ~0u; i++)
		for (bit = 0; bit < 64; bit++)
			apply_bit(guest, CL_WORD_16 * 32 + bit,
				  policy->msr[i].bits[63 - bit]);
	return true;
}

static bool take_names(libxl_cpuid_policy_list *policy, const char *flags)
{
	char *copy = strdup(flags), *at, *save = NULL;
	bool good = true;

	for (at = strtok_r(copy, ",", &save); at;
	     at = strtok_r(NULL, ",", &save)) {
		if (at == copy) {
			good &= !strcmp(at, "host");
			continue;
		}
		if (libxl_cpuid_parse_config(policy, at)) {
			printf("# libxl does not take %s\n", at);
			good = false;
		}
	}
	free(copy);
	return good;
}

static bool take_list(libxl_cpuid_policy_list *policy, XLU_ConfigList *list)
{
	const char *item;
	int i;

	for (i = 0; (item = xlu_cfg_get_listitem(list, i)); i++)
		if (libxl_cpuid_parse_config_xend(policy, item)) {
			printf("# libxl does not take %s\n", item);
			return false;
		}
	return i > 0;
}

/* What xl does with a line of xl.cfg. */
static bool take(libxl_cpuid_policy_list *policy, const char *text)
{
	XLU_Config *cfg = xlu_cfg_init(stderr, "test");
	XLU_ConfigList *list;
	const char *flags;
	bool good = !xlu_cfg_readdata(cfg, text, strlen(text));

	if (good && !xlu_cfg_get_list(cfg, "cpuid", &list, 0, 1))
		good = take_list(policy, list);
	else if (good)
		good = !xlu_cfg_get_string(cfg, "cpuid", &flags, 0) &&
		       take_names(policy, flags);
	xlu_cfg_destroy(cfg);
	return good;
}

/* What level and guest may differ in all the same. */
static void ignore(struct cl_featureset *fs)
{
	static const unsigned int made_up[] = {
		CL_F_HTT, CL_F_CMP_LEGACY, CL_F_OSXSAVE, CL_F_OSPKE,
		CL_F_HYPERVISOR, CL_F_APIC, CL_F_X2APIC,
	};
	size_t i;

	for (i = 0; i < sizeof(made_up) / sizeof(made_up[0]); i++)
		cl_clear(fs, made_up[i]);
}

static bool guest_sees(const struct cl_featureset *level,
		       const struct cl_featureset *host, const char *text,
		       const struct cl_featureset *left_out)
{
	struct cl_featureset guest = *host, more, less;
	libxl_cpuid_policy_list policy = NULL;
	static const struct cl_featureset nothing;
	bool good = take(&policy, text);

	if (good && policy)
		good = apply_policy(&guest, (struct policy *)policy);
	libxl_cpuid_dispose(&policy);
	cl_prune(&guest);
	cl_minus(&more, &guest, level);
	cl_minus(&less, level, &guest);
	cl_or(&more, &more, &less);
	cl_minus(&more, &more, left_out);
	ignore(&more);
	return good && cl_equal(&more, &nothing);
}

static bool next_host(FILE *table, struct cl_host *host, const char *vendor)
{
	static char line[8192];
	char *fields[HOST_FIELDS + 1];

	while (next_row(table, line, sizeof(line), fields, HOST_FIELDS)) {
		if (strcmp(fields[HOST_VENDOR], vendor))
			continue;
		memset(host, 0, sizeof(*host));
		strcpy(host->vendor, vendor);
		cl_featureset_parse(&host->sets[CL_SET_RAW], fields[HOST_RAW],
				    NULL);
		host->valid = 1 << CL_SET_RAW;
		cl_guest_sets_from_raw(host);
		return true;
	}
	return false;
}

struct counts {
	int pairs, names, silent, left_out;
};

/* The level of two hosts, on both of them. */
static bool check_pair(const struct cl_host *a, const struct cl_host *b,
		       bool known, struct counts *counts)
{
	const struct cl_featureset *da = &a->sets[CL_SET_HVM_DEFAULT];
	const struct cl_featureset *db = &b->sets[CL_SET_HVM_DEFAULT];
	static const struct cl_featureset nothing;
	struct cl_featureset level, any, left_out;
	static char text[CL_EXPORT_SIZE];

	cl_combine(&level, da, db);
	cl_or(&any, da, db);
	cl_export_xl(text, &level, known ? &any : NULL, &left_out);
	counts->pairs++;
	counts->names += !!strchr(text, '"') && !strchr(text, '[');
	counts->left_out += !cl_equal(&left_out, &nothing);
	return guest_sees(&level, da, text, &left_out) &&
	       guest_sees(&level, db, text, &left_out);
}

static void test_pairs(const char *vendor, bool known)
{
	FILE *table = open_table("hosts.tsv");
	struct counts counts = { 0 };
	struct cl_host a, b;
	bool good = true;

	next_host(table, &a, vendor);
	while (next_host(table, &b, vendor)) {
		CHECK(&good, check_pair(&a, &b, known, &counts), "pair %d",
		      counts.pairs);
		a = b;
	}
	fclose(table);
	ok(good && counts.pairs > 50,
	   "%d pairs of %s, hosts %s: the guest sees the level; %d by names, %d leave something out",
	   counts.pairs, vendor, known ? "known" : "not known", counts.names,
	   counts.left_out);
}

static void test_names(void)
{
	struct cl_featureset any = { 0 }, level = { 0 }, left;
	static char text[CL_EXPORT_SIZE];
	const char *leaf;

	cl_set(&any, CL_F_AVX2);
	cl_set(&level, CL_F_MD_CLEAR);
	cl_export_xl(text, &level, &any, &left);
	ok(!strcmp(text, "cpuid = \"host,avx2=0,md-clear=1\"\n"), "names");
	ok(!strcmp(cl_export_xl(text, &any, &any, NULL), "cpuid = \"host\"\n"),
	   "nothing to say");
	cl_set(&any, CL_F_CLFLUSH);
	cl_set(&any, CL_F_HTT);
	cl_export_xl(text, &level, &any, &left);
	ok(strstr(text, "clfsh=0") && !strstr(text, "htt"),
	   "the feature CLFLUSH, not the size of a line; HTT is not ours");
	cl_set(&any, CL_F_RSBA);
	cl_set(&level, CL_F_RSBA);
	cl_export_xl(text, &level, &any, &left);
	ok(strstr(text, "rsba=1"), "RSBA, of whichever host of a pool");
	cl_clear(&any, CL_F_RSBA);
	cl_clear(&level, CL_F_RSBA);
	cl_set(&any, CL_F_LAHF_LM);
	cl_set(&any, CL_F_SYSCALL);
	cl_set(&any, CL_F_ADDR_MSK_EXT);
	cl_export_xl(text, &level, &any, &left);
	ok(!strncmp(text, "cpuid = [\n", 10) && !left.words[CL_WORD_3],
	   "bits where xl has no name");
	leaf = strstr(text, "\"0x80000001:edx=");
	ok(leaf && strstr(leaf, ",ecx=") && !strstr(leaf + 1, "\"0x80000001:"),
	   "a leaf once, with all its registers");
	cl_set(&any, CL_F_FB_CLEAR);
	cl_set(&any, CL_F_ITS_NO);
	cl_set(&any, CL_F_ARCH_CAPS);
	level = any;
	cl_clear(&level, CL_F_ADDR_MSK_EXT);
	cl_clear(&level, CL_F_ITS_NO);
	cl_export_xl(text, &level, &any, &left);
	ok(cl_has(&left, CL_F_ADDR_MSK_EXT) || cl_has(&left, CL_F_ITS_NO),
	   "what it cannot be told is told to the caller");
	cl_clear(&level, CL_F_ARCH_CAPS);
	cl_clear(&level, CL_F_FB_CLEAR);
	cl_export_xl(text, &level, &any, &left);
	ok(!cl_has(&left, CL_F_ITS_NO) && strchr(text, '['),
	   "but not what falls with its prerequisite");
}

int main(void)
{
	test_names();
	test_pairs("GenuineIntel", true);
	test_pairs("AuthenticAMD", true);
	test_pairs("GenuineIntel", false);
	test_pairs("AuthenticAMD", false);
	return done();
}
