// SPDX-License-Identifier: GPL-2.0-only
/* An object with all that driver-kabi reads of a kernel module, built by the tests. */

struct modversion {
	unsigned long crc;
	char name[56];
};

#define SECTION(name) __attribute__((section(name), used, aligned(8)))

static const char info[] SECTION(".modinfo") =
	"version=1.1\0name=sample\0version=ignored\0"
	"vermagic=6.1.0-47-amd64 SMP preempt mod_unload modversions ";

#ifdef EXTENDED
/* As since Linux 6.14: the basic ones are not looked at then. */
static const unsigned int ext_crcs[] SECTION("__version_ext_crcs") = {
	0x11111111, 0x22222222, 0x33333333,
};
static const char ext_names[] SECTION("__version_ext_names") =
	"module_layout\0with_crc\0weak_with_crc";

#define CRC(x)	0
#else
#define CRC(x)	x
#endif

#ifdef EXPORTS
/* As modpost writes them: a namespace stands among the names. */
static const char ksymtab_strings[] SECTION("__ksymtab_strings") =
	"without_crc\0SAMPLE\0other_export";

__asm__(".section __kcrctab, \"a\"\n"
	"	.long 0x99999999\n"
	"__crc_without_crc:\n"
	"	.long 0x44444444\n"
	".previous\n"
	".set __crc_other_export, 0x55555555\n");
#endif

static const struct modversion versions[] SECTION("__versions") = {
	{ CRC(0x11111111), "module_layout" },
	{ CRC(0x22222222), "with_crc" },
	{ CRC(0x33333333), "weak_with_crc" },
};

extern int with_crc, without_crc;
extern int weak_with_crc __attribute__((weak));
extern int weak_without_crc __attribute__((weak));

int *sample[] = {
	&with_crc, &without_crc, &weak_with_crc, &weak_without_crc,
};
