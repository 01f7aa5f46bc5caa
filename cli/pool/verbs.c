// SPDX-License-Identifier: GPL-2.0-only
/* The verbs of `cpulevel pool` and `cpulevel vm`, as the table in verbs.c. */
#include "../session.h"

#define ANY	(1 << 20)
#define STORE	(OPT_STORE | OPT_POOL)

const struct verb pool_verbs[] = {
	{ "create", "POOL", "make a pool, and a store if there is none",
	  1, 1, OPT_STORE, verb_pool_create, NULL },
	{ "join", "[HOST]", "a host joins the pool",
	  0, 1, STORE | OPT_NAME | OPT_SYSROOT, verb_pool_join, NULL },
	{ "report", "[HOST]", "a host's sets as they are now, after each boot",
	  0, 1, OPT_STORE | OPT_NAME | OPT_SYSROOT | OPT_FORCE,
	  verb_pool_report, NULL },
	{ "leave", "HOST", "a host leaves its pool",
	  1, 1, OPT_STORE | OPT_FORCE, verb_pool_leave, NULL },
	{ "show", "", "hosts and their costs, the level, who is beyond it",
	  0, 0, STORE | OPT_HTML, verb_pool_show, NULL },
	{ "level", "", "what VMs that start now get",
	  0, 0, STORE, verb_pool_level, NULL },
	{ "what-if", "", "the level, if hosts joined or left",
	  0, 0, STORE | OPT_WITH | OPT_WITHOUT, verb_pool_whatif, NULL },
	{ "plan", "[HOST]...", "hosts in K pools that lose few features",
	  0, ANY, STORE | OPT_POOLS, verb_pool_plan, NULL },
	{ "export", "", "all of the store, or a pool for xapi",
	  0, 0, STORE | OPT_FOR, verb_pool_export, NULL },
	{ "import", "FILE", "what export wrote, or xapi's records",
	  1, 1, STORE, verb_pool_import, NULL },
	{ "watch", "", "changes as they happen, as lines of JSON",
	  0, 0, STORE | OPT_SINCE, verb_pool_watch, NULL },
	{ "history", "", "what changed the level, and when",
	  0, 0, STORE | OPT_SINCE, verb_pool_history, NULL },
	{ NULL, NULL, NULL, 0, 0, 0, NULL, NULL }
};

const struct verb vm_verbs[] = {
	{ "start", "VM", "a VM starts, at the pool's level",
	  1, 1, OPT_STORE | OPT_HOST | OPT_TYPE | OPT_XL | OPT_RUN, verb_vm_start,
	  NULL },
	{ "stop", "VM", "it ends, and what was in its memory",
	  1, 1, OPT_STORE | OPT_FORGET, verb_vm_stop, NULL },
	{ "reboot", "VM", "it starts afresh, at the present level",
	  1, 1, OPT_STORE | OPT_SELF | OPT_XL, verb_vm_reboot, NULL },
	{ "suspend", "VM", "its memory goes to disk",
	  1, 1, OPT_STORE, verb_vm_suspend, NULL },
	{ "resume", "VM", "it goes on, there or on another host",
	  1, 1, OPT_STORE | OPT_HOST | OPT_FORCE | OPT_STRANDED | OPT_CHECK,
	  verb_vm_resume, NULL },
	{ "checkpoint", "VM NAME", "its disks and memory are kept",
	  2, 2, OPT_STORE | OPT_DISKS, verb_vm_checkpoint, NULL },
	{ "revert", "VM NAME", "it goes on from a checkpoint",
	  2, 2, OPT_STORE | OPT_HOST | OPT_FORCE | OPT_STRANDED | OPT_CHECK,
	  verb_vm_revert, NULL },
	{ "adopt", "VM", "a VM that runs on a host already, or a template",
	  1, 1, STORE | OPT_HOST | OPT_TYPE | OPT_FEATURES | OPT_VENDOR |
	  OPT_TEMPLATE | OPT_FORCE | OPT_CHECK, verb_vm_adopt, NULL },
	{ "migrate", "VM", "it moves to another host, or its disks do",
	  1, 1, STORE | OPT_HOST | OPT_FORCE | OPT_STRANDED | OPT_CHECK |
	  OPT_RUN | OPT_FOR | OPT_DONE | OPT_ABORT, verb_vm_migrate, NULL },
	{ "copy", "VM NAME", "a halted VM or a template, once more",
	  2, 2, STORE | OPT_TEMPLATE, verb_vm_copy, NULL },
	{ "show", "VM", "what it has, and where it can be",
	  1, 1, OPT_STORE, verb_vm_show, NULL },
	{ "list", "", "all VMs of a pool, or of all pools",
	  0, 0, STORE, verb_vm_list, NULL },
	{ NULL, NULL, NULL, 0, 0, 0, NULL, NULL }
};
