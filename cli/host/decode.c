// SPDX-License-Identifier: GPL-2.0-only
/* cpulevel decode: name the features of a featureset. */
#include "../cli.h"

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
