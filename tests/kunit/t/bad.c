// SPDX-License-Identifier: GPL-2.0-only
/* A suite that does one thing wrong, the one that MODE names: "run" must tell. */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

/* No parameter: those are read only after KUnit has run the suites. */
static const char mode[] = MODE;

static volatile int shift = 40;
static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static void read_too_far(void)
{
	char *p = kmalloc(10, GFP_KERNEL);

	pr_info("beyond: %d\n", ((volatile char *)p)[10]);
	kfree(p);
}

static void leak(void)
{
	memset(kmalloc(100, GFP_KERNEL), 1, 100);
}

static void lock_both_ways(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void misbehave(struct kunit *test)
{
	if (!strcmp(mode, "kasan"))
		read_too_far();
	if (!strcmp(mode, "ubsan"))
		pr_info("shifted: %d\n", 1 << shift);
	if (!strcmp(mode, "lockdep"))
		lock_both_ways();
	if (!strcmp(mode, "leak"))
		leak();
	if (!strcmp(mode, "warn"))
		WARN_ON(1);
	if (!strcmp(mode, "panic"))
		panic("as asked");
	if (!strcmp(mode, "hang"))
		msleep(1000000);
	if (!strcmp(mode, "fail"))
		KUNIT_FAIL(test, "as asked");
}

static struct kunit_case bad_cases[] = {
	KUNIT_CASE(misbehave),
	{ }
};

static struct kunit_suite bad_suite = {
	.name = "bad",
	.test_cases = bad_cases,
};
kunit_test_suite(bad_suite);

MODULE_LICENSE("GPL");
