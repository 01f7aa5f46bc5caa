// SPDX-License-Identifier: GPL-2.0-only
/* Read what a Module.symvers or a kernel-devel directory says of its kernel. */

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "array.h"
#include "kernel.h"
#include "text.h"

#define READ_MAX	((size_t)16 << 20)

struct config {
	bool smp, preempt, preempt_rt, module_unload, modversions;
	bool randstruct, randstruct_plugin;
};

static void note_option(struct config *config, const char *line)
{
	static const struct {
		const char *line;
		size_t offset;
	} options[] = {
		{ "CONFIG_SMP=y", offsetof(struct config, smp) },
		/* PREEMPT_BUILD took over from PREEMPT in 5.16 */
		{ "CONFIG_PREEMPT=y", offsetof(struct config, preempt) },
		{ "CONFIG_PREEMPT_BUILD=y", offsetof(struct config, preempt) },
		{ "CONFIG_PREEMPT_RT=y", offsetof(struct config, preempt_rt) },
		{ "CONFIG_MODULE_UNLOAD=y", offsetof(struct config, module_unload) },
		{ "CONFIG_MODVERSIONS=y", offsetof(struct config, modversions) },
		/* RANDSTRUCT was a compiler plugin of its own before 5.19 */
		{ "CONFIG_RANDSTRUCT=y", offsetof(struct config, randstruct) },
		{ "CONFIG_GCC_PLUGIN_RANDSTRUCT=y", offsetof(struct config, randstruct_plugin) },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(line, options[i].line))
			*(bool *)((char *)config + options[i].offset) = true;
}

/* The file NAME of a kernel-devel, whole; NULL: it has none. */
static char *read_devel(const char *kdir, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/include/%s", kdir, name);
	return text_read(path, READ_MAX, NULL);
}

/* The hash of the layouts' seed; TEXT stays empty where it is not found. */
static void read_seed(const char *kdir, const char *prefix,
		      char text[VERMAGIC_SEED_MAX])
{
	static const char *const names[] = {
		"generated/randstruct_hash.h", "generated/randomize_layout_hash.h",
	};
	char *file, *at, *line, hash[VERMAGIC_HASH_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names) && !text[0]; i++) {
		file = at = read_devel(kdir, names[i]);
		while (at && (line = text_line(&at)))
			if (sscanf(line, "#define RANDSTRUCT_HASHED_SEED \"%64[0-9a-f]\"", hash) == 1)
				snprintf(text, VERMAGIC_SEED_MAX, "%s%s", prefix, hash);
		free(file);
	}
}

/* As include/linux/vermagic.h builds them on x86_64, which adds none itself. */
static void read_flags(struct kernel *kernel, const char *kdir)
{
	char *file = read_devel(kdir, "config/auto.conf"), *at = file, *line;
	char randstruct[VERMAGIC_SEED_MAX] = "";
	struct config config = { false };
	const char *preempt = "";

	if (!file)
		return;
	while ((line = text_line(&at)))
		note_option(&config, line);
	free(file);

	if (config.preempt_rt)
		preempt = "preempt_rt ";
	else if (config.preempt)
		preempt = "preempt ";
	if (config.randstruct)
		read_seed(kdir, "RANDSTRUCT_", randstruct);
	else if (config.randstruct_plugin)
		read_seed(kdir, "RANDSTRUCT_PLUGIN_", randstruct);
	snprintf(kernel->flags, sizeof(kernel->flags), "%s%s%s%s%s",
		 config.smp ? "SMP " : "", preempt,
		 config.module_unload ? "mod_unload " : "",
		 config.modversions ? "modversions " : "", randstruct);
	if ((config.randstruct || config.randstruct_plugin) && !randstruct[0])
		kernel->flags[0] = 0;
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
