// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel decode, combine: featuresets as words in hex. */
#include "host.h"

int verb_decode(const struct arguments *args)
{
	struct cl_featureset fs;
	struct out out;
	int ret = read_featureset(&fs, args, 0);

	if (ret)
		return ret;
	out_begin(&out, args, "cpulevel/decode/1");
	out_featureset(&out, &fs);
	return out_finish(&out);
}

int verb_combine(const struct arguments *args)
{
	struct cl_featureset level, next;
	char text[CL_TEXT_SIZE];
	struct out out;
	int i, ret;

	ret = read_featureset(&level, args, 0);
	for (i = 1; !ret && i < args->count; i++) {
		ret = read_featureset(&next, args, i);
		if (!ret)
			cl_combine(&level, &level, &next);
	}
	if (ret)
		return ret;
	cl_featureset_text(&level, text);
	if (!args->json) {
		puts(text);
		return finish_stdout();
	}
	out_begin(&out, args, "cpulevel/combine/1");
	out_string(&out, "hex", text);
	return out_finish(&out);
}
