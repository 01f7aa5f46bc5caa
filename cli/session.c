// SPDX-License-Identifier: GPL-2.0-only
/* Stores, pools and hosts that the command line names. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "session.h"

const char *store_name(const struct arguments *args)
{
	const char *name = option_text(args, OPT_STORE, 0);

	if (!name)
		name = getenv("CPULEVEL_STORE");
	if (!name || !*name)
		name = kept_store();
	return name && *name ? name : CL_STORE_DEFAULT;
}

/* The package's own directory; of others it is not for us to say. */
static void make_directory(const char *name)
{
	if (!strcmp(name, CL_STORE_DEFAULT))
		mkdir("/var/lib/cpulevel", 0755);
}

struct cl_store *open_store(const struct arguments *args, bool create)
{
	const char *name = store_name(args);
	struct cl_store *store;
	struct cl_error error;

	if (create)
		make_directory(name);
	if (!cl_store_open(&store, name, create, &error))
		return store;
	complain_error(&error);
	return NULL;
}

struct cl_store *open_pool(const struct arguments *args, struct cl_pool *pool,
			   struct cl_pool_counts *counts)
{
	struct cl_store *store = open_store(args, false);
	struct cl_error error;

	if (!store || !cl_registry_pool(store, option_text(args, OPT_POOL, 0),
					pool, counts, &error))
		return store;
	complain_error(&error);
	cl_store_close(store);
	return NULL;
}

static void read_line(char *line, size_t size, const char *path)
{
	FILE *from = fopen(path, "r");

	line[0] = '\0';
	if (!from)
		return;
	if (!fgets(line, size, from))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	fclose(from);
}

/* Linux's, which dom0 gets anew whenever the machine boots. */
void read_boot(char boot[CL_BOOT_SIZE])
{
	read_line(boot, CL_BOOT_SIZE, "/proc/sys/kernel/random/boot_id");
}

void read_machine(char machine[CL_MACHINE_SIZE])
{
	read_line(machine, CL_MACHINE_SIZE, "/sys/class/dmi/id/product_uuid");
}

static int make_member(struct cl_member *member, struct cl_host *host,
		       const char *name, const char *boot)
{
	struct cl_error error;

	if (name && cl_name_check(name, "--name", &error))
		return complain_error(&error);
	if (name)
		snprintf(host->name, sizeof(host->name), "%s", name);
	if (cl_member_make(member, host, boot, &error))
		return complain_error(&error);
	return EXIT_YES;
}

int read_member(struct cl_member *member, const struct arguments *args, int n)
{
	const char *file = n < args->count ? args->values[n] : NULL;
	char boot[CL_BOOT_SIZE] = "";
	struct cl_host host;
	bool this_one = !file && !args->sysroot;
	struct cl_error error;
	int ret;

	/* The module's are from when it was loaded: microcode may be newer. */
	if (this_one && cl_device_refresh(CL_DEVICE, &error))
		return complain_error(&error);
	if (read_host(&host, args, file))
		return EXIT_ERROR;
	if (this_one)
		read_boot(boot);
	ret = make_member(member, &host, option_text(args, OPT_NAME, 0), boot);
	if (!ret && this_one)
		read_machine(member->machine);
	return ret;
}

int read_member_file(struct cl_member *member, const char *file)
{
	struct cl_error error;
	struct cl_host host;

	if (cl_host_read(&host, file, &error))
		return complain_error(&error);
	return make_member(member, &host, NULL, "");
}

int complain_failed(int ret, const struct cl_error *error)
{
	/* Who cancelled it has said why. */
	if (ret != -ECANCELED)
		complain_error(error);
	return ret == -EXDEV ? EXIT_NO : EXIT_ERROR;
}

void out_levels(struct out *out, const struct cl_pool *pool)
{
	static const char *const keys[CL_NR_GUESTS] = {
		[CL_GUEST_PV] = "pv", [CL_GUEST_HVM] = "hvm",
	};
	char text[CL_TEXT_SIZE];
	unsigned int guest;

	for (guest = 0; guest < CL_NR_GUESTS; guest++) {
		if (pool->offering[guest])
			out_string(out, keys[guest],
				   cl_featureset_text(&pool->level[guest], text));
		else
			out_absent(out, keys[guest], "not offered by any host");
	}
}

static void out_one_change(struct out *out, const char *lost_key,
			   const char *gained_key,
			   const struct cl_featureset *before,
			   const struct cl_featureset *after)
{
	struct cl_featureset lost, gained;

	cl_minus(&lost, before, after);
	cl_minus(&gained, after, before);
	if (out->json || !is_empty(&lost))
		out_features(out, lost_key, &lost);
	if (out->json || !is_empty(&gained))
		out_features(out, gained_key, &gained);
}

void out_level_change(struct out *out, const struct cl_featureset before[CL_NR_GUESTS],
		      const struct cl_featureset after[CL_NR_GUESTS])
{
	out_one_change(out, "pv_lost", "pv_gained", &before[CL_GUEST_PV],
		       &after[CL_GUEST_PV]);
	out_one_change(out, "hvm_lost", "hvm_gained", &before[CL_GUEST_HVM],
		       &after[CL_GUEST_HVM]);
}

char *features_text(char text[FEATURES_SIZE], const struct cl_featureset *fs)
{
	char name[CL_BIT_NAME_SIZE];
	unsigned int bit, more = 0;
	size_t len = 0;

	text[0] = '\0';
	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		if (!cl_has(fs, bit))
			continue;
		if (len > FEATURES_SIZE - 80) {
			more++;
			continue;
		}
		len += snprintf(text + len, FEATURES_SIZE - len, "%s%s",
				len ? " " : "", cl_bit_name(bit, name));
	}
	if (more)
		snprintf(text + len, FEATURES_SIZE - len, " and %u more", more);
	return text;
}

void any_default(struct cl_featureset *any, const struct cl_counts *counts)
{
	unsigned int bit;

	*any = (struct cl_featureset){ 0 };
	for (bit = 0; bit < CL_MAX_BITS; bit++)
		if (cl_counts_of(counts, bit))
			cl_set(any, bit);
}
