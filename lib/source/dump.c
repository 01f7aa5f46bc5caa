// SPDX-License-Identifier: LGPL-2.1-or-later
/* CPUID dumps of any format: from the leaves of some CPUs to one raw set. */
#include <errno.h>
#include <string.h>

#include "source.h"
#include "../internal.h"

void cl_dump_begin(struct cl_dump *dump)
{
	memset(dump, 0, sizeof(*dump));
}

/*
 * A CPU of Intel's that has long mode has SYSCALL in it, but tells only a
 * program that runs in it; dumps were made by 32-bit programs, too.
 */
static void add_syscall(struct cl_featureset *fs, const char *vendor)
{
	if (!strcmp(vendor, "GenuineIntel") && cl_has(fs, CL_F_LM))
		cl_set(fs, CL_F_SYSCALL);
}

static void add_cpu(struct cl_dump *dump, struct cl_featureset *fs)
{
	const char *vendor = dump->cpu.vendor;

	add_syscall(fs, vendor);
	if (!dump->nr_cpus++) {
		dump->fs = *fs;
		dump->signature = dump->cpu.signature;
		strcpy(dump->vendor, vendor);
		return;
	}
	if (!cl_equal(&dump->fs, fs) || dump->signature != dump->cpu.signature ||
	    strcmp(dump->vendor, vendor))
		dump->differ = true;
	cl_and(&dump->fs, &dump->fs, fs);
}

int cl_dump_next(struct cl_dump *dump, struct cl_lines *lines,
		 struct cl_error *error)
{
	struct cl_featureset fs;
	int ret;

	if (!dump->begun)
		return 0;
	ret = cl_cpu_end(&dump->cpu, &fs, error);
	if (ret && error)
		snprintf(error->object, sizeof(error->object), "%s:%u",
			 lines->name, dump->line);
	if (ret)
		return ret;
	add_cpu(dump, &fs);
	memset(&dump->cpu, 0, sizeof(dump->cpu));
	dump->begun = false;
	return 0;
}

int cl_dump_leaf(struct cl_dump *dump, struct cl_lines *lines,
		 const struct cl_leaf *leaf, struct cl_error *error)
{
	bool first = !leaf->leaf && (!leaf->subleaf ||
				     leaf->subleaf == CL_NO_SUBLEAF);
	int ret = first ? cl_dump_next(dump, lines, error) : 0;

	if (ret)
		return ret;
	ret = cl_cpu_add(&dump->cpu, leaf);
	if (ret == -EEXIST)
		return cl_fail(error, -EINVAL, lines->where,
			       "leaf %x:%x is there twice for one CPU; dump it again",
			       leaf->leaf, leaf->subleaf);
	if (ret && !dump->begun)
		dump->line = lines->line;
	dump->begun |= ret;
	return 0;
}

void cl_dump_msr(struct cl_dump *dump, uint32_t index, uint64_t value)
{
	struct cl_msr *msr = &dump->arch_caps;

	if (index != cl_word(CL_WORD_16)->leaf)
		return;
	if (msr->index && msr->value != value)
		dump->differ = true;
	msr->value = msr->index ? msr->value & value : value;
	msr->index = index;
}

int cl_dump_end(struct cl_dump *dump, struct cl_host *host,
		struct cl_lines *lines, struct cl_error *error)
{
	int ret = cl_dump_next(dump, lines, error);

	if (ret)
		return ret;
	if (!dump->nr_cpus)
		return cl_fail(error, -ENODATA, lines->name,
			       "no CPUID leaves; dump them again");
	if (dump->arch_caps.index) {
		dump->fs.words[CL_WORD_16] = dump->arch_caps.value;
		dump->fs.words[CL_WORD_17] = dump->arch_caps.value >> 32;
	}
	strcpy(host->vendor, dump->vendor);
	host->signature = dump->signature;
	host->backend = CL_BACKEND_DUMP;
	if (dump->nr_cpus > 1 || dump->differ)
		host->uniform = dump->differ ? CL_UNIFORM_NO : CL_UNIFORM_YES;
	host->valid = 1u << CL_SET_RAW;
	host->sets[CL_SET_RAW] = dump->fs;
	return 0;
}
