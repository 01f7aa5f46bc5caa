// SPDX-License-Identifier: GPL-2.0-only
/* Verdicts: what decides, what does not, and XenServer's completion of max sets. */
#include <errno.h>

#include "random.h"
#include "tap.h"

static struct cl_featureset set_of(const int *bits)
{
	struct cl_featureset fs = { 0 };

	for (; *bits >= 0; bits++)
		cl_set(&fs, *bits);
	return fs;
}

#define SET(...)	set_of((const int[]){ __VA_ARGS__, -1 })
#define FAR_BIT		(40 * 32 + 3)

static bool equals(const struct cl_featureset *fs, struct cl_featureset other)
{
	return cl_equal(fs, &other);
}

static void test_decides(void)
{
	struct cl_featureset vm = SET(CL_F_FPU, CL_F_AVX2, FAR_BIT);
	struct cl_featureset max = SET(CL_F_FPU, CL_F_AVX2, CL_F_AVX, FAR_BIT);
	struct cl_verdict verdict;

	cl_verdict(&verdict, &vm, &max, NULL, NULL);
	ok(verdict.runs && equals(&verdict.missing, (struct cl_featureset){ 0 }),
	   "a VM runs where nothing is missing");
	cl_clear(&max, CL_F_AVX2);
	cl_verdict(&verdict, &vm, &max, NULL, NULL);
	ok(!verdict.runs && equals(&verdict.missing, SET(CL_F_AVX2)),
	   "it does not where a feature is, which is named");
	max = SET(CL_F_FPU, CL_F_AVX2);
	cl_verdict(&verdict, &vm, &max, NULL, NULL);
	ok(!verdict.runs && equals(&verdict.missing, SET(FAR_BIT)),
	   "a bit in a word that the host does not have is missing too");
}

static void test_ignored(void)
{
	struct cl_featureset vm = SET(CL_F_HTT, CL_F_CMP_LEGACY, CL_F_OSXSAVE,
				      CL_F_OSPKE, CL_F_FPU);
	struct cl_featureset max = SET(CL_F_FPU);
	struct cl_verdict verdict;

	cl_verdict(&verdict, &vm, &max, NULL, NULL);
	ok(verdict.runs &&
	   equals(&verdict.ignored, SET(CL_F_HTT, CL_F_CMP_LEGACY, CL_F_OSXSAVE,
					CL_F_OSPKE)),
	   "HTT, CMP_LEGACY, OSXSAVE and OSPKE never decide");
	cl_set(&vm, CL_F_APIC);
	cl_verdict(&verdict, &vm, &max, NULL, NULL);
	ok(!verdict.runs && equals(&verdict.missing, SET(CL_F_APIC)),
	   "APIC does");
}

static void test_unlevellable(void)
{
	struct cl_featureset none = { 0 }, vm = SET(CL_F_FPU);
	struct cl_featureset raw = SET(CL_F_FDP_EXCP_ONLY, CL_F_NO_FPU_SEL,
				       CL_F_AVX);
	struct cl_verdict verdict;

	cl_verdict(&verdict, &vm, &vm, &raw, &none);
	ok(verdict.runs && equals(&verdict.changes, SET(CL_F_FDP_EXCP_ONLY,
							CL_F_NO_FPU_SEL)),
	   "what cannot be levelled changes, and does not decide");
	cl_verdict(&verdict, &vm, &vm, &none, &raw);
	ok(equals(&verdict.changes, SET(CL_F_FDP_EXCP_ONLY, CL_F_NO_FPU_SEL)),
	   "the way back, too");
	cl_verdict(&verdict, &vm, &vm, &raw, &raw);
	ok(equals(&verdict.changes, none), "between hosts that are alike nothing does");
	cl_verdict(&verdict, &raw, &raw, &raw, NULL);
	ok(equals(&verdict.changes, none), "nothing is said of a host not known");
	vm = SET(CL_F_FDP_EXCP_ONLY, CL_F_NO_FPU_SEL);
	cl_verdict(&verdict, &vm, &none, NULL, NULL);
	ok(verdict.runs, "a VM that was told of them is not refused for it");
}

static void test_properties(void)
{
	struct cl_featureset vm, max, four, two, rest;
	struct cl_verdict verdict;
	bool good = true;
	int i;

	four = SET(CL_F_HTT, CL_F_CMP_LEGACY, CL_F_OSXSAVE, CL_F_OSPKE);
	two = SET(CL_F_FDP_EXCP_ONLY, CL_F_NO_FPU_SEL);
	for (i = 0; i < 20000; i++) {
		random_featureset(&vm);
		random_featureset(&max);
		if (i % 2)
			cl_or(&max, &max, &vm);
		cl_verdict(&verdict, &vm, &max, &vm, &max);
		cl_minus(&rest, &vm, &four);
		cl_minus(&rest, &rest, &two);
		CHECK(&good, verdict.runs == cl_subset(&rest, &max) &&
		      cl_subset(&verdict.missing, &rest) &&
		      cl_subset(&verdict.ignored, &four) &&
		      cl_subset(&verdict.changes, &two), "round %d", i);
	}
	ok(good, "a VM runs if all but those six bits are in the max set");
}

static struct cl_featureset max_of(const char *vendor, bool one_policy,
				   enum cl_guest guest)
{
	struct cl_host host = { .one_policy = one_policy };
	struct cl_featureset max = { 0 };

	strcpy(host.vendor, vendor);
	host.valid = 1u << CL_SET_PV_MAX | 1u << CL_SET_HVM_MAX;
	host.sets[CL_SET_PV_MAX] = SET(CL_F_FPU, CL_F_PGE, CL_F_SSE);
	host.sets[CL_SET_HVM_MAX] = SET(CL_F_FPU, CL_F_PGE, CL_F_AVX2);
	cl_host_max(&max, &host, guest);
	return max;
}

static bool completed(const char *vendor, enum cl_guest guest,
		      struct cl_featureset added)
{
	struct cl_featureset before = max_of(vendor, false, guest);
	struct cl_featureset after = max_of(vendor, true, guest);

	cl_minus(&after, &after, &before);
	return cl_equal(&after, &added);
}

/* FPU and PGE again, in word 2, where AMD's CPUs have a copy. */
#define COPIES	(2 * 32 + 0), (2 * 32 + 13)

static void test_host_max(void)
{
	struct cl_featureset max, before = SET(CL_F_FPU);
	struct cl_host host = { .valid = 1u << CL_SET_HVM_DEFAULT };
	struct cl_featureset fpu_pge_avx2 = SET(CL_F_FPU, CL_F_PGE, CL_F_AVX2);

	max = max_of("GenuineIntel", false, CL_GUEST_HVM);
	ok(cl_equal(&max, &fpu_pge_avx2), "a max set that Xen has stays as it is");
	ok(completed("GenuineIntel", CL_GUEST_PV, SET(COPIES)),
	   "one policy, PV: the copies that Xen 4.7 gave guests are added");
	ok(completed("GenuineIntel", CL_GUEST_HVM, SET(COPIES, CL_F_IBS, CL_F_VMX)) &&
	   completed("CentaurHauls", CL_GUEST_HVM, SET(COPIES, CL_F_IBS, CL_F_VMX)),
	   "HVM, Intel and Centaur: IBS and VMX, too");
	ok(completed("AuthenticAMD", CL_GUEST_HVM,
		     SET(COPIES, CL_F_IBS, CL_F_LWP, CL_F_SVM)) &&
	   completed("HygonGenuine", CL_GUEST_HVM,
		     SET(COPIES, CL_F_IBS, CL_F_LWP, CL_F_SVM)),
	   "HVM, AMD and Hygon: IBS, LWP and SVM");
	max = before;
	ok(cl_host_max(&max, &host, CL_GUEST_HVM) == -ENODATA &&
	   cl_equal(&max, &before), "a default set is not taken for a max set");
}

int main(void)
{
	test_decides();
	test_ignored();
	test_unlevellable();
	test_properties();
	test_host_max();
	return done();
}
