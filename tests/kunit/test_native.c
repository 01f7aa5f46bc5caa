// SPDX-License-Identifier: GPL-2.0-only
/* KUnit, suite "native": featuresets and policies from CPUID, without Xen. */
#include <kunit/test.h>
#include <linux/slab.h>

#include "machine.h"
#include "native_helpers.h"

#define H	(&fakes->host)
#define NONE	0xffffffff

static struct cpulevel_policy *policy;

static int native_init(struct kunit *test)
{
	use_fakes(test, false);
	fake_host_init(H, 4, "GenuineIntel", 0x306c3, 0xd);
	policy = kunit_kzalloc(test, sizeof(*policy), GFP_KERNEL);
	return policy ? 0 : -ENOMEM;
}

static void native_exit(struct kunit *test)
{
	cl_snapshot_drop();
	expect_no_misuse(test);
}

static u32 *regs(int cpu, u32 leaf, u32 subleaf)
{
	return fake_cpuid_regs(&H->cpus[cpu], leaf, subleaf);
}

/* The same change to all CPUs. */
static void set_all(u32 leaf, u32 subleaf, int reg, u32 value)
{
	int cpu;

	for (cpu = 0; cpu < 4; cpu++)
		regs(cpu, leaf, subleaf)[reg] = value;
}

static const struct cpulevel_leaf *leaf_of(u32 set, u32 leaf, u32 subleaf)
{
	u32 i;

	if (cl_snapshot_policy(set, policy))
		return NULL;
	for (i = 0; i < policy->nr_leaves; i++)
		if (policy->leaves[i].leaf == leaf && policy->leaves[i].subleaf == subleaf)
			return &policy->leaves[i];
	return NULL;
}

static void plain_host(struct kunit *test)
{
	struct cpulevel_featureset fs;
	struct cpulevel_info info;

	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	KUNIT_EXPECT_EQ(test, info.backend, CPULEVEL_BACKEND_NATIVE);
	KUNIT_EXPECT_EQ(test, info.sysctl_version, 0);
	KUNIT_EXPECT_EQ(test, info.valid, 3);
	KUNIT_EXPECT_EQ(test, info.valid_policies, 3);
	KUNIT_EXPECT_EQ(test, info.flags, 0);
	KUNIT_EXPECT_EQ(test, info.nr_words, 19);
	KUNIT_EXPECT_EQ(test, info.signature, 0x306c3);
	KUNIT_EXPECT_EQ(test, info.microcode, 0x28);
	KUNIT_EXPECT_EQ(test, info.uniform, CPULEVEL_UNIFORM_YES);
	KUNIT_EXPECT_STREQ(test, info.vendor, "GenuineIntel");
	KUNIT_EXPECT_EQ(test, cl_snapshot_featureset(2, &fs), -ENODATA);
	KUNIT_EXPECT_EQ(test, cl_snapshot_policy(4, policy), -ENODATA);
}

/* Register by register: where Xen's header says that each word is. */
static const struct {
	u32 leaf, subleaf;
	int reg;
} homes[] = {
	{ 0x1, 0, 3 }, { 0x1, 0, 2 }, { 0x80000001, 0, 3 }, { 0x80000001, 0, 2 },
	{ 0xd, 1, 0 }, { 0x7, 0, 1 }, { 0x7, 0, 2 }, { 0x80000007, 0, 3 },
	{ 0x80000008, 0, 1 }, { 0x7, 0, 3 }, { 0x7, 1, 0 }, { 0x80000021, 0, 0 },
	{ 0x7, 1, 1 }, { 0x7, 2, 3 }, { 0x7, 1, 2 }, { 0x7, 1, 3 },
};

static void every_word(struct kunit *test)
{
	struct cpulevel_info info;
	int cpu;
	u32 w;

	for (w = 0; w < ARRAY_SIZE(homes); w++)
		set_all(homes[w].leaf, homes[w].subleaf, homes[w].reg, 0x1100 + w);
	set_all(0x80000021, 0, 2, 0x1112);
	set_all(0x7, 0, 3, 0x20001109);	/* with ARCH_CAPS */
	set_all(0x7, 0, 0, 2);
	set_all(0x80000000, 0, 0, 0x80000021);
	for (cpu = 0; cpu < 4; cpu++)
		fake_cpu_add_msr(&H->cpus[cpu], 0x10a, 0x111100001110);
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	for (w = 0; w < 19; w++) {
		KUNIT_EXPECT_EQ_MSG(test, word(0, w), w == 9 ? 0x20001109 : 0x1100 + w, "raw %u", w);
		KUNIT_EXPECT_EQ_MSG(test, word(1, w), w == 9 ? 0x20001109 : 0x1100 + w, "host %u", w);
	}
	for (; w < 64; w++)
		KUNIT_EXPECT_EQ(test, word(0, w), 0);
}

/* Without the bit the register may fault, or mean anything. */
static void arch_caps_needs_its_bit(struct kunit *test)
{
	struct cpulevel_info info;

	H->all_msrs = true;
	fake_cpu_add_msr(&H->cpus[0], 0x10a, 0x55);
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	KUNIT_EXPECT_EQ(test, word(0, 16), 0);
	KUNIT_EXPECT_FALSE(test, fake_host_was_read(H, 0x10a));
}

static void arch_caps_bit_without_register(struct kunit *test)
{
	struct cpulevel_info info;

	set_all(0x7, 0, 3, 0x20000000);
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	KUNIT_EXPECT_EQ(test, word(0, 16), 0);
	KUNIT_EXPECT_EQ(test, word(0, 9), 0x20000000);
}

/* The kernel's own settings are not the CPU's features. */
static void dynamic_bits(struct kunit *test)
{
	struct cpulevel_info info;
	u32 set;

	set_all(0x1, 0, 2, 1U << 27 | 1U << 26);
	set_all(0x7, 0, 2, 1U << 4 | 1U << 3);
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	for (set = 0; set < 2; set++) {
		KUNIT_EXPECT_EQ(test, word(set, 1), 1U << 26);
		KUNIT_EXPECT_EQ(test, word(set, 6), 1U << 3);
		KUNIT_ASSERT_NOT_NULL(test, leaf_of(set, 1, NONE));
		KUNIT_EXPECT_EQ(test, leaf_of(set, 1, NONE)->c, 1U << 26);
		KUNIT_EXPECT_EQ(test, leaf_of(set, 7, 0)->c, 1U << 3);
	}
}

/* raw is the first CPU, host is what all have, in the policy too. */
static void different_cpus(struct kunit *test)
{
	struct cpulevel_info info;

	regs(0, 7, 0)[1] = 0x0f;
	regs(1, 7, 0)[1] = 0x1e;
	regs(2, 7, 0)[1] = 0x3c;
	regs(3, 7, 0)[1] = 0xffffffff;
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	KUNIT_EXPECT_EQ(test, info.uniform, CPULEVEL_UNIFORM_NO);
	KUNIT_EXPECT_EQ(test, word(0, 5), 0x0f);
	KUNIT_EXPECT_EQ(test, word(1, 5), 0x0c);
	KUNIT_ASSERT_NOT_NULL(test, leaf_of(0, 7, 0));
	KUNIT_EXPECT_EQ(test, leaf_of(0, 7, 0)->b, 0x0f);
	KUNIT_EXPECT_EQ(test, leaf_of(1, 7, 0)->b, 0x0c);
}

struct stranger {
	const char *name;
	u32 leaf, subleaf;
	int reg;
	u32 flip;
	u32 uniform;
};

static const struct stranger strangers[] = {
	{ "vendor", 0, 0, 2, 0x20, CPULEVEL_UNIFORM_NO },
	{ "stepping", 1, 0, 0, 0x1, CPULEVEL_UNIFORM_NO },
	{ "family", 1, 0, 0, 0x100, CPULEVEL_UNIFORM_NO },
	{ "a feature less", 1, 0, 3, 0x1, CPULEVEL_UNIFORM_NO },
	{ "a feature more", 0x80000001, 0, 2, 0x20, CPULEVEL_UNIFORM_NO },
	{ "its APIC number", 1, 0, 1, 0x07000000, CPULEVEL_UNIFORM_YES },
	{ "OSXSAVE", 1, 0, 2, 1U << 27, CPULEVEL_UNIFORM_YES },
};

static void stranger_name(const struct stranger *s, char *name)
{
	strscpy(name, s->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(stranger, strangers, stranger_name);

static void every_stranger(struct kunit *test)
{
	const struct stranger *s = test->param_value;
	struct cpulevel_info info;

	regs(3, s->leaf, s->subleaf)[s->reg] ^= s->flip;
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	KUNIT_EXPECT_EQ(test, info.uniform, s->uniform);
	KUNIT_EXPECT_STREQ(test, info.vendor, "GenuineIntel");
	KUNIT_EXPECT_EQ(test, info.signature, 0x306c3);
	/* It is counted only while it is online. */
	H->cpus[3].online = false;
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	KUNIT_EXPECT_EQ(test, info.uniform, CPULEVEL_UNIFORM_YES);
}

/* CPU 0 may be gone. */
static void first_cpu_offline(struct kunit *test)
{
	struct cpulevel_info info;

	regs(0, 7, 0)[1] = 0;
	H->cpus[0].online = false;
	H->cpus[1].microcode = 0x29;
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	KUNIT_EXPECT_EQ(test, word(0, 5), 0x20);
	KUNIT_EXPECT_EQ(test, word(1, 5), 0x20);
	KUNIT_EXPECT_EQ(test, info.microcode, 0x29);
}

struct reach {
	u32 signature, basic, extended;
};

static const struct reach reaches[] = {
	{ 0x543, 1, 0 }, { 0x6f6, 0xa, 0x80000008 }, { 0x10676, 5, 0x80000001 },
	{ 0x206a7, 6, 0x80000008 }, { 0x306a9, 0xd, 0x80000008 },
};

static void reach_name(const struct reach *r, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "up to %x and %x", r->basic, r->extended);
}
KUNIT_ARRAY_PARAM(reach, reaches, reach_name);

/* Beyond their last leaf Intel's CPUs repeat its answer, which is no feature. */
static void beyond_the_last_leaf(struct kunit *test)
{
	const struct reach *r = test->param_value;
	struct cpulevel_info info;
	int cpu, i;

	fake_host_init(H, 4, "GenuineIntel", r->signature, r->basic);
	set_all(0x80000000, 0, 0, r->extended);
	if (r->basic > 1 && r->basic != 7)
		for (cpu = 0; cpu < 4; cpu++)
			for (i = 0; i < 4; i++)
				regs(cpu, r->basic, 0)[i] = 0x33333333;
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	KUNIT_EXPECT_EQ(test, word(0, 5), r->basic >= 7 ? 0x20 : 0);
	KUNIT_EXPECT_EQ(test, word(0, 2), r->extended >= 0x80000001 ? 0x2c100800 : 0);
	KUNIT_EXPECT_EQ(test, word(0, 7), 0);
	KUNIT_EXPECT_EQ(test, word(0, 11), 0);
	if (r->basic < 7) {
		KUNIT_EXPECT_EQ(test, word(0, 6), 0);
		KUNIT_EXPECT_EQ(test, word(0, 4), 0);
		KUNIT_EXPECT_NULL(test, leaf_of(0, 7, 0));
	}
	KUNIT_EXPECT_NOT_NULL(test, leaf_of(0, r->basic, r->basic == 0xd ? 0 : NONE));
	KUNIT_EXPECT_NULL(test, leaf_of(0, r->basic + 1, NONE));
}

/* Three caches and the end of the list; two levels of topology and the end. */
static void subleaves(struct kunit *test)
{
	static const u32 want[][2] = {
		{ 4, 0 }, { 4, 1 }, { 4, 2 }, { 4, 3 }, { 7, 0 }, { 7, 1 },
		{ 0xb, 0 }, { 0xb, 1 }, { 0xd, 0 }, { 0xd, 1 }, { 0xd, 2 }, { 0xd, 9 },
	};
	struct cpulevel_info info;
	u32 i;

	for (i = 0; i < 3; i++)
		set_all(4, i, 0, 0x121 + i);
	set_all(7, 0, 0, 1);
	for (i = 0; i < 2; i++)
		set_all(0xb, i, 2, 0x100 * (i + 1) + i);
	set_all(0xd, 0, 0, 0x207);
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	for (i = 0; i < ARRAY_SIZE(want); i++)
		KUNIT_EXPECT_NOT_NULL_MSG(test, leaf_of(0, want[i][0], want[i][1]),
					  "%x:%x", want[i][0], want[i][1]);
	KUNIT_EXPECT_NULL(test, leaf_of(0, 4, 4));
	KUNIT_EXPECT_NULL(test, leaf_of(0, 7, 2));
	KUNIT_EXPECT_NULL(test, leaf_of(0, 0xd, 10));
	KUNIT_ASSERT_EQ(test, cl_snapshot_policy(0, policy), 0);
	for (i = 1; i < policy->nr_leaves; i++)
		KUNIT_EXPECT_TRUE(test, policy->leaves[i].leaf > policy->leaves[i - 1].leaf ||
				  policy->leaves[i].subleaf > policy->leaves[i - 1].subleaf);
}

/* CPUID that says yes to everything must not fill more than there is room for. */
static void endless_subleaves(struct kunit *test)
{
	struct cpulevel_info info;
	u32 i;

	set_all(0, 0, 0, 0xffffffff);
	set_all(0x80000000, 0, 0, 0x8000ffff);
	for (i = 0; i < 8; i++)
		set_all(4, i, 0, 0x121);
	set_all(7, 0, 0, 0xffffffff);
	set_all(0xd, 0, 0, 0xffffffff);
	set_all(0xd, 0, 3, 0xffffffff);
	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	KUNIT_ASSERT_EQ(test, cl_snapshot_policy(0, policy), 0);
	KUNIT_EXPECT_LE(test, policy->nr_leaves, 256);
	KUNIT_EXPECT_NOT_NULL(test, leaf_of(0, 0x80000021, NONE));
	KUNIT_EXPECT_NULL(test, leaf_of(0, 0x80000022, NONE));
	KUNIT_EXPECT_NULL(test, leaf_of(0, 4, 6));
}

static int unplug_at, change_calls;

static void unplug(struct fake_host *host, unsigned int cpu)
{
	if (++change_calls == unplug_at)
		host->cpus[2].online = false;
}

static void relevel(struct fake_host *host, unsigned int cpu)
{
	if (++change_calls == unplug_at)
		for (cpu = 0; cpu < 4; cpu++)
			fake_cpuid_regs(&host->cpus[cpu], 7, 0)[1] ^= 0x100;
}

static void flicker(struct fake_host *host, unsigned int cpu)
{
	fake_cpuid_regs(&host->cpus[0], 7, 0)[1] += 0x100;
}

/* A CPU that goes away in the middle, at any point of it. */
static void unplugged_meanwhile(struct kunit *test)
{
	struct cpulevel_info info;

	for (unplug_at = 1; unplug_at <= 8; unplug_at++) {
		fake_host_init(H, 4, "GenuineIntel", 0x306c3, 0xd);
		regs(2, 7, 0)[1] = 0;
		change_calls = 0;
		H->before_call = unplug;
		KUNIT_ASSERT_EQ(test, read_native(&info), 0);
		/* All of CPU 2 or nothing of it. */
		KUNIT_EXPECT_EQ_MSG(test, word(1, 5),
				    info.uniform == CPULEVEL_UNIFORM_YES ? 0x20 : 0, "call %d", unplug_at);
	}
}

/* New features after some CPUs were read, as by late microcode. */
static void changed_meanwhile(struct kunit *test)
{
	struct cpulevel_info info;

	for (unplug_at = 2; unplug_at <= 8; unplug_at++) {
		fake_host_init(H, 4, "GenuineIntel", 0x306c3, 0xd);
		change_calls = 0;
		H->before_call = relevel;
		KUNIT_ASSERT_EQ(test, read_native(&info), 0);
		KUNIT_EXPECT_EQ_MSG(test, word(1, 5), 0x120, "call %d", unplug_at);
		KUNIT_EXPECT_EQ(test, info.uniform, CPULEVEL_UNIFORM_YES);
	}
}

static void never_stable(struct kunit *test)
{
	struct cpulevel_info info;

	KUNIT_ASSERT_EQ(test, read_native(&info), 0);
	H->before_call = flicker;
	change_calls = 0;
	KUNIT_EXPECT_EQ(test, read_native(&info), -EAGAIN);
	KUNIT_EXPECT_EQ(test, word(1, 5), 0x20);
}

static struct kunit_case native_cases[] = {
	KUNIT_CASE(plain_host),
	KUNIT_CASE(every_word),
	KUNIT_CASE(arch_caps_needs_its_bit),
	KUNIT_CASE(arch_caps_bit_without_register),
	KUNIT_CASE(dynamic_bits),
	KUNIT_CASE(different_cpus),
	KUNIT_CASE_PARAM(every_stranger, stranger_gen_params),
	KUNIT_CASE(first_cpu_offline),
	KUNIT_CASE_PARAM(beyond_the_last_leaf, reach_gen_params),
	KUNIT_CASE(subleaves),
	KUNIT_CASE(endless_subleaves),
	KUNIT_CASE(unplugged_meanwhile),
	KUNIT_CASE(changed_meanwhile),
	KUNIT_CASE(never_stable),
	{ }
};

struct kunit_suite native_suite = {
	.name = "native",
	.init = native_init,
	.exit = native_exit,
	.test_cases = native_cases,
};
