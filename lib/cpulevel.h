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
 * Strings that are returned as const char * are constants.  A function that
 * fills a buffer of a size named here never needs more, and returns the buffer.
 *
 * Where the rules come from:
 * - bits, names, attributes, prerequisites: Xen's public header
 *   xen/arch-x86/cpufeatureset.h and xen/tools/gen-cpuid.py;
 * - the level of a pool: XenServer's libxc, libxc-cpu-policies.patch of its Xen;
 * - verdicts: Xen's docs/features/feature-levelling.pandoc; xapi's cpuid_helpers.ml;
 *   for hosts with one policy the max-featureset-compat of XenServer's libxc;
 * - what can be hidden from PV guests: Xen's arch/x86/cpu/{common,intel,amd}.c;
 * - guests' sets estimated from a raw set: Xen's arch/x86/cpu-policy.c;
 * - named levels: the psABI of x86-64; the CPU models of QEMU.
 */
#ifndef CPULEVEL_H
#define CPULEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* enum cl_bits: bits by name, such as CL_F_AVX2. */
#include "cpulevel_bits.h"

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

/*
 * Words from nr_words on are 0, and mean the same as if they were there.  All
 * functions keep that so, and rely on it: fill one by hand from { 0 }.
 */
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

/* Give it another length: with words that are 0, or without the surplus ones. */
void cl_resize(struct cl_featureset *fs, unsigned int nr_words);

/* A bit's number is word * 32 + bit; bits up to CL_MAX_BITS can be set. */
bool cl_has(const struct cl_featureset *fs, unsigned int bit);
void cl_set(struct cl_featureset *fs, unsigned int bit);
void cl_clear(struct cl_featureset *fs, unsigned int bit);

/*
 * The result is as long as the longer operand and may be one of them.  minus:
 * what @a has and @b has not; subset: is all that @a has in @b?  For subset and
 * equal only the bits count, not the lengths.  empty: no bit is set, of however
 * many words.
 */
void cl_and(struct cl_featureset *out, const struct cl_featureset *a,
	    const struct cl_featureset *b);
void cl_or(struct cl_featureset *out, const struct cl_featureset *a,
	   const struct cl_featureset *b);
void cl_minus(struct cl_featureset *out, const struct cl_featureset *a,
	      const struct cl_featureset *b);
bool cl_subset(const struct cl_featureset *a, const struct cl_featureset *b);
bool cl_equal(const struct cl_featureset *a, const struct cl_featureset *b);
bool cl_empty(const struct cl_featureset *fs);

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

/* What AMD's leaf 0x80000001.edx repeats of 1.edx: no features of their own. */
#define CL_E1D_COMMON	0x0183f3ffu

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

/* ---- CPUID: the registers that featuresets are made from -------------- */

struct cl_leaf {
	uint32_t leaf;
	uint32_t subleaf;	/* or CL_NO_SUBLEAF, which fits any */
	uint32_t regs[4];	/* by enum cl_register, CL_EAX to CL_EDX */
};

struct cl_msr {
	uint32_t index;
	uint64_t value;
};

#define CL_MAX_LEAVES	256
#define CL_MAX_MSRS	32

/* The leaves of one CPU, in any order. */
struct cl_leaves {
	unsigned int nr_leaves;
	unsigned int nr_msrs;
	struct cl_leaf leaves[CL_MAX_LEAVES];
	struct cl_msr msrs[CL_MAX_MSRS];
};

/*
 * A CPU's featureset, of all words known.  OSXSAVE and OSPKE say what some
 * operating system has done, not what the CPU can, and are cleared.  A leaf
 * that the CPU does not have is 0; whether it has it is told by leaf 0,
 * 0x80000000 or 7, if they are there.  -ENODATA: it has it, but @leaves have
 * not, or leaf 1 is missing.  Few dumps have MSRs: words made from one that is
 * missing are 0, although the CPU may have it.
 */
int cl_featureset_from_leaves(struct cl_featureset *fs,
			      const struct cl_leaves *leaves,
			      struct cl_error *error);

/*
 * The other way round: the leaves and MSRs of all known words, with only
 * features in them.  Returns how many bits have no place, because this release
 * does not know their words.
 */
unsigned int cl_featureset_to_leaves(struct cl_leaves *leaves,
				     const struct cl_featureset *fs);

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

/*
 * A pool as counts: for each bit, how many of its hosts have it.  Hosts come
 * and go at a cost that does not depend on how many there are, and the level
 * is at any moment what combining the default sets of all of them gives.
 *
 * One thing combining cannot see: a VM at the level is let in only by hosts
 * whose *max* set covers it, and an older Xen's max lacks bits that another
 * host adds to the level.  So the level also stays within every max set that
 * is known; what that costs is reported as left out.
 *
 * One of these holds one guest type.  It is a value, 16 KiB: copy it with =.
 */
#define CL_COUNTS_PLANES	32

struct cl_counts {
	uint32_t nr_hosts;
	/* The rest is the library's own; bit k of a count is in plane k. */
	uint32_t nr_limited;
	unsigned int nr_words;
	uint32_t lengths[CL_MAX_WORDS + 1];
	uint32_t defaults[CL_COUNTS_PLANES][CL_MAX_WORDS];
	uint32_t maxima[CL_COUNTS_PLANES][CL_MAX_WORDS];
};

/* No host yet. */
void cl_counts_init(struct cl_counts *counts);

/*
 * A host joins, leaves.  @max is NULL if it is not known, and the level is
 * then not held within it.  A host leaves with the sets it joined with:
 * -EINVAL, and nothing is changed, if the counts show that no such host
 * joined.  (Counts know no names: one host may leave as another that would
 * leave the same mark.)  -EOVERFLOW: more hosts than 32 bits can count.
 */
int cl_counts_add(struct cl_counts *counts, const struct cl_featureset *def,
		  const struct cl_featureset *max);
int cl_counts_remove(struct cl_counts *counts, const struct cl_featureset *def,
		     const struct cl_featureset *max);

/* All of the other pool's hosts join. */
int cl_counts_merge(struct cl_counts *counts, const struct cl_counts *other);

/* The pool's level; without hosts, the empty featureset. */
void cl_counts_level(const struct cl_counts *counts,
		     struct cl_featureset *level);

/* What combining gives and the level has not, because some max set lacks it. */
void cl_counts_left_out(const struct cl_counts *counts,
			struct cl_featureset *left_out);

/*
 * What a host that has joined costs the others: the features that would come
 * back if it left.  -EINVAL as cl_counts_remove().
 */
int cl_counts_cost(const struct cl_counts *counts,
		   const struct cl_featureset *def,
		   const struct cl_featureset *max,
		   struct cl_featureset *cost);

/* How many hosts have the bit in their default set. */
uint32_t cl_counts_of(const struct cl_counts *counts, unsigned int bit);

/*
 * Why a pool's level lacks a feature.  The reasons for what a prerequisite
 * lacks follow the one that names it, so a chain reads from the feature to
 * the hosts: AVX512F needs AVX2; 3 hosts lack AVX2.  Which hosts these are is
 * told by cl_has() of their sets: the counts know no names.
 */
enum cl_reason_kind {
	CL_REASON_HOSTS,	/* @nr_hosts hosts have no @bit by default */
	CL_REASON_NEEDS,	/* @bit needs @other, which is missing */
	CL_REASON_MAX,		/* @bit is left out: @nr_hosts max sets lack it */
	CL_REASON_INSTEAD	/* @other says it instead: RSBA and RRSBA */
};

struct cl_reason {
	enum cl_reason_kind kind;
	unsigned int bit;	/* the feature asked for, or one it needs */
	unsigned int other;	/* NEEDS and INSTEAD */
	uint32_t nr_hosts;	/* HOSTS and MAX */
};

/*
 * Fill up to @room reasons why the level of these hosts lacks @bit; returns
 * how many there are, 0 if it has the bit or there is no host.
 */
size_t cl_reasons(struct cl_reason *reasons, size_t room,
		  const struct cl_counts *counts, unsigned int bit);

/*
 * Whether a VM can run on a host, from the featureset the VM was started with
 * and the host's *max* set, cl_host_max(): it can if nothing is missing.
 * Four bits never decide: what a guest sees of HTT, CMP_LEGACY, OSXSAVE and
 * OSPKE is made up afresh on every host.
 *
 * FDP_EXCP_ONLY and NO_FPU_SEL are no feature a guest can be denied or given:
 * it sees those of the CPU it is on.  A VM that moves may see them change, and
 * no level can prevent it; so they are reported and do not decide either.
 */
struct cl_verdict {
	bool runs;
	struct cl_featureset missing;	/* the VM has it, the host cannot */
	struct cl_featureset ignored;	/* the same, but it does not matter */
	struct cl_featureset changes;	/* unlevellable, and not alike */
};

/*
 * @from, @to: the *raw* sets of the hosts it leaves and enters.  If one of them
 * is not known it is NULL, and nothing is known of changes.
 */
void cl_verdict(struct cl_verdict *verdict, const struct cl_featureset *vm,
		const struct cl_featureset *max,
		const struct cl_featureset *from,
		const struct cl_featureset *to);

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
	CL_BACKEND_NATIVE,	/* CPUID on a machine without Xen */
	CL_BACKEND_DUMP		/* a CPUID dump, made by another program */
};

/* Are the host's CPUs all of one kind? */
enum cl_uniform {
	CL_UNIFORM_UNKNOWN,
	CL_UNIFORM_NO,
	CL_UNIFORM_YES
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

/*
 * The maximum CPUID leaves of a policy.  Xen rejects a VM with more than the
 * *max* policy of the host has, whatever the VM's features are.
 */
struct cl_max_leaves {
	uint32_t max_leaf;	/* 0.eax; all three are 0 if not known */
	uint32_t max_subleaf;	/* 7:0.eax */
	uint32_t max_extended_leaf;	/* 0x80000000.eax */
};

struct cl_host {
	char name[65];
	char vendor[13];	/* "GenuineIntel"; "" if not known */
	uint32_t signature;	/* family, model, stepping: CPUID 1.eax; or 0 */
	uint32_t microcode;	/* revision; 0 if not known */
	enum cl_uniform uniform;
	enum cl_backend backend;
	uint32_t sysctl_version; /* Xen's, such as 0x15; 0 if not known */
	bool one_policy;	/* true: Xen is known to have no separate max */
	uint32_t valid;		/* bit n: sets[n] is offered */
	uint32_t derived;	/* bit n: it is, by cl_guest_sets_from_raw() */
	struct cl_featureset sets[CL_NR_SETS];	/* empty if not offered */
	struct cl_max_leaves max_leaves[CL_NR_SETS];	/* of guests' policies */
	uint32_t caps;		/* CL_CAP_*, if caps_source is not ABSENT */
	enum cl_caps_source caps_source;
};

/*
 * This machine, through the module's device, normally CL_DEVICE.  -ENOENT: no
 * such device, is the module loaded?  -EPROTO: the module is of another make;
 * -EAGAIN: newer facts came each time while they were read, which are of one
 * snapshot always.
 */
#define CL_DEVICE	"/dev/cpulevel"
int cl_host_from_device(struct cl_host *host, const char *device,
			struct cl_error *error);

/*
 * Have the module take them afresh: its own are from when it was loaded, and
 * microcode may have changed since.  -EPERM: only root may; -EAGAIN: the host
 * changed meanwhile; -ENOENT as above.
 */
int cl_device_refresh(const char *device, struct cl_error *error);

/*
 * The module's sysfs files below @sysroot, "" for this machine's or a
 * directory that has a copy of them as sys/class/misc/cpulevel.  What has no
 * file there is not offered.  -ENOENT: there is no such tree, or a file that
 * the module always has is missing; -EINVAL: a file is damaged; -EAGAIN: as
 * above; else the errno of reading one.
 */
int cl_host_from_sysfs(struct cl_host *host, const char *sysroot,
		       struct cl_error *error);

/*
 * A saved host, in the format described in cpulevel(5).  -EINVAL, -ERANGE,
 * -E2BIG: damaged; else the errno of reading the file.
 */
int cl_host_from_file(struct cl_host *host, const char *path,
		      struct cl_error *error);

/*
 * Write that format; the caller checks the stream for errors.  What can be read
 * can be written, and is then read as the same host.
 */
void cl_host_write(const struct cl_host *host, FILE *to);

/*
 * A host from whatever describes one.  A directory is read as
 * cl_host_from_sysfs() does, "-" is standard input, and a file's format is
 * told from its text:
 * - a saved host;
 * - a CPUID dump: `cpuid -r`, InstLatx64's and AIDA64's text, libvirt's
 *   <cpudata>.  It gives the raw set only.  Where CPUs of one dump differ,
 *   the set is what all of them have and @uniform is NO;
 * - what `xen-cpuid` and `xen-cpuid -p` print; only the latter has the
 *   maximum leaves;
 * - the cpu_info of a XenServer host or pool, as JSON or as `xe` prints it.  It
 *   has no raw set, and a pool's no max sets; what releases without separate
 *   max sets wrote is read as ONE_POLICY.
 * The host is called after its file, or "?" if that is not 1 to 64 bytes of
 * UTF-8 text; what else the format does not tell is not known.
 * -EINVAL, -ERANGE, -E2BIG: in no known format, or damaged; -ENODATA: a part is
 * missing; -EFBIG: larger than any description of a host, 16 MiB or 1 MiB of
 * JSON; else the errno of reading it.
 */
int cl_host_read(struct cl_host *host, const char *path,
		 struct cl_error *error);

/* The same from memory; @name is for the host and for errors. */
int cl_host_parse(struct cl_host *host, const char *text, size_t len,
		  const char *name, struct cl_error *error);

/* What a VM was given, as Xen or a record tells it. */
struct cl_given {
	struct cl_featureset set;
	struct cl_max_leaves max_leaves;	/* all 0: not known */
};

/*
 * The policy of one domain as `xen-cpuid -p DOMID` prints it, in a file or, "-",
 * on standard input.  What AMD's leaf 0x80000001 repeats of leaf 1 is left out,
 * as in default sets.  -EINVAL: that is not what it is, of two domains, or cut
 * short; -ENODATA: leaf 1 is missing; -EFBIG: larger than 16 MiB; else the errno
 * of reading it.
 */
int cl_given_read(struct cl_given *given, const char *path,
		  struct cl_error *error);
int cl_given_parse(struct cl_given *given, const char *text, size_t len,
		   const char *name, struct cl_error *error);

/*
 * For a host of which only the raw set is known: fill in the guests' sets that
 * it does not offer, as today's Xen makes them from what the CPU has.  This is
 * an estimate, good for planning.  The host's own Xen may be older, its
 * command line and firmware take features away, and most dumps lack the MSRs;
 * on three hosts captured under Xen 4.17 up to four bits of a set were wrong.
 * Such sets are marked in @derived, and cl_host_write() leaves them out.
 * -ENODATA: no raw set, or the vendor is not known.
 */
int cl_guest_sets_from_raw(struct cl_host *host);

/* Names as sysfs has them: "hvm_max"; "xen"; "derived".  NULL if unknown. */
const char *cl_set_name(unsigned int set);
const char *cl_backend_name(unsigned int backend);
const char *cl_caps_source_name(unsigned int source);

/* What bit n of the capabilities is: "faulting", "1.ecx"; NULL if unknown. */
const char *cl_cap_name(unsigned int n);

/* How PV guests can be levelled: "faulting", "masking", "none"; NULL: unknown. */
const char *cl_method(const struct cl_host *host);

/*
 * The bits that can be hidden from a PV guest that asks the CPU itself, with
 * these CL_CAP_* and this vendor's CPUs; of CPUs before Nehalem that is next
 * to nothing.  Bits of a newer Xen are among them where CPUID faults.  From an
 * HVM guest everything can be hidden.
 */
void cl_hideable(struct cl_featureset *mask, uint32_t caps,
		 const char *vendor);

enum cl_guest {
	CL_GUEST_PV,
	CL_GUEST_HVM,
	CL_NR_GUESTS
};

/*
 * A host's max set as verdicts take it.  Where Xen has but one policy the set
 * lacks bits that VMs were started with on other releases of Xen; XenServer
 * adds those, and so does this.  -ENODATA: the host offers no such set.
 */
int cl_host_max(struct cl_featureset *max, const struct cl_host *host,
		enum cl_guest guest);

/* ---- Named levels ----------------------------------------------------- */

/*
 * The psABI's levels x86-64-v1 to x86-64-v4, which are what a program may
 * require and no whole CPU, and the CPU models that QEMU and libvirt know by
 * the same name.
 */
struct cl_named_level {
	const char *name;
	const char *vendor;		/* of the model; NULL: a psABI level */
	struct cl_featureset fs;
};

/* The nth, psABI's in ascending order first; NULL after the last. */
const struct cl_named_level *cl_named_level(unsigned int n);

/* "x86-64-v3, plus AESNI ..., lacks AVX512F ... for x86-64-v4". */
struct cl_nearest {
	const struct cl_named_level *level;	/* NULL: less than v1 */
	const struct cl_named_level *next;	/* NULL: there is no higher */
	struct cl_featureset plus;	/* what it has beyond level */
	struct cl_featureset lacks;	/* what it has not for next */
};

void cl_nearest_level(struct cl_nearest *nearest,
		      const struct cl_featureset *fs);

/*
 * The model from which the fewest features have to be added or removed, of
 * those that QEMU has a name for.  @vendor NULL or "": of any vendor; of a
 * vendor without models it is one of AMD's or Intel's, whichever is nearer.
 */
struct cl_model {
	const struct cl_named_level *model;
	struct cl_featureset add;
	struct cl_featureset remove;
	struct cl_featureset unnamed;	/* wanted, but QEMU has no name for it */
};

void cl_nearest_model(struct cl_model *nearest,
		      const struct cl_featureset *fs, const char *vendor);

/* ---- A level as configuration of other tools -------------------------- */

#define CL_EXPORT_SIZE	32768

/*
 * xl.cfg's cpuid=, such as `cpuid = "host,avx2=0,md-clear=1"`, for guests that
 * shall see @level on any host whose default set is within @any: of one host
 * its default set, of several cl_or() of all of them, or NULL for hosts that
 * are not known.  If all that has to be said has a name that xl knew by
 * Xen 4.17, names are used; else all of it is bits by leaf and register, of
 * which xl takes a list.  What it cannot be told is in @left_out: MSRs, words
 * this release does not know.  What the toolstack or Xen decides (HTT,
 * CMP_LEGACY, OSXSAVE, OSPKE, HYPERVISOR, APIC, X2APIC) is not mentioned.
 */
char *cl_export_xl(char text[CL_EXPORT_SIZE], const struct cl_featureset *level,
		   const struct cl_featureset *any,
		   struct cl_featureset *left_out);

/* xapi's featureset: pool.cpu_info, VM platform:featureset. */
char *cl_export_xapi(char text[CL_EXPORT_SIZE],
		     const struct cl_featureset *level);

/* QEMU's -cpu: "Haswell-noTSX,+vme,-avx2".  @model: from cl_nearest_model(). */
char *cl_export_qemu(char text[CL_EXPORT_SIZE], const struct cl_model *model);

/* libvirt's <cpu> element, of several lines. */
char *cl_export_libvirt(char text[CL_EXPORT_SIZE],
			const struct cl_model *model);

#ifdef __cplusplus
}
#endif

#endif /* CPULEVEL_H */
