/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A Xen to be tested against.  It is written from Xen's public headers and
 * behaviour alone and shares no table, layout or constant with the module.
 */
#ifndef _FAKE_XEN_H
#define _FAKE_XEN_H

#include <linux/types.h>

#define FAKE_SETS	6
#define FAKE_WORDS	80	/* more than the module's ABI has room for */
#define FAKE_LEAVES	300
#define FAKE_MSRS	40
#define FAKE_CPUS	8
#define FAKE_COMMANDS	80

/* sysctl commands and platform operations */
enum { FAKE_CAPS = 25, FAKE_FEATURESET = 26, FAKE_POLICY = 29 };
enum { FAKE_CPU_VERSION = 48, FAKE_CPUINFO = 55, FAKE_UCODE = 65 };

/* get_cpu_featureset's order, which "the order" means below ... */
enum { FAKE_RAW, FAKE_HOST, FAKE_PV, FAKE_HVM, FAKE_PV_MAX, FAKE_HVM_MAX };

struct fake_leaf {
	u32 leaf, subleaf, a, b, c, d;
};

struct fake_msr {
	u32 index, flags;
	u64 value;
};

struct fake_policy {
	u32 nr_leaves, nr_msrs;
	struct fake_leaf leaves[FAKE_LEAVES];
	struct fake_msr msrs[FAKE_MSRS];
};

struct fake_pcpu {
	u32 flags;		/* 1 online, 2 invalid */
	char vendor[13];
	u32 family, model, stepping;
	u32 signature, platform, revision;
};

/**
 * struct fake_xen - one Xen
 * @version: the sysctl interface version that it speaks
 * @denied: what it says to every sysctl of the right version; 0: does it
 * @flask: Flask is in force, which answers for commands that it does not know
 * @error: what it says to a sysctl, by command; 0: does it
 * @platform_error: the same for platform operations
 * @set_error: what it says to one featureset, in the order
 * @policy_error: the same for a policy, in the order
 * @silent_from: get_cpu_version fails from this CPU on; 0: for none
 * @nr_sets: featuresets there are; 4 before the max sets came
 * @nr_words: words of a featureset
 * @words: featuresets, in the order
 * @policies: policies, in the order, whatever index get_cpu_policy has for them
 * @max_leaves: the number get_cpu_policy gives for an answer's largest size
 * @max_msrs: the same
 * @caps: what get_cpu_levelling_caps answers
 * @nr_pcpus: physical CPUs, present ones
 * @pcpus: what they are
 * @before: called before every sysctl, to change this Xen under the reader
 * @calls: sysctls of the right version so far, by command
 * @platform_calls: platform operations so far
 * @misuse: what a real Xen might not survive; the first one, NULL if none
 */
struct fake_xen {
	u32 version;
	int denied;
	bool flask;
	int error[FAKE_COMMANDS];
	int platform_error[FAKE_COMMANDS];
	int set_error[FAKE_SETS];
	int policy_error[FAKE_SETS];
	u32 silent_from;
	u32 nr_sets;
	u32 nr_words;
	u32 words[FAKE_SETS][FAKE_WORDS];
	struct fake_policy policies[FAKE_SETS];
	u32 max_leaves, max_msrs;
	u32 caps;
	u32 nr_pcpus;
	struct fake_pcpu pcpus[FAKE_CPUS];
	void (*before)(struct fake_xen *xen, u32 cmd, u32 index);
	u32 calls[FAKE_COMMANDS];
	u32 platform_calls;
	const char *misuse;
};

/**
 * struct fake_release - what distinguishes the releases of Xen
 * @name: Xen's tag
 * @version: sysctl interface version
 * @nr_words: words of a featureset
 * @nr_sets: featuresets it gives
 * @caps: has get_cpu_levelling_caps
 * @policies: has get_cpu_policy
 * @nr_msrs: MSRs in a policy
 */
struct fake_release {
	const char *name;
	u32 version, nr_words, nr_sets;
	bool caps, policies;
	u32 nr_msrs;
};

/* The newest with everything: Xen 4.21. */
extern const struct fake_release fake_newest;

void fake_xen_init(struct fake_xen *xen, const struct fake_release *release);
void fake_xen_set_words(struct fake_xen *xen, u32 set, u32 nr_words);
u32 fake_xen_word(u32 set, u32 word);
struct fake_leaf *fake_xen_leaf(struct fake_policy *p, u32 leaf, u32 subleaf);
void fake_xen_fill(struct fake_policy *p, u32 nr_leaves, u32 nr_msrs);

/* What struct cl_machine needs; the arguments are Xen's own structures. */
int fake_xen_sysctl(struct fake_xen *xen, void *op);
int fake_xen_platform_op(struct fake_xen *xen, void *op);

#endif /* _FAKE_XEN_H */
