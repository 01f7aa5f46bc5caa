// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUID dumps and xen-cpuid's output: every real CPU through every format, real
 * output of the programs, and variants of the formats.
 */
#include <errno.h>

#include "../../../lib/cpulevel.h"
#include "tap.h"

enum { HOST_NAME = 1, HOST_VENDOR = 2, HOST_RAW = 12, HOST_FIELDS };

static char text[1 << 16];
static size_t text_len;

__attribute__((format(printf, 1, 2)))
static void put(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_len += vsnprintf(text + text_len, sizeof(text) - text_len, format,
			      args);
	va_end(args);
}

/* What a CPU says besides its features; leaves in the order of dumps. */
static void complete(struct cl_leaves *leaves, const char *vendor)
{
	struct cl_leaf *leaf = &leaves->leaves[leaves->nr_leaves];
	unsigned int i;

	for (i = 0; i < leaves->nr_leaves; i++) {
		if (leaves->leaves[i].leaf == 7 && !leaves->leaves[i].subleaf)
			leaves->leaves[i].regs[CL_EAX] = 2;
		if (leaves->leaves[i].leaf == 1)
			leaves->leaves[i].regs[CL_EAX] = 0x306c3;
	}
	memmove(leaves->leaves + 1, leaves->leaves,
		leaves->nr_leaves++ * sizeof(*leaf));
	leaf = leaves->leaves;
	*leaf = (struct cl_leaf){ 0, CL_NO_SUBLEAF, { 0xd } };
	memcpy(&leaf->regs[CL_EBX], vendor, 4);
	memcpy(&leaf->regs[CL_EDX], vendor + 4, 4);
	memcpy(&leaf->regs[CL_ECX], vendor + 8, 4);
	leaves->leaves[leaves->nr_leaves++] =
		(struct cl_leaf){ 0x80000000, CL_NO_SUBLEAF, { 0x80000021 } };
}

static uint32_t subleaf(const struct cl_leaf *leaf)
{
	return leaf->subleaf == CL_NO_SUBLEAF ? 0 : leaf->subleaf;
}

static void put_cpuid(const struct cl_leaves *leaves)
{
	unsigned int i;

	put("CPU 0:\n");
	for (i = 0; i < leaves->nr_leaves; i++) {
		const struct cl_leaf *l = &leaves->leaves[i];

		put("   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x\n",
		    l->leaf, subleaf(l), l->regs[0], l->regs[1], l->regs[2],
		    l->regs[3]);
	}
}

static void put_aida(const struct cl_leaves *leaves)
{
	unsigned int i;

	put("------[ Logical CPU #0 ]------\r\n\r\nallcpu: Package 0\r\n");
	for (i = 0; i < leaves->nr_leaves; i++) {
		const struct cl_leaf *l = &leaves->leaves[i];

		put("CPUID %08X: %08X-%08X-%08X-%08X", l->leaf, l->regs[0],
		    l->regs[1], l->regs[2], l->regs[3]);
		if (l->subleaf != CL_NO_SUBLEAF)
			put(" [SL %02X]", l->subleaf);
		put("\r\n");
	}
	put("MSR 00000017: < FAILED >\r\n");
	for (i = 0; i < leaves->nr_msrs; i++)
		put("MSR %08X: %04X-%04X-%04X-%04X [x]\r\n",
		    leaves->msrs[i].index,
		    (unsigned int)(leaves->msrs[i].value >> 48 & 0xffff),
		    (unsigned int)(leaves->msrs[i].value >> 32 & 0xffff),
		    (unsigned int)(leaves->msrs[i].value >> 16 & 0xffff),
		    (unsigned int)(leaves->msrs[i].value & 0xffff));
}

static void put_cpudata(const struct cl_leaves *leaves)
{
	unsigned int i;

	put("<!-- Features -->\n<cpudata arch='x86'>\n");
	for (i = 0; i < leaves->nr_leaves; i++) {
		const struct cl_leaf *l = &leaves->leaves[i];

		put("  <cpuid eax_in='0x%08x' ecx_in='0x%02x' eax='0x%08x' ebx='0x%08x' ecx='0x%08x' edx='0x%08x'/>\n",
		    l->leaf, subleaf(l), l->regs[0], l->regs[1], l->regs[2],
		    l->regs[3]);
	}
	for (i = 0; i < leaves->nr_msrs; i++)
		put("  <msr index='0x%x' edx='0x%08x' eax='0x%08x'/>\n",
		    leaves->msrs[i].index,
		    (unsigned int)(leaves->msrs[i].value >> 32),
		    (unsigned int)leaves->msrs[i].value);
	put("</cpudata>\n");
}

/* As xen-cpuid does, without the leaves that are 0. */
static void put_policy(const struct cl_leaves *leaves)
{
	unsigned int i;

	put("Xen reports there are maximum 120 leaves and 2 MSRs\n");
	put("Raw policy: 30 leaves, 2 MSRs\n CPUID:\n");
	put("  leaf     subleaf  -> eax      ebx      ecx      edx     \n");
	for (i = 0; i < leaves->nr_leaves; i++) {
		const struct cl_leaf *l = &leaves->leaves[i];

		if (l->regs[0] | l->regs[1] | l->regs[2] | l->regs[3])
			put("  %08x:%08x -> %08x:%08x:%08x:%08x\n", l->leaf,
			    l->subleaf, l->regs[0], l->regs[1], l->regs[2],
			    l->regs[3]);
	}
	put(" MSRs:\n  index    -> value           \n");
	for (i = 0; i < leaves->nr_msrs; i++)
		put("  %08x -> %016llx\n", leaves->msrs[i].index,
		    (unsigned long long)leaves->msrs[i].value);
}

static const struct format {
	const char *name;
	void (*put)(const struct cl_leaves *leaves);
	bool msrs;
	enum cl_backend backend;
} formats[] = {
	{ "cpuid -r", put_cpuid, false, CL_BACKEND_DUMP },
	{ "InstLatx64", put_aida, true, CL_BACKEND_DUMP },
	{ "libvirt's cpudata", put_cpudata, true, CL_BACKEND_DUMP },
	{ "xen-cpuid -p", put_policy, true, CL_BACKEND_XEN },
};

static bool written_reads_as(const struct cl_host *host,
			     const struct cl_host *expected)
{
	char *saved = NULL;
	size_t len;
	FILE *to = open_memstream(&saved, &len);
	struct cl_host back;
	bool good;

	cl_host_write(host, to);
	fclose(to);
	good = !cl_host_parse(&back, saved, len, "saved", NULL) &&
	       !memcmp(expected, &back, sizeof(back));
	free(saved);
	return good;
}

static bool round_trip(const struct format *format,
		       const struct cl_featureset *raw, const char *vendor)
{
	struct cl_featureset expected = *raw;
	struct cl_leaves leaves;
	struct cl_host host;
	struct cl_error error;

	cl_featureset_to_leaves(&leaves, raw);
	complete(&leaves, vendor);
	if (!format->msrs)
		expected.words[CL_WORD_16] = expected.words[CL_WORD_17] = 0;
	text_len = 0;
	format->put(&leaves);
	if (cl_host_parse(&host, text, text_len, "a/b.txt", &error)) {
		printf("# %s: %s\n", error.object, error.reason);
		return false;
	}
	return host.valid == 1u << CL_SET_RAW && !strcmp(host.name, "b.txt") &&
	       !strcmp(host.vendor, vendor) && host.signature == 0x306c3 &&
	       host.backend == format->backend &&
	       cl_equal(&host.sets[CL_SET_RAW], &expected) &&
	       written_reads_as(&host, &host);
}

static void test_round_trips(const struct format *format)
{
	FILE *table = open_table("hosts.tsv");
	char line[8192], *fields[HOST_FIELDS + 1];
	struct cl_featureset raw;
	bool good = true;
	int rows = 0;

	next_row(table, line, sizeof(line), fields, HOST_FIELDS);
	while (next_row(table, line, sizeof(line), fields, HOST_FIELDS)) {
		if (strlen(fields[HOST_VENDOR]) != 12)
			continue;
		rows++;
		cl_featureset_parse(&raw, fields[HOST_RAW], NULL);
		/* Dumps lack the MSR; these are a Sapphire Rapids's and ITS_NO. */
		raw.words[CL_WORD_16] = 0x0c00ed6b;
		raw.words[CL_WORD_17] = 0x40000000;
		CHECK(&good, round_trip(format, &raw, fields[HOST_VENDOR]), "%s",
		      fields[HOST_NAME]);
	}
	fclose(table);
	ok(good && rows > 100, "%d real CPUs as %s, then saved, and back", rows,
	   format->name);
}

static int read_sample(struct cl_host *host, const char *name)
{
	struct cl_error error = { "", "" };
	char path[4096];
	int ret;

	snprintf(path, sizeof(path), "%s/%s", TEST_DATA, name);
	ret = cl_host_read(host, path, &error);
	if (ret)
		printf("# %s: %s\n", error.object, error.reason);
	return ret;
}

static bool is(const struct cl_host *host, enum cl_set set, const char *fs)
{
	struct cl_featureset expected;

	return host->valid >> set & 1 &&
	       !cl_featureset_parse(&expected, fs, NULL) &&
	       cl_equal(&host->sets[set], &expected);
}

static bool last_is(const struct cl_host *host, enum cl_set set,
		    uint32_t basic, uint32_t seven, uint32_t extended)
{
	const struct cl_max_leaves *max = &host->max_leaves[set];

	return max->max_leaf == basic && max->max_subleaf == seven &&
	       max->max_extended_leaf == extended;
}

/* Words as anybody reads them from the files. */
static void test_samples(void)
{
	struct cl_host host, policy;
	unsigned int set;
	bool same = true;

	ok(!read_sample(&host, "cpuid-r.txt") &&
	   !strcmp(host.vendor, "AuthenticAMD") &&
	   host.signature == 0x00b00f21 && host.uniform == CL_UNIFORM_YES &&
	   is(&host, CL_SET_RAW, "178bfbff-f7fa3203-2fd3fbff-004003f3-0000000f-f1bf07ab-00405fc6-00000100-50020005-00000110-00000030-00000204-0-0-0-0-0-0-00000086"),
	   "what cpuid -r printed on an EPYC");
	ok(!read_sample(&host, "xen-cpuid.txt") && !*host.vendor &&
	   host.backend == CL_BACKEND_XEN && !host.one_policy &&
	   host.valid == (1 << CL_SET_RAW | 1 << CL_SET_HOST |
			  1 << CL_SET_PV_DEFAULT | 1 << CL_SET_PV_MAX) &&
	   is(&host, CL_SET_PV_MAX, "1789cbf5:c6f82203:28100800:00000023:00000001:00000309:0:0:0:20000400:0:0:0:0:0:0:10020004"),
	   "what xen-cpuid printed in a dom0 without HVM");
	ok(!read_sample(&policy, "xen-cpuid-p.txt") &&
	   !strcmp(policy.vendor, "GenuineIntel") &&
	   policy.signature == 0x306c1, "what xen-cpuid -p printed there");
	ok(last_is(&policy, CL_SET_PV_DEFAULT, 0xd, 0, 0x80000008) &&
	   last_is(&policy, CL_SET_PV_MAX, 0xd, 2, 0x80000008) &&
	   last_is(&policy, CL_SET_HVM_MAX, 0, 0, 0) &&
	   last_is(&policy, CL_SET_RAW, 0, 0, 0) &&
	   last_is(&host, CL_SET_PV_MAX, 0, 0, 0),
	   "the max leaves of guests' policies, which only -p tells");
	/* Raw has OSXSAVE in the one and not in the other. */
	for (set = CL_SET_HOST; set < CL_NR_SETS; set++)
		if (host.valid >> set & 1)
			same &= cl_equal(&host.sets[set], &policy.sets[set]);
	ok(same, "policies and featuresets agree");
}

/* Estimates against what a real Xen said of the same CPU. */
static void test_derived(void)
{
	struct cl_host host, real;
	unsigned int set, bit, wrong, worst = 0;

	if (read_sample(&real, "xen-cpuid-p.txt"))
		return;
	host = real;
	host.valid = 1 << CL_SET_RAW;
	cl_guest_sets_from_raw(&host);
	for (set = CL_SET_PV_DEFAULT; set < CL_NR_SETS; set++) {
		for (bit = wrong = 0; bit < CL_MAX_BITS; bit++)
			wrong += real.valid >> set & 1 &&
				 cl_has(&host.sets[set], bit) !=
				 cl_has(&real.sets[set], bit);
		if (wrong > worst)
			worst = wrong;
	}
	ok(worst <= 4, "estimated sets have at most 4 wrong bits: %u", worst);
	ok(host.derived == (host.valid & ~(1u << CL_SET_RAW)),
	   "what is estimated is marked");
	real = host;
	memset(real.sets + 1, 0, (CL_NR_SETS - 1) * sizeof(real.sets[0]));
	real.valid = 1 << CL_SET_RAW;
	real.derived = 0;
	ok(written_reads_as(&host, &real), "and is never saved");
	host.valid = 1 << CL_SET_HOST;
	ok(cl_guest_sets_from_raw(&host) == -ENODATA,
	   "nothing is estimated from nothing");
}

#define LEAF0	"   0x00000000 0x00: eax=0x00000001 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
#define LEAF1(ecx) \
	"   0x00000001 0x00: eax=0x000006f7 ebx=0x00000000 ecx=0x" ecx " edx=0x00000001\n"
#define CPU(n, ecx)	"CPU " n ":\n" LEAF0 LEAF1(ecx)

static int parse(struct cl_host *host, const char *dump, struct cl_error *error)
{
	return cl_host_parse(host, dump, strlen(dump), "x", error);
}

static void test_several_cpus(void)
{
	struct cl_host host;

	ok(!parse(&host, CPU("0", "00000201") CPU("1", "00000201"), NULL) &&
	   host.uniform == CL_UNIFORM_YES && !strcmp(host.vendor, "GenuineIntel"),
	   "two CPUs alike");
	ok(!parse(&host, CPU("0", "00000201") CPU("1", "00000003"), NULL) &&
	   host.uniform == CL_UNIFORM_NO &&
	   host.sets[CL_SET_RAW].words[CL_WORD_1] == 1,
	   "two CPUs that differ: what both have");
	ok(!parse(&host, "CPU:\n" LEAF0 LEAF1("00000201"), NULL) &&
	   host.uniform == CL_UNIFORM_UNKNOWN, "one CPU says nothing of others");
	ok(!parse(&host, LEAF0 LEAF1("0000000f") LEAF0 LEAF1("00000001"), NULL) &&
	   host.sets[CL_SET_RAW].words[CL_WORD_1] == 1,
	   "leaf 0 begins a CPU, headed or not");
}

static void test_variants(void)
{
	struct cl_host host;

	ok(!parse(&host, "   CPUID Registers (CPU #0):\n"
		  "      CPUID 00000000    00000007-756E6547-6C65746E-49656E69 [GenuineIntel]\n"
		  "      CPUID 00000001    000306C3-00100800-FFFAF38B-BFCBFBFF\n"
		  "      CPUID 00000007    00000001-000027A9-00000000-BC000400\n"
		  "      CPUID 00000007    00000020-00000000-00000000-00000000\n",
		  NULL) && host.sets[CL_SET_RAW].words[CL_WORD_10] == 0x20 &&
	   host.sets[CL_SET_RAW].words[CL_WORD_5] == 0x27a9,
	   "an AIDA64 report: no colons, subleaves by order");
	ok(!parse(&host, "\xef\xbb\xbf" "CPUID Manufacturer: \xfc\r\n"
		  "CPUID 00000000: 00000001-756E6547-6C65746E-49656E69\r\n"
		  "CPUID 00000001: 000306C3-00100800-00000001-BFCBFBFF\r\n"
		  "CPUID 80000000: 80000001-00000000-00000000-00000000\r\n"
		  "CPUID 80000001: 00000000-00000000-00000000-20000000\r\n",
		  NULL) && cl_has(&host.sets[CL_SET_RAW], CL_F_SYSCALL),
	   "a 32-bit program's dump: SYSCALL is added on Intel");
	ok(!parse(&host, "nr_features: 9\nDynamic sets:\nRaw     1:2\nHost    1:2\n"
		  "PV      1:0\nHVM     1:2\n", NULL) && host.one_policy &&
	   is(&host, CL_SET_PV_DEFAULT, "1") && is(&host, CL_SET_HVM_MAX, "1-2"),
	   "an old xen-cpuid: one policy, default and max");
	ok(!parse(&host, "nr_features: 9\nStatic sets:\nPV Max   f:f\n\nDynamic sets:\n"
		  "Raw     1:2\nHVM Max featureset not supported by Xen\n", NULL) &&
	   host.valid == 1 << CL_SET_RAW,
	   "static sets are not the host's, and what is not supported is no set");
}

int main(void)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		test_round_trips(&formats[i]);
	test_samples();
	test_derived();
	test_several_cpus();
	test_variants();
	return done();
}
