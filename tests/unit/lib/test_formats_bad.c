// SPDX-License-Identifier: GPL-2.0-only
/* Descriptions of hosts that are damaged, hostile or something else. */
#include <errno.h>

#include "../../../lib/cpulevel.h"
#include "tap.h"

#define LEAF0	"   0x00000000 0x00: eax=0x00000001 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
#define LEAF1(ecx) \
	"   0x00000001 0x00: eax=0x000006f7 ebx=0x00000000 ecx=0x" ecx " edx=0x00000001\n"
#define CPU(n, ecx)	"CPU " n ":\n" LEAF0 LEAF1(ecx)

static int parse(struct cl_host *host, const char *dump, struct cl_error *error)
{
	return cl_host_parse(host, dump, strlen(dump), "x", error);
}

#define XML(inner)	"<cpudata arch='x86'>" inner "</cpudata>"

static const struct bad {
	const char *what, *text;
	int ret;
	const char *object, *says;
} bad[] = {
	{ "an empty file", "", -EINVAL, "x", "is empty" },
	{ "blank lines", "\n \n", -EINVAL, "x", "is empty" },
	{ "anything else", "hello\nworld\n", -EINVAL, "x", "in no known format" },
	{ "control characters", "hello\n\033[1m\n", -EINVAL, "x:2", "character 0x1b at 1" },
	{ "cpuid -r with something else in it", "CPU 0:\n" LEAF0 "oops\n", -EINVAL,
	  "x:3", "'oops' is no line" },
	{ "cpuid -r with a short register",
	  LEAF0 "   0x00000001 0x00: eax=0x6f7 ebx=0x0 ecx=0x0 edx=0x0\n", -EINVAL,
	  "x:2", "'   0x00000001" },
	{ "cpuid -r with a register of 33 bits",
	  LEAF0 "   0x00000001 0x00: eax=0x0000006f7 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n",
	  -EINVAL, "x:2", "'   0x00000001" },
	{ "a CPU without leaf 1", "CPU 0:\n" LEAF0 CPU("1", "00000000"), -ENODATA,
	  "x:2", "leaf 1 is missing" },
	{ "a dump that was cut short", CPU("0", "00000000") "CPU 1:\n" LEAF0,
	  -ENODATA, "x:5", "leaf 1 is missing" },
	{ "a leaf twice", LEAF0 LEAF1("00000000") LEAF1("00000000"), -EINVAL,
	  "x:3", "leaf 1:0 is there twice" },
	{ "InstLatx64 with three registers",
	  "CPUID 00000000: 00000001-00000000-00000000-00000000\nCPUID 00000001: 00000001-00000000-00000000\n",
	  -EINVAL, "x:2", "leaf 1 has not four" },
	{ "XML cut short", "<cpudata arch='x86'>\n<cpuid", -EINVAL, "x:2",
	  "unclosed token" },
	{ "other XML", "<domain/>", -EINVAL, "x:1", "the document is a 'domain'" },
	{ "another architecture", "<cpudata arch='ppc64'/>", -EINVAL, "x:1",
	  "the CPU is a 'ppc64'" },
	{ "a document type", "<!DOCTYPE cpudata [\n<!ENTITY a 'b'>]>\n" XML("&a;"),
	  -EINVAL, "x:1", "document types are refused" },
	{ "XML with 33 bits", XML("\n<cpuid eax_in='0x1' eax='0x1ffffffff'/>"),
	  -EINVAL, "x:2", "eax is no number" },
	{ "XML without leaves", XML(""), -ENODATA, "x", "no CPUID leaves" },
	{ "xen-cpuid with bad hex", "nr_features: 2\nDynamic sets:\nRaw   1:0g\n",
	  -EINVAL, "x:3", "word 1 is not hex" },
	{ "xen-cpuid with 33 bits", "nr_features: 2\nDynamic sets:\nRaw   1:123456789\n",
	  -ERANGE, "x:3", "word 1 has 9 digits" },
	{ "a domain's policy", "Domain 0 policy: 1 leaves, 0 MSRs\n", -ENODATA, "x",
	  "no set of the host" },
	{ "JSON cut short", "{\n\"vendor\": ", -EINVAL, "x:2", "" },
	{ "other JSON", "[1]", -EINVAL, "x", "the JSON is no object" },
	{ "JSON without features", "{\"vendor\": \"GenuineIntel\"}", -ENODATA, "x",
	  "no features_pv" },
	{ "JSON with bad features", "{\"features_pv\": \"1-xyz\"}", -EINVAL, "x",
	  "features_pv: word 1 is not hex" },
	{ "JSON with features that are no text", "{\"features_hvm_host\": 1}",
	  -EINVAL, "x", "features_hvm_host is no text" },
	{ "xe's line with 33 bits", "vendor: A; features_pv: 123456789; b: c",
	  -ERANGE, "x:1", "features_pv: word 0 has 9 digits" },
	{ "a damaged saved host", "cpulevel-host 1\nname\n", -EINVAL, "x:2",
	  "name has no value" },
};

static void test_bad(void)
{
	struct cl_error error;
	struct cl_host host, before;
	size_t i;

	memset(&before, 0x5a, sizeof(before));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int ret;

		host = before;
		memset(&error, 0, sizeof(error));
		ret = parse(&host, bad[i].text, &error);
		if (!ok(ret == bad[i].ret && !strcmp(error.object, bad[i].object) &&
			!strncmp(error.reason, bad[i].says, strlen(bad[i].says)) &&
			!memcmp(&host, &before, sizeof(host)) &&
			parse(&host, bad[i].text, NULL) == ret,
			"refused, and told where: %s", bad[i].what))
			printf("# %d %s: %s\n", ret, error.object, error.reason);
	}
}

static void test_large(void)
{
	static char big[1 << 20], huge[17 << 20];
	struct cl_error error;
	struct cl_host host;

	memset(big, 'a', sizeof(big));
	ok(cl_host_parse(&host, big, sizeof(big), "x", &error) == -EINVAL &&
	   !strncmp(error.reason, "line is longer", 14), "refused: a line without end");
	memset(big, '[', sizeof(big));
	ok(cl_host_parse(&host, big, sizeof(big), "x", &error) == -EINVAL,
	   "refused: JSON without bottom");
	memset(huge, '\n', sizeof(huge));
	ok(cl_host_parse(&host, huge, sizeof(huge), "x", &error) == -EFBIG &&
	   !strcmp(error.object, "x:16777216"), "refused: more than any host");
	ok(cl_host_read(&host, "/dev/zero", &error) == -EFBIG &&
	   !strcmp(error.object, "/dev/zero:1"), "refused: a file without end");
	ok(cl_host_read(&host, "/nowhere/x", &error) == -ENOENT &&
	   !strcmp(error.object, "/nowhere/x"), "refused: no such file");
}

/*
 * Thousands of lines that all are a leaf with ever another subleaf: none of
 * them has a place in a featureset, and none may take room.
 */
static void many_subleaves(const char *what, const char *head, const char *form,
			   const char *tail)
{
	size_t room = 1 << 20, len;
	char *text = malloc(room);
	struct cl_error error;
	struct cl_host host;
	unsigned int i;
	int ret;

	/* The formats are this file's own. */
	len = snprintf(text, room, "%s", head);
	for (i = 1; i < 5000; i++)
		len += snprintf(text + len, room - len, form, i);
	snprintf(text + len, room - len, "%s", tail);
	ret = parse(&host, text, &error);
	if (ret)
		printf("# %s: %s\n", error.object, error.reason);
	ok(!ret && host.sets[CL_SET_RAW].words[0] == 1, "%s", what);
	free(text);
}

static void test_many_subleaves(void)
{
	many_subleaves("5,000 subleaves of leaf 0x80000000 in cpuid -r",
		       "CPU 0:\n" LEAF0 LEAF1("00000000")
		       "   0x80000000 0x00: eax=0x80000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n",
		       "   0x80000000 0x%02x: eax=0x80000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n",
		       "");
	many_subleaves("5,000 subleaves of leaf 0x80000000 in InstLatx64",
		       "CPUID 00000000: 00000001-756E6547-6C65746E-49656E69\nCPUID 00000001: 000006F7-00000000-00000000-00000001\n",
		       "CPUID 80000000: 80000000-00000000-00000000-00000000 [SL %02X]\n", "");
	many_subleaves("5,000 subleaves of leaf 0x80000000 in libvirt's XML",
		       "<cpudata arch='x86'><cpuid eax_in='0x0' ecx_in='0x0' eax='0x1' ebx='0x756e6547' ecx='0x6c65746e' edx='0x49656e69'/>"
		       "<cpuid eax_in='0x1' ecx_in='0x0' eax='0x6f7' ebx='0x0' ecx='0x0' edx='0x1'/>",
		       "<cpuid eax_in='0x80000000' ecx_in='0x%x' eax='0x80000000' ebx='0x0' ecx='0x0' edx='0x0'/>\n",
		       "</cpudata>");
}

int main(void)
{
	test_bad();
	test_large();
	test_many_subleaves();
	return done();
}
