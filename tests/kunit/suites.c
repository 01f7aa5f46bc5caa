// SPDX-License-Identifier: GPL-2.0-only
/* The suites as one module. */
#include <linux/module.h>

#include "suites.h"

void use_fakes(struct kunit *test, bool on_xen)
{
	fakes = kunit_kzalloc(test, sizeof(*fakes), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fakes);
	fakes->on_xen = on_xen;
}

void expect_no_misuse(struct kunit *test)
{
	if (!fakes)
		return;
	KUNIT_EXPECT_STREQ(test, fakes->xen.misuse ?: "", "");
	KUNIT_EXPECT_STREQ(test, fakes->host.misuse ?: "", "");
	fakes = NULL;
}

kunit_test_suites(&core_suite, &xen_suite, &xen_policy_suite, &xen_cpu_suite,
		  &native_suite, &native_caps_suite);

MODULE_DESCRIPTION("The KUnit suites of cpulevel");
MODULE_LICENSE("GPL");
