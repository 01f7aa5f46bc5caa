// SPDX-License-Identifier: GPL-2.0-only
/* Named levels and models: the table, the nearest one, and what is made of it. */
#include <errno.h>

#include "../../../lib/cpulevel.h"
#include "../../../lib/flags.h"
#include "tap.h"

static const struct cl_named_level *find(const char *name)
{
	const struct cl_named_level *level;
	unsigned int n;

	for (n = 0; (level = cl_named_level(n)); n++)
		if (!strcmp(level->name, name))
			return level;
	return NULL;
}

static void test_table(void)
{
	enum { NAME, SOURCE, VENDOR, FEATURESET, FIELDS };
	FILE *table = open_table("named_levels.tsv");
	char line[8192], *fields[FIELDS + 1];
	const struct cl_named_level *level;
	struct cl_featureset fs;
	unsigned int found = 0, n;
	bool good = true;

	while (next_row(table, line, sizeof(line), fields, FIELDS)) {
		level = find(fields[NAME]);
		if (!level)
			continue;
		found++;
		cl_featureset_parse(&fs, fields[FEATURESET], NULL);
		CHECK(&good, cl_equal(&fs, &level->fs) &&
		      !strcmp(level->vendor ? level->vendor : "any",
			      fields[VENDOR]), "%s", fields[NAME]);
	}
	fclose(table);
	for (n = 0; cl_named_level(n); n++)
		;
	ok(good && found == n && n > 50, "%u levels and models are as in the facts",
	   n);
}

static void test_levels(void)
{
	struct cl_featureset fs = find("x86-64-v3")->fs;
	struct cl_nearest nearest;

	cl_nearest_level(&nearest, &fs);
	ok(nearest.level == find("x86-64-v3") &&
	   nearest.next == find("x86-64-v4") &&
	   cl_has(&nearest.lacks, CL_F_AVX512F) &&
	   !cl_has(&nearest.plus, CL_F_AVX2), "v3 itself");
	cl_set(&fs, CL_F_AESNI);
	cl_clear(&fs, CL_F_MOVBE);
	cl_nearest_level(&nearest, &fs);
	ok(nearest.level == find("x86-64-v2") && cl_has(&nearest.plus, CL_F_AESNI) &&
	   cl_has(&nearest.plus, CL_F_AVX2) && !cl_has(&nearest.plus, CL_F_SSE3) &&
	   cl_has(&nearest.lacks, CL_F_MOVBE) && !cl_has(&nearest.lacks, CL_F_AVX2),
	   "v2, plus some, lacks one for v3");
	fs = find("Icelake-Server")->fs;
	cl_nearest_level(&nearest, &fs);
	ok(nearest.level == find("x86-64-v4") && !nearest.next,
	   "v4, and there is no higher");
	memset(&fs, 0, sizeof(fs));
	cl_nearest_level(&nearest, &fs);
	ok(!nearest.level && nearest.next == find("x86-64-v1"), "not even v1");
}

static bool nothing(const struct cl_featureset *fs)
{
	static const struct cl_featureset none;

	return cl_equal(fs, &none);
}

static void test_models(void)
{
	const struct cl_named_level *level;
	struct cl_featureset fs;
	struct cl_model model;
	unsigned int n;
	bool good = true;

	for (n = 4; (level = cl_named_level(n)); n++) {
		cl_nearest_model(&model, &level->fs, level->vendor);
		CHECK(&good, nothing(&model.add) && nothing(&model.remove) &&
		      nothing(&model.unnamed), "%s", level->name);
	}
	ok(good, "every model is its own nearest, or has an equal");
	fs = find("Haswell-noTSX")->fs;
	cl_clear(&fs, CL_F_AVX2);
	cl_set(&fs, CL_F_VMX);
	cl_set(&fs, CL_F_FB_CLEAR);
	cl_set(&fs, 18 * 32 + 31);
	cl_set(&fs, 700);
	cl_set(&fs, CL_F_HTT);
	cl_set(&fs, 2 * 32 + 0);	/* AMD's copy of FPU */
	cl_nearest_model(&model, &fs, "GenuineIntel");
	ok(model.model == find("Haswell-noTSX") && cl_has(&model.add, CL_F_VMX) &&
	   cl_has(&model.remove, CL_F_AVX2) && cl_has(&model.unnamed, CL_F_FB_CLEAR) &&
	   cl_has(&model.unnamed, 18 * 32 + 31) && cl_has(&model.unnamed, 700) &&
	   !cl_has(&model.add, CL_F_HTT) && !cl_has(&model.unnamed, 2 * 32),
	   "a model, one feature more and one less, and what has no name there");
	cl_nearest_model(&model, &fs, "CentaurHauls");
	ok(model.model == find("Haswell-noTSX"), "of a vendor without models: any");
	cl_nearest_model(&model, &fs, "AuthenticAMD");
	ok(!strcmp(model.model->vendor, "AuthenticAMD"), "of its vendor, if that has some");
}

static void test_texts(void)
{
	static char text[CL_EXPORT_SIZE];
	struct cl_featureset fs = find("EPYC-Rome")->fs;
	struct cl_model model;

	cl_set(&fs, CL_F_PCLMULQDQ);
	cl_set(&fs, CL_F_LAHF_LM);
	cl_clear(&fs, CL_F_SSE4_1);
	cl_clear(&fs, CL_F_FFXSR);
	cl_nearest_model(&model, &fs, "AuthenticAMD");
	ok(!strcmp(cl_export_qemu(text, &model), "EPYC-Rome,-vme,+monitor,-sse4.1,-fxsr-opt,+svm"),
	   "QEMU's -cpu");
	ok(!strcmp(cl_export_libvirt(text, &model),
		   "<cpu mode='custom' match='exact'>\n"
		   "  <model fallback='forbid'>EPYC-Rome</model>\n"
		   "  <feature policy='disable' name='vme'/>\n"
		   "  <feature policy='require' name='monitor'/>\n"
		   "  <feature policy='disable' name='sse4.1'/>\n"
		   "  <feature policy='disable' name='fxsr_opt'/>\n"
		   "  <feature policy='require' name='svm'/>\n"
		   "</cpu>\n"), "libvirt's <cpu>");
	cl_resize(&fs, 3);
	ok(!strcmp(cl_export_xapi(text, &fs), "078bfbfd-f6d0320b-2c500800"), "xapi's words");
}

static bool is_place(char **fields, const struct cl_word *word,
		     unsigned int bit)
{
	static const char *const regs[] = { "eax", "ebx", "ecx", "edx", "eax",
					    "edx" };
	char leaf[32], number[16];

	snprintf(leaf, sizeof(leaf), "%s%x", word->reg > CL_EDX ? "msr " : "",
		 word->leaf);
	snprintf(number, sizeof(number), "%u", bit % 32);
	return !strcmp(fields[1], leaf) && !strcmp(fields[3], regs[word->reg]) &&
	       !strcmp(fields[4], number) &&
	       (word->subleaf == CL_NO_SUBLEAF ||
		strtoul(fields[2], NULL, 10) == word->subleaf);
}

/* Has libvirt this bit by this name? */
static bool is_libvirts(unsigned int bit, const char *name)
{
	FILE *table = open_table("libvirt_flags.tsv");
	char line[256], *fields[6];
	bool found = false;

	while (!found && next_row(table, line, sizeof(line), fields, 5))
		found = !strcmp(fields[0], name) &&
			is_place(fields, cl_word(bit / 32), bit);
	fclose(table);
	return found;
}

static void test_libvirt_names(void)
{
	struct cl_featureset known;
	char name[CL_FLAG_SIZE];
	unsigned int bit, nr = 0;
	bool good = true;

	cl_qemu_knows(&known);
	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		if (!cl_has(&known, bit))
			continue;
		nr++;
		CHECK(&good, is_libvirts(bit, cl_libvirt_flag(bit, name)), "%s",
		      name);
	}
	ok(good && nr > 150, "libvirt has %u features by our names and places", nr);
}

/* All there can be must fit. */
static void test_sizes(void)
{
	static char text[CL_EXPORT_SIZE];
	struct cl_featureset all, none = { 0 };
	struct cl_model model;
	size_t len;

	memset(&all, 0xff, sizeof(all));
	all.nr_words = CL_MAX_WORDS;
	cl_nearest_model(&model, &all, NULL);
	cl_or(&model.add, &model.add, &model.remove);
	len = strlen(cl_export_libvirt(text, &model));
	ok(len < CL_EXPORT_SIZE / 2 && !strcmp(text + len - 7, "</cpu>\n"),
	   "the longest <cpu> fits twice: %zu", len);
	len = strlen(cl_export_xl(text, &none, &all, NULL));
	ok(len < CL_EXPORT_SIZE / 2 && text[len - 1] == '\n',
	   "the longest cpuid= fits twice: %zu", len);
}

int main(void)
{
	test_table();
	test_levels();
	test_models();
	test_texts();
	test_libvirt_names();
	test_sizes();
	return done();
}
