// SPDX-License-Identifier: GPL-2.0-only
/* cpu_info of XenServer's hosts and pools: JSON and what xe prints. */
#include <errno.h>

#include "../../../lib/cpulevel.h"
#include "tap.h"

#define CPU	"\"cpu_count\": \"8\", \"vendor\": \"GenuineIntel\", " \
		"\"family\": \"6\", \"model\": \"63\", \"stepping\": \"2\", "
#define MAX	"\"features_pv\": \"1789cbf5-f6f83203\", " \
		"\"features_hvm\": \"178bfbff-f7fa3203\", "
#define DEFAULT	"\"features_pv_host\": \"1789cbf5-f6d83203\", " \
		"\"features_hvm_host\": \"178bfbff-f7fa3203\""

/* Sets a bit each: PV default, HVM default, PV max, HVM max. */
enum { PD = 1 << CL_SET_PV_DEFAULT, HD = 1 << CL_SET_HVM_DEFAULT,
       PM = 1 << CL_SET_PV_MAX, HM = 1 << CL_SET_HVM_MAX };

static const struct row {
	const char *what, *text, *name;
	uint32_t signature, valid;
	bool one_policy;
	uint32_t pv_default, pv_max;	/* word 1 */
} rows[] = {
	{ "a host's, after a byte order mark", "\xef\xbb\xbf{" CPU MAX DEFAULT "}", "x", 0x306f2, PD | HD | PM | HM,
	  false, 0xf6d83203, 0xf6f83203 },
	{ "a host's in its record",
	  " {\"name_label\": \"xcp1\", \"uuid\": null, \"cpu_info\": {" CPU MAX DEFAULT "}}",
	  "xcp1", 0x306f2, PD | HD | PM | HM, false, 0xf6d83203, 0xf6f83203 },
	{ "a pool's", "{\"vendor\": \"GenuineIntel\", " DEFAULT "}", "x", 0,
	  PD | HD, false, 0xf6d83203, 0 },
	{ "an old host's: one policy",
	  "{" CPU MAX "\"features\": \"77bee3ff-bfebfbff-00000001-2c100800\"}",
	  "x", 0x306f2, PD | HD | PM | HM, true, 0xf6f83203, 0xf6f83203 },
	{ "an old pool's", "{\"vendor\": \"GenuineIntel\", " MAX "\"a\": \"b\"}",
	  "x", 0, PD | HD, false, 0xf6f83203, 0 },
	{ "a host's without HVM",
	  "{" CPU "\"features_pv\": \"1-2\", \"features_pv_host\": \"1-2\", "
	  "\"features_hvm\": \"0-0\", \"features_hvm_host\": \"\"}", "x", 0x306f2,
	  PD | PM, false, 2, 2 },
	{ "an AMD's: family 0x17", "{\"vendor\": \"AuthenticAMD\", \"family\": \"23\", \"model\": \"49\", "
	  "\"stepping\": \"0\", \"features_pv\": \"1-2\"}", "x", 0x830f10,
	  PD | PM, true, 2, 2 },
	{ "what xe prints",
	  "cpu_count: 8; socket_count: 1; vendor: GenuineIntel; model: 63; "
	  "family: 6; stepping: 2; flags: fpu vme; "
	  "features_pv: 1789cbf5-f6f83203; features_pv_host: 1789cbf5-f6d83203; "
	  "features_hvm: 178bfbff-f7fa3203; features_hvm_host: 178bfbff-f7fa3203\n",
	  "x", 0x306f2, PD | HD | PM | HM, false, 0xf6d83203, 0xf6f83203 },
	{ "what xe prints of all that it knows",
	  "uuid ( RO)       : 1234\n     hostname ( RO): xcp1\n\n"
	  "           cpu_info (MRO): vendor: GenuineIntel; cpu_count: 8; "
	  "features_pv_host: 1789cbf5-f6d83203; features_hvm_host: 1-2\n\n", "x", 0,
	  PD | HD, false, 0xf6d83203, 0 },
};

static void test_rows(void)
{
	struct cl_error error;
	struct cl_host host;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		int ret;

		memset(&error, 0, sizeof(error));
		ret = cl_host_parse(&host, r->text, strlen(r->text), "x", &error);
		if (!ok(!ret && !strcmp(host.name, r->name) &&
			!strcmp(host.vendor, r->signature == 0x830f10 ?
				"AuthenticAMD" : "GenuineIntel") &&
			host.signature == r->signature && host.valid == r->valid &&
			host.backend == CL_BACKEND_XEN && !host.derived &&
			host.one_policy == r->one_policy &&
			host.sets[CL_SET_PV_DEFAULT].words[1] == r->pv_default &&
			host.sets[CL_SET_PV_MAX].words[1] == r->pv_max, "%s",
			r->what))
			printf("# %d %s %s: %x %x %s\n", ret, error.reason,
			       host.name, host.signature, host.valid, host.vendor);
	}
}

int main(void)
{
	test_rows();
	return done();
}
