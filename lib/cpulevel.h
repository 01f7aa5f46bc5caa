/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcpulevel: the CPU featuresets of Xen hosts as values.
 *
 * A featureset is a string of bits in 32-bit words, numbered by Xen: word 5,
 * bit 5 is AVX2 on every host and in every release.  Xen says for each host
 * what its CPUs have and what guests may see; a pool of hosts can only offer
 * what all of them can give.  This library reads what a host has, gives bits
 * their names, and computes what several hosts have in common.
 *
 *	struct cl_host a, b;
 *	struct cl_featureset level;
 *	struct cl_error error;
 *	char text[CL_TEXT_SIZE];
 *
 *	if (cl_host_from_device(&a, CL_DEVICE, &error) ||
 *	    cl_host_from_file(&b, "other.host", &error))
 *		errx(2, "%s: %s", error.object, error.reason);
 *	cl_combine(&level, &a.sets[CL_SET_HVM_DEFAULT],
 *		   &b.sets[CL_SET_HVM_DEFAULT]);
 *	puts(cl_featureset_text(&level, text));
 *
 * Everything is a plain value: copy it with =, drop it without a call, use it
 * from any thread.  The library prints nothing, keeps no state and never ends
 * the program.  Functions that can fail return 0 or a negative errno, leave
 * their result untouched on failure and, if @error is not NULL, say why in it.
 */
#ifndef CPULEVEL_H
#define CPULEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What went wrong, for people: print "program: object: reason". */
struct cl_error {
	char object[256];	/* the file, file:line or featureset at fault */
	char reason[256];	/* what is wrong with it; what to do */
};

/* ---- Featuresets ------------------------------------------------------ */

/* Far more than the 19 words of Xen 4.22: newer hosts are carried through. */
#define CL_MAX_WORDS	64
#define CL_MAX_BITS	(CL_MAX_WORDS * 32)

/* Words from nr_words on are 0, and mean the same as if they were there. */
struct cl_featureset {
	unsigned int nr_words;
	uint32_t words[CL_MAX_WORDS];
};

/*
 * The text form is that of XenServer's xapi, "178bfbff-00802209-2fd3fbff":
 * words in hex, word 0 first; the empty string is the empty featureset.  As
 * xapi does, the parser takes 1 to 8 digits for a word; it takes xen-cpuid's
 * ':' between words too.  -EINVAL: not hex; -ERANGE: a word has more than 32
 * bits; -E2BIG: more than CL_MAX_WORDS words.
 */
#define CL_TEXT_SIZE	(CL_MAX_WORDS * 9 + 1)
int cl_featureset_parse(struct cl_featureset *fs, const char *text,
			struct cl_error *error);
char *cl_featureset_text(const struct cl_featureset *fs,
			 char text[CL_TEXT_SIZE]);

/* A bit's number is word * 32 + bit; bits up to CL_MAX_BITS can be set. */
bool cl_has(const struct cl_featureset *fs, unsigned int bit);
void cl_set(struct cl_featureset *fs, unsigned int bit);
void cl_clear(struct cl_featureset *fs, unsigned int bit);

/* The result is as long as the longer operand and may be one of them. */
void cl_and(struct cl_featureset *out, const struct cl_featureset *a,
	    const struct cl_featureset *b);
void cl_or(struct cl_featureset *out, const struct cl_featureset *a,
	   const struct cl_featureset *b);
void cl_minus(struct cl_featureset *out, const struct cl_featureset *a,
	      const struct cl_featureset *b);
bool cl_subset(const struct cl_featureset *a, const struct cl_featureset *b);
bool cl_equal(const struct cl_featureset *a, const struct cl_featureset *b);

/* ---- Features: what the bits mean ------------------------------------- */

enum cl_register {
	CL_EAX, CL_EBX, CL_ECX, CL_EDX,
	CL_MSR_LO, CL_MSR_HI	/* not CPUID: half of the MSR named by leaf */
};

#define CL_NO_SUBLEAF	0xffffffffu

struct cl_word {
	const char *name;	/* Xen's, such as "7b0" */
	uint32_t leaf;
	uint32_t subleaf;	/* or CL_NO_SUBLEAF */
	enum cl_register reg;
};

#define CL_ATTR_ALL		0x01u	/* every guest may see it */
#define CL_ATTR_HVM		0x02u	/* HVM guests may */
#define CL_ATTR_HAP		0x04u	/* HVM guests with hardware paging */
#define CL_ATTR_OPT_IN		0x08u	/* and only if asked for */
#define CL_ATTR_SPECIAL		0x10u	/* Xen or the toolstack decides */
#define CL_ATTR_ACCUMULATE	0x20u	/* a pool has it if any host has */

struct cl_feature {
	const char *name;	/* such as "AVX2" */
	const char *text;	/* one line for people */
	unsigned int attributes;
};

/* Bits by name: CL_F_AVX2 and so on, and CL_WORD_0 to the last known word. */
enum cl_bits {
#define WORD(index, name, leaf, subleaf, reg)	CL_WORD_##index = index,
#include "features.def"
	CL_NR_KNOWN_WORDS,
#define FEATURE(name, word, bit, attributes, text) \
	CL_F_##name = CL_WORD_##word * 32 + bit,
#include "features.def"
};

/* NULL if this release of the library does not know the word or bit. */
const struct cl_word *cl_word(unsigned int index);
const struct cl_feature *cl_feature(unsigned int bit);

/*
 * The bit with that name, or -ENOENT.  Upper and lower case are equal, and so
 * are '-' and '_'; names that Xen used earlier are understood.
 */
int cl_bit(const char *name);

/* A name for any bit below CL_MAX_BITS: "AVX2", or "5.22" if it has none. */
#define CL_BIT_NAME_SIZE	32
char *cl_bit_name(unsigned int bit, char name[CL_BIT_NAME_SIZE]);

/* The nth direct prerequisite of a bit, from n = 0, or -ENOENT. */
int cl_prerequisite(unsigned int bit, unsigned int n);

/* ---- Levelling -------------------------------------------------------- */

/* Drop every feature that lacks a prerequisite, until nothing more falls. */
void cl_prune(struct cl_featureset *fs);

/*
 * What guests can be offered on both of two hosts, from the hosts' *default*
 * sets: their intersection, except that
 * - a bit that announces a danger or a remedy (ACCUMULATE) is there if either
 *   host has it, because the guest may find itself on that host;
 * - what lost a prerequisite is dropped;
 * - if either host has RSBA or RRSBA, so has the result: RRSBA if it has
 *   EIBRS, else RSBA.
 * The order of hosts never matters, so more of them are combined one by one.
 * This is what XenServer computes for a pool.
 */
void cl_combine(struct cl_featureset *out, const struct cl_featureset *a,
		const struct cl_featureset *b);

/* ---- Hosts ------------------------------------------------------------ */

/*
 * A host's featuresets.  "Default" is what a guest gets that asks for nothing
 * and what a pool's level is made from; "max" is what a guest may have that
 * migrates in.  PVH guests are HVM here.
 */
enum cl_set {
	CL_SET_RAW,		/* what the CPUs report */
	CL_SET_HOST,		/* what the hypervisor uses */
	CL_SET_PV_DEFAULT,
	CL_SET_HVM_DEFAULT,
	CL_SET_PV_MAX,
	CL_SET_HVM_MAX,
	CL_NR_SETS
};

enum cl_backend {
	CL_BACKEND_UNKNOWN,
	CL_BACKEND_XEN,		/* Xen's sysctls */
	CL_BACKEND_NATIVE	/* CPUID on a machine without Xen */
};

/* How the levelling capabilities are known. */
enum cl_caps_source {
	CL_CAPS_ABSENT,		/* they are not */
	CL_CAPS_XEN,		/* reported by Xen */
	CL_CAPS_DERIVED,	/* from other facts Xen reports */
	CL_CAPS_PROBED		/* from the CPU, without Xen: an upper bound */
};

/* What CPUID can be hidden from PV guests with; HVM guests need none of it. */
#define CL_CAP_FAULTING	0x001u	/* CPUID faults: every leaf */
#define CL_CAP_1_ECX	0x002u	/* a mask, or on AMD an override, each: */
#define CL_CAP_1_EDX	0x004u
#define CL_CAP_E1_ECX	0x008u	/* 0x80000001 */
#define CL_CAP_E1_EDX	0x010u
#define CL_CAP_D1_EAX	0x020u	/* 0xd, subleaf 1 */
#define CL_CAP_6_ECX	0x040u
#define CL_CAP_7_EAX	0x080u	/* 7, subleaf 0 */
#define CL_CAP_7_EBX	0x100u

struct cl_host {
	char name[65];
	char vendor[13];	/* "GenuineIntel" */
	uint32_t signature;	/* family, model, stepping: CPUID 1.eax */
	enum cl_backend backend;
	uint32_t sysctl_version; /* Xen's, such as 0x15; 0 if not known */
	bool one_policy;	/* true: Xen is known to have no separate max */
	uint32_t valid;		/* bit n: sets[n] is offered */
	struct cl_featureset sets[CL_NR_SETS];
	uint32_t caps;		/* CL_CAP_*, if caps_source is not ABSENT */
	enum cl_caps_source caps_source;
};

/*
 * This machine, through the module's device, normally CL_DEVICE.  -ENOENT: no
 * such device, is the module loaded?  -EPROTO: the module is of another make.
 */
#define CL_DEVICE	"/dev/cpulevel"
int cl_host_from_device(struct cl_host *host, const char *device,
			struct cl_error *error);

/*
 * The module's sysfs files below @sysroot, "" for this machine's or a
 * directory that has a copy of them as sys/class/misc/cpulevel.  What has no
 * file there is not offered.
 */
int cl_host_from_sysfs(struct cl_host *host, const char *sysroot,
		       struct cl_error *error);

/* A saved host, in the format described in cpulevel(5).  -EINVAL: damaged. */
int cl_host_from_file(struct cl_host *host, const char *path,
		      struct cl_error *error);

/* Write that format; the caller checks the stream for errors. */
void cl_host_write(const struct cl_host *host, FILE *to);

/* Names as sysfs has them: "hvm_max"; "xen"; "derived".  NULL if unknown. */
const char *cl_set_name(unsigned int set);
const char *cl_backend_name(unsigned int backend);
const char *cl_caps_source_name(unsigned int source);

/* What bit n of the capabilities is: "faulting", "1.ecx"; NULL if unknown. */
const char *cl_cap_name(unsigned int n);

/* How PV guests can be levelled: "faulting", "masking", "none"; NULL: unknown. */
const char *cl_method(const struct cl_host *host);

#ifdef __cplusplus
}
#endif

#endif /* CPULEVEL_H */
