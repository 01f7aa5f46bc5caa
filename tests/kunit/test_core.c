// SPDX-License-Identifier: GPL-2.0-only
/* KUnit, suite "core": the snapshot over a backend made here, and memory running out. */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "fake_machine.h"
#include "machine.h"
#include "snapshot.h"
#include "suites.h"

/* What the backend made here does, call by call. */
static struct {
	int calls;
	int fail[8];		/* of each call */
	u32 word;		/* what every word of every set is */
	u32 caps, microcode, uniform, oversized;
	bool policy;
	u32 leaf;
	void (*during)(void);
} plan;

static int planned_read(const struct cl_machine *m, struct cl_snapshot *s)
{
	struct cpulevel_policy *p;
	int call = plan.calls++, i, ret;

	s->info.backend = CPULEVEL_BACKEND_XEN;
	s->info.nr_words = 19;
	s->info.valid = 3;
	s->info.caps = plan.caps;
	s->info.microcode = plan.microcode;
	s->info.uniform = plan.uniform;
	s->oversized = plan.oversized;
	for (i = 0; i < 19; i++)
		s->words[0][i] = s->words[1][i] = plan.word;
	if (plan.policy) {
		p = kzalloc(sizeof(*p), GFP_KERNEL);
		if (!p)
			return -ENOMEM;
		p->nr_leaves = 1;
		p->leaves[0].a = plan.leaf;
		s->policies[0] = p;
		s->info.valid_policies = 1;
	}
	if (plan.during)
		plan.during();
	ret = call < ARRAY_SIZE(plan.fail) ? plan.fail[call] : 0;
	return ret;
}

static int take(bool *changed)
{
	bool dummy;

	plan.calls = 0;
	return cl_snapshot_take(planned_read, NULL, changed ?: &dummy);
}

static u64 generation(void)
{
	struct cpulevel_info info;

	cl_snapshot_info(&info);
	return info.generation;
}

static u32 first_word(void)
{
	struct cpulevel_featureset fs;

	return cl_snapshot_featureset(0, &fs) ? 0 : fs.words[0];
}

static int core_init(struct kunit *test)
{
	memset(&plan, 0, sizeof(plan));
	plan.word = 0x11111111;
	return 0;
}

static void core_exit(struct kunit *test)
{
	cl_snapshot_drop();
	expect_no_misuse(test);
}

static void first_snapshot(struct kunit *test)
{
	struct cpulevel_info info;
	bool changed = false;

	KUNIT_ASSERT_EQ(test, take(&changed), 0);
	KUNIT_EXPECT_TRUE(test, changed);
	cl_snapshot_info(&info);
	KUNIT_EXPECT_EQ(test, info.abi, 1);
	KUNIT_EXPECT_EQ(test, info.generation, 1);
	KUNIT_EXPECT_LE(test, info.time_ns, ktime_get_real_ns());
	KUNIT_EXPECT_GT(test, info.time_ns + NSEC_PER_SEC, ktime_get_real_ns());
	KUNIT_EXPECT_EQ(test, info.reserved, 0);
}

static void same_facts_again(struct kunit *test)
{
	bool changed = true;

	plan.policy = true;
	KUNIT_ASSERT_EQ(test, take(NULL), 0);
	KUNIT_ASSERT_EQ(test, take(&changed), 0);
	KUNIT_EXPECT_FALSE(test, changed);
	KUNIT_EXPECT_EQ(test, generation(), 2);
}

struct change {
	const char *name;
	void (*make)(void);
};

static void change_word(void) { plan.word++; }
static void change_caps(void) { plan.caps++; }
static void change_microcode(void) { plan.microcode++; }
static void change_uniform(void) { plan.uniform++; }
static void change_oversized(void) { plan.oversized++; }
static void change_leaf(void) { plan.leaf++; }
static void lose_policy(void) { plan.policy = false; }

static const struct change changes[] = {
	{ "featureset", change_word }, { "caps", change_caps },
	{ "microcode", change_microcode }, { "uniform", change_uniform },
	{ "too big a policy", change_oversized }, { "leaf", change_leaf },
	{ "policy gone", lose_policy },
};

static void change_name(const struct change *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(change, changes, change_name);

static void changed_fact(struct kunit *test)
{
	const struct change *c = test->param_value;
	bool changed = false;

	plan.policy = true;
	KUNIT_ASSERT_EQ(test, take(NULL), 0);
	c->make();
	KUNIT_ASSERT_EQ(test, take(&changed), 0);
	KUNIT_EXPECT_TRUE(test, changed);
}

static void third_try_counts(struct kunit *test)
{
	plan.policy = true;
	plan.fail[0] = plan.fail[1] = -EAGAIN;
	KUNIT_ASSERT_EQ(test, take(NULL), 0);
	KUNIT_EXPECT_EQ(test, plan.calls, 3);
	KUNIT_EXPECT_EQ(test, generation(), 1);
}

static void three_tries_only(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, take(NULL), 0);
	plan.policy = true;
	plan.word = 0x22222222;
	plan.fail[0] = plan.fail[1] = plan.fail[2] = -EAGAIN;
	KUNIT_EXPECT_EQ(test, take(NULL), -EAGAIN);
	KUNIT_EXPECT_EQ(test, plan.calls, 3);
	KUNIT_EXPECT_EQ(test, generation(), 1);
	KUNIT_EXPECT_EQ(test, first_word(), 0x11111111);
}

static void backend_fails(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, take(NULL), 0);
	plan.policy = true;
	plan.word = 0x22222222;
	plan.fail[0] = -EFAULT;
	KUNIT_EXPECT_EQ(test, take(NULL), -EFAULT);
	KUNIT_EXPECT_EQ(test, plan.calls, 1);
	KUNIT_EXPECT_EQ(test, generation(), 1);
	KUNIT_EXPECT_EQ(test, first_word(), 0x11111111);
}

/* A half-filled try leaves nothing in the next one. */
static void clear_facts(void)
{
	plan.policy = false;
	plan.caps = 0;
	plan.during = NULL;
}

static void next_try_starts_empty(struct kunit *test)
{
	struct cpulevel_info info;
	struct cpulevel_policy *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	plan.policy = true;
	plan.caps = 0x1e;
	plan.fail[0] = -EAGAIN;
	plan.during = clear_facts;
	KUNIT_ASSERT_EQ(test, take(NULL), 0);
	cl_snapshot_info(&info);
	KUNIT_EXPECT_EQ(test, info.caps, 0);
	KUNIT_EXPECT_EQ(test, info.valid_policies, 0);
	KUNIT_EXPECT_EQ(test, cl_snapshot_policy(0, p), -ENODATA);
}

static void indices(struct kunit *test)
{
	static const u32 bad[] = { 6, 7, 63, 0x7fffffff, 0x80000000, 0xffffffff };
	struct cpulevel_policy *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	struct cpulevel_featureset fs;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	plan.policy = true;
	plan.oversized = 2;
	KUNIT_ASSERT_EQ(test, take(NULL), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_EQ(test, cl_snapshot_featureset(bad[i], &fs), -EINVAL);
		KUNIT_EXPECT_EQ(test, cl_snapshot_policy(bad[i], p), -EINVAL);
	}
	for (i = 2; i < 6; i++) {
		KUNIT_EXPECT_EQ(test, cl_snapshot_featureset(i, &fs), -ENODATA);
		KUNIT_EXPECT_EQ(test, cl_snapshot_policy(i, p), -ENODATA);
	}
	KUNIT_EXPECT_EQ(test, cl_snapshot_featureset(1, &fs), 0);
	KUNIT_EXPECT_EQ(test, fs.index, 1);
	KUNIT_EXPECT_EQ(test, fs.nr_words, 19);
	KUNIT_EXPECT_EQ(test, cl_snapshot_policy(0, p), 0);
	KUNIT_EXPECT_EQ(test, cl_snapshot_policy(1, p), -E2BIG);
}

/* Would hang, and lockdep would say why. */
static u64 seen_meanwhile;

static void read_meanwhile(void)
{
	seen_meanwhile = generation();
}

static void readers_do_not_wait_for_xen(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, take(NULL), 0);
	plan.during = read_meanwhile;
	KUNIT_ASSERT_EQ(test, take(NULL), 0);
	KUNIT_EXPECT_EQ(test, seen_meanwhile, 1);
}

/* Each snapshot's words are its generation; a reader that sees a mixture counts it. */
struct reader {
	bool stop;
	u32 reads, mixtures, backwards;
};

static int read_on(void *arg)
{
	struct reader *r = arg;
	struct cpulevel_featureset fs;
	struct cpulevel_info before, after;
	int i;

	while (!kthread_should_stop()) {
		cl_snapshot_info(&before);
		if (cl_snapshot_featureset(r->reads % 2, &fs))
			r->mixtures++;
		cl_snapshot_info(&after);
		for (i = 1; i < 19; i++)
			if (fs.words[i] != fs.words[0])
				r->mixtures++;
		if (before.generation == after.generation &&
		    fs.words[0] != before.generation)
			r->mixtures++;
		if (after.generation < before.generation)
			r->backwards++;
		r->reads++;
		schedule();
	}
	return 0;
}

static void let_others_run(void)
{
	schedule();
}

static void readers_see_one_snapshot(struct kunit *test)
{
	struct reader readers[4] = { };
	struct task_struct *tasks[4];
	int i;

	plan.word = 1;
	plan.policy = true;
	plan.during = let_others_run;
	KUNIT_ASSERT_EQ(test, take(NULL), 0);
	for (i = 0; i < ARRAY_SIZE(tasks); i++)
		tasks[i] = kthread_run(read_on, &readers[i], "reader/%d", i);
	for (plan.word = 2; plan.word <= 500; plan.word++)
		KUNIT_EXPECT_EQ(test, take(NULL), 0);
	for (i = 0; i < ARRAY_SIZE(tasks); i++) {
		kthread_stop(tasks[i]);
		KUNIT_EXPECT_GT(test, readers[i].reads, 100);
		KUNIT_EXPECT_EQ(test, readers[i].mixtures, 0);
		KUNIT_EXPECT_EQ(test, readers[i].backwards, 0);
	}
	KUNIT_EXPECT_EQ(test, generation(), 500);
}

/*
 * Let the nth allocation fail, for every n until nothing is left to fail: each
 * time it must be said, and the old snapshot must stay.  kmemleak judges at
 * the end what was not freed.
 */
static void out_of_memory(struct kunit *test, cl_read_fn read)
{
	bool changed;
	int n, ret;

	KUNIT_ASSERT_EQ(test, cl_snapshot_take(read, &fake_machine, &changed), 0);
	for (n = 1; n < 100; n++) {
		current->fail_nth = n;
		ret = cl_snapshot_take(read, &fake_machine, &changed);
		if (current->fail_nth)
			break;
		KUNIT_EXPECT_EQ_MSG(test, ret, -ENOMEM, "allocation %d", n);
		KUNIT_EXPECT_EQ(test, generation(), 1);
	}
	current->fail_nth = 0;
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_GT(test, n, 2);	/* something could fail */
	KUNIT_EXPECT_LT(test, n, 100);
}

static void out_of_memory_on_xen(struct kunit *test)
{
	use_fakes(test, true);
	fake_xen_init(&fakes->xen, &fake_newest);
	out_of_memory(test, cl_xen_read);
}

static void out_of_memory_without_xen(struct kunit *test)
{
	use_fakes(test, false);
	fake_host_init(&fakes->host, 2, "GenuineIntel", 0x306c3, 0xd);
	out_of_memory(test, cl_native_read);
}

static struct kunit_case core_cases[] = {
	KUNIT_CASE(first_snapshot),
	KUNIT_CASE(same_facts_again),
	KUNIT_CASE_PARAM(changed_fact, change_gen_params),
	KUNIT_CASE(third_try_counts),
	KUNIT_CASE(three_tries_only),
	KUNIT_CASE(backend_fails),
	KUNIT_CASE(next_try_starts_empty),
	KUNIT_CASE(indices),
	KUNIT_CASE(readers_do_not_wait_for_xen),
	KUNIT_CASE(readers_see_one_snapshot),
	KUNIT_CASE(out_of_memory_on_xen),
	KUNIT_CASE(out_of_memory_without_xen),
	{ }
};

struct kunit_suite core_suite = {
	.name = "core",
	.init = core_init,
	.exit = core_exit,
	.test_cases = core_cases,
};
