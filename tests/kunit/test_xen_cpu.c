// SPDX-License-Identifier: GPL-2.0-only
/* KUnit, suite "xen_cpu": what Xen's physical CPUs are, and levelling capabilities below Xen. */
#include <kunit/test.h>

#include "machine.h"
#include "snapshot.h"
#include "suites.h"
#include "tables.h"
#include "xen_helpers.h"

#define X	(&fakes->xen)
#define CPU(n)	(fakes->xen.pcpus[n])

static int cpu_init(struct kunit *test)
{
	use_fakes(test, true);
	fake_xen_init(X, &fake_newest);
	return 0;
}

static void cpu_exit(struct kunit *test)
{
	cl_snapshot_drop();
	expect_no_misuse(test);
}

struct host {
	const char *name;
	void (*make)(void);
	u32 uniform;
	u32 microcode;
};

static void as_it_is(void) { }
static void other_vendor(void) { strcpy(CPU(2).vendor, "AuthenticAMD"); }
static void other_family(void) { CPU(3).family = 7; }
static void other_model(void) { CPU(1).model = 0x3f; }
static void other_stepping(void) { CPU(1).stepping = 4; }
static void other_revision(void) { CPU(3).revision++; }
static void unknown_revision(void) { CPU(3).revision = 0; }
static void offline_stranger(void) { other_model(); CPU(1).flags = 0; }
static void invalid_stranger(void) { other_vendor(); CPU(2).flags = 2; }
static void first_offline(void) { CPU(0).flags = 0; CPU(0).model = 0x55; }
static void only_one(void) { X->nr_pcpus = 1; other_model(); }
static void last_differs(void) { X->nr_pcpus = 8; CPU(7).stepping = 5; }
static void one_silent(void) { X->silent_from = 2; }
static void no_cpuinfo(void) { X->platform_error[FAKE_CPUINFO] = -ENOSYS; }
static void flask_cpuinfo(void) { offline_stranger(); X->platform_error[FAKE_CPUINFO] = -EACCES; }
static void no_ucode(void) { X->platform_error[FAKE_UCODE] = -ENOSYS; other_revision(); }
static void flask_ucode(void) { X->platform_error[FAKE_UCODE] = -EACCES; }

static const struct host hosts[] = {
	{ "all the same", as_it_is, CPULEVEL_UNIFORM_YES, 0x28 },
	{ "another vendor", other_vendor, CPULEVEL_UNIFORM_NO, 0x28 },
	{ "another family", other_family, CPULEVEL_UNIFORM_NO, 0x28 },
	{ "another model", other_model, CPULEVEL_UNIFORM_NO, 0x28 },
	{ "another stepping", other_stepping, CPULEVEL_UNIFORM_NO, 0x28 },
	{ "another microcode", other_revision, CPULEVEL_UNIFORM_NO, 0x28 },
	{ "one microcode unknown", unknown_revision, CPULEVEL_UNIFORM_YES, 0x28 },
	{ "another, but offline", offline_stranger, CPULEVEL_UNIFORM_YES, 0x28 },
	{ "another, but not there", invalid_stranger, CPULEVEL_UNIFORM_YES, 0x28 },
	{ "the first is offline", first_offline, CPULEVEL_UNIFORM_YES, 0x28 },
	{ "one CPU", only_one, CPULEVEL_UNIFORM_YES, 0x28 },
	{ "the last one", last_differs, CPULEVEL_UNIFORM_NO, 0x28 },
	{ "one that Xen says nothing of", one_silent, CPULEVEL_UNIFORM_UNKNOWN, 0x28 },
	{ "no get_cpuinfo", no_cpuinfo, CPULEVEL_UNIFORM_YES, 0x28 },
	{ "Flask forbids get_cpuinfo", flask_cpuinfo, CPULEVEL_UNIFORM_YES, 0x28 },
	{ "no get_ucode_revision", no_ucode, CPULEVEL_UNIFORM_YES, 0 },
	{ "Flask forbids get_ucode_revision", flask_ucode, CPULEVEL_UNIFORM_YES, 0 },
};

static void host_name(const struct host *h, char *name)
{
	strscpy(name, h->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(host, hosts, host_name);

static void every_host(struct kunit *test)
{
	const struct host *h = test->param_value;
	struct cpulevel_info info;

	h->make();
	KUNIT_ASSERT_EQ(test, read_xen(&info), 0);
	KUNIT_EXPECT_EQ(test, info.uniform, h->uniform);
	KUNIT_EXPECT_EQ(test, info.microcode, h->microcode);
	KUNIT_EXPECT_EQ(test, info.signature, 0x306c3);
	KUNIT_EXPECT_STREQ(test, info.vendor, "GenuineIntel");
}

/* Without get_cpu_version nothing is known of them, and that is no error. */
static void no_cpu_version(struct kunit *test)
{
	static const int errors[] = { -ENOSYS, -EACCES, -EPERM };
	struct cpulevel_info info;
	int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		X->platform_error[FAKE_CPU_VERSION] = errors[i];
		KUNIT_ASSERT_EQ(test, read_xen(&info), 0);
		KUNIT_EXPECT_EQ(test, info.uniform, CPULEVEL_UNIFORM_UNKNOWN);
		KUNIT_EXPECT_EQ(test, info.signature, 0);
		KUNIT_EXPECT_EQ(test, info.microcode, 0);
		KUNIT_EXPECT_TRUE(test, !memchr_inv(info.vendor, 0, sizeof(info.vendor)));
	}
}

struct id {
	u32 family, model, stepping, signature;
};

/* As real CPUs have them in CPUID leaf 1. */
static const struct id ids[] = {
	{ 0x05, 0x04, 3, 0x00000543 },	/* Pentium MMX */
	{ 0x06, 0x0f, 6, 0x000006f6 },	/* Merom */
	{ 0x06, 0x17, 6, 0x00010676 },	/* Penryn */
	{ 0x06, 0x3c, 3, 0x000306c3 },	/* Haswell */
	{ 0x06, 0xaf, 3, 0x000a06f3 },	/* Sierra Forest */
	{ 0x0f, 0x04, 1, 0x00000f41 },	/* Prescott */
	{ 0x0f, 0x41, 3, 0x00040f13 },	/* K8 revision F */
	{ 0x15, 0x02, 0, 0x00600f20 },	/* Piledriver */
	{ 0x17, 0x31, 0, 0x00830f10 },	/* Rome */
	{ 0x19, 0x11, 1, 0x00a10f11 },	/* Genoa */
	{ 0x18, 0x01, 1, 0x00900f11 },	/* Dhyana */
};

static void id_name(const struct id *i, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%02x-%02x-%x", i->family, i->model, i->stepping);
}
KUNIT_ARRAY_PARAM(id, ids, id_name);

static void every_signature(struct kunit *test)
{
	const struct id *id = test->param_value;
	struct cpulevel_info info;
	u32 i;

	for (i = 0; i < FAKE_CPUS; i++) {
		CPU(i).family = id->family;
		CPU(i).model = id->model;
		CPU(i).stepping = id->stepping;
	}
	KUNIT_ASSERT_EQ(test, read_xen(&info), 0);
	KUNIT_EXPECT_EQ(test, info.signature, id->signature);
}

static void row_name(const struct lcap_row *r, char *name)
{
	strscpy(name, r->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(row, lcap_rows, row_name);

/* A Xen 4.22, which reports no caps, on that CPU. */
static void xen_on(const struct lcap_row *r)
{
	struct fake_policy *raw = &X->policies[FAKE_RAW];
	u32 i;

	X->error[FAKE_CAPS] = -ENOSYS;
	for (i = 0; i < FAKE_CPUS; i++) {
		strscpy(CPU(i).vendor, r->vendor, sizeof(CPU(i).vendor));
		CPU(i).family = r->family;
		CPU(i).model = r->model;
	}
	if (r->faulting)
		X->policies[FAKE_HOST].msrs[0].value |= 1UL << 31;
	if (r->user_dis)
		X->words[FAKE_HOST][11] |= 1U << 17;
	if (r->is_virtual)
		X->words[FAKE_RAW][1] |= 1U << 31;
	fake_xen_leaf(raw, 0, -1)->a = r->max_leaf;
	fake_xen_fill(raw, raw->nr_leaves + 1, raw->nr_msrs);
	raw->leaves[raw->nr_leaves - 1] = (struct fake_leaf){ 6, -1, 0, 0, r->ecx6 };
}

/* Below another hypervisor only faulting, which Xen found to work, is certain. */
static void derived_caps(struct kunit *test)
{
	const struct lcap_row *r = test->param_value;
	bool known = r->faulting || r->user_dis || !r->is_virtual;
	struct cpulevel_info info;

	xen_on(r);
	KUNIT_ASSERT_EQ(test, read_xen(&info), 0);
	KUNIT_EXPECT_EQ(test, info.caps_source, known ? CPULEVEL_CAPS_DERIVED : CPULEVEL_CAPS_ABSENT);
	KUNIT_EXPECT_EQ(test, info.caps, known ? r->caps : 0);
}

/* What Xen reports is taken as it is, whatever the CPU. */
static void reported_caps(struct kunit *test)
{
	static const u32 caps[] = { 0, 1, 6, 0x1e, 0x3e, 0x19e, 0x1de, 0x1ff };
	struct cpulevel_info info;
	int i;

	for (i = 0; i < ARRAY_SIZE(caps); i++) {
		X->caps = caps[i];
		KUNIT_ASSERT_EQ(test, read_xen(&info), 0);
		KUNIT_EXPECT_EQ(test, info.caps_source, CPULEVEL_CAPS_XEN);
		KUNIT_EXPECT_EQ(test, info.caps, caps[i]);
	}
}

/* Refused is not removed: nothing may be derived then. */
static void forbidden_caps(struct kunit *test)
{
	struct cpulevel_info info;

	X->error[FAKE_CAPS] = -EACCES;
	KUNIT_ASSERT_EQ(test, read_xen(&info), 0);
	KUNIT_EXPECT_EQ(test, info.caps_source, CPULEVEL_CAPS_ABSENT);
	KUNIT_EXPECT_EQ(test, info.caps, 0);
}

/* Raw and HVM max claim what the host's policy denies. */
static void only_the_host_faults(struct kunit *test)
{
	struct cpulevel_info info;

	X->error[FAKE_CAPS] = -ENOSYS;
	X->policies[FAKE_RAW].msrs[0].value |= 1UL << 31;
	X->policies[FAKE_HVM_MAX].msrs[0].value |= 1UL << 31;
	KUNIT_ASSERT_EQ(test, read_xen(&info), 0);
	KUNIT_EXPECT_EQ(test, info.caps, 0);
	KUNIT_EXPECT_EQ(test, info.caps_source, CPULEVEL_CAPS_DERIVED);
}

/* Nobody can say whether it faults if there is no policy to be had. */
static void nothing_to_derive_from(struct kunit *test)
{
	struct cpulevel_info info;

	X->error[FAKE_CAPS] = -ENOSYS;
	X->error[FAKE_POLICY] = -EACCES;
	KUNIT_ASSERT_EQ(test, read_xen(&info), 0);
	KUNIT_EXPECT_EQ(test, info.caps_source, CPULEVEL_CAPS_ABSENT);

	X->error[FAKE_POLICY] = 0;
	X->platform_error[FAKE_CPU_VERSION] = -EACCES;
	KUNIT_ASSERT_EQ(test, read_xen(&info), 0);
	KUNIT_EXPECT_EQ(test, info.caps_source, CPULEVEL_CAPS_ABSENT);
}

static struct kunit_case cpu_cases[] = {
	KUNIT_CASE_PARAM(every_host, host_gen_params),
	KUNIT_CASE(no_cpu_version),
	KUNIT_CASE_PARAM(every_signature, id_gen_params),
	KUNIT_CASE_PARAM(derived_caps, row_gen_params),
	KUNIT_CASE(reported_caps),
	KUNIT_CASE(forbidden_caps),
	KUNIT_CASE(only_the_host_faults),
	KUNIT_CASE(nothing_to_derive_from),
	{ }
};

struct kunit_suite xen_cpu_suite = {
	.name = "xen_cpu",
	.init = cpu_init,
	.exit = cpu_exit,
	.test_cases = cpu_cases,
};
