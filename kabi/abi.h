/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the symbols that two kernels export. */
#ifndef ABI_H
#define ABI_H

#include "symvers.h"

enum abi_kind { ADDED, REMOVED, CHANGED, ABI_KINDS };

struct abi_symbol {
	char *name;
	char *type;		/* "EXPORT_SYMBOL_GPL", "" if it is not said */
	enum abi_kind kind;
};

struct abi {
	struct abi_symbol *at;	/* by name */
	size_t nr, room;
	size_t nr_kind[ABI_KINDS];
	size_t nr_same;
};

/* Returns 0, or -ENOMEM; abi_free() is due in both cases. */
int abi_compare(struct abi *abi, const struct symvers *from, const struct symvers *to);
void abi_free(struct abi *abi);

#endif
