// SPDX-License-Identifier: GPL-2.0-only
/* Read what a Module.symvers or a kernel-devel directory says of its kernel. */

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel.h"

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
		{ "CONFIG_SMP=y\n", offsetof(struct config, smp) },
		/* PREEMPT_BUILD took over from PREEMPT in 5.16 */
		{ "CONFIG_PREEMPT=y\n", offsetof(struct config, preempt) },
		{ "CONFIG_PREEMPT_BUILD=y\n", offsetof(struct config, preempt) },
		{ "CONFIG_PREEMPT_RT=y\n", offsetof(struct config, preempt_rt) },
		{ "CONFIG_MODULE_UNLOAD=y\n", offsetof(struct config, module_unload) },
		{ "CONFIG_MODVERSIONS=y\n", offsetof(struct config, modversions) },
		/* RANDSTRUCT was a compiler plugin of its own before 5.19 */
		{ "CONFIG_RANDSTRUCT=y\n", offsetof(struct config, randstruct) },
		{ "CONFIG_GCC_PLUGIN_RANDSTRUCT=y\n", offsetof(struct config, randstruct_plugin) },
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!strcmp(line, options[i].line))
			*(bool *)((char *)config + options[i].offset) = true;
}

/* The hash of the layouts' seed; TEXT stays empty where it is not found. */
static void read_seed(const char *kdir, const char *prefix,
		      char text[VERMAGIC_SEED_MAX])
{
	static const char *const names[] = {
		"randstruct_hash.h", "randomize_layout_hash.h",
	};
	char path[PATH_MAX], line[256], hash[VERMAGIC_HASH_MAX];
	size_t i;
	FILE *f;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/include/generated/%s", kdir, names[i]);
		f = fopen(path, "re");
		if (!f)
			continue;
		while (!text[0] && fgets(line, sizeof(line), f))
			if (sscanf(line, "#define RANDSTRUCT_HASHED_SEED \"%64[0-9a-f]\"", hash) == 1)
				snprintf(text, VERMAGIC_SEED_MAX, "%s%s", prefix, hash);
		fclose(f);
	}
}

/* As include/linux/vermagic.h builds them on x86_64, which adds none itself. */
static void read_flags(struct kernel *kernel, const char *kdir)
{
	struct config config = { false };
	char path[PATH_MAX], line[256];
	char randstruct[VERMAGIC_SEED_MAX] = "";
	const char *preempt = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/include/config/auto.conf", kdir);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f))
		note_option(&config, line);
	fclose(f);

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
