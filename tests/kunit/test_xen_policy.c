// SPDX-License-Identifier: GPL-2.0-only
/* KUnit, suite "xen_policy": full policies, and a Xen that changes while it is read. */
#include <kunit/test.h>
#include <linux/slab.h>

#include "machine.h"
#include "snapshot.h"
#include "suites.h"
#include "xen_helpers.h"

#define X	(&fakes->xen)

static struct cpulevel_policy *policy;

static int policy_init(struct kunit *test)
{
	use_fakes(test, true);
	fake_xen_init(X, &fake_newest);
	policy = kunit_kzalloc(test, sizeof(*policy), GFP_KERNEL);
	return policy ? 0 : -ENOMEM;
}

static void policy_exit(struct kunit *test)
{
	cl_snapshot_drop();
	expect_no_misuse(test);
}

struct size {
	u32 leaves, msrs;
	int result;
};

/* The ABI carries 256 leaves and 32 MSRs; Xen may have more one day. */
static const struct size sizes[] = {
	{ 12, 1, 0 }, { 12, 0, 0 }, { 118, 2, 0 }, { 255, 32, 0 }, { 256, 31, 0 },
	{ 256, 32, 0 }, { 257, 2, -E2BIG }, { 12, 33, -E2BIG }, { 300, 40, -E2BIG },
};

static void size_name(const struct size *s, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%u leaves, %u MSRs", s->leaves, s->msrs);
}
KUNIT_ARRAY_PARAM(size, sizes, size_name);

static void every_size(struct kunit *test)
{
	const struct size *s = test->param_value;
	const struct fake_policy *want = &X->policies[FAKE_HVM];
	struct cpulevel_info info;

	fake_xen_fill(&X->policies[FAKE_HVM], s->leaves, s->msrs);
	KUNIT_ASSERT_EQ(test, take_xen(), 0);
	cl_snapshot_info(&info);
	KUNIT_EXPECT_EQ(test, info.valid_policies, s->result ? 0x37 : 0x3f);
	KUNIT_EXPECT_EQ(test, cl_snapshot_policy(FAKE_PV, policy), 0);
	KUNIT_EXPECT_EQ(test, cl_snapshot_policy(FAKE_HVM, policy), s->result);
	if (s->result)
		return;
	KUNIT_EXPECT_EQ(test, policy->nr_leaves, s->leaves);
	KUNIT_EXPECT_EQ(test, policy->nr_msrs, s->msrs);
	KUNIT_EXPECT_EQ(test, memcmp(policy->leaves, want->leaves, s->leaves * 24), 0);
	KUNIT_EXPECT_EQ(test, memcmp(policy->msrs, want->msrs, s->msrs * 16), 0);
}

struct missing {
	int error;
	int result;
};

static const struct missing absences[] = {
	{ -ENOSYS, 0 }, { -EOPNOTSUPP, 0 }, { -EINVAL, 0 }, { -EACCES, 0 }, { -EPERM, 0 },
	{ -EFAULT, -EFAULT },
};

static void missing_name(const struct missing *m, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%d", m->error);
}
KUNIT_ARRAY_PARAM(missing, absences, missing_name);

static void one_policy_missing(struct kunit *test)
{
	const struct missing *m = test->param_value;
	struct cpulevel_info info;

	X->policy_error[FAKE_PV] = m->error;
	KUNIT_ASSERT_EQ(test, read_xen(&info), m->result);
	if (m->result)
		return;
	KUNIT_EXPECT_EQ(test, info.valid_policies, 0x3b);
	KUNIT_EXPECT_EQ(test, info.valid, 0x3f);
	KUNIT_EXPECT_EQ(test, cl_snapshot_policy(FAKE_PV, policy), -ENODATA);
	KUNIT_EXPECT_EQ(test, cl_snapshot_policy(FAKE_PV_MAX, policy), 0);
}

static void all_policies_missing(struct kunit *test)
{
	const struct missing *m = test->param_value;
	struct cpulevel_info info;

	X->error[FAKE_POLICY] = m->error;
	KUNIT_ASSERT_EQ(test, read_xen(&info), m->result);
	if (m->result)
		return;
	KUNIT_EXPECT_EQ(test, info.valid_policies, 0);
	KUNIT_EXPECT_EQ(test, info.valid, 0x3f);
}

/* Max from the policy, where the featureset is refused: by the right index. */
static void max_sets_from_policies(struct kunit *test)
{
	X->nr_sets = 4;
	KUNIT_ASSERT_EQ(test, take_xen(), 0);
	expect_set(test, FAKE_PV_MAX, FAKE_PV_MAX);
	expect_set(test, FAKE_HVM_MAX, FAKE_HVM_MAX);
	expect_set(test, FAKE_PV, FAKE_PV);
	expect_set(test, FAKE_HVM, FAKE_HVM);
}

/* From here on, this Xen changes: at call number change_at of change_cmd. */
static struct {
	u32 cmd, at, calls, for_ever;
	void (*make)(void);
} change;

static void make_change(struct fake_xen *xen, u32 cmd, u32 index)
{
	if (cmd != change.cmd)
		return;
	change.calls++;
	if (change.calls == change.at || (change.for_ever && change.calls > change.at))
		change.make();
}

static void change_at(u32 cmd, u32 at, bool for_ever, void (*make)(void))
{
	memset(&change, 0, sizeof(change));
	change.cmd = cmd;
	change.at = at;
	change.for_ever = for_ever;
	change.make = make;
	X->before = make_change;
}

static void flip_host(void)
{
	X->words[FAKE_HOST][9] ^= 0x400;
}

static void count_host(void)
{
	X->words[FAKE_HOST][9]++;
}

static void flip_raw(void)
{
	X->words[FAKE_RAW][16] ^= 0x800;
}

static void one_word_more(void)
{
	u32 set;

	X->nr_words++;
	for (set = 0; set < FAKE_SETS; set++)
		fake_xen_set_words(X, set, X->nr_words);
}

static void one_word_less(void)
{
	u32 set;

	X->nr_words--;
	for (set = 0; set < FAKE_SETS; set++)
		fake_xen_set_words(X, set, X->nr_words);
}

struct flip {
	const char *name;
	u32 cmd, at;
	void (*make)(void);
};

/* Featureset calls: 1 how many words, 2 raw, 3 host, 4-7 the others, 8 raw, 9 host. */
static const struct flip flips[] = {
	{ "raw after it was read", FAKE_FEATURESET, 3, flip_raw },
	{ "raw between the guests' sets", FAKE_FEATURESET, 6, flip_raw },
	{ "raw before the last look", FAKE_FEATURESET, 8, flip_raw },
	{ "host after it was read", FAKE_FEATURESET, 4, flip_host },
	{ "host before the last look", FAKE_FEATURESET, 9, flip_host },
	{ "host with the policies", FAKE_POLICY, 3, flip_host },
	{ "raw with the caps", FAKE_CAPS, 1, flip_raw },
	{ "a word more after counting", FAKE_FEATURESET, 2, one_word_more },
	{ "a word more in the middle", FAKE_FEATURESET, 5, one_word_more },
	{ "a word more at the end", FAKE_FEATURESET, 9, one_word_more },
	{ "a word less after counting", FAKE_FEATURESET, 2, one_word_less },
	{ "a word less in the middle", FAKE_FEATURESET, 5, one_word_less },
};

static void flip_name(const struct flip *f, char *name)
{
	strscpy(name, f->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(flip, flips, flip_name);

/* The snapshot is what Xen is after the change, all of it. */
static void host_changes_once(struct kunit *test)
{
	const struct flip *f = test->param_value;
	u32 set;

	change_at(f->cmd, f->at, false, f->make);
	KUNIT_ASSERT_EQ(test, take_xen(), 0);
	for (set = 0; set < FAKE_SETS; set++)
		expect_set(test, set, set);
	KUNIT_EXPECT_GE(test, change.calls, f->at);
}

static void host_keeps_changing(struct kunit *test)
{
	struct cpulevel_featureset fs;
	struct cpulevel_info before, after;
	u32 was = X->words[FAKE_HOST][9], tries;

	KUNIT_ASSERT_EQ(test, read_xen(&before), 0);
	change_at(FAKE_FEATURESET, 1, true, count_host);
	X->calls[FAKE_FEATURESET] = 0;
	KUNIT_EXPECT_EQ(test, take_xen(), -EAGAIN);
	/* Each try has nine calls at most. */
	tries = DIV_ROUND_UP(X->calls[FAKE_FEATURESET], 9);
	KUNIT_EXPECT_EQ(test, tries, 3);
	cl_snapshot_info(&after);
	KUNIT_EXPECT_EQ(test, memcmp(&before, &after, sizeof(after)), 0);
	KUNIT_ASSERT_EQ(test, cl_snapshot_featureset(1, &fs), 0);
	KUNIT_EXPECT_EQ(test, fs.words[9], was);
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE_PARAM(every_size, size_gen_params),
	KUNIT_CASE_PARAM(one_policy_missing, missing_gen_params),
	KUNIT_CASE_PARAM(all_policies_missing, missing_gen_params),
	KUNIT_CASE(max_sets_from_policies),
	KUNIT_CASE_PARAM(host_changes_once, flip_gen_params),
	KUNIT_CASE(host_keeps_changing),
	{ }
};

struct kunit_suite xen_policy_suite = {
	.name = "xen_policy",
	.init = policy_init,
	.exit = policy_exit,
	.test_cases = policy_cases,
};
