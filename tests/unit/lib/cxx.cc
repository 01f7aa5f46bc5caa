// SPDX-License-Identifier: GPL-2.0-only
// The header and the library from C++: compiled, linked and run by installed.
#include <cpulevel.h>

int main()
{
	cl_featureset level, host;
	cl_counts pool;
	cl_error error;
	cl_reason reason;

	if (cl_featureset_parse(&host, "178bfbff", &error))
		return 1;
	cl_counts_init(&pool);
	cl_counts_add(&pool, &host, 0);
	cl_counts_level(&pool, &level);
	cl_combine(&level, &level, &host);
	if (cl_reasons(&reason, 1, &pool, CL_F_AVX2) != 1)
		return 2;
	return reason.kind != CL_REASON_HOSTS || !cl_equal(&level, &host);
}
