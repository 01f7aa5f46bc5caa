// SPDX-License-Identifier: GPL-2.0-only
/* KUnit, suite "xen": featuresets and errors of every Xen, as the backend tells them. */
#include <kunit/test.h>
#include <linux/slab.h>

#include "machine.h"
#include "snapshot.h"
#include "suites.h"
#include "tables.h"
#include "xen_helpers.h"

#define X	(&fakes->xen)

static int xen_init(struct kunit *test)
{
	use_fakes(test, true);
	fake_xen_init(X, &fake_newest);
	return 0;
}

static void xen_exit(struct kunit *test)
{
	cl_snapshot_drop();
	expect_no_misuse(test);
}

static void release_name(const struct fake_release *r, char *name)
{
	strscpy(name, r->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(release, releases, release_name);

/* Where the snapshot's set comes from: Xens with one policy per type have no max. */
static u32 source_of(const struct fake_release *r, u32 set)
{
	if (r->version <= 0x12 && set == FAKE_PV_MAX)
		return FAKE_PV;
	if (r->version <= 0x12 && set == FAKE_HVM_MAX)
		return FAKE_HVM;
	return set;
}

static bool has_set(const struct fake_release *r, u32 set)
{
	return set < r->nr_sets || r->version <= 0x12 || r->policies;
}

static void expect_policies(struct kunit *test, const struct fake_release *r)
{
	struct cpulevel_policy *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	const struct fake_policy *want;
	u32 set;

	KUNIT_ASSERT_NOT_NULL(test, p);
	for (set = 0; set < FAKE_SETS; set++) {
		KUNIT_EXPECT_EQ(test, cl_snapshot_policy(set, p), r->policies ? 0 : -ENODATA);
		if (!r->policies)
			continue;
		want = &X->policies[set];
		KUNIT_EXPECT_EQ(test, p->index, set);
		KUNIT_EXPECT_EQ(test, p->nr_leaves, want->nr_leaves);
		KUNIT_EXPECT_EQ(test, p->nr_msrs, want->nr_msrs);
		KUNIT_EXPECT_EQ(test, p->reserved, 0);
		KUNIT_EXPECT_EQ(test, memcmp(p->leaves, want->leaves, want->nr_leaves * 24), 0);
		KUNIT_EXPECT_EQ(test, memcmp(p->msrs, want->msrs, want->nr_msrs * 16), 0);
		KUNIT_EXPECT_TRUE(test, !memchr_inv(&p->leaves[want->nr_leaves], 0,
						    (256 - want->nr_leaves) * 24));
	}
}

/* Everything about one release of Xen, on a host with HVM. */
static void every_release(struct kunit *test)
{
	const struct fake_release *r = test->param_value;
	struct cpulevel_info info;
	u32 set;

	fake_xen_init(X, r);
	KUNIT_ASSERT_EQ(test, take_xen(), 0);
	cl_snapshot_info(&info);
	KUNIT_EXPECT_EQ(test, info.backend, CPULEVEL_BACKEND_XEN);
	KUNIT_EXPECT_EQ(test, info.sysctl_version, r->version);
	KUNIT_EXPECT_EQ(test, info.nr_words, r->nr_words);
	KUNIT_EXPECT_EQ(test, info.flags, r->version <= 0x12 ? CPULEVEL_INFO_ONE_POLICY : 0);
	KUNIT_EXPECT_EQ(test, info.valid_policies, r->policies ? 0x3f : 0);
	KUNIT_EXPECT_EQ(test, info.caps_source, r->caps ? CPULEVEL_CAPS_XEN : CPULEVEL_CAPS_DERIVED);
	KUNIT_EXPECT_EQ(test, info.caps, r->caps ? 0x1e : 0);
	KUNIT_EXPECT_EQ(test, info.uniform, CPULEVEL_UNIFORM_YES);
	for (set = 0; set < FAKE_SETS; set++)
		expect_set(test, set, has_set(r, set) ? (int)source_of(r, set) : -1);
	expect_policies(test, r);
}

static void every_word_count(struct kunit *test)
{
	struct cpulevel_info info;
	u32 n, set;
	int ret;

	for (n = 1; n < FAKE_WORDS; n++) {
		fake_xen_init(X, &(struct fake_release){ "words", 0x15, n, 6, true, true, 2 });
		ret = read_xen(&info);
		KUNIT_EXPECT_EQ_MSG(test, ret, n <= 64 ? 0 : -E2BIG, "%u words", n);
		if (ret)
			continue;
		KUNIT_EXPECT_EQ(test, info.nr_words, n);
		for (set = 0; set < FAKE_SETS; set++)
			expect_set(test, set, set);
	}
}

static void every_version(struct kunit *test)
{
	struct cpulevel_info info;
	u32 v;

	for (v = 0x09; v < 0x1b; v++) {
		X->version = v;
		KUNIT_EXPECT_EQ_MSG(test, read_xen(&info),
				    v >= 0x0d && v <= 0x16 ? 0 : -EPROTONOSUPPORT, "version 0x%x", v);
		if (v >= 0x0d && v <= 0x16)
			KUNIT_EXPECT_EQ(test, info.sysctl_version, v);
	}
}

/* A domain without control rights, and one that Flask keeps from it. */
static void every_refusal(struct kunit *test)
{
	struct cpulevel_info info;
	u32 v;

	for (v = 0x0d; v <= 0x16; v++) {
		X->version = v;
		X->denied = -EPERM;
		KUNIT_EXPECT_EQ_MSG(test, read_xen(&info), -EPERM, "version 0x%x", v);
		X->denied = -EACCES;
		KUNIT_EXPECT_EQ_MSG(test, read_xen(&info), -EACCES, "version 0x%x, Flask", v);
		X->denied = 0;
		X->flask = true;
		X->error[FAKE_FEATURESET] = -EACCES;
		KUNIT_EXPECT_EQ_MSG(test, read_xen(&info), -EACCES, "version 0x%x, this one", v);
		X->error[FAKE_FEATURESET] = 0;
		KUNIT_EXPECT_EQ_MSG(test, read_xen(&info), 0, "version 0x%x, Flask allows", v);
	}
}

/* An error of the featureset operation itself is no reason to go on without. */
static void every_error(struct kunit *test)
{
	static const int errors[] = { -EFAULT, -ENOSYS, -EINVAL, -EOPNOTSUPP, -ENOMEM, -EBUSY };
	struct cpulevel_info info;
	int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		X->error[FAKE_FEATURESET] = errors[i];
		KUNIT_EXPECT_EQ(test, read_xen(&info), errors[i]);
	}
}

struct refusal {
	u32 set;
	int error, result;
};

/* What a set's error means: absence only where Xen uses it for that. */
static const struct refusal refusals[] = {
	{ FAKE_RAW, -EINVAL, -EINVAL }, { FAKE_HOST, -EINVAL, -EINVAL },
	{ FAKE_PV, -EOPNOTSUPP, 0 }, { FAKE_HVM, -EOPNOTSUPP, 0 },
	{ FAKE_PV_MAX, -EOPNOTSUPP, 0 }, { FAKE_HVM_MAX, -EOPNOTSUPP, 0 },
	{ FAKE_PV_MAX, -EINVAL, 0 }, { FAKE_HVM_MAX, -EINVAL, 0 },
	{ FAKE_PV, -EINVAL, -EINVAL }, { FAKE_HVM, -EINVAL, -EINVAL },
	{ FAKE_PV, -EFAULT, -EFAULT }, { FAKE_HVM_MAX, -EFAULT, -EFAULT },
	{ FAKE_HVM, -EPERM, -EPERM },
};

static void refusal_name(const struct refusal *r, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "set %u: %d", r->set, r->error);
}
KUNIT_ARRAY_PARAM(refusal, refusals, refusal_name);

static void set_refused(struct kunit *test)
{
	const struct refusal *r = test->param_value;
	u32 set;

	X->error[FAKE_POLICY] = -ENOSYS;
	X->set_error[r->set] = r->error;
	KUNIT_ASSERT_EQ(test, take_xen(), r->result);
	for (set = 0; set < FAKE_SETS && !r->result; set++)
		expect_set(test, set, set == r->set ? -1 : (int)set);
}

/* Raw or host refused as "not supported" leaves nothing to offer. */
static void no_host_no_snapshot(struct kunit *test)
{
	X->set_error[FAKE_RAW] = -EOPNOTSUPP;
	KUNIT_EXPECT_NE(test, take_xen(), 0);
	X->set_error[FAKE_RAW] = 0;
	X->set_error[FAKE_HOST] = -EOPNOTSUPP;
	KUNIT_EXPECT_NE(test, take_xen(), 0);
}

static void offer_nothing(u32 set)
{
	struct fake_policy *p = &X->policies[set];
	u32 i;

	memset(X->words[set], 0, sizeof(X->words[set]));
	for (i = 0; i < p->nr_leaves; i++)
		p->leaves[i].a = p->leaves[i].b = p->leaves[i].c = p->leaves[i].d = 0;
	for (i = 0; i < p->nr_msrs; i++)
		p->msrs[i].value = 0;
}

/* Hardware without HVM: Xen answers, with zeros, on every release. */
static void all_zero_is_absent(struct kunit *test)
{
	const struct fake_release *r = test->param_value;
	struct cpulevel_info info;
	u32 set;

	fake_xen_init(X, r);
	offer_nothing(FAKE_HVM);
	offer_nothing(FAKE_HVM_MAX);
	KUNIT_ASSERT_EQ(test, take_xen(), 0);
	cl_snapshot_info(&info);
	KUNIT_EXPECT_EQ(test, info.valid, has_set(r, FAKE_PV_MAX) ? 0x17 : 0x07);
	KUNIT_EXPECT_EQ(test, info.valid_policies, r->policies ? 0x17 : 0);
	for (set = 0; set < FAKE_SETS; set++)
		if (set == FAKE_HVM || set == FAKE_HVM_MAX)
			expect_set(test, set, -1);
}

/* A max policy that has leaves but not one feature is no featureset either. */
static void computed_zero_is_absent(struct kunit *test)
{
	X->nr_sets = 4;
	offer_nothing(FAKE_HVM_MAX);
	X->policies[FAKE_HVM_MAX].leaves[0].a = 0xd;
	KUNIT_ASSERT_EQ(test, take_xen(), 0);
	expect_set(test, FAKE_HVM_MAX, -1);
	expect_set(test, FAKE_PV_MAX, FAKE_PV_MAX);
}

/* Words that exist but whose place in a policy nobody knows cannot be computed. */
static void unknown_words_are_not_computed(struct kunit *test)
{
	fake_xen_init(X, &(struct fake_release){ "future", 0x15, 25, 4, true, true, 2 });
	KUNIT_ASSERT_EQ(test, take_xen(), 0);
	expect_set(test, FAKE_PV_MAX, -1);
	expect_set(test, FAKE_HVM_MAX, -1);
}

static struct kunit_case xen_cases[] = {
	KUNIT_CASE_PARAM(every_release, release_gen_params),
	KUNIT_CASE(every_word_count),
	KUNIT_CASE(every_version),
	KUNIT_CASE(every_refusal),
	KUNIT_CASE(every_error),
	KUNIT_CASE_PARAM(set_refused, refusal_gen_params),
	KUNIT_CASE(no_host_no_snapshot),
	KUNIT_CASE_PARAM(all_zero_is_absent, release_gen_params),
	KUNIT_CASE(computed_zero_is_absent),
	KUNIT_CASE(unknown_words_are_not_computed),
	{ }
};

struct kunit_suite xen_suite = {
	.name = "xen",
	.init = xen_init,
	.exit = xen_exit,
	.test_cases = xen_cases,
};
