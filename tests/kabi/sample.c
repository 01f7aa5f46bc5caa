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

static const struct modversion versions[] SECTION("__versions") = {
	{ 0x11111111, "module_layout" },
	{ 0x22222222, "with_crc" },
	{ 0x33333333, "weak_with_crc" },
};

extern int with_crc, without_crc;
extern int weak_with_crc __attribute__((weak));
extern int weak_without_crc __attribute__((weak));

int *sample[] = {
	&with_crc, &without_crc, &weak_with_crc, &weak_without_crc,
};
