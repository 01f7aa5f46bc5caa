// SPDX-License-Identifier: GPL-2.0-only
/* Unit tests of what `driver-kabi why` is made of, without a compiler. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../kabi/abi.h"
#include "../../../kabi/why/change.h"
#include "../../../kabi/why/declare.h"
#include "../../../kabi/why/symtypes.h"

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

#define STRUCT(fields, size)	"struct s {\n" fields "\n\t/* size: " size ", cachelines: 1 */\n};\n"
#define A	"\tint   a;   /*     0     4 */\n"
#define B(at)	"\tchar *   b[2];   /*     " at "     16 */\n"
#define BITS	"\tunsigned int c:1;   /*     24: 3     4 */\n"

/* Two prints of pahole, and what is said of them. */
static const struct {
	const char *from, *to, *text;
} layout_cases[] = {
	{ STRUCT(A, "8"), STRUCT(A B("8"), "24"), "grew 8 -> 24: + char *b[2] at 8 (appended)" },
	{ STRUCT(A B("8"), "24"), STRUCT(A, "8"), "shrank 24 -> 8: - char *b[2] at 8" },
	{ STRUCT(A B("8") BITS, "32"), STRUCT(B("0") BITS, "32"),
	  "kept its 32 bytes: - int a at 0; 1 field moved, the first: b moved from 8 to 0" },
	{ STRUCT(A, "4"), STRUCT("\tlong a; /* 0 8 */\n", "8"),
	  "grew 4 -> 8: int a became long a at 0" },
	{ STRUCT(A, "32"), STRUCT(A BITS, "32"),
	  "kept its 32 bytes: + unsigned int c:1 at 24:3" },
	{ STRUCT("\tunion {\n\t\tint x; /* 0 4 */\n\t};  /* 0 4 */\n", "4"),
	  STRUCT("\tunion {\n\t\tint x; /* 0 4 */\n\t\tint y; /* 0 4 */\n\t} u;  /* 0 4 */\n", "4"),
	  "kept its 4 bytes: + int y at 0, + {...} u at 0" },
};

static void test_layouts(void)
{
	struct layouts from, to;
	struct changes changes;
	char *a, *b, *text;
	size_t i;

	for (i = 0; i < sizeof(layout_cases) / sizeof(layout_cases[0]); i++) {
		a = strdup(layout_cases[i].from);
		b = strdup(layout_cases[i].to);
		if (layouts_parse(&from, a) || layouts_parse(&to, b) ||
		    changes_find(&changes, layouts_find(&from, "struct s"),
				 layouts_find(&to, "struct s")))
			abort();
		text = changes_text(&changes);
		ok(!strcmp(text, layout_cases[i].text), "%s", text);
		free(text);
		changes_free(&changes);
		layouts_free(&from);
		layouts_free(&to);
		free(a);
		free(b);
	}
}

static void test_ambiguous(void)
{
	char text[] = STRUCT(A, "4") "struct t {\n" A "};\n" STRUCT(A B("8"), "24") "struct t {\n" A "};\n";
	struct layouts layouts;

	if (layouts_parse(&layouts, text))
		abort();
	ok(!layouts_find(&layouts, "struct s"), "a name of two different types is not looked into");
	ok(layouts.nr == 1 && layouts_find(&layouts, "struct t"), "one type printed twice is one type");
	layouts_free(&layouts);
}

static int count_types(const struct symtype *type, void *data)
{
	(void)type;
	++*(int *)data;
	return 0;
}

static void test_symtypes(void)
{
	static const char text[] =
		"s#inner struct inner { int a ; s#outer * up ; } \n"
		"s#outer struct outer { s#inner in ; t#size_t n ; } \n"
		"s#secret struct secret { UNKNOWN } \n"
		"f void f ( s#outer * ) \n"
		"g void g ( s#secret * , int ) \n";
	struct symtypes types;
	int below = 0, above = 0;
	char *title, *body;

	if (symtypes_parse(&types, strdup(text)))
		abort();
	symtypes_walk(&types, symtypes_find(&types, "f"), BELOW, count_types, &below);
	symtypes_walk(&types, symtypes_find(&types, "s#inner"), ABOVE, count_types, &above);
	ok(below == 3 && above == 3, "types that name each other are walked once");
	ok(symtype_is_opaque(symtypes_find(&types, "s#secret")) &&
	   !symtype_is_opaque(symtypes_find(&types, "s#inner")), "what is only a name is known as such");
	title = symtype_title("s#outer");
	body = symtype_text(symtypes_find(&types, "g")->body);
	ok(!strcmp(title, "struct outer") && !strcmp(body, "void g(struct secret *, int)"),
	   "a declaration reads as people write it: %s", body);
	free(title);
	free(body);
	symtypes_free(&types);
}

static void test_declarations(void)
{
	static const char header[] =
		"#define late(x) early(x)\n/* void early(void); */\n"
		"struct early { int early; };\nstatic inline void u(void) { early(); }\n"
		"extern int __must_check\nplain(struct thing *p);\n"
		"DECLARE_STATIC_CALL(hyper, hyper_func);\n"
		"#if 1\nstatic inline int v(int a) {\n#else\nstatic inline int v(void) {\n#endif\n\treturn 1;\n}\n"
		"void after(void);\nTRACE_EVENT(switched, TP_PROTO(int x));\n"
		"struct thing {\n\tint plain2;\n};\n";
	static const char *const wanted[] = {
		"early", "plain", "__SCT__hyper", "after", "__tracepoint_switched",
		"s#thing", "plain2",
	};
	static const bool declared[] = { false, true, true, true, true, true, false };
	struct declarations decls;
	size_t i, j;

	if (declare_begin(&decls, wanted, sizeof(wanted) / sizeof(wanted[0])))
		abort();
	declare_scan_text(&decls, "linux/x.h", header, strlen(header));
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		for (j = 0; strcmp(decls.at[j].symbol, wanted[i]); j++)
			;
		ok(!decls.at[j].header == !declared[i], "%s is %sdeclared", wanted[i],
		   declared[i] ? "" : "not ");
	}
	declare_end(&decls);
}

static void test_abi(void)
{
	static const char from[] = "0x1 a vmlinux EXPORT_SYMBOL\n0x2 b vmlinux EXPORT_SYMBOL_GPL\n0x3 c vmlinux EXPORT_SYMBOL\n";
	static const char to[] = "0x1 a vmlinux EXPORT_SYMBOL\n0x9 b vmlinux EXPORT_SYMBOL_GPL\n0x4 d drivers/x EXPORT_SYMBOL_GPL ns\n";
	struct symvers a, b;
	char why[64];
	struct abi abi;

	if (symvers_parse(&a, strdup(from), strlen(from), why, sizeof(why)) ||
	    symvers_parse(&b, strdup(to), strlen(to), why, sizeof(why)) ||
	    abi_compare(&abi, &a, &b))
		abort();
	ok(abi.nr == 3 && abi.nr_same == 1 && abi.at[0].kind == CHANGED &&
	   abi.at[1].kind == REMOVED && abi.at[2].kind == ADDED, "one of each kind is found");
	ok(!strcmp(abi.at[0].type, "EXPORT_SYMBOL_GPL") && !strcmp(abi.at[1].type, "EXPORT_SYMBOL") &&
	   !strcmp(abi.at[2].type, "EXPORT_SYMBOL_GPL"), "with its type of export");
	abi_free(&abi);
	symvers_free(&a);
	symvers_free(&b);
}

int main(void)
{
	test_layouts();
	test_ambiguous();
	test_symtypes();
	test_declarations();
	test_abi();
	printf("1..%d\n", tests);
	return failures != 0;
}
