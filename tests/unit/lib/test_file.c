// SPDX-License-Identifier: GPL-2.0-only
/* Saved hosts: what is written is read back, what is damaged is refused. */
#include <errno.h>
#include <unistd.h>

#include "../../../lib/cpulevel.h"
#include "tap.h"

#define HEAD	"cpulevel-host 1\nname h\nvendor GenuineIntel\n" \
		"signature 000306c3\nbackend xen\n"
#define RAW	"raw 1-2\n"

static char path[] = "/tmp/cpulevel-test.XXXXXX";

static int parse(const char *text, size_t len, struct cl_host *host,
		 struct cl_error *error)
{
	FILE *file = fopen(path, "w");

	fwrite(text, 1, len, file);
	fclose(file);
	return cl_host_from_file(host, path, error);
}

static const struct bad {
	const char *what, *text;
	int line;		/* 0: the file as a whole */
	const char *says;
} bad[] = {
	{ "an empty file", "", 1, "first line is not" },
	{ "another file", "hello\n", 1, "first line is not" },
	{ "a later format", "cpulevel-host 2\nend\n", 1, "first line is not" },
	{ "no end", HEAD RAW, 7, "no line 'end'" },
	{ "half a line", HEAD "raw 1-", 6, "line does not end" },
	{ "more after the end", HEAD RAW "end\nend\n", 7, "something follows" },
	{ "an unknown key", HEAD RAW "colour red\nend\n", 7, "'colour red' is not" },
	{ "a key twice", HEAD RAW "name x\nend\n", 7, "name is there twice" },
	{ "a key alone", HEAD "raw\nend\n", 6, "raw has no value" },
	{ "an empty set", HEAD "raw \nend\n", 6, "raw is empty" },
	{ "a set that is not hex", HEAD "raw 1-x\nend\n", 6, "word 1 is not hex" },
	{ "a signature that is not hex", HEAD RAW "caps -1\nend\n", 7,
	  "caps is '-1'" },
	{ "a microcode that is not hex", HEAD RAW "microcode new\nend\n", 7,
	  "microcode is 'new'" },
	{ "uniform that is neither", HEAD RAW "uniform 2\nend\n", 7,
	  "uniform is '2'; expected 1 or 0" },
	{ "a source nobody knows", HEAD RAW "caps_source x\nend\n", 7,
	  "caps_source is 'x'" },
	{ "a vendor too long", "cpulevel-host 1\nvendor GenuineIntel1\n", 2,
	  "vendor is" },
	{ "no name", "cpulevel-host 1\nvendor GenuineIntel\nraw 1\nend\n", 0,
	  "name is missing" },
	{ "no featureset", HEAD "end\n", 0, "there is no featureset" },
	{ "a backend nobody knows", "cpulevel-host 1\nname h\nbackend x\n", 3,
	  "backend is 'x'; expected xen, native or dump" },
	{ "caps without their source", HEAD RAW "caps 1\nend\n", 0,
	  "one of caps and caps_source" },
	{ "a carriage return", "cpulevel-host 1\r\n", 1, "character 0x0d at 16" },
};

static void test_bad(void)
{
	struct cl_error error;
	struct cl_host host;
	char where[sizeof(path) + 16];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int ret = parse(bad[i].text, strlen(bad[i].text), &host, &error);

		snprintf(where, sizeof(where), bad[i].line ? "%s:%d" : "%s", path,
			 bad[i].line);
		if (!ok(ret == -EINVAL && !strcmp(error.object, where) &&
			!strncmp(error.reason, bad[i].says, strlen(bad[i].says)),
			"refused, with its line: %s", bad[i].what))
			printf("# %d %s: %s\n", ret, error.object, error.reason);
	}
}

static void test_hostile(void)
{
	static char big[1 << 20];
	struct cl_error error;
	struct cl_host host;

	memset(big, 'a', sizeof(big));
	ok(parse(big, sizeof(big), &host, &error) == -EINVAL &&
	   strstr(error.reason, "line is longer"), "refused: a line without end");
	ok(parse("cpulevel-host 1\n\0x", 18, &host, &error) == -EINVAL &&
	   strstr(error.reason, "character 0x00"), "refused: a NUL byte");
	ok(cl_host_from_file(&host, "/nowhere/x", &error) == -ENOENT,
	   "refused: no such file");
	ok(cl_host_from_file(&host, "/", &error) == -EISDIR,
	   "refused: a directory");
	ok(cl_host_from_file(&host, "/", NULL) == -EISDIR,
	   "nobody has to ask why");
}

static void fill(struct cl_host *host)
{
	memset(host, 0, sizeof(*host));
	strcpy(host->name, "a host");
	strcpy(host->vendor, "  Shanghai  ");
	host->signature = 0x306c3;
	host->microcode = 0x49;
	host->uniform = CL_UNIFORM_NO;
	host->backend = CL_BACKEND_XEN;
	host->sysctl_version = 0x12;
	host->one_policy = true;
	host->valid = 1 << CL_SET_RAW | 1 << CL_SET_PV_MAX;
	cl_featureset_parse(&host->sets[CL_SET_RAW], "1-2-3", NULL);
	cl_featureset_parse(&host->sets[CL_SET_PV_MAX], "1-2-3-0", NULL);
	host->caps = 0x1e;
	host->caps_source = CL_CAPS_DERIVED;
	host->max_leaves[CL_SET_PV_MAX] = (struct cl_max_leaves){ 0xd, 2, 0x80000021 };
}

static void test_round_trip(void)
{
	struct cl_host host, back;
	FILE *file;

	fill(&host);
	file = fopen(path, "w");
	cl_host_write(&host, file);
	fclose(file);
	memset(&back, 0x5a, sizeof(back));
	ok(!cl_host_from_file(&back, path, NULL) &&
	   !memcmp(&host, &back, sizeof(host)), "what is written is read back");
	memset(&host, 0x5a, sizeof(host));
	back = host;
	ok(parse("", 0, &host, NULL) && !memcmp(&host, &back, sizeof(host)),
	   "a host is left alone by a failure");
	ok(!parse(HEAD RAW "# why\n\nend\n", strlen(HEAD RAW "# why\n\nend\n"),
		  &host, NULL) && !host.sysctl_version && !host.one_policy &&
	   !host.microcode && host.uniform == CL_UNIFORM_UNKNOWN &&
	   host.valid == 1 && !cl_method(&host),
	   "what is not in the file is not known");
}

/* Older releases saved hosts read from sysfs without it. */
static void test_one_policy(void)
{
#define XEN(version)	HEAD RAW "sysctl_version " version "\nend\n"
	struct cl_host host;

	ok(!parse(XEN("0x12"), strlen(XEN("0x12")), &host, NULL) &&
	   host.one_policy, "a Xen of one policy is known by its sysctl version");
	ok(!parse(XEN("0x13"), strlen(XEN("0x13")), &host, NULL) &&
	   !host.one_policy, "a later Xen has separate max sets");
#undef XEN
}

static void test_method(void)
{
	struct cl_host host = { .caps_source = CL_CAPS_XEN };

	ok(!strcmp(cl_method(&host), "none"), "no capability: none");
	host.caps = CL_CAP_1_ECX;
	ok(!strcmp(cl_method(&host), "masking"), "a mask: masking");
	host.caps = CL_CAP_1_ECX | CL_CAP_FAULTING;
	ok(!strcmp(cl_method(&host), "faulting"), "faulting wins");
}

int main(void)
{
	close(mkstemp(path));
	test_bad();
	test_hostile();
	test_round_trip();
	test_one_policy();
	test_method();
	unlink(path);
	return done();
}
