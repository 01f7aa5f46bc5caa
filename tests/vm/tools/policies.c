// SPDX-License-Identifier: GPL-2.0-only
/*
 * Print every policy of /dev/cpulevel the way `xen-cpuid -p` prints Xen's, so
 * that the two can be compared line by line.  A policy that is not offered is
 * left out.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/cpulevel.h>

static const char *const names[CPULEVEL_NR_SETS] = {
	[CPULEVEL_SET_RAW] = "Raw",
	[CPULEVEL_SET_HOST] = "Host",
	[CPULEVEL_SET_PV_DEFAULT] = "PV Default",
	[CPULEVEL_SET_HVM_DEFAULT] = "HVM Default",
	[CPULEVEL_SET_PV_MAX] = "PV Max",
	[CPULEVEL_SET_HVM_MAX] = "HVM Max",
};

static void die(const char *what)
{
	fprintf(stderr, "policies: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void print_leaf(const struct cpulevel_leaf *l)
{
	if (l->a || l->b || l->c || l->d)	/* xen-cpuid skips the others too */
		printf("  %08x:%08x -> %08x:%08x:%08x:%08x\n", l->leaf, l->subleaf, l->a, l->b, l->c, l->d);
}

static void print_policy(const struct cpulevel_policy *p)
{
	printf("%s policy: %u leaves, %u MSRs\n", names[p->index], p->nr_leaves, p->nr_msrs);
	printf(" CPUID:\n  %-8s %-8s -> %-8s %-8s %-8s %-8s\n", "leaf", "subleaf", "eax", "ebx", "ecx", "edx");
	for (uint32_t i = 0; i < p->nr_leaves; i++)
		print_leaf(&p->leaves[i]);
	printf(" MSRs:\n  %-8s -> %-16s\n", "index", "value");
	for (uint32_t i = 0; i < p->nr_msrs; i++)
		printf("  %08x -> %016" PRIx64 "\n", p->msrs[i].index, (uint64_t)p->msrs[i].value);
}

int main(void)
{
	static struct cpulevel_policy policy;
	struct cpulevel_info info = { 0 };
	int fd = open("/dev/cpulevel", O_RDONLY);

	if (fd < 0)
		die("/dev/cpulevel");
	if (ioctl(fd, CPULEVEL_IOC_INFO, &info))
		die("INFO");
	for (uint32_t set = 0; set < CPULEVEL_NR_SETS; set++) {
		memset(&policy, 0, sizeof(policy));
		policy.index = set;
		if (!ioctl(fd, CPULEVEL_IOC_POLICY, &policy)) {
			if (!(info.valid_policies & 1U << set))
				die("a policy that INFO calls absent was answered");
			print_policy(&policy);
		} else if (errno != ENODATA || info.valid_policies & 1U << set) {
			die(names[set]);
		}
	}
	return 0;
}
