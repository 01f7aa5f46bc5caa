// SPDX-License-Identifier: LGPL-2.1-or-later
/* What other tools call features. */
#include <string.h>

#include "flags.h"
#include "private.h"

struct flag {
	unsigned int bit;
	const char *name;
};

static const struct flag xl_flags[] = {
#define XL(feature, name)	{ CL_F_##feature, name },
#include "flags.def"
};

static const struct flag qemu_flags[] = {
#define QEMU(feature, name)	{ CL_F_##feature, name },
#include "flags.def"
};

static const struct flag libvirt_flags[] = {
#define LIBVIRT(feature, name)	{ CL_F_##feature, name },
#include "flags.def"
};

static const struct cl_featureset xl_knows = {
#define XL_KNOWS(...)	CL_NR_KNOWN_WORDS, { __VA_ARGS__ }
#include "flags.def"
};

static const struct cl_featureset qemu_knows = {
#define QEMU_KNOWS(...)	CL_NR_KNOWN_WORDS, { __VA_ARGS__ }
#include "flags.def"
};

static const unsigned int unspoken[] = {
	CL_F_HTT, CL_F_CMP_LEGACY, CL_F_OSXSAVE, CL_F_OSPKE, CL_F_HYPERVISOR,
	CL_F_APIC, CL_F_X2APIC, CL_F_FDP_EXCP_ONLY, CL_F_NO_FPU_SEL,
};

static const char *find(const struct flag *flags, size_t nr, unsigned int bit)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (flags[i].bit == bit)
			return flags[i].name;
	return NULL;
}

/* The other name, or Xen's in lower case. */
static char *flag_name(unsigned int bit, const char *other,
		       char name[CL_FLAG_SIZE])
{
	char *c;

	if (other) {
		strcpy(name, other);
		return name;
	}
	cl_bit_name(bit, name);
	for (c = name; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
		if (*c == '_')
			*c = '-';
	}
	return name;
}

char *cl_xl_flag(unsigned int bit, char name[CL_FLAG_SIZE])
{
	return flag_name(bit, find(xl_flags, ARRAY_SIZE(xl_flags), bit), name);
}

char *cl_qemu_flag(unsigned int bit, char name[CL_FLAG_SIZE])
{
	return flag_name(bit, find(qemu_flags, ARRAY_SIZE(qemu_flags), bit),
			 name);
}

char *cl_libvirt_flag(unsigned int bit, char name[CL_FLAG_SIZE])
{
	const char *other = find(libvirt_flags, ARRAY_SIZE(libvirt_flags), bit);

	return other ? flag_name(bit, other, name) : cl_qemu_flag(bit, name);
}

void cl_xl_knows(struct cl_featureset *fs)
{
	*fs = xl_knows;
}

void cl_qemu_knows(struct cl_featureset *fs)
{
	*fs = qemu_knows;
}

void cl_drop_unspoken(struct cl_featureset *fs)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unspoken); i++)
		cl_clear(fs, unspoken[i]);
}

unsigned int cl_nr_bits(const struct cl_featureset *fs)
{
	unsigned int i, nr = 0;

	for (i = 0; i < CL_MAX_WORDS; i++)
		nr += __builtin_popcount(fs->words[i]);
	return nr;
}
