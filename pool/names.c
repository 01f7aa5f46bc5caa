// SPDX-License-Identifier: LGPL-2.1-or-later
/* What types, states, kinds and answers are called, in records and by people. */
#include "../lib/private.h"
#include "pool.h"

static const char *name_of(const char *const *names, size_t nr, unsigned int n)
{
	return n < nr ? names[n] : NULL;
}

const char *cl_vm_type_name(unsigned int type)
{
	static const char *const names[] = {
		[CL_VM_PV] = "pv", [CL_VM_HVM] = "hvm", [CL_VM_PVH] = "pvh",
	};

	return name_of(names, ARRAY_SIZE(names), type);
}

const char *cl_vm_state_name(unsigned int state)
{
	static const char *const names[] = {
		[CL_VM_HALTED] = "halted", [CL_VM_RUNNING] = "running",
		[CL_VM_SUSPENDED] = "suspended",
	};

	return name_of(names, ARRAY_SIZE(names), state);
}

const char *cl_vm_kind_name(unsigned int kind)
{
	static const char *const names[] = {
		[CL_VM_ORDINARY] = "vm", [CL_VM_USER_TEMPLATE] = "template",
		[CL_VM_SYSTEM_TEMPLATE] = "system-template",
	};

	return name_of(names, ARRAY_SIZE(names), kind);
}

const char *cl_vm_pending_name(unsigned int pending)
{
	static const char *const names[] = {
		[CL_PENDING_NONE] = "none", [CL_PENDING_STARTING] = "starting",
		[CL_PENDING_MOVING] = "moving",
	};

	return name_of(names, ARRAY_SIZE(names), pending);
}

const char *cl_vm_flag_name(unsigned int n)
{
	static const char *const names[] = {
		"assumed", "forced", "stranded", "rebooted"
	};

	return name_of(names, ARRAY_SIZE(names), n);
}

const char *cl_move_answer_name(unsigned int answer)
{
	static const char *const names[] = {
		[CL_MOVE_YES] = "yes", [CL_MOVE_VENDOR] = "vendor",
		[CL_MOVE_TYPE] = "type", [CL_MOVE_FEATURES] = "features",
		[CL_MOVE_STRANDED] = "stranded", [CL_MOVE_LEAVES] = "leaves",
	};

	return name_of(names, ARRAY_SIZE(names), answer);
}
