// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a name may be made of: UTF-8 text without control codes. */
#include "private.h"

/* The length of the character at @c, 0 if it is none; and its number. */
static unsigned int decode(const unsigned char *c, uint32_t *number)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned int len, i;

	if (*c < 0x80) {
		*number = *c;
		return 1;
	}
	len = *c >= 0xf0 && *c < 0xf8 ? 4 : *c >= 0xe0 && *c < 0xf0 ? 3 :
	      *c >= 0xc0 && *c < 0xe0 ? 2 : 0;
	if (!len)
		return 0;
	*number = *c & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
		*number = *number << 6 | (c[i] & 0x3f);
	}
	/* One form for each character, no half of UTF-16's pairs, none beyond. */
	return *number < least[len] || *number > 0x10ffff ||
	       (*number >= 0xd800 && *number < 0xe000) ? 0 : len;
}

bool cl_is_text(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	unsigned int len;
	uint32_t number;

	for (; *c; c += len) {
		len = decode(c, &number);
		if (!len || number < ' ' || (number >= 0x7f && number < 0xa0))
			return false;
	}
	return true;
}
