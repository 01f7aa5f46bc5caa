// SPDX-License-Identifier: GPL-2.0-only
/*
 * -cpu for QEMU, expanded by the installed QEMU: it knows every model and flag,
 * and what the model has with them is what was asked for.
 */
#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

#include "../../../lib/cpulevel.h"
#include "../../../lib/flags.h"
#include "tap.h"

#define QEMU	"qemu-system-x86_64 -machine none -nodefaults -display none -qmp stdio"
#define MAX	128

enum { HOST_VENDOR = 2, HOST_RAW = 12, HOST_FIELDS };

static struct cl_featureset wanted[MAX];
static unsigned int nr_wanted;

/* "Model,+flag,-flag": the flags. */
static json_t *properties(const struct cl_model *model)
{
	static char text[CL_EXPORT_SIZE];
	json_t *props = json_object();
	char *at, *save = NULL;

	strtok_r(cl_export_qemu(text, model), ",", &save);
	while ((at = strtok_r(NULL, ",", &save)))
		json_object_set_new(props, at + 1, json_boolean(*at == '+'));
	return props;
}

static void ask(FILE *to, const struct cl_featureset *fs, const char *vendor)
{
	struct cl_model model;
	json_t *command;

	cl_nearest_model(&model, fs, vendor);
	command = json_pack("{s:s, s:{s:s, s:{s:s, s:o}}}", "execute",
			    "query-cpu-model-expansion", "arguments", "type",
			    "full", "model", "name", model.model->name, "props",
			    properties(&model));
	json_dumpf(command, to, JSON_COMPACT);
	fputc('\n', to);
	json_decref(command);
	wanted[nr_wanted++] = *fs;
}

/* Every 12th real CPU, with what Xen would show HVM guests of it. */
static void ask_hosts(FILE *to)
{
	FILE *table = open_table("hosts.tsv");
	char line[8192], *fields[HOST_FIELDS + 1];
	unsigned int n = 0;

	while (next_row(table, line, sizeof(line), fields, HOST_FIELDS)) {
		struct cl_host host = { .valid = 1 << CL_SET_RAW };

		if (n++ % 12 || strlen(fields[HOST_VENDOR]) != 12)
			continue;
		strcpy(host.vendor, fields[HOST_VENDOR]);
		cl_featureset_parse(&host.sets[CL_SET_RAW], fields[HOST_RAW],
				    NULL);
		cl_guest_sets_from_raw(&host);
		ask(to, &host.sets[CL_SET_HVM_DEFAULT], host.vendor);
	}
	fclose(table);
}

static void ask_models(FILE *to)
{
	const struct cl_named_level *level;
	unsigned int n;

	fprintf(to, "{\"execute\": \"qmp_capabilities\"}\n");
	for (n = 4; (level = cl_named_level(n)); n++)
		ask(to, &level->fs, level->vendor);
	ask_hosts(to);
}

/* What QEMU says the model has, of all that has a name. */
static bool compare(json_t *props, const struct cl_featureset *fs)
{
	struct cl_featureset known;
	char name[CL_FLAG_SIZE];
	unsigned int bit;
	bool good = true;

	cl_qemu_knows(&known);
	cl_drop_unspoken(&known);
	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		json_t *value;

		if (!cl_has(&known, bit))
			continue;
		value = json_object_get(props, cl_qemu_flag(bit, name));
		CHECK(&good, value && json_is_true(value) == cl_has(fs, bit),
		      "%s is %s", name, value ? "not as asked for" : "unknown");
	}
	return good;
}

/* All answers: the first one is to qmp_capabilities. */
static bool compare_all(FILE *from, unsigned int *answers)
{
	unsigned int left = nr_wanted + 1;
	char *line = NULL;
	size_t size = 0;
	bool good = true;

	while (left && getline(&line, &size, from) > 0) {
		/* QEMU has integers of 64 bits without a sign. */
		json_t *answer = json_loads(line, JSON_DECODE_INT_AS_REAL, NULL);
		json_t *props = NULL;
		const char *why = NULL;

		json_unpack(answer, "{s:{s:{s:o}}}", "return", "model", "props",
			    &props);
		json_unpack(answer, "{s:{s:s}}", "error", "desc", &why);
		left -= why || json_object_get(answer, "return");
		CHECK(&good, !why, "QEMU: %s", why);
		if (props && *answers < nr_wanted)
			good &= compare(props, &wanted[(*answers)++]);
		json_decref(answer);
	}
	free(line);
	return good;
}

/*
 * Only who has all answers may end QEMU: it does not write what it still has
 * to say, and at the end of its input forgets what it was asked.
 */
static void quit(const char *path)
{
	static const char command[] = "{\"execute\": \"quit\"}\n";
	char fifo[64];
	int fd;

	snprintf(fifo, sizeof(fifo), "%s.in", path);
	fd = open(fifo, O_WRONLY | O_NONBLOCK);
	if (fd < 0 || write(fd, command, strlen(command)) < 0)
		printf("# QEMU has ended already\n");
	close(fd);
}

int main(void)
{
	char path[] = "/tmp/cpulevel-qmp.XXXXXX", command[512];
	FILE *to = fdopen(mkstemp(path), "w"), *from;
	unsigned int answers = 0;
	bool good;

	if (system("command -v qemu-system-x86_64 >/dev/null")) {
		printf("1..0 # SKIP no qemu-system-x86_64; install qemu-system-x86\n");
		return 0;
	}
	ask_models(to);
	fclose(to);
	/* Input that QEMU itself holds open does not end. */
	snprintf(command, sizeof(command),
		 "mkfifo %s.in && { cat %s >%s.in & %s <>%s.in; }; rm %s.in",
		 path, path, path, QEMU, path, path);
	from = popen(command, "r");
	good = compare_all(from, &answers);
	quit(path);
	pclose(from);
	unlink(path);
	ok(good && answers == nr_wanted && answers > 90,
	   "QEMU makes of %u models with flags what was asked for", answers);
	return done();
}
