// SPDX-License-Identifier: GPL-2.0-only
/* libFuzzer's way into driver-kabi's reader of Module.symvers: what is listed is found. */
#include <stdlib.h>
#include <string.h>

#include "../../kabi/symvers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entry(const struct symvers *sv, const struct symvers_entry *entry)
{
	char *name = strndup(entry->name, entry->name_len);
	uint32_t crc;

	if (!entry->name_len || !symvers_find(sv, name, &crc))
		abort();
	free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + !size), why[64];
	struct symvers_entry entry;
	size_t pos = 0, entries = 0;
	struct symvers sv;

	memcpy(text, data, size);
	if (symvers_parse(&sv, text, size, why, sizeof(why))) {
		if (!memchr(why, 0, sizeof(why)))
			abort();
		return 0;
	}
	for (; symvers_next(&sv, &pos, &entry); entries++)
		check_entry(&sv, &entry);
	if (entries != sv.count)
		abort();
	symvers_free(&sv);
	return 0;
}
