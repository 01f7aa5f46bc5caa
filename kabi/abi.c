// SPDX-License-Identifier: GPL-2.0-only
/* Compare two lists of symbols. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"
#include "array.h"

static int add(struct abi *abi, const struct symvers_entry *entry, char *name,
	       enum abi_kind kind)
{
	struct abi_symbol *more = array_grow(abi->at, abi->nr, &abi->room, sizeof(*more));

	if (!more) {
		free(name);
		return -ENOMEM;
	}
	abi->at = more;
	more = &abi->at[abi->nr++];
	more->name = name;
	more->type = strndup(entry->type, entry->type_len);
	more->kind = kind;
	abi->nr_kind[kind]++;
	return more->type ? 0 : -ENOMEM;
}

/* What OTHER says of each symbol of SV; GONE: where it does not have it. */
static int compare(struct abi *abi, const struct symvers *sv,
		   const struct symvers *other, enum abi_kind gone)
{
	struct symvers_entry entry;
	size_t pos = 0;
	uint32_t crc;
	char *name;
	bool found;
	int ret = 0;

	while (!ret && symvers_next(sv, &pos, &entry)) {
		name = strndup(entry.name, entry.name_len);
		if (!name)
			return -ENOMEM;
		found = symvers_find(other, name, &crc);
		if (!found)
			ret = add(abi, &entry, name, gone);
		else if (gone == ADDED && crc != entry.crc)
			ret = add(abi, &entry, name, CHANGED);
		else {
			abi->nr_same += gone == ADDED;
			free(name);
		}
	}
	return ret;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct abi_symbol *)a)->name,
		      ((const struct abi_symbol *)b)->name);
}

int abi_compare(struct abi *abi, const struct symvers *from, const struct symvers *to)
{
	int ret;

	memset(abi, 0, sizeof(*abi));
	ret = compare(abi, to, from, ADDED);
	if (!ret)
		ret = compare(abi, from, to, REMOVED);
	if (abi->nr)
		qsort(abi->at, abi->nr, sizeof(*abi->at), by_name);
	return ret;
}

void abi_free(struct abi *abi)
{
	size_t i;

	for (i = 0; i < abi->nr; i++) {
		free(abi->at[i].name);
		free(abi->at[i].type);
	}
	free(abi->at);
	memset(abi, 0, sizeof(*abi));
}
