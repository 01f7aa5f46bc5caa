/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of the kernel that modules are compared with. */
#ifndef KERNEL_H
#define KERNEL_H

#include "symvers.h"

#define VERMAGIC_HASH_MAX	65	/* of a SHA-256 in hex */
#define VERMAGIC_SEED_MAX	96	/* with what stands before it */
#define VERMAGIC_FLAGS_MAX	160

struct kernel {
	struct symvers symvers;
	/* vermagic after the release, "SMP mod_unload "; empty: not known */
	char flags[VERMAGIC_FLAGS_MAX];
};

/*
 * PATH is a Module.symvers or a kernel-devel directory, which also tells the
 * vermagic flags.  Returns 0, or -1 with the reason in WHY (cut to LEN).
 */
int kernel_read(struct kernel *kernel, const char *path, char *why, size_t len);
void kernel_free(struct kernel *kernel);

#endif
