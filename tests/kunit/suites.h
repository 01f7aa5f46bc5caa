/* SPDX-License-Identifier: GPL-2.0-only */
/* What the suites share: the fakes of one test, and tables made of facts. */
#ifndef _SUITES_H
#define _SUITES_H

#include <kunit/test.h>

#include "fake_machine.h"

extern struct kunit_suite core_suite, xen_suite, xen_policy_suite, xen_cpu_suite;
extern struct kunit_suite native_suite, native_caps_suite;

/* New fakes for this test, as fake_machine has them from now on. */
void use_fakes(struct kunit *test, bool on_xen);
/* For a suite's exit: nothing was asked of them that a real machine forbids. */
void expect_no_misuse(struct kunit *test);

/**
 * struct lcap_row - a CPU that a rule of lcap_rules.tsv is about
 * @name: for people
 * @vendor: as CPUID has it
 * @family: with the extended family added
 * @model: with the extended model
 * @max_leaf: the highest basic leaf
 * @faulting: PLATFORM_INFO says so
 * @user_dis: CPUID_USER_DIS is there
 * @ecx6: CPUID.6.ECX is not 0
 * @is_virtual: there is a hypervisor below
 * @nr_msrs: how many of
 * @msrs: registers that the rule says are there
 * @caps: what Xen reports then
 */
struct lcap_row {
	const char *name, *vendor;
	u32 family, model, max_leaf;
	bool faulting, user_dis, ecx6, is_virtual;
	u32 nr_msrs;
	u32 msrs[4];
	u32 caps;
};

#endif /* _SUITES_H */
