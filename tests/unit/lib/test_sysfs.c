// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's sysfs files as a source: absent ones, and a REFRESH between two
 * reads.  A snapshot is a tree of real files and the newest is a link that
 * open() changes, ours by the linker's --wrap, before it opens one of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "../../../lib/cpulevel.h"
#include "tap.h"

#define TREE	"sys/class/misc/cpulevel"
#define HOST	"/featuresets/host"

static char root[] = "/tmp/cpulevel-test.XXXXXX";
static int newest;		/* of the two snapshots */
static unsigned int refreshes;	/* that are still to come */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

static void show_snapshot(int which)
{
	newest = which;
	unlink(TREE);
	if (symlink(which ? "two" : "one", TREE))
		abort();
}

/* Nobody creates a file here: there is no mode to pass on. */
int __wrap_open(const char *path, int flags, ...)
{
	size_t len = strlen(path);

	if (refreshes && len > strlen(HOST) &&
	    !strcmp(path + len - strlen(HOST), HOST)) {
		refreshes--;
		show_snapshot(!newest);
	}
	return __real_open(path, flags);
}

/* One of a snapshot's files; NULL: it is absent. */
static void give(const char *snapshot, const char *file, const char *value)
{
	char path[200];
	FILE *to;

	snprintf(path, sizeof(path), "sys/class/misc/%s/%s", snapshot, file);
	unlink(path);
	if (!value)
		return;
	to = fopen(path, "w");
	fprintf(to, "%s\n", value);
	fclose(to);
}

static void give_snapshot(const char *snapshot, const char *generation,
			  const char *words)
{
	give(snapshot, "abi", "1");
	give(snapshot, "backend", "xen");
	give(snapshot, "generation", generation);
	give(snapshot, "xen/sysctl_version", "0x15");
	give(snapshot, "cpu/vendor", "GenuineIntel");
	give(snapshot, "cpu/signature", "000306c3");
	give(snapshot, "featuresets/raw", words);
	give(snapshot, "featuresets/host", words);
	give(snapshot, "featuresets/hvm_max", words);
}

static void usual_trees(void)
{
	give_snapshot("one", "41", "00000001");
	give_snapshot("two", "42", "00000002");
	show_snapshot(0);
	refreshes = 0;
}

static bool all_are(const struct cl_host *host, uint32_t word)
{
	return host->sets[CL_SET_RAW].words[0] == word &&
	       host->sets[CL_SET_HOST].words[0] == word &&
	       host->sets[CL_SET_HVM_MAX].words[0] == word;
}

static void test_refresh(void)
{
	struct cl_error error;
	struct cl_host host;

	usual_trees();
	ok(!cl_host_from_sysfs(&host, root, NULL) && all_are(&host, 1),
	   "a snapshot");
	refreshes = 1;
	ok(!cl_host_from_sysfs(&host, root, NULL) && all_are(&host, 2),
	   "a newer one between two reads: all of the newer");
	refreshes = -1;
	ok(cl_host_from_sysfs(&host, root, &error) == -EAGAIN &&
	   !strcmp(error.object, root) && strstr(error.reason, "try again"),
	   "refused: ever newer ones");
	usual_trees();
	give("two", "featuresets/host", "vanished");
	refreshes = 2;
	ok(!cl_host_from_sysfs(&host, root, NULL) && all_are(&host, 1),
	   "what cannot be read of a snapshot that is gone is forgiven");
	give("one", "generation", NULL);
	give("two", "generation", NULL);
	ok(!cl_host_from_sysfs(&host, root, NULL) && all_are(&host, 1),
	   "a copy without generation: it is read once");
}

static void test_absent(void)
{
	struct cl_error error;
	struct cl_host host;

	usual_trees();
	give("one", "cpu/vendor", NULL);
	give("one", "cpu/signature", NULL);
	ok(!cl_host_from_sysfs(&host, root, NULL) && !*host.vendor &&
	   !host.signature && all_are(&host, 1),
	   "a Xen that does not tell the vendor");
	give("one", "featuresets/raw", NULL);
	ok(cl_host_from_sysfs(&host, root, &error) == -ENOENT &&
	   strstr(error.object, "featuresets/raw"), "refused: no raw set");
}

static void test_one_policy(void)
{
	struct cl_host host;

	usual_trees();
	ok(!cl_host_from_sysfs(&host, root, NULL) && !host.one_policy,
	   "sysctl version 0x15: separate max sets");
	give("one", "xen/sysctl_version", "0x13");
	ok(!cl_host_from_sysfs(&host, root, NULL) && !host.one_policy,
	   "sysctl version 0x13: separate max sets");
	give("one", "xen/sysctl_version", "0x12");
	ok(!cl_host_from_sysfs(&host, root, NULL) && host.one_policy,
	   "sysctl version 0x12: one policy");
	give("one", "xen/sysctl_version", NULL);
	ok(!cl_host_from_sysfs(&host, root, NULL) && !host.one_policy,
	   "no sysctl version: not known");
}

int main(void)
{
	char command[200];
	int ret;

	if (!mkdtemp(root) || chdir(root) ||
	    system("mkdir -p sys/class/misc; cd sys/class/misc; mkdir -p one/xen one/cpu one/featuresets two/xen two/cpu two/featuresets"))
		abort();
	test_refresh();
	test_absent();
	test_one_policy();
	snprintf(command, sizeof(command), "rm -r %s", root);
	ret = done();
	return system(command) || ret;
}
