// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leaks on purpose, as the last thing before the search for leaks: when
 * kmemleak has found this, it has looked at all that came before.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

static int __init canary_init(void)
{
	int i;

	/* A forgotten pointer on some stack may hide one. */
	for (i = 0; i < 8; i++) {
		char *p = kmalloc(64, GFP_KERNEL);

		if (p)
			memcpy(p, "canarycanarycanarycanarycanary", 30);
	}
	return 0;
}

static void __exit canary_exit(void)
{
}

module_init(canary_init);
module_exit(canary_exit);

MODULE_LICENSE("GPL");
