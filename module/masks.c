// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which masking registers a CPU has, by vendor, family and model.  It takes
 * all three: to ask whether a register can be read is not enough, emulators
 * answer for any, and on other models its number may mean something else.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "backend.h"

#define CAPS_1	(CPULEVEL_CAP_1_ECX | CPULEVEL_CAP_1_EDX)
#define CAPS_E1	(CPULEVEL_CAP_E1_ECX | CPULEVEL_CAP_E1_EDX)
#define CAPS_7	(CPULEVEL_CAP_7_EAX | CPULEVEL_CAP_7_EBX)

bool cl_is_intel(const struct cpulevel_info *info)
{
	return !strcmp(info->vendor, "GenuineIntel");
}

/* Hygon's CPUs are AMD's in this. */
static bool is_amd(const struct cpulevel_info *info)
{
	return !strcmp(info->vendor, "AuthenticAMD") ||
	       !strcmp(info->vendor, "HygonGenuine");
}

u32 cl_family(u32 signature)
{
	u32 family = signature >> 8 & 0xf;

	return family == 0xf ? family + (signature >> 20 & 0xff) : family;
}

/* The extended model counts only in families that have one; others have 0. */
static u32 model_of(u32 signature)
{
	return (signature >> 12 & 0xf0) | (signature >> 4 & 0xf);
}

static int add(struct cl_mask *masks, int n, u32 msr, u32 caps)
{
	masks[n].msr = msr;
	masks[n].caps = caps;
	return n + 1;
}

static int intel_masks(u32 signature, struct cl_mask *masks)
{
	int n = 0;

	if (cl_family(signature) != 6)
		return 0;
	switch (model_of(signature)) {
	case 0x17: /* Penryn */
	case 0x1d:
		n = add(masks, n, 0x478, CAPS_1);
		break;
	case 0x1a: /* Nehalem */
	case 0x1e:
	case 0x1f:
	case 0x2e:
	case 0x25: /* Westmere */
	case 0x2c:
	case 0x2f:
		n = add(masks, n, 0x130, CAPS_1);
		n = add(masks, n, 0x131, CAPS_E1);
		break;
	case 0x2a: /* Sandy Bridge */
	case 0x2d:
		n = add(masks, n, 0x132, CAPS_1);
		n = add(masks, n, 0x133, CAPS_E1);
		n = add(masks, n, 0x134, CPULEVEL_CAP_D1_EAX);
		break;
	}
	return n;
}

/* AMD's do not mask but override; the effect for levelling is the same. */
static int amd_masks(u32 signature, const struct cpulevel_policy *raw,
		     struct cl_mask *masks)
{
	const struct cpulevel_leaf *leaf = cl_policy_leaf(raw, 0, CPULEVEL_NO_SUBLEAF);
	u32 family = cl_family(signature);
	int n = 0;

	if (family == 0x11)
		return 0;
	/* K8 up to revision D has them elsewhere; Xen does not look there. */
	if (family == 0xf && model_of(signature) < 0x20)
		return 0;

	n = add(masks, n, 0xc0011004, CAPS_1);
	n = add(masks, n, 0xc0011005, CAPS_E1);
	if (!leaf || leaf->a < 7)
		return n;
	n = add(masks, n, 0xc0011002, CAPS_7);
	leaf = cl_policy_leaf(raw, 6, CPULEVEL_NO_SUBLEAF);
	if (family == 0x15 && leaf && leaf->c)
		n = add(masks, n, 0xc0011003, CPULEVEL_CAP_6_ECX);
	return n;
}

/**
 * cl_masks() - which masking registers such a CPU has on bare metal
 * @info: its vendor and signature
 * @raw: its raw policy; may be NULL
 * @masks: room for CL_MAX_MASKS
 *
 * Return: how many, or -ENODATA if that cannot be told.
 */
int cl_masks(const struct cpulevel_info *info,
	     const struct cpulevel_policy *raw, struct cl_mask *masks)
{
	if (!info->vendor[0] || !info->signature)
		return -ENODATA;
	if (cl_is_intel(info))
		return intel_masks(info->signature, masks);
	if (!is_amd(info))
		return 0;
	if (!raw)
		return -ENODATA;
	return amd_masks(info->signature, raw, masks);
}
