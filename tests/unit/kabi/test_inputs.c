// SPDX-License-Identifier: GPL-2.0-only
/* Unit tests of what driver-kabi opens: every container, whole and damaged. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../kabi/inputs.h"

static int tests, failures;

static void ok(bool good, const char *format, ...)
{
	va_list ap;

	failures += !good;
	printf("%sok %d - ", good ? "" : "not ", ++tests);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
}

static void shell(const char *command)
{
	if (system(command))
		abort();
}

/* How many modules PATH gives, -1 if one thing in it is damaged. */
static int count(const char *path)
{
	struct inputs inputs = { NULL, 0, 0 };
	int n = 0;
	size_t i;

	if (inputs_add(&inputs, path))
		abort();
	for (i = 0; i < inputs.nr; i++)
		n = inputs.at[i].fault || n < 0 ? -1 : n + (inputs.at[i].module.nr_imports == 5);
	inputs_free(&inputs);
	return n;
}

static unsigned char *slurp(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	unsigned char *bytes = malloc(4 << 20);

	if (!f || !bytes)
		abort();
	*size = fread(bytes, 1, 4 << 20, f);
	fclose(f);
	return bytes;
}

/* Cut and changed copies must never do more than be refused. */
static void torture(const char *path)
{
	struct inputs inputs;
	unsigned char *bytes, *copy;
	size_t size, i, step;

	bytes = slurp(path, &size);
	step = size / 200 + 1;
	for (i = 0; i < size; i += step) {
		copy = malloc(i ? i : 1);
		memcpy(copy, bytes, i);
		memset(&inputs, 0, sizeof(inputs));
		if (inputs_add_image(&inputs, "cut", copy, i))
			abort();
		inputs_free(&inputs);
		free(copy);
		bytes[i] ^= 0xff;
		memset(&inputs, 0, sizeof(inputs));
		if (inputs_add_image(&inputs, "changed", bytes, size))
			abort();
		inputs_free(&inputs);
		bytes[i] ^= 0xff;
	}
	free(bytes);
	ok(true, "%s, cut or changed anywhere, is survived", path);
}

/* Modules that each unpack to 250 MB and only then prove damaged: the tenth is not reached. */
static void test_limit(void)
{
	struct inputs inputs = { NULL, 0, 0 };
	const char *last;

	shell("mkdir bombs && head -c 250M /dev/zero | zstd -1 -q -c >bomb.zst && "
	      "for i in 1 2 3 4 5 6 7 8 9 10; do head -c -3 bomb.zst >bombs/$i.ko.zst; done && "
	      "xorriso -as mkisofs -quiet -r -o bombs.iso bombs 2>/dev/null");
	if (inputs_add(&inputs, "bombs.iso"))
		abort();
	last = inputs.at[inputs.nr - 1].fault;
	ok(inputs.nr <= 10 && last && strstr(last, "more than 2 GB"),
	   "what damaged members unpack to counts too: %zu inputs, %s", inputs.nr, last ? last : "no fault");
	inputs_free(&inputs);
}

static void test_names(void)
{
	struct inputs inputs = { NULL, 0, 0 };

	if (inputs_add(&inputs, "no\nsuch\033[1m.ko"))
		abort();
	ok(inputs.nr == 1 && inputs.at[0].fault && !strcmp(inputs.at[0].path, "no?such?[1m.ko"),
	   "what a terminal would obey is not printed");
	inputs_free(&inputs);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *make, *path;
		int modules;
	} cases[] = {
		{ "cp sample.o plain.ko", "plain.ko", 1 },
		{ "xz -9kc sample.o >x.ko.xz", "x.ko.xz", 1 },
		{ "gzip -9c sample.o >x.ko.gz", "x.ko.gz", 1 },
		{ "zstd -q -c sample.o >x.ko.zst", "x.ko.zst", 1 },
		{ "gzip -9c /dev/null >empty.ko.gz", "empty.ko.gz", -1 },
		{ "head -c 300M /dev/zero | gzip -1c >bomb.ko.gz", "bomb.ko.gz", -1 },
		{ "mkdir -p iso/a && cp sample.o iso/a/one.ko && cp x.ko.xz iso/a/two.ko.xz && "
		  "echo text >iso/readme && xorriso -as mkisofs -quiet -r -o x.iso iso 2>/dev/null",
		  "x.iso", 2 },
		{ "mkdir -p none && echo text >none/readme && "
		  "xorriso -as mkisofs -quiet -r -o none.iso none 2>/dev/null", "none.iso", -1 },
		{ "echo junk >junk.ko", "junk.ko", -1 },
		{ "printf '\\355\\253\\356\\333junk' >junk.rpm", "junk.rpm", -1 },
	};
	size_t i;

	if (argc != 3 || chdir(argv[2]))
		return 2;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		shell(cases[i].make);
		ok(count(cases[i].path) == cases[i].modules, "%s: %d", cases[i].path,
		   cases[i].modules);
	}
	torture("x.ko.xz");
	torture("x.ko.zst");
	torture("x.iso");
	test_limit();
	test_names();
	printf("1..%d\n", tests);
	return failures != 0;
}
