// SPDX-License-Identifier: GPL-2.0-only
/* KUnit, suite "native_caps": levelling capabilities probed on every CPU that the rules name. */
#include <kunit/test.h>

#include "machine.h"
#include "native_helpers.h"
#include "tables.h"

#define H	(&fakes->host)

static int caps_init(struct kunit *test)
{
	use_fakes(test, false);
	return 0;
}

static void caps_exit(struct kunit *test)
{
	cl_snapshot_drop();
	expect_no_misuse(test);
}

static u32 signature(u32 family, u32 model, u32 stepping)
{
	u32 low = min(family, 15U);

	return (family - low) << 20 | (model & 0xf0) << 12 | low << 8 | (model & 15) << 4 | stepping;
}

/* One of the CPUs that the rule is about, with all registers but @missing. */
static void build(const struct lcap_row *r, u32 missing)
{
	struct fake_cpu *cpu;
	u32 i, n;

	fake_host_init(H, 2, r->vendor, signature(r->family, r->model, 3), r->max_leaf);
	for (n = 0; n < 2; n++) {
		cpu = &H->cpus[n];
		if (r->is_virtual)
			fake_cpuid_regs(cpu, 1, 0)[2] |= 1U << 31;
		if (r->max_leaf >= 6)
			fake_cpuid_regs(cpu, 6, 0)[2] = r->ecx6;
		if (r->user_dis) {
			fake_cpuid_regs(cpu, 0x80000000, 0)[0] = 0x80000021;
			fake_cpuid_regs(cpu, 0x80000021, 0)[0] = 1U << 17;
		}
		for (i = 0; i < r->nr_msrs; i++)
			if (r->msrs[i] != missing)
				fake_cpu_add_msr(cpu, r->msrs[i],
						 r->msrs[i] == 0xce ? 0x80000000 : 0xffffffff);
	}
}

static void row_name(const struct lcap_row *r, char *name)
{
	strscpy(name, r->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(row, lcap_rows, row_name);

static void every_rule(struct kunit *test)
{
	const struct lcap_row *r = test->param_value;
	struct cpulevel_info info;

	build(r, 0);
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	KUNIT_EXPECT_EQ(test, info.caps_source, CPULEVEL_CAPS_PROBED);
	KUNIT_EXPECT_EQ(test, info.caps, r->caps);
}

/* What the absence of a register takes away. */
static u32 caps_of(u32 msr)
{
	switch (msr) {
	case 0xce:
	case 0x140:
		return 0x1;
	case 0x478:
	case 0x130:
	case 0x132:
	case 0xc0011004:
		return 0x6;
	case 0x131:
	case 0x133:
	case 0xc0011005:
		return 0x18;
	case 0x134:
		return 0x20;
	case 0xc0011002:
		return 0x180;
	case 0xc0011003:
		return 0x40;
	default:
		return 0;
	}
}

static void register_missing(struct kunit *test)
{
	const struct lcap_row *r = test->param_value;
	struct cpulevel_info info;
	u32 i;

	for (i = 0; i < r->nr_msrs; i++) {
		build(r, r->msrs[i]);
		KUNIT_ASSERT_EQ(test, read_native(&info), 0);
		KUNIT_EXPECT_EQ_MSG(test, info.caps, r->caps & ~caps_of(r->msrs[i]),
				    "without 0x%x", r->msrs[i]);
	}
}

/* PLATFORM_INFO is there, and says no: then the masks count. */
static void faulting_not_said(struct kunit *test)
{
	const struct lcap_row *r = test->param_value;
	struct cpulevel_info info;

	if (r->faulting || r->user_dis)
		return;
	build(r, 0);
	fake_cpu_add_msr(&H->cpus[0], 0xce, 0x7fffffff);
	fake_cpu_add_msr(&H->cpus[1], 0xce, 0x7fffffff);
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	KUNIT_EXPECT_EQ(test, info.caps, r->caps);
}

/* Some emulators have every register: the model decides, not the answer. */
static void emulator_answers_all(struct kunit *test)
{
	const struct lcap_row *r = test->param_value;
	struct cpulevel_info info;

	if (r->is_virtual)
		return;
	build(r, 0);
	H->all_msrs = true;
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	KUNIT_EXPECT_EQ(test, info.caps, r->caps);
}

static bool may_read(const struct lcap_row *r, u32 msr)
{
	bool intel = !strcmp(r->vendor, "GenuineIntel");
	u32 i;

	for (i = 0; i < r->nr_msrs; i++)
		if (r->msrs[i] == msr)
			return true;
	/* A guest may have the registers of its model. */
	if (r->is_virtual && (caps_of(msr) & ~1))
		return intel == (msr < 0xc0000000);
	return intel && r->family != 0xf && (msr == 0xce || msr == 0x140);
}

/* On other CPUs a register of that number may be anything. */
static void reads_no_other_register(struct kunit *test)
{
	const struct lcap_row *r = test->param_value;
	struct cpulevel_info info;
	u32 i;

	build(r, 0);
	H->all_msrs = true;
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	KUNIT_EXPECT_LT(test, H->nr_reads, FAKE_CPU_READS);
	for (i = 0; i < H->nr_reads; i++)
		KUNIT_EXPECT_TRUE_MSG(test, may_read(r, H->reads[i]), "0x%x", H->reads[i]);
}

/* Vendors that Xen knows no masks of. */
static void other_vendors(struct kunit *test)
{
	static const char * const vendors[] = { "CentaurHauls", "  Shanghai  ", "NoSuchVendor" };
	struct cpulevel_info info;
	int i;

	for (i = 0; i < ARRAY_SIZE(vendors); i++) {
		fake_host_init(H, 2, vendors[i], 0x206a7, 0xd);
		H->all_msrs = true;
		KUNIT_ASSERT_EQ(test, read_native(&info), 0);
		KUNIT_EXPECT_EQ(test, info.caps, 0);
		KUNIT_EXPECT_STREQ(test, info.vendor, vendors[i]);
		KUNIT_EXPECT_EQ(test, H->nr_reads, 0);
	}
}

static struct kunit_case caps_cases[] = {
	KUNIT_CASE_PARAM(every_rule, row_gen_params),
	KUNIT_CASE_PARAM(register_missing, row_gen_params),
	KUNIT_CASE_PARAM(faulting_not_said, row_gen_params),
	KUNIT_CASE_PARAM(emulator_answers_all, row_gen_params),
	KUNIT_CASE_PARAM(reads_no_other_register, row_gen_params),
	KUNIT_CASE(other_vendors),
	{ }
};

struct kunit_suite native_caps_suite = {
	.name = "native_caps",
	.init = caps_init,
	.exit = caps_exit,
	.test_cases = caps_cases,
};
