// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel combine: the level of a pool, from its hosts' featuresets. */
#include "../cli.h"

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
