// SPDX-License-Identifier: GPL-2.0-only
/* Read what a Module.symvers or a kernel-devel directory says of its kernel. */

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel.h"

struct config {
	bool smp, preempt, preempt_rt, module_unload, modversions, randstruct;
};

static void note_option(struct config *config, const char *line)
{
	static const struct {
		const char *line;
		size_t offset;
	} options[] = {
		{ "CONFIG_SMP=y\n", offsetof(struct config, smp) },
		/* PREEMPT_BUILD took over from PREEMPT in 5.16 */
		{ "CONFIG_PREEMPT=y\n", offsetof(struct config, preempt) },
		{ "CONFIG_PREEMPT_BUILD=y\n", offsetof(struct config, preempt) },
		{ "CONFIG_PREEMPT_RT=y\n", offsetof(struct config, preempt_rt) },
		{ "CONFIG_MODULE_UNLOAD=y\n", offsetof(struct config, module_unload) },
		{ "CONFIG_MODVERSIONS=y\n", offsetof(struct config, modversions) },
		/* RANDSTRUCT was a compiler plugin of its own before 5.19 */
		{ "CONFIG_RANDSTRUCT=y\n", offsetof(struct config, randstruct) },
		{ "CONFIG_GCC_PLUGIN_RANDSTRUCT=y\n", offsetof(struct config, randstruct) },
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!strcmp(line, options[i].line))
			*(bool *)((char *)config + options[i].offset) = true;
}

/* As include/linux/vermagic.h builds them on x86_64, which adds none itself. */
static void read_flags(struct kernel *kernel, const char *kdir)
{
	struct config config = { false };
	char path[PATH_MAX], line[256];
	const char *preempt = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/include/config/auto.conf", kdir);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f))
		note_option(&config, line);
	fclose(f);

	/* The seed is a part of vermagic there and cannot be known. */
	if (config.randstruct)
		return;
	if (config.preempt)
		preempt = "preempt ";
	else if (config.preempt_rt)
		preempt = "preempt_rt ";
	snprintf(kernel->flags, sizeof(kernel->flags), "%s%s%s%s",
		 config.smp ? "SMP " : "", preempt,
		 config.module_unload ? "mod_unload " : "",
		 config.modversions ? "modversions " : "");
}

int kernel_read(struct kernel *kernel, const char *path, char *why, size_t len)
{
	char file[PATH_MAX];
	struct stat st;

	memset(kernel, 0, sizeof(*kernel));
	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return symvers_read(&kernel->symvers, path, why, len);

	if ((size_t)snprintf(file, sizeof(file), "%s/Module.symvers", path) >=
	    sizeof(file)) {
		snprintf(why, len, "the path is too long; use a shorter one");
		return -1;
	}
	read_flags(kernel, path);
	return symvers_read(&kernel->symvers, file, why, len);
}

void kernel_free(struct kernel *kernel)
{
	symvers_free(&kernel->symvers);
}
