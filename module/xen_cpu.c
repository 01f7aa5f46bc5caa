// SPDX-License-Identifier: GPL-2.0-only
/* The Xen backend's third part: what the physical CPUs are, and if all are so. */
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "backend.h"
#include "machine.h"
#include "xen_sysctl.h"

/* In families before 0xf there is no extended one to be added. */
static u32 encode_signature(const struct cl_xenpf_cpu_version *v)
{
	u32 base = min_t(u32, v->family, 0xf);

	return (v->family - base) << 20 | (v->model >> 4) << 16 |
	       base << 8 | (v->model & 0xf) << 4 | v->stepping;
}

static int get_version(const struct cl_machine *m, u32 cpu,
		       struct cl_xenpf_cpu_version *v)
{
	struct cl_xen_platform_op op = {
		.cmd = CL_XENPF_GET_CPU_VERSION,
		.version = CL_XENPF_VERSION,
		.u.cpu_version.cpu = cpu,
	};
	int ret = m->platform_op(&op);

	*v = op.u.cpu_version;
	return ret;
}

/* If Xen will not say, get_version() will: an offline CPU has no vendor. */
static bool is_online(const struct cl_machine *m, u32 cpu)
{
	struct cl_xen_platform_op op = {
		.cmd = CL_XENPF_GET_CPUINFO,
		.version = CL_XENPF_VERSION,
		.u.cpuinfo.cpu = cpu,
	};

	return m->platform_op(&op) ||
	       op.u.cpuinfo.flags & CL_XENPF_CPU_ONLINE;
}

/* 0 if not known, as before Xen 4.18. */
static u32 get_microcode(const struct cl_machine *m, u32 cpu)
{
	struct cl_xen_platform_op op = {
		.cmd = CL_XENPF_GET_UCODE_REVISION,
		.version = CL_XENPF_VERSION,
		.u.ucode_revision.cpu = cpu,
	};

	return m->platform_op(&op) ? 0 : op.u.ucode_revision.revision;
}

static void first_cpu(struct cpulevel_info *info,
		      const struct cl_xenpf_cpu_version *v, u32 microcode)
{
	BUILD_BUG_ON(sizeof(info->vendor) <= sizeof(v->vendor));
	memcpy(info->vendor, v->vendor, sizeof(v->vendor));
	info->signature = encode_signature(v);
	info->microcode = microcode;
	info->uniform = CPULEVEL_UNIFORM_YES;
}

/* A revision that is not known differs from none. */
static bool is_same(const struct cpulevel_info *info,
		    const struct cl_xenpf_cpu_version *v, u32 microcode)
{
	return !memcmp(info->vendor, v->vendor, sizeof(v->vendor)) &&
	       info->signature == encode_signature(v) &&
	       (info->microcode == microcode || !info->microcode || !microcode);
}

/*
 * Every online physical CPU.  Not worth failing for: what Xen does not tell
 * stays absent.
 */
void cl_xen_read_cpus(const struct cl_machine *m, struct cpulevel_info *info)
{
	struct cl_xenpf_cpu_version v;
	u32 microcode, last = 0;
	u32 cpu;

	for (cpu = 0; cpu <= last; cpu++) {
		if (get_version(m, cpu, &v)) {
			info->uniform = CPULEVEL_UNIFORM_UNKNOWN;
			return;
		}
		last = v.max_present;
		if (!v.vendor[0] || !is_online(m, cpu))
			continue;

		microcode = get_microcode(m, cpu);
		if (!info->vendor[0]) {
			first_cpu(info, &v, microcode);
		} else if (!is_same(info, &v, microcode)) {
			info->uniform = CPULEVEL_UNIFORM_NO;
			return;
		}
	}
}
