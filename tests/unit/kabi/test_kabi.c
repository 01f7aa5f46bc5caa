// SPDX-License-Identifier: GPL-2.0-only
/* Unit tests of driver-kabi: the comparison, and both readers on bad input. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../kabi/check.h"
#include "../../../kabi/elf.h"

static const struct exports none;
static int tests, failures;
static unsigned char *sample;	/* sample.o */
static size_t sample_size;

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

static int load_symvers(struct symvers *sv, const char *text, size_t size,
			char *why, size_t len)
{
	char *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, text, size);	/* exact, so that ASan sees each overrun */
	return symvers_parse(sv, copy, size, why, len);
}

static void load_sample(const char *path)
{
	FILE *f = fopen(path, "rb");

	sample = malloc(1 << 20);
	if (!f || !sample)
		abort();
	sample_size = fread(sample, 1, 1 << 20, f);
	fclose(f);
}

#define FLAGS	"SMP preempt mod_unload modversions "
#define LAYOUT	"0x11111111\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n"
#define WITH	"0x22222222\twith_crc\tvmlinux\tEXPORT_SYMBOL\t\n"
#define WITHOUT	"0x44444444\twithout_crc\tvmlinux\tEXPORT_SYMBOL\t\n"
#define WEAK	"0x33333333\tweak_with_crc\tvmlinux\tEXPORT_SYMBOL\t\n"
#define ALL	LAYOUT WITH WITHOUT WEAK

static const struct {
	const char *name, *symvers, *flags;
	enum verdict verdict;
	size_t changed, missing;
} verdicts[] = {
	{ "equal CRCs", ALL, FLAGS, VERDICT_SAME, 0, 0 },
	{ "flags that are not known", ALL, "", VERDICT_SAME, 0, 0 },
	{ "a weak symbol may be absent", LAYOUT WITH WITHOUT, FLAGS, VERDICT_SAME, 0, 0 },
	{ "a weak symbol's CRC counts", LAYOUT WITH WITHOUT "0x1 weak_with_crc\n", FLAGS,
	  VERDICT_CHANGED, 1, 0 },
	{ "another CRC", LAYOUT WITHOUT WEAK "0x1 with_crc\n", FLAGS, VERDICT_CHANGED, 1, 0 },
	{ "module_layout changed", "0x1 module_layout\n" WITH WITHOUT WEAK, FLAGS,
	  VERDICT_CHANGED, 1, 0 },
	{ "a symbol is gone", LAYOUT WITHOUT WEAK, FLAGS, VERDICT_MISSING, 0, 1 },
	{ "a symbol without CRC is gone", LAYOUT WITH WEAK, FLAGS, VERDICT_MISSING, 0, 1 },
	{ "missing outranks changed", "0x1 module_layout\n" WITHOUT WEAK, FLAGS,
	  VERDICT_MISSING, 1, 1 },
	{ "a name that only begins the same", LAYOUT WITHOUT WEAK "0x22222222 with_crc2\n", FLAGS,
	  VERDICT_MISSING, 0, 1 },
	{ "symbol before CRC", "module_layout 0x11111111\nwith_crc 0x22222222\nwithout_crc 0x44444444\n",
	  FLAGS, VERDICT_SAME, 0, 0 },
	{ "other flags", ALL, "SMP mod_unload modversions ", VERDICT_REFUSED, 0, 0 },
	{ "a kernel without CRCs", "0x0 module_layout\n0x0 with_crc\n", FLAGS,
	  VERDICT_REFUSED, 0, 0 },
};

static void test_verdicts(void)
{
	struct module module = { NULL };
	struct kernel kernel;
	struct report report;
	char why[256];
	size_t i;

	ok(!module_parse(&module, sample, sample_size), "the sample module is read");
	ok(module.nr_imports == 5, "imports are those with a version and those undefined");
	ok(module.version && !strcmp(module.version, "1.1"), "the first of two versions counts");
	for (i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		memset(&kernel, 0, sizeof(kernel));
		strcpy(kernel.flags, verdicts[i].flags);
		if (load_symvers(&kernel.symvers, verdicts[i].symvers,
				 strlen(verdicts[i].symvers), why, sizeof(why)) ||
		    check_module(&module, &kernel, &none, &report))
			abort();
		ok(report.verdict == verdicts[i].verdict &&
		   report.nr_changed == verdicts[i].changed &&
		   report.nr_missing == verdicts[i].missing,
		   "%s: %s", verdicts[i].name, verdict_name(verdicts[i].verdict));
		report_free(&report);
		kernel_free(&kernel);
	}
	module_free(&module);
}

static void test_bad_symvers(void)
{
	static const struct {
		const char *name, *text, *reason;
	} bad[] = {
		{ "no line", "", "lists no symbol" },
		{ "an empty line", LAYOUT "\n", "line 2 is not" },
		{ "a line of one word", LAYOUT WITH "0x12345678\n", "line 3 is not" },
		{ "a CRC that is not hex", "0x1234567g\tx\n", "line 1 is not" },
		{ "a CRC of nine digits", "0x123456789\tx\n", "line 1 is not" },
		{ "a last line that is cut", LAYOUT "0x22222222\twith_c", "line 2 is cut short" },
	};
	struct symvers sv;
	char why[256];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(load_symvers(&sv, bad[i].text, strlen(bad[i].text), why, sizeof(why)) &&
		   strstr(why, bad[i].reason), "symvers with %s is refused", bad[i].name);
	ok(load_symvers(&sv, "0x1 a\0b\n0x2\0 c\n", 15, why, sizeof(why)) &&
	   strstr(why, "line 2"), "symvers with a NUL byte is refused");
}

/* Fewer bytes per line than the table's size was guessed from. */
static void test_short_names(void)
{
	char text[20000], why[256], name[3] = "";
	uint32_t crc, i;
	struct symvers sv;
	size_t size = 0;
	bool good;

	for (i = 0; i < 26 * 26; i++)
		size += sprintf(text + size, "0x%x %c%c\n", i, 'a' + i / 26, 'a' + i % 26);
	good = !load_symvers(&sv, text, size, why, sizeof(why));
	for (i = 0; good && i < 26 * 26; i++) {
		name[0] = 'a' + i / 26;
		name[1] = 'a' + i % 26;
		good = symvers_find(&sv, name, &crc) && crc == i;
	}
	ok(good && !symvers_find(&sv, "a", &crc) && !symvers_find(&sv, "", &crc),
	   "every symbol is found, and no other");
	symvers_free(&sv);
}

/* Each repetition used to be a probe more for the next: a list of 1 MiB took more than 10 s. */
static void test_repeated(void)
{
	static const char line[] = "0x00000007 again\n";
	char *text = malloc(10000 * strlen(line) + 1), why[64];
	struct symvers sv;
	uint32_t crc = 0;
	size_t i;

	for (i = 0; i < 10000; i++)
		strcpy(text + i * strlen(line), line);
	text[2 + 7] = '8';
	if (symvers_parse(&sv, text, 10000 * strlen(line), why, sizeof(why)))
		abort();
	ok(sv.count < 100 && symvers_find(&sv, "again", &crc) && crc == 8,
	   "of a symbol listed ten thousand times the first counts, and %zu are kept", sv.count);
	symvers_free(&sv);
}

/* Names that all begin the same, so that each collision tempts. */
static void test_prefixes(void)
{
	char text[40000], why[256], name[257] = "";
	struct symvers sv;
	size_t size = 0;
	uint32_t crc;
	bool good;
	int i;

	for (i = 2; i <= 256; i += 2) {
		memset(name, 'a', i);
		size += sprintf(text + size, "0x%x %s\n", i, name);
	}
	good = !load_symvers(&sv, text, size, why, sizeof(why));
	for (i = 256; good && i; i--) {
		name[i] = 0;
		good = symvers_find(&sv, name, &crc) == !(i % 2);
	}
	ok(good, "a symbol is not found by its beginning");
	symvers_free(&sv);
}

/* Parse SIZE bytes from memory that ends right there. */
static bool parses(const unsigned char *bytes, size_t size)
{
	struct module module = { NULL };
	unsigned char *copy = malloc(size ? size : 1);
	bool good;

	if (!copy)
		abort();
	memcpy(copy, bytes, size);
	good = !module_parse(&module, copy, size);
	module_free(&module);
	free(copy);
	return good;
}

/* Without these terminators a reader would run on into the next section. */
static void test_terminators(void)
{
	static const char *const sections[] = { ".modinfo", ".strtab", ".shstrtab" };
	struct span span;
	struct elf elf;
	unsigned char *last, *name;
	size_t i;

	if (elf_open(&elf, sample, sample_size))
		abort();
	for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (!elf_find(&elf, sections[i], &span))
			abort();
		last = sample + (span.at - sample) + span.size - 1;
		*last = 'x';
		ok(!parses(sample, sample_size), "%s without an end is refused", sections[i]);
		*last = 0;
	}

	if (!elf_find(&elf, "__versions", &span))
		abort();
	name = sample + (span.at - sample) + sizeof(uint64_t);
	for (i = strlen((char *)name); i < 56; i++)
		name[i] = 'x';
	ok(!parses(sample, sample_size), "a symbol version without an end is refused");
	memset(name + strlen("module_layout"), 0, 56 - strlen("module_layout"));
}

static void test_bad_modules(void)
{
	static const unsigned char masks[] = { 0x01, 0x80, 0xff };
	size_t i, m, survived = 0;

	for (i = 0; i < sample_size; i++)
		survived += parses(sample, i);
	ok(!survived, "a module cut at any of %zu lengths is refused", sample_size);

	for (m = 0; m < sizeof(masks); m++) {
		for (i = 0; i < sample_size; i++) {
			sample[i] ^= masks[m];
			parses(sample, sample_size);
			sample[i] ^= masks[m];
		}
		ok(true, "any byte changed by 0x%02x is survived", masks[m]);
	}
	ok(parses(sample, sample_size), "and the whole sample is still good");
}

static void expect_verdict(const struct module *module, const struct exports *others,
			   const char *symvers, enum verdict verdict, const char *name)
{
	struct kernel kernel = { .flags = FLAGS };
	struct report report;
	char why[256];

	if (load_symvers(&kernel.symvers, symvers, strlen(symvers), why, sizeof(why)) ||
	    check_module(module, &kernel, others, &report))
		abort();
	ok(report.verdict == verdict, "%s: %s", name, verdict_name(report.verdict));
	report_free(&report);
	kernel_free(&kernel);
}

/* The same sample with extended versions, and with exports. */
static void test_extended(void)
{
	struct module module = { NULL }, importer = { NULL };
	struct exports others = { NULL, 0 };
	unsigned char *copy = malloc(sample_size);

	memcpy(copy, sample, sample_size);
	ok(!module_parse(&module, copy, sample_size) && module.has_crcs &&
	   module.nr_imports == 5, "extended versions are read");
	expect_verdict(&module, &none, ALL, VERDICT_SAME, "their CRCs count, not the basic ones");
	expect_verdict(&module, &none, LAYOUT WITHOUT WEAK "0x1 with_crc\n", VERDICT_CHANGED,
		       "another CRC than the extended one");
	ok(module.nr_exports == 3 && !strcmp(module.exports[1].name, "other_export") &&
	   module.exports[1].crc == 0x55555555 && module.exports[2].crc == 0x44444444,
	   "exports have their CRCs, absolute or in a section");
	if (exports_add(&others, &module) || module_parse(&importer, copy, sample_size))
		abort();
	exports_sort(&others);
	expect_verdict(&importer, &others, LAYOUT WITH WEAK, VERDICT_SAME,
		       "what another module exports is not missing");
	importer.imports[3].crc = 0x1;
	expect_verdict(&importer, &others, LAYOUT WITH WEAK, VERDICT_CHANGED,
		       "but its CRC must be right");
	exports_free(&others);
	module_free(&importer);
	module_free(&module);
	free(copy);
}

static void test_bad_extended(void)
{
	struct span span;
	struct elf elf;
	unsigned char *last;

	if (elf_open(&elf, sample, sample_size) ||
	    !elf_find(&elf, "__version_ext_names", &span))
		abort();
	last = sample + (span.at - sample) + span.size - 1;
	*last = 'x';
	ok(!parses(sample, sample_size), "extended names without an end are refused");
	*last = 0;
	sample[span.at - sample + strlen("module_layout")] = '_';
	ok(!parses(sample, sample_size), "fewer extended names than CRCs are refused");
	sample[span.at - sample + strlen("module_layout")] = 0;
	test_bad_modules();
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: test_kabi SAMPLE.o EXTENDED.o\n");
		return 2;
	}
	load_sample(argv[1]);
	test_verdicts();
	test_bad_symvers();
	test_short_names();
	test_repeated();
	test_prefixes();
	test_terminators();
	test_bad_modules();
	free(sample);
	load_sample(argv[2]);
	test_extended();
	test_bad_extended();
	free(sample);
	printf("1..%d\n", tests);
	return failures != 0;
}
