// SPDX-License-Identifier: GPL-2.0-only
/* The verbs of `cpulevel pool`, as the table in verbs.c. */
#include "pool.h"

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
	{ "show", "", "hosts, the level, what it would gain without each host, VMs above it",
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
