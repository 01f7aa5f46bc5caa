// SPDX-License-Identifier: LGPL-2.1-or-later
/* Keys, values and numbers as etcd's JSON has them. */
#include <stdlib.h>
#include <string.h>

#include "etcd.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

json_t *cl_etcd_bytes(const void *data, size_t len)
{
	const unsigned char *from = data;
	char *text = malloc((len + 2) / 3 * 4 + 1), *to = text;
	json_t *made;
	size_t i;

	if (!text)
		return NULL;
	for (i = 0; i < len; i += 3) {
		uint32_t three = from[i] << 16 |
				 (i + 1 < len ? from[i + 1] << 8 : 0) |
				 (i + 2 < len ? from[i + 2] : 0);

		*to++ = digits[three >> 18];
		*to++ = digits[three >> 12 & 63];
		*to++ = i + 1 < len ? digits[three >> 6 & 63] : '=';
		*to++ = i + 2 < len ? digits[three & 63] : '=';
	}
	*to = '\0';
	made = json_string(text);
	free(text);
	return made;
}

json_t *cl_etcd_key(const struct etcd_store *s, const char *key)
{
	char whole[sizeof(s->conf.prefix) + CL_KEY_SIZE];

	snprintf(whole, sizeof(whole), "%s%s", s->conf.prefix, key);
	return cl_etcd_bytes(whole, strlen(whole));
}

char *cl_etcd_decode(const json_t *text, size_t *len)
{
	/* What is empty is not there at all. */
	const char *from = text ? json_string_value(text) : "";
	char *data = from ? malloc(strlen(from) / 4 * 3 + 4) : NULL, *to = data;
	unsigned int bits = 0;
	uint32_t kept = 0;

	for (; data && *from && *from != '='; from++) {
		const char *digit = strchr(digits, *from);

		if (!digit) {
			free(data);
			return NULL;
		}
		kept = kept << 6 | (digit - digits);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*to++ = kept >> bits;
		}
	}
	if (data) {
		*to = '\0';
		*len = to - data;
	}
	return data;
}

int64_t cl_etcd_number(const json_t *object, const char *name)
{
	const json_t *number = json_object_get(object, name);

	return json_is_string(number) ?
	       strtoll(json_string_value(number), NULL, 10) :
	       json_integer_value(number);
}

json_t *cl_etcd_from_number(int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	return json_string(text);
}

int64_t cl_etcd_revision(const json_t *answer)
{
	return cl_etcd_number(json_object_get(answer, "header"), "revision");
}
